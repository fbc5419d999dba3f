-- +goose Up
-- Rows that were saved or deleted and that the bucket does not have yet. What
-- writes here are triggers, which the store makes when it opens.
CREATE TABLE row_changes (
    n          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    table_name TEXT    NOT NULL,
    row_key    TEXT    NOT NULL
);

-- How the triggers of a table were made.
CREATE TABLE watched_tables (
    table_name TEXT NOT NULL PRIMARY KEY,
    made       TEXT NOT NULL
) WITHOUT ROWID;

-- Standings about this ledger itself, which no other one takes over.
CREATE TABLE own_standings (
    name TEXT NOT NULL PRIMARY KEY,
    body BLOB NOT NULL
) WITHOUT ROWID;

-- Jobs that were not done, while a ledger is being rebuilt.
CREATE TABLE restored_jobs (
    id       INTEGER NOT NULL PRIMARY KEY,
    args     TEXT NOT NULL,
    priority INTEGER NOT NULL
);
