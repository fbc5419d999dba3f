-- +goose Up
-- What the scan room's page asks of stacks without reading them.
ALTER TABLE batches ADD COLUMN station TEXT NOT NULL DEFAULT '';
ALTER TABLE batches ADD COLUMN claimed_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE batches ADD COLUMN images INTEGER NOT NULL DEFAULT 0;
UPDATE batches SET
    station = coalesce(json_extract(CAST(body AS TEXT), '$.station'), ''),
    claimed_at = coalesce(CAST(strftime('%s', json_extract(CAST(body AS TEXT), '$.claimed_at')) AS INTEGER), 0) * 1000000,
    images = coalesce(json_extract(CAST(body AS TEXT), '$.images'), 0);
CREATE INDEX batches_station ON batches (station, id);
CREATE INDEX batches_claimed ON batches (claimed_at, station, images);
-- Documents of a rare kind are found among those with a common word.
CREATE INDEX search_documents_kind ON search_documents (department, kind, n);
