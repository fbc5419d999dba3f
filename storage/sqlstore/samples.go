package sqlstore

import (
	"context"
	"fmt"
	"strings"

	"mailroom/storage"
)

// SaveSample implements storage.Ledger.
func (s *Store) SaveSample(ctx context.Context, tx storage.Tx, sample storage.Sample) error {
	micro(&sample.At)
	b, err := encoded(sample)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO samples (id, body) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET body = excluded.body`, sample.ID, b)
	if err != nil {
		return fmt.Errorf("save sample %s: %w", sample.ID, err)
	}
	return nil
}

// Samples implements storage.Ledger.
func (s *Store) Samples(ctx context.Context, tx storage.Tx, f storage.SampleFilter) ([]storage.Sample, error) {
	q := &query{table: "samples", columns: "body", key: "id", order: []string{"id"}, desc: true, limit: bounded(f.Limit, 50)}
	chosen(q, "id =", f.ID)
	chosen(q, "id <", f.Before)
	list, err := collect(ctx, tx, text[string](q, nil, s.lock(f.Lock)), q.args, body[storage.Sample])
	if err != nil {
		return nil, fmt.Errorf("list samples: %w", err)
	}
	return list, nil
}

// Population implements storage.Ledger.
func (s *Store) Population(ctx context.Context, tx storage.Tx, f storage.PopulationFilter) ([]storage.DocumentID, error) {
	q := &query{table: "originals", columns: "body", key: "document", order: []string{"document"}, limit: f.Limit}
	day := func(d string) string { return strings.ReplaceAll(d, "-", "") }
	q.and("document >=", day(string(f.From)))
	q.and("document <", day(string(f.To))+last)
	chosen(q, "state =", f.State)
	chosen(q, "state <>", storage.Recut)
	var out []storage.DocumentID
	_, err := collect(ctx, tx, text[string](q, nil, ""), q.args, func(r storage.Row) (none struct{}, err error) {
		o, err := body[storage.Original](r)
		if f.Class == "" || o.Class == f.Class {
			out = append(out, o.Document)
		}
		return none, err
	})
	if err != nil {
		return nil, fmt.Errorf("list what a sample is drawn from: %w", err)
	}
	return out, nil
}
