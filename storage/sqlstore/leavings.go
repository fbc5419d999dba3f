package sqlstore

import (
	"context"
	"fmt"

	"mailroom/storage"
)

// SaveReturn implements storage.Leavings.
func (s *Store) SaveReturn(ctx context.Context, tx storage.Tx, r storage.Return) error {
	micro(&r.Written.At, &r.Sent.At)
	body, err := encoded(r)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO paper_returns (document, body) VALUES ($1, $2)
		ON CONFLICT (document) DO UPDATE SET body = excluded.body`, r.Document, body)
	if err != nil {
		return fmt.Errorf("save return of %s: %w", r.Document, err)
	}
	return nil
}

// Returns implements storage.Leavings.
func (s *Store) Returns(ctx context.Context, tx storage.Tx, ids []storage.DocumentID) (map[storage.DocumentID]storage.Return, error) {
	out := map[storage.DocumentID]storage.Return{}
	if len(ids) == 0 {
		return out, nil
	}
	q := &query{table: "paper_returns", columns: "body", order: []string{"document"}, limit: maxIDs}
	in(q, "document", ids[:min(len(ids), maxIDs)])
	list, err := collect(ctx, tx, text[string](q, nil, ""), q.args, body[storage.Return])
	if err != nil {
		return nil, fmt.Errorf("list returns: %w", err)
	}
	for _, r := range list {
		out[r.Document] = r
	}
	return out, nil
}

// SaveIncident implements storage.Leavings.
func (s *Store) SaveIncident(ctx context.Context, tx storage.Tx, i storage.Incident) error {
	micro(&i.Noted.At, &i.Settled.At)
	body, err := encoded(i)
	if err != nil {
		return err
	}
	open := 0
	if i.Open {
		open = 1
	}
	_, err = tx.Exec(ctx, `INSERT INTO incidents (id, document, box, open, body) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET document = excluded.document, box = excluded.box, open = excluded.open, body = excluded.body`,
		i.ID, i.Document, i.Box, open, body)
	if err != nil {
		return fmt.Errorf("save incident %s: %w", i.ID, err)
	}
	return nil
}

// Incidents implements storage.Leavings.
func (s *Store) Incidents(ctx context.Context, tx storage.Tx, f storage.IncidentFilter) ([]storage.Incident, error) {
	q := &query{table: "incidents", columns: "body", key: "id", order: []string{"id"}, desc: true, before: f.Before, limit: bounded(f.Limit, 100)}
	chosen(q, "id =", f.ID)
	chosen(q, "document =", f.Document)
	if f.Open {
		q.and("open =", 1)
	}
	chosen(q, "box =", f.Box)
	list, err := collect(ctx, tx, text[string](q, nil, s.lock(f.Lock)), q.args, body[storage.Incident])
	if err != nil {
		return nil, fmt.Errorf("list incidents: %w", err)
	}
	return list, nil
}
