-- +goose Up
-- For whom sealed documents are, by log-in; without a name: nobody yet.
CREATE TABLE seals (
    document  text COLLATE "C" NOT NULL,
    recipient text COLLATE "C" NOT NULL,
    PRIMARY KEY (document, recipient)
);
CREATE INDEX seals_recipient ON seals (recipient, document);

-- Documents that some may not see though they see the rest of a department, by
-- the log-in of the reader.
CREATE TABLE hidden (
    reader   text COLLATE "C" NOT NULL,
    document text COLLATE "C" NOT NULL,
    PRIMARY KEY (reader, document)
);
CREATE INDEX hidden_document ON hidden (document);
