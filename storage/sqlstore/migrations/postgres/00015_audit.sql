-- +goose Up
-- Whole parts of the tree over all events: once full, a part stays as it is.
CREATE TABLE event_tiles (
    level bigint NOT NULL,
    n     bigint NOT NULL,
    hash  text COLLATE "C" NOT NULL,
    PRIMARY KEY (level, n)
);

-- How many originals went from which state into which on a day.
CREATE TABLE paper_moves (
    day        text COLLATE "C" NOT NULL,
    class      text COLLATE "C" NOT NULL,
    from_state text COLLATE "C" NOT NULL,
    to_state   text COLLATE "C" NOT NULL,
    n          bigint NOT NULL,
    PRIMARY KEY (day, class, from_state, to_state)
);

-- The paper that is in the house, as pages count it. What stands against its
-- destruction beside the period is judged anew from time to time.
CREATE TABLE paper_now (
    document   text COLLATE "C" NOT NULL PRIMARY KEY,
    state      text COLLATE "C" NOT NULL,
    due_on     text COLLATE "C" NOT NULL,
    class      text COLLATE "C" NOT NULL,
    box        text COLLATE "C" NOT NULL,
    department text COLLATE "C" NOT NULL,
    since      text COLLATE "C" NOT NULL,
    against    text COLLATE "C" NOT NULL,
    judged_at  bigint NOT NULL
);
CREATE INDEX paper_now_counts ON paper_now (state, due_on, class, against, since, department);
CREATE INDEX paper_now_due ON paper_now (due_on, document);
CREATE INDEX paper_now_box ON paper_now (box, state, due_on, against, department);
CREATE INDEX paper_now_judged ON paper_now (judged_at, document);
INSERT INTO paper_now (document, state, due_on, class, box, department, since, against, judged_at)
SELECT o.document, o.state, o.due_on, coalesce(convert_from(o.body, 'UTF8')::json ->> 'class', ''),
    coalesce(convert_from(o.body, 'UTF8')::json ->> 'box', ''), coalesce(d.department, ''), substr(o.document, 1, 8), '', 0
FROM originals o LEFT JOIN documents d ON d.id = o.document
WHERE o.state IN ('in-box', 'due', 'approved', 'sealed', 'held', 'to-return', 'to-keep');

-- The books of each day, closed.
CREATE TABLE paper_books (
    day  text COLLATE "C" NOT NULL PRIMARY KEY,
    body bytea NOT NULL
);

CREATE TABLE samples (
    id   text COLLATE "C" NOT NULL PRIMARY KEY,
    body bytea NOT NULL
);
