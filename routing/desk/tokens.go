package desk

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"mailroom/routing"
	"mailroom/storage"
)

// The kinds of events about tokens. None of them holds a name or a secret.
const (
	EventToken        = "token-made"
	EventTokenRevoked = "token-revoked"
)

const (
	maxTokens    = 20  // of one clerk
	maxTokenDays = 366 // a token that nobody renews ends
	tokenMark    = "mrt_"
)

// NewToken makes a token for who and returns its secret, which nobody can learn
// again. It expires after days.
func (d *Desk) NewToken(ctx context.Context, who routing.Clerk, name string, scopes []routing.Scope, days int) (routing.Token, string, error) {
	if who.ID == "" || who.MustChange || who.Scopes != nil {
		return routing.Token{}, "", missing("tokens") // a token makes no further ones
	}
	if name = nameIn(name, 60); name == "" {
		return routing.Token{}, "", invalid(TokenName, "")
	}
	slices.Sort(scopes)
	scopes = slices.Compact(scopes)
	if len(scopes) == 0 || slices.ContainsFunc(scopes, func(s routing.Scope) bool { return !slices.Contains(routing.Scopes(), s) }) {
		return routing.Token{}, "", invalid(TokenScope, "")
	}
	if days < 1 || days > maxTokenDays {
		return routing.Token{}, "", invalid(TokenDays, "%d", maxTokenDays)
	}
	id, err := d.draw(8)
	if err != nil {
		return routing.Token{}, "", err
	}
	secret := tokenMark + rand.Text()
	now := d.cfg.Now().UTC()
	t := routing.Token{ID: "t-" + id, Clerk: who.ID, Name: name, Digest: digestOf(secret), Scopes: scopes, CreatedAt: now, ExpiresAt: now.AddDate(0, 0, days)}
	err = d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		have, err := d.cfg.Tokens.TokensOf(ctx, tx, who.ID)
		if err != nil {
			return err
		}
		if len(have) >= maxTokens {
			return invalid(TokensMany, "%d", maxTokens)
		}
		if err := d.cfg.Tokens.SaveToken(ctx, tx, t); err != nil {
			return err
		}
		return d.record(ctx, tx, string(who.ID), EventToken, t.ID, map[string]any{"scopes": t.Scopes, "expires_at": t.ExpiresAt})
	})
	return t, secret, err
}

func digestOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// Tokens lists the tokens of who, the newest first.
func (d *Desk) Tokens(ctx context.Context, who routing.Clerk) (out []routing.Token, err error) {
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		out, err = d.cfg.Tokens.TokensOf(ctx, tx, who.ID)
		return err
	})
	return out, err
}

// RevokeToken ends a token of who at once.
func (d *Desk) RevokeToken(ctx context.Context, who routing.Clerk, id string) error {
	if who.Scopes != nil {
		return missing("token " + id)
	}
	return d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		if err := d.cfg.Tokens.DropToken(ctx, tx, who.ID, id); err != nil {
			return err
		}
		return d.record(ctx, tx, string(who.ID), EventTokenRevoked, id, struct{}{})
	})
}

// ByToken returns the clerk for whom the secret of a token acts, with no more
// rights than its scopes, and the token; ErrDenied if it is not good (any more).
// A token goes on when its clerk changes the password: that is what it is for.
func (d *Desk) ByToken(ctx context.Context, secret string) (c routing.Clerk, t routing.Token, err error) {
	if !strings.HasPrefix(secret, tokenMark) || len(secret) > 100 {
		return c, t, ErrDenied
	}
	t.Digest = digestOf(secret)
	return d.still(ctx, t)
}

// Still returns the clerk for whom t acts, as they stand now; ErrDenied once
// the token is no longer good.
func (d *Desk) Still(ctx context.Context, t routing.Token) (routing.Clerk, error) {
	c, _, err := d.still(ctx, t)
	return c, err
}

func (d *Desk) still(ctx context.Context, t routing.Token) (c routing.Clerk, _ routing.Token, err error) {
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		if t, err = d.cfg.Tokens.Token(ctx, tx, t.Digest); err != nil {
			return err
		}
		c, err = d.cfg.Clerks.Clerk(ctx, tx, t.Clerk, "")
		return err
	})
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return routing.Clerk{}, routing.Token{}, ErrDenied
	case err != nil:
		return routing.Clerk{}, routing.Token{}, fmt.Errorf("look up token: %w", err)
	case !c.Served(), !d.cfg.Now().Before(t.ExpiresAt), !d.vouched(c):
		return routing.Clerk{}, routing.Token{}, ErrDenied
	}
	c.Scopes = t.Scopes
	return c, t, nil
}

// vouched says whether the source of an account has said lately that it is in
// order. A directory is asked every few minutes, a provider only while somebody
// is logged in: whoever lost the account there does not come back, and their
// tokens end.
func (d *Desk) vouched(c routing.Clerk) bool {
	return c.Source == "" || c.Subject != "" && d.cfg.Now().Sub(c.Sure) <= d.cfg.Lasting.Tokens
}

// Once answers a request that carries an idempotency key: the first time with
// what f returns, afterwards with that same answer. The same key with another
// request is Invalid. An error of f is no answer and may be tried again; so may
// what a crash cut off, for acts themselves look whether they were done.
func (d *Desk) Once(ctx context.Context, t routing.Token, key, request string, f func() ([]byte, error)) ([]byte, error) {
	if key == "" {
		return f()
	}
	r := routing.Reply{Key: t.ID + " " + digestOf(key), Request: request}
	var known routing.Reply
	err := d.cfg.Archive.View(ctx, func(tx storage.Tx) (err error) {
		known, err = d.cfg.Tokens.Reply(ctx, tx, r.Key)
		return err
	})
	switch {
	case err == nil && known.Request == request:
		return known.Body, nil
	case err == nil:
		return nil, invalid(KeyReused, "")
	case !isMissing(err):
		return nil, err
	}
	if r.Body, err = f(); err != nil {
		return nil, err
	}
	r.At = d.cfg.Now().UTC()
	return r.Body, d.cfg.Archive.Do(ctx, func(tx storage.Tx) error { return d.cfg.Tokens.SaveReply(ctx, tx, r) })
}
