-- +goose Up
CREATE INDEX filings_further ON filings (department, document) WHERE number > 1;
