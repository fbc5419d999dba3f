package sqlstore

import (
	"context"
	"fmt"

	"mailroom/storage"
)

// SaveOriginal implements storage.Ledger.
func (s *Store) SaveOriginal(ctx context.Context, tx storage.Tx, o storage.Original) error {
	micro(&o.ScannedAt)
	body, err := encoded(o)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO originals (document, batch, state, due_on, box, place, body) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (document) DO UPDATE SET batch = excluded.batch, state = excluded.state, due_on = excluded.due_on,
		box = excluded.box, place = excluded.place, body = excluded.body`,
		o.Document, o.Batch, o.State, o.DueOn, o.Box, o.Place, body)
	if err == nil {
		err = s.stand(ctx, tx, o)
	}
	if err != nil {
		return fmt.Errorf("save original of document %s: %w", o.Document, err)
	}
	return nil
}

// Originals implements storage.Ledger.
func (s *Store) Originals(ctx context.Context, tx storage.Tx, f storage.OriginalFilter) ([]storage.Original, error) {
	q := &query{table: "originals", columns: "body", key: "document", order: []string{"due_on", "document"}, limit: bounded(f.Limit, 1000)}
	chosen(q, "document =", f.Document)
	chosen(q, "batch =", f.Batch)
	if f.Box != "" {
		q.and("box =", string(f.Box))
		q.order = []string{"place", "document"}
	}
	if f.After > 0 {
		q.and("place >", f.After)
	}
	if f.Upto > 0 {
		q.and("place <", f.Upto)
		q.desc = true
	}
	list, err := collect(ctx, tx, text(q, f.States, s.lock(f.Lock)), q.args, body[storage.Original])
	if err != nil {
		return nil, fmt.Errorf("list originals: %w", err)
	}
	return list, nil
}
