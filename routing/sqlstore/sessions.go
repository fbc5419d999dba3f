package sqlstore

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"mailroom/storage"
)

// Sessions keeps web sessions, so that a restart logs nobody out. The pages hand
// over tokens already hashed: who reads the table cannot use it.
type Sessions struct {
	Ledger storage.Ledger
	Now    func() time.Time
}

func (s Sessions) find(ctx context.Context, token string) (body []byte, found bool, err error) {
	err = s.Ledger.View(ctx, func(tx storage.Tx) error {
		var text string
		row := tx.QueryRow(ctx, `SELECT body FROM sessions WHERE token = $1 AND expiry > $2`, token, micros(s.Now()))
		if err := row.Scan(&text); err != nil {
			if errors.Is(err, storage.ErrNotFound) {
				return nil
			}
			return fmt.Errorf("find session: %w", err)
		}
		found = true
		body, err = base64.StdEncoding.DecodeString(text)
		return err
	})
	return body, found, err
}

func (s Sessions) commit(ctx context.Context, token string, body []byte, expiry time.Time) error {
	return s.Ledger.Do(ctx, func(tx storage.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM sessions WHERE expiry <= $1`, micros(s.Now())); err != nil {
			return fmt.Errorf("drop old sessions: %w", err)
		}
		_, err := tx.Exec(ctx, `INSERT INTO sessions (token, body, expiry) VALUES ($1, $2, $3)
			ON CONFLICT (token) DO UPDATE SET body = excluded.body, expiry = excluded.expiry`,
			token, base64.StdEncoding.EncodeToString(body), micros(expiry))
		if err != nil {
			return fmt.Errorf("save session: %w", err)
		}
		return nil
	})
}

func (s Sessions) remove(ctx context.Context, token string) error {
	return s.Ledger.Do(ctx, func(tx storage.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM sessions WHERE token = $1`, token); err != nil {
			return fmt.Errorf("delete session: %w", err)
		}
		return nil
	})
}

// Find returns the body of a session that has not expired.
func (s Sessions) Find(token string) ([]byte, bool, error) {
	return s.find(context.Background(), token)
}

// Commit stores a session and drops those that have expired.
func (s Sessions) Commit(token string, body []byte, expiry time.Time) error {
	return s.commit(context.Background(), token, body, expiry)
}

// Delete ends a session.
func (s Sessions) Delete(token string) error { return s.remove(context.Background(), token) }
