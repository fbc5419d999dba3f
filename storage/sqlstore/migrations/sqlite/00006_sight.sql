-- +goose Up
-- For whom sealed documents are, by log-in; without a name: nobody yet.
CREATE TABLE seals (
    document  TEXT NOT NULL,
    recipient TEXT NOT NULL,
    PRIMARY KEY (document, recipient)
) WITHOUT ROWID;
CREATE INDEX seals_recipient ON seals (recipient, document);

-- Documents that some may not see though they see the rest of a department, by
-- the log-in of the reader.
CREATE TABLE hidden (
    reader   TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (reader, document)
) WITHOUT ROWID;
CREATE INDEX hidden_document ON hidden (document);
