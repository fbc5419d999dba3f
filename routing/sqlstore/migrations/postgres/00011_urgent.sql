-- +goose Up
-- What stands before others in an inbox: few of many, also of those that ended.
CREATE INDEX handlings_by_urgency ON handlings (department, state, follow_up, weight, due_on, received_on, document)
    WHERE weight > 0 OR due_on < '9999-12-31' OR follow_up < '9999-12-31';
-- What is late, counted for every page of those who answer for it.
DROP INDEX handlings_by_late;
CREATE INDEX handlings_by_late ON handlings (department, state, late_on, document);
