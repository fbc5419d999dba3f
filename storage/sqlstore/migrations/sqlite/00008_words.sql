-- +goose Up
-- The index is made anew: a word stands in it by department, so that a search
-- walks along nothing but what it may find.
DROP TABLE search_words;
DROP TABLE search_documents;

-- Documents as they are searched for. n is never given twice.
CREATE TABLE search_documents (
    n           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    document    TEXT NOT NULL UNIQUE,
    state       TEXT NOT NULL,
    department  TEXT NOT NULL,
    received_on TEXT NOT NULL,
    kind        TEXT NOT NULL,
    number      TEXT NOT NULL,
    person      TEXT NOT NULL,
    words       BLOB NOT NULL
);
CREATE INDEX search_documents_state ON search_documents (department, state, n);
CREATE INDEX search_documents_received ON search_documents (department, received_on, n);
CREATE INDEX search_documents_number ON search_documents (department, number, n);
CREATE INDEX search_documents_person ON search_documents (department, person, n);

-- Which word of which department, by their number, stands in which document.
CREATE TABLE search_words (
    word     INTEGER NOT NULL,
    document INTEGER NOT NULL,
    PRIMARY KEY (word, document)
) WITHOUT ROWID;

-- Which words there are at all, by their number.
CREATE TABLE search_vocabulary (
    word INTEGER NOT NULL PRIMARY KEY
) WITHOUT ROWID;

DELETE FROM search_pending;
INSERT INTO search_pending (document) SELECT id FROM documents;
