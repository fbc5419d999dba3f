package sqlstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

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
	_, err = tx.Exec(ctx, `INSERT INTO batches (id, digest, state, station, claimed_at, images, body) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET digest = excluded.digest, state = excluded.state, station = excluded.station,
			claimed_at = excluded.claimed_at, images = excluded.images, body = excluded.body`,
		b.ID, b.Digest, b.State, b.Station, b.ClaimedAt, b.Images, body)
	if err == nil && b.RawGone == nil {
		err = addCopy(ctx, tx, string(b.ID), true, cmp.Or(b.Class, storage.DefaultClass))
	}
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
	if f.IDs != nil {
		in(q, "id", f.IDs[:min(len(f.IDs), maxIDs)])
	}
	if f.Station != "" {
		q.lead, q.values = []string{"station"}, []any{f.Station}
	}
	list, err := collect(ctx, tx, text(q, f.States, s.lock(f.Lock)), q.args, body[storage.Batch])
	if err != nil {
		return nil, fmt.Errorf("list batches: %w", err)
	}
	return list, nil
}

// maxToday is how many batches are counted.
const maxToday = 10_000

// CountBatches implements storage.Ledger. The inner list keeps engines from
// walking all of the index by station to have its groups in order.
func (s *Store) CountBatches(ctx context.Context, tx storage.Tx, since time.Time) (map[string]storage.BatchCount, error) {
	out := map[string]storage.BatchCount{}
	_, err := collect(ctx, tx, fmt.Sprintf(`SELECT station, COUNT(*), CAST(SUM(images) AS bigint), MAX(claimed_at)
			FROM (SELECT station, images, claimed_at FROM batches WHERE claimed_at >= $1 ORDER BY claimed_at DESC LIMIT %d) AS today
			GROUP BY station ORDER BY station LIMIT 500`, maxToday), []any{since},
		func(r storage.Row) (_ struct{}, err error) {
			var station string
			var c storage.BatchCount
			var latest int64
			if err = r.Scan(&station, &c.Batches, &c.Images, &latest); err == nil {
				c.Latest = time.UnixMicro(latest).UTC()
				out[station] = c
			}
			return struct{}{}, err
		})
	if err != nil {
		return nil, fmt.Errorf("count batches: %w", err)
	}
	return out, nil
}
