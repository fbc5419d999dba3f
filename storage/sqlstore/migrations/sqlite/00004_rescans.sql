-- +goose Up
-- Requests to scan pages of a letter again.
CREATE TABLE rescans (
    id       TEXT NOT NULL PRIMARY KEY,
    document TEXT NOT NULL,
    state    TEXT NOT NULL,
    at       INTEGER NOT NULL,
    body     BLOB NOT NULL
);
CREATE INDEX rescans_state ON rescans (state, at, id);
CREATE INDEX rescans_document ON rescans (document, at, id);
