-- +goose Up
-- Which letters of a stack are checked with the paper in hand, and what that showed.
CREATE TABLE draws (
    batch    TEXT NOT NULL PRIMARY KEY,
    state    TEXT NOT NULL,
    station  TEXT NOT NULL,
    class    TEXT NOT NULL,
    operator TEXT NOT NULL,
    at       INTEGER NOT NULL,
    waiting  INTEGER NOT NULL,
    letters  INTEGER NOT NULL,
    drawn    INTEGER NOT NULL,
    body     BLOB NOT NULL
);
CREATE INDEX draws_state ON draws (state, at, batch);
CREATE INDEX draws_waiting ON draws (at, batch, operator) WHERE waiting > 0;
CREATE INDEX draws_at ON draws (at, station, class, letters, drawn);
-- How much is checked of a class at a station, and what was found there.
CREATE TABLE qualities (
    station TEXT NOT NULL,
    class   TEXT NOT NULL,
    body    BLOB NOT NULL,
    PRIMARY KEY (station, class)
);
