package sqlstore

import (
	"context"
	"fmt"

	"mailroom/storage"
)

// AddBatchSheet implements storage.BatchSheets.
func (s *Store) AddBatchSheet(ctx context.Context, tx storage.Tx, sheet storage.BatchSheet) error {
	return s.saveBatchSheet(ctx, tx, sheet, "")
}

// SaveBatchSheet implements storage.BatchSheets.
func (s *Store) SaveBatchSheet(ctx context.Context, tx storage.Tx, sheet storage.BatchSheet) error {
	return s.saveBatchSheet(ctx, tx, sheet, ` ON CONFLICT (number) DO UPDATE SET body = excluded.body`)
}

func (s *Store) saveBatchSheet(ctx context.Context, tx storage.Tx, sheet storage.BatchSheet, otherwise string) error {
	body, err := encoded(sheet)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO batch_sheets (number, body) VALUES ($1, $2)`+otherwise, sheet.Number, body); err != nil {
		return fmt.Errorf("save batch sheet %d: %w", sheet.Number, err)
	}
	return nil
}

// BatchSheets implements storage.BatchSheets.
func (s *Store) BatchSheets(ctx context.Context, tx storage.Tx, f storage.BatchSheetFilter) ([]storage.BatchSheet, error) {
	q := &query{table: "batch_sheets", columns: "body", order: []string{"number"}, desc: true, limit: bounded(f.Limit, 100)}
	if f.Number != 0 {
		q.where = append(q.where, "number = "+q.arg(f.Number))
	}
	list, err := collect(ctx, tx, text[string](q, nil, s.lock(f.Lock)), q.args, body[storage.BatchSheet])
	if err != nil {
		return nil, fmt.Errorf("list batch sheets: %w", err)
	}
	return list, nil
}
