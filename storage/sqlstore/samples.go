package sqlstore

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"mailroom/scanstation"
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

// longestWait is how many days a scanned stack may have waited in a folder before
// it was claimed.
const longestWait = 31

// Population implements storage.Ledger.
func (s *Store) Population(ctx context.Context, tx storage.Tx, f storage.PopulationFilter) ([]storage.DocumentID, error) {
	q := &query{table: "originals", columns: "body", key: "document", order: []string{"document"}, limit: f.Limit}
	// Ids begin with the day on which a stack was claimed, by UTC: a day before
	// its scan at the earliest, and later where it waited in a folder.
	day := func(d scanstation.Date) string { return strings.ReplaceAll(string(d), "-", "") }
	q.and("document >=", day(f.From.Plus(-1)))
	q.and("document <", day(f.To.Plus(longestWait))+last)
	chosen(q, "state =", f.State)
	chosen(q, "state <>", storage.Recut)
	var out []storage.DocumentID
	rows, err := collect(ctx, tx, text[string](q, nil, ""), q.args, func(r storage.Row) (none struct{}, err error) {
		o, err := body[storage.Original](r)
		if scanned := f.DayOf(o); scanned >= f.From && scanned <= f.To && (f.Class == "" || cmp.Or(o.Class, storage.DefaultClass) == f.Class) {
			out = append(out, o.Document)
		}
		return none, err
	})
	if err != nil {
		return nil, fmt.Errorf("list what a sample is drawn from: %w", err)
	}
	if f.Limit > 0 && len(rows) >= f.Limit {
		return nil, fmt.Errorf("a sample is drawn from %d letters or more: %w", f.Limit, storage.ErrConflict)
	}
	return out, nil
}
