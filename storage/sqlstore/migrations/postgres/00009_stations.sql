-- +goose Up
-- What the scan room's page asks of stacks without reading them.
ALTER TABLE batches ADD COLUMN station text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE batches ADD COLUMN claimed_at bigint NOT NULL DEFAULT 0;
ALTER TABLE batches ADD COLUMN images bigint NOT NULL DEFAULT 0;
UPDATE batches SET
    station = coalesce(convert_from(body, 'UTF8')::json ->> 'station', ''),
    claimed_at = coalesce(extract(epoch FROM (convert_from(body, 'UTF8')::json ->> 'claimed_at')::timestamptz) * 1000000, 0)::bigint,
    images = coalesce((convert_from(body, 'UTF8')::json ->> 'images')::bigint, 0);
CREATE INDEX batches_station ON batches (station, id);
CREATE INDEX batches_claimed ON batches (claimed_at, station, images);
-- Documents of a rare kind are found among those with a common word.
CREATE INDEX search_documents_kind ON search_documents (department, kind, n);
