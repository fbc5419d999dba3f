-- +goose Up
-- Batch sheets, which are printed with a number and used once.
CREATE TABLE batch_sheets (
    number INTEGER NOT NULL PRIMARY KEY,
    body   BLOB NOT NULL
);
