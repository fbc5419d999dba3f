-- +goose Up
-- Days that the scan room has closed. A number is given once.
CREATE TABLE day_closes (
    number bigint NOT NULL PRIMARY KEY,
    body   text NOT NULL
);
