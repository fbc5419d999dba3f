-- +goose Up
-- Documents as they are searched for. n is never given twice.
CREATE TABLE search_documents (
    n           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    document    TEXT NOT NULL UNIQUE,
    state       TEXT NOT NULL,
    department  TEXT NOT NULL,
    received_on TEXT NOT NULL,
    words       BLOB NOT NULL
);

-- Which word, by its number, stands in which document.
CREATE TABLE search_words (
    word     INTEGER NOT NULL,
    document INTEGER NOT NULL,
    PRIMARY KEY (word, document)
) WITHOUT ROWID;

-- Documents from before there was a search.
CREATE TABLE search_pending (
    document TEXT NOT NULL PRIMARY KEY
) WITHOUT ROWID;
INSERT INTO search_pending (document) SELECT id FROM documents;
