-- +goose Up
-- What becomes of the paper: disposal lists with their letters, certificates,
-- returns, and what happened without being permitted.
CREATE TABLE disposals (
    id          TEXT NOT NULL PRIMARY KEY,
    box         TEXT NOT NULL,
    state       TEXT NOT NULL,
    certificate TEXT NOT NULL,
    body        BLOB NOT NULL
);
CREATE INDEX disposals_state ON disposals (state, id);
CREATE INDEX disposals_box ON disposals (box, id);
CREATE INDEX disposals_certificate ON disposals (certificate, id);
-- A box has one list at a time that is not yet in the container.
CREATE UNIQUE INDEX disposals_live ON disposals (box) WHERE state IN ('proposed', 'approved');

CREATE TABLE disposal_items (
    disposal TEXT NOT NULL,
    document TEXT NOT NULL,
    place    INTEGER NOT NULL,
    body     BLOB NOT NULL,
    PRIMARY KEY (disposal, document)
);
CREATE INDEX disposal_items_document ON disposal_items (document, disposal);

CREATE TABLE certificates (
    id     TEXT NOT NULL PRIMARY KEY,
    firm   TEXT NOT NULL,
    number TEXT NOT NULL,
    body   BLOB NOT NULL
);
CREATE UNIQUE INDEX certificates_number ON certificates (firm, number);

CREATE TABLE paper_returns (
    document TEXT NOT NULL PRIMARY KEY,
    body     BLOB NOT NULL
);

CREATE TABLE incidents (
    id       TEXT NOT NULL PRIMARY KEY,
    document TEXT NOT NULL,
    box      TEXT NOT NULL,
    open     INTEGER NOT NULL,
    body     BLOB NOT NULL
);
CREATE INDEX incidents_document ON incidents (document, id);
CREATE INDEX incidents_open ON incidents (open, box, id);
