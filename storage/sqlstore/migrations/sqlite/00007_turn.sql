-- +goose Up
-- By whose turn it is. The indexes on id alone stay for lists of the newest.
ALTER TABLE documents ADD COLUMN turn TEXT NOT NULL DEFAULT '';
UPDATE documents SET turn = '5 ' || coalesce(json_extract(CAST(body AS TEXT), '$.received_on'), '');
CREATE INDEX documents_turn ON documents (state, turn, id);
CREATE INDEX documents_department_turn ON documents (department, state, turn, id);
