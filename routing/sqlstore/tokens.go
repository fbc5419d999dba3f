package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"mailroom/routing"
	"mailroom/storage"
)

const tokenColumns = `id, clerk, name, digest, scopes, created_at, expires_at`

// SaveToken implements [routing.Tokens].
func (Store) SaveToken(ctx context.Context, tx storage.Tx, t routing.Token) error {
	scopes, err := json.Marshal(t.Scopes)
	if err != nil {
		return fmt.Errorf("encode scopes: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO tokens (`+tokenColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		t.ID, string(t.Clerk), t.Name, t.Digest, string(scopes), micros(t.CreatedAt), micros(t.ExpiresAt))
	if err != nil {
		return fmt.Errorf("save token %s: %w", t.ID, err)
	}
	return nil
}

// Token implements [routing.Tokens].
func (Store) Token(ctx context.Context, tx storage.Tx, digest string) (routing.Token, error) {
	return scanToken(tx.QueryRow(ctx, `SELECT `+tokenColumns+` FROM tokens WHERE digest = $1`, digest))
}

// TokensOf implements [routing.Tokens].
func (Store) TokensOf(ctx context.Context, tx storage.Tx, clerk routing.ClerkID) ([]routing.Token, error) {
	rows, err := tx.Query(ctx, `SELECT `+tokenColumns+` FROM tokens WHERE clerk = $1 ORDER BY created_at DESC, id LIMIT 100`, string(clerk))
	if err != nil {
		return nil, fmt.Errorf("list tokens of %s: %w", clerk, err)
	}
	defer rows.Close()
	var out []routing.Token
	for rows.Next() {
		t, err := scanToken(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, rows.Err()
}

func scanToken(row storage.Row) (t routing.Token, err error) {
	var clerk, scopes string
	var created, expires int64
	if err := row.Scan(&t.ID, &clerk, &t.Name, &t.Digest, &scopes, &created, &expires); err != nil {
		return t, fmt.Errorf("token: %w", err)
	}
	t.Clerk, t.CreatedAt, t.ExpiresAt = routing.ClerkID(clerk), fromMicros(created), fromMicros(expires)
	return t, decode(scopes, &t.Scopes)
}

// DropToken implements [routing.Tokens].
func (Store) DropToken(ctx context.Context, tx storage.Tx, clerk routing.ClerkID, id string) error {
	n, err := tx.Exec(ctx, `DELETE FROM tokens WHERE clerk = $1 AND id = $2`, string(clerk), id)
	if err != nil {
		return fmt.Errorf("drop token %s: %w", id, err)
	}
	if n == 0 {
		return fmt.Errorf("token %s: %w", id, storage.ErrNotFound)
	}
	return nil
}

// keepReplies is how long a repeated request gets its first answer.
const keepReplies = 24 * time.Hour

// SaveReply implements [routing.Tokens].
func (Store) SaveReply(ctx context.Context, tx storage.Tx, r routing.Reply) error {
	if _, err := tx.Exec(ctx, `DELETE FROM replies WHERE at < $1`, micros(r.At.Add(-keepReplies))); err != nil {
		return fmt.Errorf("drop old replies: %w", err)
	}
	_, err := tx.Exec(ctx, `INSERT INTO replies (key, request, body, at) VALUES ($1, $2, $3, $4) ON CONFLICT (key) DO NOTHING`,
		r.Key, r.Request, string(r.Body), micros(r.At))
	if err != nil {
		return fmt.Errorf("save reply: %w", err)
	}
	return nil
}

// Reply implements [routing.Tokens].
func (Store) Reply(ctx context.Context, tx storage.Tx, key string) (routing.Reply, error) {
	r := routing.Reply{Key: key}
	var body string
	var at int64
	if err := tx.QueryRow(ctx, `SELECT request, body, at FROM replies WHERE key = $1`, key).Scan(&r.Request, &body, &at); err != nil {
		return r, fmt.Errorf("reply: %w", err)
	}
	r.Body, r.At = []byte(body), fromMicros(at)
	return r, nil
}
