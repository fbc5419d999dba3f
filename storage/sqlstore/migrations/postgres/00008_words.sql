-- +goose Up
-- The index is made anew: a word stands in it by department, so that a search
-- walks along nothing but what it may find.
DROP TABLE search_words;
DROP TABLE search_documents;

-- Documents as they are searched for. n is never given twice.
CREATE TABLE search_documents (
    n           bigint NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document    text COLLATE "C" NOT NULL UNIQUE,
    state       text COLLATE "C" NOT NULL,
    department  text COLLATE "C" NOT NULL,
    received_on text COLLATE "C" NOT NULL,
    kind        text COLLATE "C" NOT NULL,
    number      text COLLATE "C" NOT NULL,
    person      text COLLATE "C" NOT NULL,
    words       bytea NOT NULL
);
CREATE INDEX search_documents_state ON search_documents (department, state, n);
CREATE INDEX search_documents_received ON search_documents (department, received_on, n);
CREATE INDEX search_documents_number ON search_documents (department, number, n);
CREATE INDEX search_documents_person ON search_documents (department, person, n);

-- Which word of which department, by their number, stands in which document.
CREATE TABLE search_words (
    word     bigint NOT NULL,
    document bigint NOT NULL,
    PRIMARY KEY (word, document)
);

-- Which words there are at all, by their number.
CREATE TABLE search_vocabulary (
    word bigint NOT NULL PRIMARY KEY
);

DELETE FROM search_pending;
INSERT INTO search_pending (document) SELECT id FROM documents;
