package sqlstore

import (
	"context"
	"fmt"
	"strings"

	"mailroom/storage"
)

// SaveHold implements storage.Holds.
func (s *Store) SaveHold(ctx context.Context, tx storage.Tx, h storage.Hold) error {
	micro(&h.At)
	open := 1
	if h.Released != nil {
		released := *h.Released
		micro(&released.At)
		h.Released, open = &released, 0
	}
	body, err := encoded(h)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO holds (id, open, number, ends_on, at, body) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET open = excluded.open, number = excluded.number, ends_on = excluded.ends_on, at = excluded.at, body = excluded.body`,
		h.ID, open, storage.NumberKey(h.Number), h.EndsOn, h.At, body)
	if err != nil {
		return fmt.Errorf("save hold %s: %w", h.ID, err)
	}
	return nil
}

// HoldDocuments implements storage.Holds.
func (s *Store) HoldDocuments(ctx context.Context, tx storage.Tx, id storage.HoldID, documents []storage.DocumentID) error {
	for _, d := range documents {
		if _, err := tx.Exec(ctx, `INSERT INTO hold_documents (document, hold) VALUES ($1, $2) ON CONFLICT (document, hold) DO NOTHING`, d, id); err != nil {
			return fmt.Errorf("name %s in hold %s: %w", d, id, err)
		}
	}
	return nil
}

// Holds implements storage.Holds.
func (s *Store) Holds(ctx context.Context, tx storage.Tx, f storage.HoldFilter) ([]storage.Hold, error) {
	limit := bounded(f.Limit, 100)
	var where string
	var args []any
	switch {
	case f.ID != "":
		where, args = `id = $1 ORDER BY id`, []any{f.ID}
	case f.EndedBefore != "":
		where, args = `open = 1 AND ends_on <> '' AND ends_on < $1 ORDER BY ends_on, id`, []any{f.EndedBefore}
	default:
		open := 1
		if f.Closed {
			open = 0
		}
		where, args = `open = $1`, []any{open}
		if f.Before != "" {
			where += ` AND (at, id) < (SELECT at, id FROM holds WHERE id = $2)`
			args = append(args, f.Before)
		}
		where += ` ORDER BY at DESC, id DESC`
	}
	list, err := collect(ctx, tx, fmt.Sprintf(`SELECT body FROM holds WHERE %s LIMIT %d`, where, limit)+s.lock(f.Lock), args, body[storage.Hold])
	if err != nil {
		return nil, fmt.Errorf("list holds: %w", err)
	}
	return list, nil
}

// HoldsOn implements storage.Holds.
func (s *Store) HoldsOn(ctx context.Context, tx storage.Tx, id storage.DocumentID, cases []string) ([]storage.Hold, error) {
	args := []any{id}
	var marks []string
	for _, number := range cases {
		if key := storage.NumberKey(number); key != "" {
			args = append(args, key)
			marks = append(marks, fmt.Sprintf("$%d", len(args)))
		}
	}
	text := `SELECT body FROM holds WHERE open = 1 AND id IN (SELECT hold FROM hold_documents WHERE document = $1`
	if len(marks) > 0 {
		text += ` UNION SELECT id FROM holds WHERE open = 1 AND number <> '' AND number IN (` + strings.Join(marks, ", ") + `)`
	}
	list, err := collect(ctx, tx, text+`) ORDER BY at, id LIMIT 100`, args, body[storage.Hold])
	if err != nil {
		return nil, fmt.Errorf("list holds on document %s: %w", id, err)
	}
	return list, nil
}

// Held implements storage.Holds.
func (s *Store) Held(ctx context.Context, tx storage.Tx, id storage.HoldID, after storage.DocumentID, limit int) ([]storage.DocumentID, error) {
	list, err := collect(ctx, tx, fmt.Sprintf(`SELECT document FROM hold_documents WHERE hold = $1 AND document > $2 ORDER BY document LIMIT %d`, bounded(limit, 100)),
		[]any{id, after}, func(r storage.Row) (storage.DocumentID, error) {
			var d string
			err := r.Scan(&d)
			return storage.DocumentID(d), err
		})
	if err != nil {
		return nil, fmt.Errorf("list documents of hold %s: %w", id, err)
	}
	return list, nil
}
