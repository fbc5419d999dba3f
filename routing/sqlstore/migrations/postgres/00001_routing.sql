-- +goose Up
CREATE TABLE cases (
    department TEXT NOT NULL,
    number     TEXT NOT NULL,
    key        TEXT NOT NULL,
    fold       TEXT NOT NULL,
    worker     TEXT NOT NULL,
    surname    TEXT NOT NULL,
    given      TEXT NOT NULL,
    born       TEXT NOT NULL,
    street     TEXT NOT NULL,
    town       TEXT NOT NULL,
    efile_id   TEXT NOT NULL,
    load_id    TEXT NOT NULL,
    PRIMARY KEY (department, key)
);
CREATE INDEX cases_by_key ON cases (key);
CREATE INDEX cases_by_fold ON cases (fold);
CREATE INDEX cases_by_born ON cases (born, department);

CREATE TABLE decisions (
    document   TEXT NOT NULL,
    decided_at BIGINT NOT NULL,
    sure       BIGINT NOT NULL,
    department TEXT NOT NULL,
    body       TEXT NOT NULL,
    PRIMARY KEY (document, decided_at)
);

CREATE TABLE clerks (
    id            TEXT NOT NULL PRIMARY KEY,
    login         TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    grants        TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    must_change   BIGINT NOT NULL,
    disabled      BIGINT NOT NULL,
    failed_logins BIGINT NOT NULL,
    locked_until  BIGINT NOT NULL
);

CREATE TABLE sign_ons (
    station     TEXT NOT NULL PRIMARY KEY,
    clerk       TEXT NOT NULL,
    name        TEXT NOT NULL,
    received_on TEXT NOT NULL,
    since       BIGINT NOT NULL
);

CREATE TABLE sessions (
    token  TEXT NOT NULL PRIMARY KEY,
    body   TEXT NOT NULL,
    expiry BIGINT NOT NULL
);
CREATE INDEX sessions_by_expiry ON sessions (expiry);
