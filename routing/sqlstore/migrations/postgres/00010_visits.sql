-- +goose Up
ALTER TABLE clerks ADD COLUMN source TEXT NOT NULL DEFAULT '';
ALTER TABLE clerks ADD COLUMN subject TEXT NOT NULL DEFAULT '';
ALTER TABLE clerks ADD COLUMN absent BIGINT NOT NULL DEFAULT 0;
ALTER TABLE clerks ADD COLUMN asked BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX clerks_by_subject ON clerks (source, subject) WHERE subject <> '';
CREATE INDEX clerks_by_asked ON clerks (source, asked);

CREATE TABLE visits (
    id      TEXT NOT NULL PRIMARY KEY,
    clerk   TEXT NOT NULL,
    source  TEXT NOT NULL,
    sealed  TEXT NOT NULL,
    session TEXT NOT NULL,
    device  TEXT NOT NULL,
    begun   BIGINT NOT NULL,
    seen    BIGINT NOT NULL,
    asked   BIGINT NOT NULL,
    sure    BIGINT NOT NULL
);
CREATE INDEX visits_by_clerk ON visits (clerk, begun);
CREATE INDEX visits_by_session ON visits (session) WHERE session <> '';
CREATE INDEX visits_by_asked ON visits (source, asked);
CREATE INDEX visits_by_seen ON visits (seen);
CREATE INDEX visits_by_begun ON visits (begun);

CREATE TABLE devices (
    digest       TEXT NOT NULL PRIMARY KEY,
    clerk        TEXT NOT NULL,
    failed       BIGINT NOT NULL,
    locked_until BIGINT NOT NULL,
    expiry       BIGINT NOT NULL
);
CREATE INDEX devices_by_clerk ON devices (clerk);
CREATE INDEX devices_by_expiry ON devices (expiry);

-- Whoever is logged in logs in once more, so that the visit is known.
DELETE FROM sessions;
