package sqlstore

import (
	"context"
	"fmt"
	"slices"

	"mailroom/storage"
)

// SaveBatch implements storage.Ledger.
func (s *Store) SaveBatch(ctx context.Context, tx storage.Tx, b storage.Batch) error {
	b.Files = slices.Clone(b.Files)
	for i := range b.Files {
		micro(&b.Files[i].Modified)
	}
	micro(&b.ScannedAt, &b.ClaimedAt, &b.VerifiedAt, &b.ChangedAt)
	body, err := encoded(b)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO batches (id, digest, state, body) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET digest = excluded.digest, state = excluded.state, body = excluded.body`,
		b.ID, b.Digest, b.State, body)
	if err != nil {
		return fmt.Errorf("save batch %s: %w", b.ID, err)
	}
	return nil
}

// Batches implements storage.Ledger.
func (s *Store) Batches(ctx context.Context, tx storage.Tx, f storage.BatchFilter) ([]storage.Batch, error) {
	q := &query{table: "batches", columns: "body", key: "id", order: []string{"id"}, desc: true, before: string(f.Before), limit: bounded(f.Limit, 100)}
	chosen(q, "id =", f.ID)
	chosen(q, "digest =", f.Digest)
	list, err := collect(ctx, tx, text(q, f.States, s.lock(f.Lock)), q.args, body[storage.Batch])
	if err != nil {
		return nil, fmt.Errorf("list batches: %w", err)
	}
	return list, nil
}
