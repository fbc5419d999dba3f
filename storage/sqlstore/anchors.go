package sqlstore

import (
	"context"
	"fmt"

	"mailroom/storage"
)

// SaveAnchor implements storage.Ledger.
func (s *Store) SaveAnchor(ctx context.Context, tx storage.Tx, a storage.Anchor) error {
	micro(&a.At)
	data, err := encoded(a)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO anchors (size, stamped, body) VALUES ($1, $2, $3)
		ON CONFLICT (size) DO UPDATE SET stamped = excluded.stamped, body = excluded.body`, a.Size, a.Stamp != nil, data)
	if err != nil {
		return fmt.Errorf("save checkpoint of %d events: %w", a.Size, err)
	}
	return nil
}

// Anchors implements storage.Ledger.
func (s *Store) Anchors(ctx context.Context, tx storage.Tx, f storage.AnchorFilter) ([]storage.Anchor, error) {
	q := &query{table: "anchors", columns: "body", key: "size", order: []string{"size"}, desc: f.Newest, limit: bounded(f.Limit, 100)}
	if f.From > 0 && !f.Newest {
		q.and("size >=", f.From)
	}
	if f.Size > 0 {
		q.and("size =", f.Size)
	}
	if f.Stamped != nil {
		q.and("stamped =", *f.Stamped)
	}
	list, err := collect(ctx, tx, text[string](q, nil, ""), q.args, body[storage.Anchor])
	if err != nil {
		return nil, fmt.Errorf("list checkpoints: %w", err)
	}
	return list, nil
}
