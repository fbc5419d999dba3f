-- +goose Up
CREATE TABLE absences (
    id       TEXT NOT NULL PRIMARY KEY,
    clerk    TEXT NOT NULL,
    deputy   TEXT NOT NULL,
    from_day TEXT NOT NULL,
    to_day   TEXT NOT NULL,
    by_clerk TEXT NOT NULL,
    at       BIGINT NOT NULL
);
CREATE INDEX absences_by_day ON absences (to_day, from_day);

CREATE TABLE clerk_keys (
    clerk TEXT NOT NULL PRIMARY KEY,
    keys  TEXT NOT NULL
);
