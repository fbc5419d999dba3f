-- +goose Up
-- Batch sheets, which are printed with a number and used once.
CREATE TABLE batch_sheets (
    number bigint NOT NULL PRIMARY KEY,
    body   bytea NOT NULL
);
