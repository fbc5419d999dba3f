-- +goose Up
-- What people are told about paper: how urgently, 0 for not at all.
ALTER TABLE originals ADD COLUMN alarm bigint NOT NULL DEFAULT 0;
CREATE INDEX originals_alarm ON originals (alarm, due_on, document) WHERE alarm > 0;

-- What keeps paper and copies from going. number is the case's, as it is
-- searched for, empty where the letters are named one by one.
CREATE TABLE holds (
    id      text COLLATE "C" NOT NULL PRIMARY KEY,
    open    bigint NOT NULL,
    number  text COLLATE "C" NOT NULL,
    ends_on text COLLATE "C" NOT NULL,
    at      bigint NOT NULL,
    body    bytea NOT NULL
);
CREATE INDEX holds_open ON holds (open, at, id);
CREATE INDEX holds_end ON holds (ends_on, id) WHERE open = 1 AND ends_on <> '';
CREATE INDEX holds_number ON holds (number) WHERE open = 1 AND number <> '';
CREATE TABLE hold_documents (
    document text COLLATE "C" NOT NULL,
    hold     text COLLATE "C" NOT NULL,
    PRIMARY KEY (document, hold)
);
CREATE INDEX hold_documents_hold ON hold_documents (hold, document);

-- What is known of the archive as a whole, such as how far its chain was checked.
CREATE TABLE standings (
    name text COLLATE "C" NOT NULL PRIMARY KEY,
    body bytea NOT NULL
);
