-- +goose Up
CREATE TABLE batches (
    id     text COLLATE "C" NOT NULL PRIMARY KEY,
    digest text COLLATE "C" NOT NULL,
    state  text COLLATE "C" NOT NULL,
    body   bytea NOT NULL
);
CREATE INDEX batches_digest ON batches (digest, id);
CREATE INDEX batches_state ON batches (state, id);

CREATE TABLE images (
    batch    text COLLATE "C" NOT NULL,
    image    bigint  NOT NULL,
    document text COLLATE "C" NOT NULL,
    unread   boolean NOT NULL,
    body     bytea   NOT NULL,
    PRIMARY KEY (batch, image)
);
CREATE INDEX images_document ON images (document, image) WHERE document <> '';
CREATE INDEX images_unread ON images (batch, image) WHERE unread;

CREATE TABLE documents (
    id         text COLLATE "C" NOT NULL PRIMARY KEY,
    batch      text COLLATE "C" NOT NULL,
    number     bigint NOT NULL,
    state      text COLLATE "C" NOT NULL,
    department text COLLATE "C" NOT NULL,
    body       bytea NOT NULL
);
CREATE INDEX documents_batch ON documents (batch, number);
CREATE INDEX documents_state ON documents (state, id);
CREATE INDEX documents_department ON documents (department, id);
CREATE INDEX documents_department_state ON documents (department, state, id);

CREATE TABLE document_texts (
    document text COLLATE "C" NOT NULL PRIMARY KEY,
    text     bytea NOT NULL
);

CREATE TABLE originals (
    document text COLLATE "C" NOT NULL PRIMARY KEY,
    batch    text COLLATE "C" NOT NULL,
    state    text COLLATE "C" NOT NULL,
    due_on   text COLLATE "C" NOT NULL,
    body     bytea NOT NULL
);
CREATE INDEX originals_due ON originals (due_on, document);
CREATE INDEX originals_state ON originals (state, due_on, document);
CREATE INDEX originals_batch ON originals (batch, due_on, document);

CREATE TABLE events (
    seq       bigint NOT NULL PRIMARY KEY,
    previous  text   NOT NULL,
    time      bigint NOT NULL,
    actor     text   NOT NULL,
    kind      text   NOT NULL,
    object    text COLLATE "C" NOT NULL,
    body_hash text   NOT NULL,
    hash      text   NOT NULL
);
CREATE INDEX events_object ON events (object, seq);

CREATE TABLE event_bodies (
    seq  bigint NOT NULL PRIMARY KEY REFERENCES events (seq),
    salt bytea  NOT NULL,
    body bytea  NOT NULL
);

CREATE TABLE event_head (
    one  bigint NOT NULL PRIMARY KEY CHECK (one = 1),
    seq  bigint NOT NULL,
    hash text   NOT NULL
);
INSERT INTO event_head (one, seq, hash) VALUES (1, 0, '');

-- Jobs that were asked for anew while they ran.
CREATE TABLE jobs_again (
    job bigint NOT NULL PRIMARY KEY
);

-- +goose StatementBegin
CREATE FUNCTION events_are_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are never changed or deleted';
END
$$;
-- +goose StatementEnd
CREATE TRIGGER events_are_final BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION events_are_final();
