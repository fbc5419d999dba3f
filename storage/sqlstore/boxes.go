package sqlstore

import (
	"context"
	"fmt"
	"strings"

	"mailroom/scanstation"
	"mailroom/storage"
)

// AddBox implements storage.Ledger.
func (s *Store) AddBox(ctx context.Context, tx storage.Tx, b storage.Box) error {
	return s.saveBox(ctx, tx, b, "")
}

// SaveBox implements storage.Ledger.
func (s *Store) SaveBox(ctx context.Context, tx storage.Tx, b storage.Box) error {
	return s.saveBox(ctx, tx, b, ` ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, state = excluded.state, day = excluded.day,
		station = excluded.station, body = excluded.body`)
}

func (s *Store) saveBox(ctx context.Context, tx storage.Tx, b storage.Box, otherwise string) error {
	micro(&b.MadeAt, &b.OpenedAt, &b.ClosedAt, &b.ChangedAt)
	body, err := encoded(b)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO boxes (id, kind, state, day, station, body) VALUES ($1, $2, $3, $4, $5, $6)`+otherwise,
		b.ID, b.Kind, b.State, b.Day, b.Station, body)
	if err != nil {
		return fmt.Errorf("save box %s: %w", b.ID, err)
	}
	return nil
}

// Boxes implements storage.Ledger.
func (s *Store) Boxes(ctx context.Context, tx storage.Tx, f storage.BoxFilter) ([]storage.Box, error) {
	q := &query{table: "boxes", columns: "body", key: "id", order: []string{"id"}, desc: true, before: string(f.Before), limit: bounded(f.Limit, 100)}
	chosen(q, "id =", f.ID)
	chosen(q, "station =", f.Station)
	chosen(q, "day =", f.Day)
	list, err := collect(ctx, tx, text(q, f.States, s.lock(f.Lock)), q.args, body[storage.Box])
	if err != nil {
		return nil, fmt.Errorf("list boxes: %w", err)
	}
	return list, nil
}

// maxBoxes is of how many boxes the letters are counted at once.
const maxBoxes = 500

// CountBoxes implements storage.Ledger.
func (s *Store) CountBoxes(ctx context.Context, tx storage.Tx, ids []scanstation.BoxID) (map[scanstation.BoxID]storage.BoxCount, error) {
	out := map[scanstation.BoxID]storage.BoxCount{}
	if len(ids) == 0 {
		return out, nil
	}
	if len(ids) > maxBoxes {
		return nil, fmt.Errorf("count %d boxes: %w", len(ids), storage.ErrConflict)
	}
	marks, args := make([]string, len(ids)), make([]any, len(ids))
	for i, id := range ids {
		marks[i], args[i] = fmt.Sprintf("$%d", i+1), string(id)
	}
	rows, err := tx.Query(ctx, `SELECT box, state, count(*), min(due_on), max(due_on) FROM originals
		WHERE box IN (`+strings.Join(marks, ", ")+`) GROUP BY box, state ORDER BY box, state`, args...)
	if err != nil {
		return nil, fmt.Errorf("count boxes: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var box, state, first, last string
		var n int
		if err := rows.Scan(&box, &state, &n, &first, &last); err != nil {
			return nil, fmt.Errorf("count boxes: %w", err)
		}
		out[scanstation.BoxID(box)] = counted(out[scanstation.BoxID(box)], storage.OriginalState(state), n, scanstation.Date(first), scanstation.Date(last))
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("count boxes: %w", err)
	}
	return out, nil
}

// counted adds n letters in one state to c.
func counted(c storage.BoxCount, state storage.OriginalState, n int, first, last scanstation.Date) storage.BoxCount {
	if c.Letters == nil {
		c.Letters = map[storage.OriginalState]int{}
	}
	c.Letters[state] += n
	if !state.Present() {
		return c
	}
	if c.First == "" || first < c.First {
		c.First = first
	}
	c.Last = max(c.Last, last)
	return c
}
