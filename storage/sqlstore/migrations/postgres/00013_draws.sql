-- +goose Up
-- Which letters of a stack are checked with the paper in hand, and what that showed.
CREATE TABLE draws (
    batch    text COLLATE "C" NOT NULL PRIMARY KEY,
    state    text COLLATE "C" NOT NULL,
    station  text COLLATE "C" NOT NULL,
    class    text COLLATE "C" NOT NULL,
    operator text COLLATE "C" NOT NULL,
    at       bigint NOT NULL,
    waiting  integer NOT NULL,
    letters  integer NOT NULL,
    drawn    integer NOT NULL,
    body     bytea NOT NULL
);
CREATE INDEX draws_state ON draws (state, at, batch);
CREATE INDEX draws_waiting ON draws (at, batch, operator) WHERE waiting > 0;
CREATE INDEX draws_at ON draws (at, station, class, letters, drawn);
-- How much is checked of a class at a station, and what was found there.
CREATE TABLE qualities (
    station text COLLATE "C" NOT NULL,
    class   text COLLATE "C" NOT NULL,
    body    bytea NOT NULL,
    PRIMARY KEY (station, class)
);
