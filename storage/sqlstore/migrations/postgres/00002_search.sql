-- +goose Up
-- Documents as they are searched for. n is never given twice.
CREATE TABLE search_documents (
    n           bigint NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document    text COLLATE "C" NOT NULL UNIQUE,
    state       text COLLATE "C" NOT NULL,
    department  text COLLATE "C" NOT NULL,
    received_on text COLLATE "C" NOT NULL,
    words       bytea NOT NULL
);

-- Which word, by its number, stands in which document.
CREATE TABLE search_words (
    word     bigint NOT NULL,
    document bigint NOT NULL,
    PRIMARY KEY (word, document)
);

-- Documents from before there was a search.
CREATE TABLE search_pending (
    document text COLLATE "C" NOT NULL PRIMARY KEY
);
INSERT INTO search_pending (document) SELECT id FROM documents;
