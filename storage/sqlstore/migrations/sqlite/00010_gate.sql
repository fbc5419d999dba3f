-- +goose Up
-- What people are told about paper: how urgently, 0 for not at all.
ALTER TABLE originals ADD COLUMN alarm INTEGER NOT NULL DEFAULT 0;
CREATE INDEX originals_alarm ON originals (alarm, due_on, document) WHERE alarm > 0;

-- What keeps paper and copies from going. number is the case's, as it is
-- searched for, empty where the letters are named one by one.
CREATE TABLE holds (
    id      TEXT NOT NULL PRIMARY KEY,
    open    INTEGER NOT NULL,
    number  TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    at      INTEGER NOT NULL,
    body    BLOB NOT NULL
);
CREATE INDEX holds_open ON holds (open, at, id);
CREATE INDEX holds_end ON holds (ends_on, id) WHERE open = 1 AND ends_on <> '';
CREATE INDEX holds_number ON holds (number) WHERE open = 1 AND number <> '';
CREATE TABLE hold_documents (
    document TEXT NOT NULL,
    hold     TEXT NOT NULL,
    PRIMARY KEY (document, hold)
);
CREATE INDEX hold_documents_hold ON hold_documents (hold, document);

-- What is known of the archive as a whole, such as how far its chain was checked.
CREATE TABLE standings (
    name TEXT NOT NULL PRIMARY KEY,
    body BLOB NOT NULL
);
