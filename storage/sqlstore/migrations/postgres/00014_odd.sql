-- +goose Up
-- What came with letters and cannot be scanned.
CREATE TABLE placeholders (
    id       text COLLATE "C" NOT NULL PRIMARY KEY,
    state    text COLLATE "C" NOT NULL,
    document text COLLATE "C" NOT NULL,
    stack    text COLLATE "C" NOT NULL,
    at       bigint NOT NULL,
    body     bytea NOT NULL
);
CREATE INDEX placeholders_state ON placeholders (state, at, id);
CREATE INDEX placeholders_document ON placeholders (document, at, id);
CREATE INDEX placeholders_stack ON placeholders (stack, at, id);
-- The volumes of paper files that are scanned in bulk.
CREATE TABLE volumes (
    id         text COLLATE "C" NOT NULL PRIMARY KEY,
    state      text COLLATE "C" NOT NULL,
    department text COLLATE "C" NOT NULL,
    number     text COLLATE "C" NOT NULL,
    place      text COLLATE "C" NOT NULL,
    stack      text COLLATE "C" NOT NULL,
    planned_on text COLLATE "C" NOT NULL,
    done_on    text COLLATE "C" NOT NULL,
    pages      bigint NOT NULL,
    body       bytea NOT NULL
);
CREATE INDEX volumes_place ON volumes (place, id);
CREATE INDEX volumes_department ON volumes (department, place, id);
CREATE INDEX volumes_number ON volumes (number, place, id);
CREATE INDEX volumes_stack ON volumes (stack, place, id);
