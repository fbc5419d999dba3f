-- +goose Up
-- Searches that a clerk kept; only they see them.
CREATE TABLE saved_searches (
    id    text   NOT NULL PRIMARY KEY,
    clerk text   NOT NULL,
    name  text   NOT NULL,
    query text   NOT NULL,
    at    bigint NOT NULL
);
CREATE INDEX saved_searches_by_clerk ON saved_searches (clerk, name, id);

-- When the source of an account last said that it is in order: tokens end
-- without that.
ALTER TABLE clerks ADD COLUMN sure bigint NOT NULL DEFAULT 0;
