-- +goose Up
-- Searches that a clerk kept; only they see them.
CREATE TABLE saved_searches (
    id    TEXT NOT NULL PRIMARY KEY,
    clerk TEXT NOT NULL,
    name  TEXT NOT NULL,
    query TEXT NOT NULL,
    at    BIGINT NOT NULL
);
CREATE INDEX saved_searches_by_clerk ON saved_searches (clerk, name, id);

-- When the source of an account last said that it is in order: tokens end
-- without that.
ALTER TABLE clerks ADD COLUMN sure BIGINT NOT NULL DEFAULT 0;
