-- +goose Up
-- Boxes of paper, and where in them an original lies.
CREATE TABLE boxes (
    id      TEXT NOT NULL PRIMARY KEY,
    kind    TEXT NOT NULL,
    state   TEXT NOT NULL,
    day     TEXT NOT NULL,
    station TEXT NOT NULL,
    body    BLOB NOT NULL
);
CREATE INDEX boxes_state ON boxes (state, id);
CREATE INDEX boxes_station ON boxes (station, state, id);
CREATE INDEX boxes_day ON boxes (day, id);
ALTER TABLE originals ADD COLUMN box TEXT NOT NULL DEFAULT '';
ALTER TABLE originals ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
CREATE INDEX originals_box ON originals (box, place, document);
-- Wishes that the paper of a letter be brought.
CREATE TABLE recalls (
    id       TEXT NOT NULL PRIMARY KEY,
    document TEXT NOT NULL,
    state    TEXT NOT NULL,
    at       INTEGER NOT NULL,
    body     BLOB NOT NULL
);
CREATE INDEX recalls_state ON recalls (state, at, id);
CREATE INDEX recalls_document ON recalls (document, at, id);
