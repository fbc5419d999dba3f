-- +goose Up
-- The checkpoints of the tree over all events, as they were put outside.
CREATE TABLE anchors (
    size    bigint  NOT NULL PRIMARY KEY,
    stamped boolean NOT NULL,
    body    bytea   NOT NULL
);
CREATE INDEX anchors_stamped ON anchors (stamped, size);
