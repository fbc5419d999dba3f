package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"mailroom/storage"
)

// Restore implements storage.Journal. All rows that were changed go before any
// is put in, so that no two of them are ever alike where they must not be.
func (s *Store) Restore(ctx context.Context, tx storage.Tx, gone []storage.RowChange, rows []storage.TableRow, events []storage.Event) error {
	if s.dialect.growing != "" {
		if _, err := tx.Exec(ctx, s.dialect.growing); err != nil {
			return fmt.Errorf("restore: %w", err)
		}
	}
	for name, keys := range keysOf(gone) {
		if err := s.deleteRows(ctx, tx, name, keys); err != nil {
			return fmt.Errorf("restore %s: %w", name, err)
		}
	}
	if err := s.putEvents(ctx, tx, events); err != nil {
		return fmt.Errorf("restore events: %w", err)
	}
	for name, list := range byTable(rows) {
		if err := s.putRows(ctx, tx, name, list); err != nil {
			return fmt.Errorf("restore %s: %w", name, err)
		}
	}
	return nil
}

func byTable(rows []storage.TableRow) map[string][]storage.TableRow {
	out := map[string][]storage.TableRow{}
	for _, r := range rows {
		out[r.Table] = append(out[r.Table], r)
	}
	return out
}

func (s *Store) deleteRows(ctx context.Context, tx storage.Tx, name string, keys []string) error {
	w := s.kept[name]
	if w == nil {
		return nil
	}
	if name == jobTable {
		name = restoredJobs
	}
	for some := range slices.Chunk(keys, keysAtOnce) {
		q := &query{}
		where, err := w.byKeys(q, some)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM "+name+" WHERE "+where, q.args...); err != nil {
			return err
		}
	}
	return nil
}

// restoredJobs holds jobs that were not done until all that is known of them is read.
const restoredJobs = "restored_jobs"

func (s *Store) putRows(ctx context.Context, tx storage.Tx, name string, rows []storage.TableRow) error {
	w := s.kept[name]
	if w == nil {
		return nil
	}
	columns, empty := w.columns, w.left
	if name == jobTable {
		name, columns, empty = restoredJobs, []string{"id", "args", "priority"}, nil
	}
	// Rows of an earlier time may lack columns, which then have their default.
	var names []string
	for _, c := range columns {
		if _, has := rows[0].Values[c]; has {
			names = append(names, c)
		}
	}
	list := make([][]any, len(rows))
	for i, r := range rows {
		for _, c := range names {
			v, err := value(r.Values[c])
			if err != nil {
				return fmt.Errorf("%s: %w", c, err)
			}
			list[i] = append(list[i], v)
		}
		for _, c := range empty {
			list[i] = append(list[i], c.empty())
		}
	}
	for _, c := range empty {
		names = append(names, c.name)
	}
	into := name + " (" + strings.Join(names, ", ") + ")"
	for some := range slices.Chunk(list, max(1, 4000/len(names))) {
		if err := insertAt(ctx, tx, into, some); err != nil {
			return err
		}
	}
	return nil
}

// putEvents appends events that are linked already; what they say is a row.
func (s *Store) putEvents(ctx context.Context, tx storage.Tx, events []storage.Event) error {
	if len(events) == 0 {
		return nil
	}
	rows := make([][]any, len(events))
	for i, e := range events {
		rows[i] = []any{e.Seq, e.Previous, e.Time, e.Actor, e.Kind, e.Object, e.BodyHash, e.Hash}
	}
	if err := insert(ctx, tx, "events (seq, previous, time, actor, kind, object, body_hash, hash)", rows); err != nil {
		return err
	}
	last := events[len(events)-1]
	_, err := tx.Exec(ctx, `UPDATE event_head SET seq = $1, hash = $2 WHERE one = 1`, last.Seq, last.Hash)
	return err
}

// Restored implements storage.Journal.
func (s *Store) Restored(ctx context.Context, tx storage.Tx) error {
	if err := s.putJobs(ctx, tx); err != nil {
		return fmt.Errorf("restore jobs: %w", err)
	}
	_, err := tx.Exec(ctx, `INSERT INTO search_pending (document) SELECT id FROM documents WHERE true ON CONFLICT DO NOTHING`)
	for more := true; more && err == nil; {
		more, err = s.indexSome(ctx, tx)
	}
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM row_changes`)
	}
	if err != nil {
		return fmt.Errorf("end restoration: %w", err)
	}
	return nil
}

// putJobs puts what was not done into the queue.
func (s *Store) putJobs(ctx context.Context, tx storage.Tx) error {
	jobs, err := collect(ctx, tx, `SELECT args, priority FROM `+restoredJobs+` ORDER BY id`, nil, func(r storage.Row) (j storage.Job, err error) {
		var args string
		priority := 0
		if err = r.Scan(&args, &priority); err == nil {
			err = json.Unmarshal([]byte(args), &j)
		}
		j.Priority = priority
		return j, err
	})
	if err != nil {
		return err
	}
	for _, j := range jobs {
		if err := tx.Enqueue(ctx, j); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `DELETE FROM `+restoredJobs)
	return err
}
