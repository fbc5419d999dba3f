-- +goose Up
-- Whole parts of the tree over all events: once full, a part stays as it is.
CREATE TABLE event_tiles (
    level INTEGER NOT NULL,
    n     INTEGER NOT NULL,
    hash  TEXT    NOT NULL,
    PRIMARY KEY (level, n)
) WITHOUT ROWID;

-- How many originals went from which state into which on a day.
CREATE TABLE paper_moves (
    day        TEXT    NOT NULL,
    class      TEXT    NOT NULL,
    from_state TEXT    NOT NULL,
    to_state   TEXT    NOT NULL,
    n          INTEGER NOT NULL,
    PRIMARY KEY (day, class, from_state, to_state)
) WITHOUT ROWID;

-- The paper that is in the house, as pages count it. What stands against its
-- destruction beside the period is judged anew from time to time.
CREATE TABLE paper_now (
    document   TEXT    NOT NULL PRIMARY KEY,
    state      TEXT    NOT NULL,
    due_on     TEXT    NOT NULL,
    class      TEXT    NOT NULL,
    box        TEXT    NOT NULL,
    department TEXT    NOT NULL,
    since      TEXT    NOT NULL,
    against    TEXT    NOT NULL,
    judged_at  INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX paper_now_counts ON paper_now (state, due_on, class, against, since, department);
CREATE INDEX paper_now_due ON paper_now (due_on, document);
CREATE INDEX paper_now_box ON paper_now (box, state, due_on, against, department);
CREATE INDEX paper_now_judged ON paper_now (judged_at, document);
INSERT INTO paper_now (document, state, due_on, class, box, department, since, against, judged_at)
SELECT o.document, o.state, o.due_on, coalesce(json_extract(CAST(o.body AS TEXT), '$.class'), ''),
    coalesce(json_extract(CAST(o.body AS TEXT), '$.box'), ''), coalesce(d.department, ''), substr(o.document, 1, 8), '', 0
FROM originals o LEFT JOIN documents d ON d.id = o.document
WHERE o.state IN ('in-box', 'due', 'approved', 'sealed', 'held', 'to-return', 'to-keep');

-- The books of each day, closed.
CREATE TABLE paper_books (
    day  TEXT NOT NULL PRIMARY KEY,
    body BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE samples (
    id   TEXT NOT NULL PRIMARY KEY,
    body BLOB NOT NULL
) WITHOUT ROWID;
