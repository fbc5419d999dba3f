-- +goose Up
-- Rows that were saved or deleted and that the bucket does not have yet. What
-- writes here are triggers, which the store makes when it opens.
CREATE TABLE row_changes (
    n          bigint NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    table_name text COLLATE "C" NOT NULL,
    row_key    text COLLATE "C" NOT NULL
);

-- How the triggers of a table were made.
CREATE TABLE watched_tables (
    table_name text COLLATE "C" NOT NULL PRIMARY KEY,
    made       text COLLATE "C" NOT NULL
);

-- Standings about this ledger itself, which no other one takes over.
CREATE TABLE own_standings (
    name text COLLATE "C" NOT NULL PRIMARY KEY,
    body bytea NOT NULL
);

-- Jobs that were not done, while a ledger is being rebuilt.
CREATE TABLE restored_jobs (
    id       bigint NOT NULL PRIMARY KEY,
    args     text NOT NULL,
    priority bigint NOT NULL
);
