package sqlstore

import (
	"context"
	"fmt"

	"mailroom/storage"
)

// SaveRecall implements storage.Ledger.
func (s *Store) SaveRecall(ctx context.Context, tx storage.Tx, r storage.Recall) error {
	micro(&r.At)
	for i := range r.Steps {
		micro(&r.Steps[i].At)
	}
	body, err := encoded(r)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO recalls (id, document, state, at, body) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET document = excluded.document, state = excluded.state, at = excluded.at, body = excluded.body`,
		r.ID, r.Document, r.State, r.At, body)
	if err != nil {
		return fmt.Errorf("save recall %s: %w", r.ID, err)
	}
	return nil
}

// Recalls implements storage.Ledger.
func (s *Store) Recalls(ctx context.Context, tx storage.Tx, f storage.RecallFilter) ([]storage.Recall, error) {
	q := &query{table: "recalls", columns: "body", order: []string{"at", "id"}, limit: bounded(f.Limit, 200)}
	chosen(q, "id =", f.ID)
	chosen(q, "document =", f.Document)
	if len(q.where) == 0 {
		// at is a number, which a range over texts cannot bound.
		q.where = append(q.where, "id > ''")
	}
	list, err := collect(ctx, tx, text(q, f.States, s.lock(f.Lock)), q.args, body[storage.Recall])
	if err != nil {
		return nil, fmt.Errorf("list recalls: %w", err)
	}
	return list, nil
}
