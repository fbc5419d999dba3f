package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"mailroom/routing"
	"mailroom/storage"
)

// SaveClose implements [routing.DayCloses].
func (Store) SaveClose(ctx context.Context, tx storage.Tx, c routing.DayClose) error {
	body, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("encode day close %d: %w", c.Number, err)
	}
	if _, err := tx.Exec(ctx, `INSERT INTO day_closes (number, body) VALUES ($1, $2)`, c.Number, string(body)); err != nil {
		return fmt.Errorf("save day close %d: %w", c.Number, err)
	}
	return nil
}

// ListCloses implements [routing.DayCloses].
func (Store) ListCloses(ctx context.Context, tx storage.Tx, before, limit int) (out []routing.DayClose, err error) {
	if before <= 0 {
		before = math.MaxInt32
	}
	rows, err := tx.Query(ctx, `SELECT body FROM day_closes WHERE number < $1 ORDER BY number DESC LIMIT $2`, before, min(max(limit, 1), 100))
	if err != nil {
		return nil, fmt.Errorf("list day closes: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var body string
		var c routing.DayClose
		if err := rows.Scan(&body); err != nil {
			return nil, fmt.Errorf("list day closes: %w", err)
		}
		if err := decode(body, &c); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}
