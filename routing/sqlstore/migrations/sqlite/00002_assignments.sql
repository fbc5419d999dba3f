-- +goose Up
CREATE TABLE assignments (
    document    TEXT NOT NULL PRIMARY KEY,
    worker      TEXT NOT NULL,
    department  TEXT NOT NULL,
    by_clerk    TEXT NOT NULL,
    at          BIGINT NOT NULL,
    remark      TEXT NOT NULL,
    state       TEXT NOT NULL,
    received_on TEXT NOT NULL,
    changed_at  BIGINT NOT NULL
);
CREATE INDEX assignments_by_worker ON assignments (worker, state, received_on, document);
CREATE INDEX assignments_by_department ON assignments (department, state, worker);
CREATE INDEX assignments_by_clerk ON assignments (by_clerk, changed_at);
CREATE INDEX cases_by_worker ON cases (department, worker);
