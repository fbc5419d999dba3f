package sqlstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// SaveAbsence implements [routing.Absences].
func (Store) SaveAbsence(ctx context.Context, tx storage.Tx, a routing.Absence) error {
	_, err := tx.Exec(ctx, `INSERT INTO absences (id, clerk, deputy, from_day, to_day, by_clerk, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET clerk = excluded.clerk, deputy = excluded.deputy, from_day = excluded.from_day,
			to_day = excluded.to_day, by_clerk = excluded.by_clerk, at = excluded.at`,
		a.ID, string(a.Clerk), string(a.Deputy), string(a.From), string(a.To), string(a.By), micros(a.At))
	if err != nil {
		return fmt.Errorf("save absence %s: %w", a.ID, err)
	}
	return nil
}

// DropAbsence implements [routing.Absences].
func (Store) DropAbsence(ctx context.Context, tx storage.Tx, id string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM absences WHERE id = $1`, id); err != nil {
		return fmt.Errorf("drop absence %s: %w", id, err)
	}
	return nil
}

// AbsencesFrom implements [routing.Absences].
func (Store) AbsencesFrom(ctx context.Context, tx storage.Tx, day scanstation.Date) ([]routing.Absence, error) {
	rows, err := tx.Query(ctx, `SELECT id, clerk, deputy, from_day, to_day, by_clerk, at FROM absences
		WHERE to_day >= $1 ORDER BY from_day, id LIMIT 5000`, string(day))
	if err != nil {
		return nil, fmt.Errorf("list absences: %w", err)
	}
	defer rows.Close()
	var out []routing.Absence
	for rows.Next() {
		var a routing.Absence
		var clerk, deputy, from, to, by string
		var at int64
		if err := rows.Scan(&a.ID, &clerk, &deputy, &from, &to, &by, &at); err != nil {
			return nil, fmt.Errorf("list absences: %w", err)
		}
		a.Clerk, a.Deputy, a.By, a.At = routing.ClerkID(clerk), routing.ClerkID(deputy), routing.ClerkID(by), fromMicros(at)
		a.From, a.To = scanstation.Date(from), scanstation.Date(to)
		out = append(out, a)
	}
	return out, rows.Err()
}

// ForgetAbsences implements [routing.Absences].
func (Store) ForgetAbsences(ctx context.Context, tx storage.Tx, day scanstation.Date) error {
	if _, err := tx.Exec(ctx, `DELETE FROM absences WHERE to_day < $1`, string(day)); err != nil {
		return fmt.Errorf("forget absences: %w", err)
	}
	return nil
}

// SaveKeys implements [routing.Keys].
func (Store) SaveKeys(ctx context.Context, tx storage.Tx, c routing.ClerkID, keys map[string]string) error {
	body, err := json.Marshal(keys)
	if err != nil {
		return fmt.Errorf("encode keys: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO clerk_keys (clerk, keys) VALUES ($1, $2) ON CONFLICT (clerk) DO UPDATE SET keys = excluded.keys`, string(c), string(body))
	if err != nil {
		return fmt.Errorf("save keys of %s: %w", c, err)
	}
	return nil
}

// KeysOf implements [routing.Keys].
func (Store) KeysOf(ctx context.Context, tx storage.Tx, c routing.ClerkID) (map[string]string, error) {
	var body string
	err := tx.QueryRow(ctx, `SELECT keys FROM clerk_keys WHERE clerk = $1`, string(c)).Scan(&body)
	if errors.Is(err, storage.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("keys of %s: %w", c, err)
	}
	var keys map[string]string
	return keys, decode(body, &keys)
}
