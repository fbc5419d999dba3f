-- +goose Up
-- Our own copies: letters, and stacks as they were received, by the day on which
-- they are looked at.
CREATE TABLE copies (
    object  text COLLATE "C" NOT NULL PRIMARY KEY,
    raw     boolean NOT NULL,
    class   text COLLATE "C" NOT NULL,
    look_on text COLLATE "C" NOT NULL,
    ends_on text COLLATE "C" NOT NULL,
    against text COLLATE "C" NOT NULL,
    wiping  boolean NOT NULL
);
CREATE INDEX copies_look ON copies (class, wiping, look_on, object);
CREATE INDEX copies_end ON copies (ends_on, object) WHERE ends_on <> '';
CREATE INDEX copies_counts ON copies (class, raw, against, ends_on);
CREATE INDEX copies_wiping ON copies (wiping, look_on, object) WHERE wiping;
INSERT INTO copies (object, raw, class, look_on, ends_on, against, wiping)
SELECT id, false, coalesce(convert_from(body, 'UTF8')::json ->> 'class', 'normal'), '', '', '', false
FROM documents WHERE state <> 'superseded';
INSERT INTO copies (object, raw, class, look_on, ends_on, against, wiping)
SELECT id, true, coalesce(convert_from(body, 'UTF8')::json ->> 'class', 'normal'), '', '', '', false
FROM batches;

-- What nights did to them.
CREATE TABLE copy_nights (
    day  text COLLATE "C" NOT NULL PRIMARY KEY,
    body bytea NOT NULL
);

-- Decisions of two people that copies must go.
CREATE TABLE erasures (
    id    text COLLATE "C" NOT NULL PRIMARY KEY,
    state text COLLATE "C" NOT NULL,
    body  bytea NOT NULL
);
CREATE INDEX erasures_state ON erasures (state, id);
