-- +goose Up
-- Requests to scan pages of a letter again.
CREATE TABLE rescans (
    id       text COLLATE "C" NOT NULL PRIMARY KEY,
    document text COLLATE "C" NOT NULL,
    state    text COLLATE "C" NOT NULL,
    at       bigint NOT NULL,
    body     bytea NOT NULL
);
CREATE INDEX rescans_state ON rescans (state, at, id);
CREATE INDEX rescans_document ON rescans (document, at, id);
