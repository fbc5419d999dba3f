-- +goose Up
-- What came with letters and cannot be scanned.
CREATE TABLE placeholders (
    id       TEXT NOT NULL PRIMARY KEY,
    state    TEXT NOT NULL,
    document TEXT NOT NULL,
    stack    TEXT NOT NULL,
    at       INTEGER NOT NULL,
    body     BLOB NOT NULL
);
CREATE INDEX placeholders_state ON placeholders (state, at, id);
CREATE INDEX placeholders_document ON placeholders (document, at, id);
CREATE INDEX placeholders_stack ON placeholders (stack, at, id);
-- The volumes of paper files that are scanned in bulk.
CREATE TABLE volumes (
    id         TEXT NOT NULL PRIMARY KEY,
    state      TEXT NOT NULL,
    department TEXT NOT NULL,
    number     TEXT NOT NULL,
    place      TEXT NOT NULL,
    stack      TEXT NOT NULL,
    planned_on TEXT NOT NULL,
    done_on    TEXT NOT NULL,
    pages      INTEGER NOT NULL,
    body       BLOB NOT NULL
);
CREATE INDEX volumes_place ON volumes (place, id);
CREATE INDEX volumes_department ON volumes (department, place, id);
CREATE INDEX volumes_number ON volumes (number, place, id);
CREATE INDEX volumes_stack ON volumes (stack, place, id);
