-- +goose Up
-- Our own copies: letters, and stacks as they were received, by the day on which
-- they are looked at.
CREATE TABLE copies (
    object  TEXT NOT NULL PRIMARY KEY,
    raw     BOOLEAN NOT NULL,
    class   TEXT NOT NULL,
    look_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    against TEXT NOT NULL,
    wiping  BOOLEAN NOT NULL
);
CREATE INDEX copies_look ON copies (class, wiping, look_on, object);
CREATE INDEX copies_end ON copies (ends_on, object) WHERE ends_on <> '';
CREATE INDEX copies_counts ON copies (class, raw, against, ends_on);
CREATE INDEX copies_wiping ON copies (wiping, look_on, object) WHERE wiping;
INSERT INTO copies (object, raw, class, look_on, ends_on, against, wiping)
SELECT id, 0, coalesce(json_extract(CAST(body AS TEXT), '$.class'), ''), '', '', '', 0
FROM documents WHERE state <> 'superseded';
INSERT INTO copies (object, raw, class, look_on, ends_on, against, wiping)
SELECT id, 1, coalesce(json_extract(CAST(body AS TEXT), '$.class'), ''), '', '', '', 0
FROM batches;

-- What nights did to them.
CREATE TABLE copy_nights (
    day  TEXT NOT NULL PRIMARY KEY,
    body BLOB NOT NULL
);

-- Decisions of two people that copies must go.
CREATE TABLE erasures (
    id    TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    body  BLOB NOT NULL
);
CREATE INDEX erasures_state ON erasures (state, id);
