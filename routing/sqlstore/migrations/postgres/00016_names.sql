-- +goose Up
-- The next load of the register, at every start, fills it.
ALTER TABLE cases ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
CREATE INDEX cases_by_name ON cases (name_key);
