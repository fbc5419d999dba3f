package sqlstore

import (
	"context"
	"fmt"

	"mailroom/routing"
	"mailroom/storage"
)

// SaveSearch implements [routing.Searches].
func (Store) SaveSearch(ctx context.Context, tx storage.Tx, s routing.SavedSearch) error {
	_, err := tx.Exec(ctx, `INSERT INTO saved_searches (id, clerk, name, query, at) VALUES ($1, $2, $3, $4, $5)`,
		s.ID, string(s.Clerk), s.Name, string(s.Query), s.At.UnixMicro())
	if err != nil {
		return fmt.Errorf("save search %s: %w", s.ID, err)
	}
	return nil
}

// DropSearch implements [routing.Searches].
func (Store) DropSearch(ctx context.Context, tx storage.Tx, clerk routing.ClerkID, id string) error {
	n, err := tx.Exec(ctx, `DELETE FROM saved_searches WHERE id = $1 AND clerk = $2`, id, string(clerk))
	if err == nil && n == 0 {
		err = storage.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("drop search %s: %w", id, err)
	}
	return nil
}

// SearchesOf implements [routing.Searches].
func (Store) SearchesOf(ctx context.Context, tx storage.Tx, clerk routing.ClerkID) (out []routing.SavedSearch, err error) {
	rows, err := tx.Query(ctx, `SELECT id, name, query, at FROM saved_searches WHERE clerk = $1 ORDER BY name, id LIMIT 100`, string(clerk))
	if err != nil {
		return nil, fmt.Errorf("list searches of %s: %w", clerk, err)
	}
	defer rows.Close()
	for rows.Next() {
		s := routing.SavedSearch{Clerk: clerk}
		var query string
		var at int64
		if err := rows.Scan(&s.ID, &s.Name, &query, &at); err != nil {
			return nil, fmt.Errorf("list searches of %s: %w", clerk, err)
		}
		s.Query, s.At = []byte(query), fromMicros(at)
		out = append(out, s)
	}
	return out, rows.Err()
}
