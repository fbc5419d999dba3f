package sqlstore

import (
	"context"
	"fmt"
	"strings"

	"mailroom/scanstation"
	"mailroom/storage"
)

// SavePlaceholder implements storage.Placeholders.
func (s *Store) SavePlaceholder(ctx context.Context, tx storage.Tx, p storage.Placeholder) error {
	body, err := encoded(p)
	if err != nil {
		return err
	}
	stack := p.Document.Batch()
	if p.Image != nil {
		stack = p.Image.Batch
	}
	_, err = tx.Exec(ctx, `INSERT INTO placeholders (id, state, document, stack, at, body) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, document = excluded.document, stack = excluded.stack, at = excluded.at, body = excluded.body`,
		p.ID, p.State, p.Document, stack, p.First.At, body)
	if err != nil {
		return fmt.Errorf("save placeholder %s: %w", p.ID, err)
	}
	return nil
}

// Placeholders implements storage.Placeholders.
func (s *Store) Placeholders(ctx context.Context, tx storage.Tx, f storage.PlaceholderFilter) ([]storage.Placeholder, error) {
	q := &query{table: "placeholders", columns: "body", order: []string{"at", "id"}, desc: f.Newest, limit: bounded(f.Limit, 200)}
	chosen(q, "id =", f.ID)
	chosen(q, "document =", f.Document)
	chosen(q, "stack =", f.Stack)
	if len(f.States) > 0 {
		marks := make([]string, len(f.States))
		for i, state := range f.States {
			marks[i] = q.arg(string(state))
		}
		q.where = append(q.where, "state IN ("+strings.Join(marks, ", ")+")")
	}
	list, err := collect(ctx, tx, text[string](q, nil, s.lock(f.Lock)), q.args, body[storage.Placeholder])
	if err != nil {
		return nil, fmt.Errorf("list placeholders: %w", err)
	}
	return list, nil
}

// SaveVolume implements storage.Volumes.
func (s *Store) SaveVolume(ctx context.Context, tx storage.Tx, v storage.FileVolume) error {
	micro(&v.ChangedAt)
	body, err := encoded(v)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO volumes (id, state, department, number, place, stack, planned_on, done_on, pages, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, department = excluded.department, number = excluded.number, place = excluded.place,
			stack = excluded.stack, planned_on = excluded.planned_on, done_on = excluded.done_on, pages = excluded.pages, body = excluded.body`,
		v.ID, v.State, v.Department, v.Number, v.Place(), v.Stack, v.PlannedOn, v.DoneOn, v.Pages, body)
	if err != nil {
		return fmt.Errorf("save volume %s: %w", v.ID, err)
	}
	return nil
}

// Volumes implements storage.Volumes.
func (s *Store) Volumes(ctx context.Context, tx storage.Tx, f storage.VolumeFilter) ([]storage.FileVolume, error) {
	q := &query{table: "volumes", columns: "body", order: []string{"place", "id"}, limit: bounded(f.Limit, 200)}
	chosen(q, "id =", f.ID)
	chosen(q, "department =", f.Department)
	chosen(q, "number =", f.Number)
	chosen(q, "stack =", f.Stack)
	chosen(q, "state =", f.State)
	chosen(q, "place >", f.After)
	list, err := collect(ctx, tx, text[string](q, nil, s.lock(f.Lock)), q.args, body[storage.FileVolume])
	if err != nil {
		return nil, fmt.Errorf("list volumes: %w", err)
	}
	return list, nil
}

// CountVolumes implements storage.Volumes.
func (s *Store) CountVolumes(ctx context.Context, tx storage.Tx, department string) (c storage.VolumeCounts, err error) {
	c = storage.VolumeCounts{
		States: map[storage.VolumeState]int{}, Planned: map[scanstation.Date]int{}, Done: map[scanstation.Date]int{}, Pages: map[scanstation.Date]int{},
	}
	rows, err := tx.Query(ctx, `SELECT state, planned_on, done_on, count(*), CAST(sum(pages) AS bigint) FROM volumes
		WHERE department = $1 OR $1 = '' GROUP BY state, planned_on, done_on ORDER BY planned_on, done_on, state LIMIT 100000`, department)
	if err != nil {
		return c, fmt.Errorf("count volumes: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var state, planned, done string
		var n, pages int
		if err := rows.Scan(&state, &planned, &done, &n, &pages); err != nil {
			return c, fmt.Errorf("count volumes: %w", err)
		}
		c.States[storage.VolumeState(state)] += n
		if storage.VolumeState(state) == storage.VolumeDropped {
			continue // neither planned any more nor done
		}
		c.Planned[scanstation.Date(planned)] += n
		if done != "" {
			c.Done[scanstation.Date(done)] += n
			c.Pages[scanstation.Date(done)] += pages
		}
	}
	if err := rows.Err(); err != nil {
		return c, fmt.Errorf("count volumes: %w", err)
	}
	return c, nil
}
