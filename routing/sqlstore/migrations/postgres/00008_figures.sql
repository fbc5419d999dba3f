-- +goose Up
CREATE TABLE figures (
    grain      TEXT COLLATE "C" NOT NULL,
    what       TEXT COLLATE "C" NOT NULL,
    day        TEXT COLLATE "C" NOT NULL,
    department TEXT COLLATE "C" NOT NULL,
    station    TEXT COLLATE "C" NOT NULL,
    bucket     BIGINT NOT NULL,
    n          BIGINT NOT NULL,
    PRIMARY KEY (grain, what, day, department, station, bucket)
);

-- The event up to which they count, and by which version of counting.
CREATE TABLE figures_until (
    one     BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    version BIGINT NOT NULL,
    seq     BIGINT NOT NULL,
    at      BIGINT NOT NULL
);
INSERT INTO figures_until (one, version, seq, at) VALUES (1, 0, 0, 0);

-- What a worker closed last, and what a head assigned last, of many.
CREATE INDEX assignments_by_worker_change ON assignments (worker, state, changed_at, document);
CREATE INDEX assignments_by_clerk_change ON assignments (by_clerk, department, state, changed_at, document);
DROP INDEX assignments_by_clerk;
