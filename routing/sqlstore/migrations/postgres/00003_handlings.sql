-- +goose Up
-- A day that there is none of stands as 9999-12-31, so that it sorts last.
CREATE TABLE handlings (
    document    TEXT NOT NULL PRIMARY KEY,
    department  TEXT NOT NULL,
    state       TEXT NOT NULL,
    received_on TEXT NOT NULL,
    due_on      TEXT NOT NULL,
    late_on     TEXT NOT NULL,
    follow_up   TEXT NOT NULL,
    flags       TEXT NOT NULL,
    weight      BIGINT NOT NULL,
    body        TEXT NOT NULL
);
CREATE INDEX handlings_by_department ON handlings (department, state, received_on, document);
CREATE INDEX handlings_by_state ON handlings (state, received_on, document);
CREATE INDEX handlings_by_late ON handlings (late_on, document);
CREATE INDEX handlings_by_follow_up ON handlings (follow_up, document);

CREATE TABLE informed (
    document TEXT NOT NULL,
    clerk    TEXT NOT NULL,
    by_clerk TEXT NOT NULL,
    at       BIGINT NOT NULL,
    words    TEXT NOT NULL,
    seen     BIGINT NOT NULL,
    PRIMARY KEY (document, clerk)
);
CREATE INDEX informed_by_clerk ON informed (clerk, seen, at);
