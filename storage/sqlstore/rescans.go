package sqlstore

import (
	"context"
	"fmt"

	"mailroom/storage"
)

// SaveRescan implements storage.Ledger.
func (s *Store) SaveRescan(ctx context.Context, tx storage.Tx, r storage.Rescan) error {
	micro(&r.At, &r.DoneAt)
	body, err := encoded(r)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO rescans (id, document, state, at, body) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET document = excluded.document, state = excluded.state, at = excluded.at, body = excluded.body`,
		r.ID, r.Document, r.State, r.At, body)
	if err != nil {
		return fmt.Errorf("save rescan %s: %w", r.ID, err)
	}
	return nil
}

// Rescans implements storage.Ledger.
func (s *Store) Rescans(ctx context.Context, tx storage.Tx, f storage.RescanFilter) ([]storage.Rescan, error) {
	q := &query{table: "rescans", columns: "body", order: []string{"at", "id"}, limit: bounded(f.Limit, 200)}
	chosen(q, "id =", f.ID)
	chosen(q, "document =", f.Document)
	chosen(q, "state =", f.State)
	list, err := collect(ctx, tx, text[string](q, nil, s.lock(f.Lock)), q.args, body[storage.Rescan])
	if err != nil {
		return nil, fmt.Errorf("list rescans: %w", err)
	}
	return list, nil
}
