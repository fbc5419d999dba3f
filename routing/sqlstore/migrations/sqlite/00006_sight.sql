-- +goose Up
CREATE TABLE access_log (
    n        INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    day      TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    clerk    TEXT   NOT NULL,
    document TEXT   NOT NULL,
    way      TEXT   NOT NULL,
    role     TEXT   NOT NULL
);
CREATE INDEX access_log_by_document ON access_log (document, n);
CREATE INDEX access_log_by_clerk ON access_log (clerk, n);
CREATE INDEX access_log_by_day ON access_log (day, n);

-- Days that are bound into the chain of events.
CREATE TABLE access_days (
    day    TEXT   NOT NULL PRIMARY KEY,
    row_count BIGINT NOT NULL,
    digest TEXT   NOT NULL
);

-- Whose letters certain clerks may not see.
CREATE TABLE blocks (
    id         TEXT   NOT NULL PRIMARY KEY,
    department TEXT   NOT NULL,
    body       TEXT   NOT NULL,
    by_clerk   TEXT   NOT NULL,
    at         BIGINT NOT NULL
);
CREATE INDEX blocks_by_department ON blocks (department, id);

-- Questions for the name behind an id, or for what one clerk has read, that two
-- people answer.
CREATE TABLE inquiries (
    id        TEXT   NOT NULL PRIMARY KEY,
    kind      TEXT   NOT NULL,
    subject   TEXT   NOT NULL,
    reason    TEXT   NOT NULL,
    clerk     TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    state     TEXT   NOT NULL,
    by_clerk  TEXT   NOT NULL,
    answered  BIGINT NOT NULL
);
CREATE INDEX inquiries_by_time ON inquiries (at, id);
