package sqlstore

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
)

// Sessions keeps web sessions, so that a restart logs nobody out. A token is
// stored by its digest: who reads the table cannot use it.
type Sessions struct {
	Ledger storage.Ledger
	Now    func() time.Time
}

func tokenKey(token string) string { return string(scanstation.DigestOf([]byte(token))) }

// FindCtx returns the body of a session that has not expired.
func (s Sessions) FindCtx(ctx context.Context, token string) (body []byte, found bool, err error) {
	err = s.Ledger.View(ctx, func(tx storage.Tx) error {
		var text string
		row := tx.QueryRow(ctx, `SELECT body FROM sessions WHERE token = $1 AND expiry > $2`, tokenKey(token), micros(s.Now()))
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

// CommitCtx stores a session and drops those that have expired.
func (s Sessions) CommitCtx(ctx context.Context, token string, body []byte, expiry time.Time) error {
	return s.Ledger.Do(ctx, func(tx storage.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM sessions WHERE expiry <= $1`, micros(s.Now())); err != nil {
			return fmt.Errorf("drop old sessions: %w", err)
		}
		_, err := tx.Exec(ctx, `INSERT INTO sessions (token, body, expiry) VALUES ($1, $2, $3)
			ON CONFLICT (token) DO UPDATE SET body = excluded.body, expiry = excluded.expiry`,
			tokenKey(token), base64.StdEncoding.EncodeToString(body), micros(expiry))
		if err != nil {
			return fmt.Errorf("save session: %w", err)
		}
		return nil
	})
}

// DeleteCtx ends a session.
func (s Sessions) DeleteCtx(ctx context.Context, token string) error {
	return s.Ledger.Do(ctx, func(tx storage.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM sessions WHERE token = $1`, tokenKey(token)); err != nil {
			return fmt.Errorf("delete session: %w", err)
		}
		return nil
	})
}

// Find, Commit and Delete are the same without a context, as scs wants them.
func (s Sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context.
func (s Sessions) Commit(token string, body []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, body, expiry)
}

// Delete is DeleteCtx without a context.
func (s Sessions) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }
