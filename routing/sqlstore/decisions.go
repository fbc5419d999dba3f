package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"mailroom/routing"
	"mailroom/storage"
)

// SaveDecision implements [routing.Decisions].
func (Store) SaveDecision(ctx context.Context, tx storage.Tx, d routing.Decision) error {
	body, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("encode decision on %s: %w", d.Document, err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO decisions (document, decided_at, sure, department, body) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (document, decided_at) DO UPDATE SET sure = excluded.sure, department = excluded.department, body = excluded.body`,
		string(d.Document), micros(d.DecidedAt), flag(d.Sure), d.Department, string(body))
	if err != nil {
		return fmt.Errorf("save decision on %s: %w", d.Document, err)
	}
	return nil
}

// Decision implements [routing.Decisions].
func (Store) Decision(ctx context.Context, tx storage.Tx, id storage.DocumentID) (d routing.Decision, err error) {
	var body string
	row := tx.QueryRow(ctx, `SELECT body FROM decisions WHERE document = $1 ORDER BY decided_at DESC LIMIT 1`, string(id))
	if err := row.Scan(&body); err != nil {
		return d, fmt.Errorf("decision on %s: %w", id, err)
	}
	return d, decode(body, &d)
}

// DecisionsOf implements [routing.Decisions].
func (Store) DecisionsOf(ctx context.Context, tx storage.Tx, ids []storage.DocumentID) (map[storage.DocumentID]routing.Decision, error) {
	out := map[storage.DocumentID]routing.Decision{}
	ids = ids[:min(len(ids), 500)]
	if len(ids) == 0 {
		return out, nil
	}
	marks, args := make([]string, len(ids)), make([]any, len(ids))
	for i, id := range ids {
		marks[i], args[i] = fmt.Sprintf("$%d", i+1), string(id)
	}
	rows, err := tx.Query(ctx, `SELECT body FROM decisions WHERE document IN (`+strings.Join(marks, ", ")+`) ORDER BY decided_at`, args...)
	if err != nil {
		return nil, fmt.Errorf("list decisions: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var body string
		var d routing.Decision
		if err := rows.Scan(&body); err != nil {
			return nil, fmt.Errorf("list decisions: %w", err)
		}
		if err := decode(body, &d); err != nil {
			return nil, err
		}
		out[d.Document] = d
	}
	return out, rows.Err()
}

func decode(body string, v any) error {
	if err := json.Unmarshal([]byte(body), v); err != nil {
		return fmt.Errorf("decode stored row: %w", err)
	}
	return nil
}
