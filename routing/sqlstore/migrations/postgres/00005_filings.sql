-- +goose Up
CREATE TABLE filings (
    document    TEXT NOT NULL,
    number      BIGINT NOT NULL,
    received_on TEXT NOT NULL,
    department  TEXT NOT NULL,
    worker      TEXT NOT NULL,
    state       TEXT NOT NULL,
    system      TEXT NOT NULL,
    due_at      BIGINT NOT NULL,
    ended_at    BIGINT NOT NULL,
    body        TEXT NOT NULL,
    PRIMARY KEY (document, number)
);
-- The state comes first: what is not done is little, what is done grows.
CREATE INDEX filings_by_worker ON filings (worker, state, received_on, document);
CREATE INDEX filings_by_department ON filings (department, state, received_on, document);
CREATE INDEX filings_by_state ON filings (state, system, due_at);
CREATE INDEX filings_by_end ON filings (system, state, ended_at);
CREATE TABLE efile_status (
    system     TEXT NOT NULL,
    node       TEXT NOT NULL,
    checked_at BIGINT NOT NULL,
    trouble    TEXT NOT NULL,
    since      BIGINT NOT NULL,
    PRIMARY KEY (system, node)
);
