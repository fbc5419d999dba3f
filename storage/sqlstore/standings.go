package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"mailroom/storage"
)

// SaveStanding implements storage.Standings.
func (s *Store) SaveStanding(ctx context.Context, tx storage.Tx, name string, standing any) error {
	body, err := encoded(standing)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO `+standings(name)+` (name, body) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET body = excluded.body`, name, body)
	if err != nil {
		return fmt.Errorf("save standing %s: %w", name, err)
	}
	return nil
}

// Standing implements storage.Standings.
func (s *Store) Standing(ctx context.Context, tx storage.Tx, name string, standing any) error {
	var b []byte
	if err := tx.QueryRow(ctx, `SELECT body FROM `+standings(name)+` WHERE name = $1`, name).Scan(&b); err != nil {
		return fmt.Errorf("standing %s: %w", name, err)
	}
	if err := json.Unmarshal(b, standing); err != nil {
		return fmt.Errorf("decode standing %s: %w: %w", name, storage.ErrBroken, err)
	}
	return nil
}

// standings is the table in which a standing is kept.
func standings(name string) string {
	if strings.HasPrefix(name, storage.OwnStanding) {
		return "own_standings"
	}
	return "standings"
}
