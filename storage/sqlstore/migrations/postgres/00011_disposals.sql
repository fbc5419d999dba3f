-- +goose Up
-- What becomes of the paper: disposal lists with their letters, certificates,
-- returns, and what happened without being permitted.
CREATE TABLE disposals (
    id          text COLLATE "C" NOT NULL PRIMARY KEY,
    box         text COLLATE "C" NOT NULL,
    state       text COLLATE "C" NOT NULL,
    certificate text COLLATE "C" NOT NULL,
    body        bytea NOT NULL
);
CREATE INDEX disposals_state ON disposals (state, id);
CREATE INDEX disposals_box ON disposals (box, id);
CREATE INDEX disposals_certificate ON disposals (certificate, id);
-- A box has one list at a time that is not yet in the container.
CREATE UNIQUE INDEX disposals_live ON disposals (box) WHERE state IN ('proposed', 'approved');

CREATE TABLE disposal_items (
    disposal text COLLATE "C" NOT NULL,
    document text COLLATE "C" NOT NULL,
    place    integer NOT NULL,
    body     bytea NOT NULL,
    PRIMARY KEY (disposal, document)
);
CREATE INDEX disposal_items_document ON disposal_items (document, disposal);

CREATE TABLE certificates (
    id     text COLLATE "C" NOT NULL PRIMARY KEY,
    firm   text COLLATE "C" NOT NULL,
    number text COLLATE "C" NOT NULL,
    body   bytea NOT NULL
);
CREATE UNIQUE INDEX certificates_number ON certificates (firm, number);

CREATE TABLE paper_returns (
    document text COLLATE "C" NOT NULL PRIMARY KEY,
    body     bytea NOT NULL
);

CREATE TABLE incidents (
    id       text COLLATE "C" NOT NULL PRIMARY KEY,
    document text COLLATE "C" NOT NULL,
    box      text COLLATE "C" NOT NULL,
    open     integer NOT NULL,
    body     bytea NOT NULL
);
CREATE INDEX incidents_document ON incidents (document, id);
CREATE INDEX incidents_open ON incidents (open, box, id);
