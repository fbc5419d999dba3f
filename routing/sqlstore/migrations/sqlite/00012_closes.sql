-- +goose Up
-- Days that the scan room has closed. A number is given once.
CREATE TABLE day_closes (
    number INTEGER NOT NULL PRIMARY KEY,
    body   TEXT NOT NULL
);
