-- +goose Up
CREATE TABLE batches (
    id     TEXT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL,
    state  TEXT NOT NULL,
    body   BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX batches_digest ON batches (digest, id);
CREATE INDEX batches_state ON batches (state, id);

CREATE TABLE images (
    batch    TEXT    NOT NULL,
    image    INTEGER NOT NULL,
    document TEXT    NOT NULL,
    unread   BOOLEAN NOT NULL,
    body     BLOB    NOT NULL,
    PRIMARY KEY (batch, image)
) WITHOUT ROWID;
CREATE INDEX images_document ON images (document, image) WHERE document <> '';
CREATE INDEX images_unread ON images (batch, image) WHERE unread;

CREATE TABLE documents (
    id         TEXT    NOT NULL PRIMARY KEY,
    batch      TEXT    NOT NULL,
    number     INTEGER NOT NULL,
    state      TEXT    NOT NULL,
    department TEXT    NOT NULL,
    body       BLOB    NOT NULL
);
CREATE INDEX documents_batch ON documents (batch, number);
CREATE INDEX documents_state ON documents (state, id);
CREATE INDEX documents_department ON documents (department, id);
CREATE INDEX documents_department_state ON documents (department, state, id);

CREATE TABLE document_texts (
    document TEXT NOT NULL PRIMARY KEY,
    text     BLOB NOT NULL
);

CREATE TABLE originals (
    document TEXT NOT NULL PRIMARY KEY,
    batch    TEXT NOT NULL,
    state    TEXT NOT NULL,
    due_on   TEXT NOT NULL,
    body     BLOB NOT NULL
);
CREATE INDEX originals_due ON originals (due_on, document);
CREATE INDEX originals_state ON originals (state, due_on, document);
CREATE INDEX originals_batch ON originals (batch, due_on, document);

CREATE TABLE events (
    seq       INTEGER NOT NULL PRIMARY KEY,
    previous  TEXT    NOT NULL,
    time      INTEGER NOT NULL,
    actor     TEXT    NOT NULL,
    kind      TEXT    NOT NULL,
    object    TEXT    NOT NULL,
    body_hash TEXT    NOT NULL,
    hash      TEXT    NOT NULL
);
CREATE INDEX events_object ON events (object, seq);

CREATE TABLE event_bodies (
    seq  INTEGER NOT NULL PRIMARY KEY REFERENCES events (seq),
    salt BLOB    NOT NULL,
    body BLOB    NOT NULL
);

CREATE TABLE event_head (
    one  INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    seq  INTEGER NOT NULL,
    hash TEXT    NOT NULL
);
INSERT INTO event_head (one, seq, hash) VALUES (1, 0, '');

-- Jobs that were asked for anew while they ran.
CREATE TABLE jobs_again (
    job INTEGER NOT NULL PRIMARY KEY
);

-- +goose StatementBegin
CREATE TRIGGER events_stay BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER events_are_final BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
-- +goose StatementEnd
