-- +goose Up
CREATE TABLE tokens (
    id         TEXT NOT NULL PRIMARY KEY,
    clerk      TEXT NOT NULL,
    name       TEXT NOT NULL,
    digest     TEXT NOT NULL UNIQUE,
    scopes     TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX tokens_by_clerk ON tokens (clerk, created_at);

CREATE TABLE replies (
    key     TEXT NOT NULL PRIMARY KEY,
    request TEXT NOT NULL,
    body    TEXT NOT NULL,
    at      BIGINT NOT NULL
);
CREATE INDEX replies_by_time ON replies (at);
