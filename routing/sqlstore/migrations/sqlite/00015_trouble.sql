-- +goose Up
ALTER TABLE efile_status ADD COLUMN code TEXT NOT NULL DEFAULT '';
UPDATE efile_status SET code = 'folder-trouble' WHERE trouble <> '';
