-- +goose Up
-- The checkpoints of the tree over all events, as they were put outside.
CREATE TABLE anchors (
    size    INTEGER NOT NULL PRIMARY KEY,
    stamped BOOLEAN NOT NULL,
    body    BLOB    NOT NULL
);
CREATE INDEX anchors_stamped ON anchors (stamped, size);
