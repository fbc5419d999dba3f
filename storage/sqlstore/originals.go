package sqlstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"mailroom/storage"
)

// SaveOriginal implements storage.Ledger.
func (s *Store) SaveOriginal(ctx context.Context, tx storage.Tx, o storage.Original) error {
	micro(&o.ScannedAt, &o.Copy.At)
	body, err := encoded(o)
	if err != nil {
		return err
	}
	alarm := 0
	if o.Alarmed() {
		alarm = o.Alarm
	}
	_, err = tx.Exec(ctx, `INSERT INTO originals (document, batch, state, due_on, box, place, alarm, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (document) DO UPDATE SET batch = excluded.batch, state = excluded.state, due_on = excluded.due_on,
		box = excluded.box, place = excluded.place, alarm = excluded.alarm, body = excluded.body`,
		o.Document, o.Batch, o.State, o.DueOn, o.Box, o.Place, alarm, body)
	if err != nil {
		return fmt.Errorf("save original of document %s: %w", o.Document, err)
	}
	return nil
}

// Originals implements storage.Ledger.
func (s *Store) Originals(ctx context.Context, tx storage.Tx, f storage.OriginalFilter) (list []storage.Original, err error) {
	switch {
	case f.Alarmed:
		list, err = s.alarmed(ctx, tx, f)
	case f.From != "" || f.DueBy != "" || f.Behind != nil:
		list, err = s.dueOriginals(ctx, tx, f)
	default:
		q := &query{table: "originals", columns: "body", key: "document", order: []string{"due_on", "document"}, limit: bounded(f.Limit, 1000)}
		chosen(q, "document =", f.Document)
		chosen(q, "batch =", f.Batch)
		inBox(q, f)
		list, err = collect(ctx, tx, text(q, f.States, s.lock(f.Lock)), q.args, body[storage.Original])
	}
	if err != nil {
		return nil, fmt.Errorf("list originals: %w", err)
	}
	return list, nil
}

// inBox asks for what lies in a box, in order of its places.
func inBox(q *query, f storage.OriginalFilter) {
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
}

// dueOriginals reads each state by its own range of the index: an engine left
// to choose may walk all paper that was ever due.
func (s *Store) dueOriginals(ctx context.Context, tx storage.Tx, f storage.OriginalFilter) (list []storage.Original, err error) {
	limit := bounded(f.Limit, 1000)
	after := storage.Original{DueOn: f.From}
	if f.Behind != nil && f.Behind.DueOn >= f.From {
		after = *f.Behind
	}
	for _, state := range f.States {
		part, err := collect(ctx, tx, fmt.Sprintf(`SELECT body FROM originals
			WHERE (state, due_on, document) > ($1, $2, $3) AND (state, due_on, document) < ($1, $4, $5)
			ORDER BY state, due_on, document LIMIT %d`, limit)+s.lock(f.Lock),
			[]any{state, after.DueOn, after.Document, cmp.Or(string(f.DueBy), last), last}, body[storage.Original])
		if err != nil {
			return nil, err
		}
		list = append(list, part...)
	}
	slices.SortFunc(list, func(a, b storage.Original) int {
		return cmp.Or(cmp.Compare(a.DueOn, b.DueOn), cmp.Compare(a.Document, b.Document))
	})
	return list[:min(len(list), limit)], nil
}

// alarmed reads what people are told of, which is little.
func (s *Store) alarmed(ctx context.Context, tx storage.Tx, f storage.OriginalFilter) ([]storage.Original, error) {
	from, where, args := "originals o", "o.alarm > 0", []any{}
	if len(f.Departments) > 0 {
		marks := make([]string, len(f.Departments))
		for i, dep := range f.Departments {
			args = append(args, dep)
			marks[i] = fmt.Sprintf("$%d", len(args))
		}
		from += " JOIN documents d ON d.id = o.document"
		where += " AND d.department IN (" + strings.Join(marks, ", ") + ")"
	}
	return collect(ctx, tx, fmt.Sprintf(`SELECT o.body FROM %s WHERE %s ORDER BY o.alarm DESC, o.due_on, o.document LIMIT %d`,
		from, where, bounded(f.Limit, 1000)), args, body[storage.Original])
}
