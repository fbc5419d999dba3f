-- +goose Up
-- Boxes of paper, and where in them an original lies.
CREATE TABLE boxes (
    id      text COLLATE "C" NOT NULL PRIMARY KEY,
    kind    text COLLATE "C" NOT NULL,
    state   text COLLATE "C" NOT NULL,
    day     text COLLATE "C" NOT NULL,
    station text COLLATE "C" NOT NULL,
    body    bytea NOT NULL
);
CREATE INDEX boxes_state ON boxes (state, id);
CREATE INDEX boxes_station ON boxes (station, state, id);
CREATE INDEX boxes_day ON boxes (day, id);
ALTER TABLE originals ADD COLUMN box text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE originals ADD COLUMN place bigint NOT NULL DEFAULT 0;
CREATE INDEX originals_box ON originals (box, place, document);
-- Wishes that the paper of a letter be brought.
CREATE TABLE recalls (
    id       text COLLATE "C" NOT NULL PRIMARY KEY,
    document text COLLATE "C" NOT NULL,
    state    text COLLATE "C" NOT NULL,
    at       bigint NOT NULL,
    body     bytea NOT NULL
);
CREATE INDEX recalls_state ON recalls (state, at, id);
CREATE INDEX recalls_document ON recalls (document, at, id);
