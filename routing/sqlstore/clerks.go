package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"mailroom/routing"
	"mailroom/storage"
)

const clerkColumns = `id, login, name, grants, password_hash, must_change, disabled, failed_logins, locked_until, source, subject, absent`

// clerkRow is what is read of a clerk; the last of it only Vouch writes.
const clerkRow = clerkColumns + `, sure`

// SaveClerk implements [routing.Clerks].
func (Store) SaveClerk(ctx context.Context, tx storage.Tx, c routing.Clerk) error {
	grants, err := json.Marshal(c.Grants)
	if err != nil {
		return fmt.Errorf("encode grants: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO clerks (`+clerkColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (id) DO UPDATE SET login = excluded.login, name = excluded.name, grants = excluded.grants,
			password_hash = excluded.password_hash, must_change = excluded.must_change, disabled = excluded.disabled,
			failed_logins = excluded.failed_logins, locked_until = excluded.locked_until,
			source = excluded.source, subject = excluded.subject, absent = excluded.absent`,
		string(c.ID), c.Login, c.Name, string(grants), c.PasswordHash, flag(c.MustChange), flag(c.Disabled), int64(c.FailedLogins), micros(c.LockedUntil),
		string(c.Source), c.Subject, flag(c.Absent))
	if err != nil {
		return fmt.Errorf("save clerk %s: %w", c.ID, err)
	}
	return nil
}

// Clerk implements [routing.Clerks].
func (Store) Clerk(ctx context.Context, tx storage.Tx, id routing.ClerkID, login string) (routing.Clerk, error) {
	where, arg := "id", string(id)
	if id == "" {
		where, arg = "login", login
	}
	return scanClerk(tx.QueryRow(ctx, `SELECT `+clerkRow+` FROM clerks WHERE `+where+` = $1`, arg))
}

// ListClerks implements [routing.Clerks].
func (Store) ListClerks(ctx context.Context, tx storage.Tx, limit int) ([]routing.Clerk, error) {
	rows, err := tx.Query(ctx, `SELECT `+clerkRow+` FROM clerks ORDER BY login LIMIT $1`, int64(limit))
	return clerksIn(rows, err)
}

// Known implements [routing.Accounts].
func (Store) Known(ctx context.Context, tx storage.Tx, source routing.Source, subject string) (routing.Clerk, error) {
	return scanClerk(tx.QueryRow(ctx, `SELECT `+clerkRow+` FROM clerks WHERE source = $1 AND subject = $2 AND subject <> ''`, string(source), subject))
}

// ClaimClerks implements [routing.Accounts].
func (Store) ClaimClerks(ctx context.Context, tx storage.Tx, source routing.Source, before, now time.Time, limit int) ([]routing.Clerk, error) {
	rows, err := tx.Query(ctx, `UPDATE clerks SET asked = $1 WHERE asked <= $2 AND id IN
		(SELECT id FROM clerks WHERE source = $3 AND subject <> '' AND absent = 0 AND asked <= $2 ORDER BY asked, id LIMIT $4) RETURNING `+clerkRow,
		micros(now), micros(before), string(source), int64(limit))
	return clerksIn(rows, err)
}

// Vouch implements [routing.Accounts].
func (Store) Vouch(ctx context.Context, tx storage.Tx, id routing.ClerkID, at time.Time) error {
	if _, err := tx.Exec(ctx, `UPDATE clerks SET sure = $1 WHERE id = $2`, micros(at), string(id)); err != nil {
		return fmt.Errorf("vouch for clerk %s: %w", id, err)
	}
	return nil
}

func clerksIn(rows storage.Rows, err error) ([]routing.Clerk, error) {
	if err != nil {
		return nil, fmt.Errorf("list clerks: %w", err)
	}
	defer rows.Close()
	var out []routing.Clerk
	for rows.Next() {
		c, err := scanClerk(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

func scanClerk(row storage.Row) (c routing.Clerk, err error) {
	var id, grants, source string
	var change, disabled, failed, locked, absent, sure int64
	if err := row.Scan(&id, &c.Login, &c.Name, &grants, &c.PasswordHash, &change, &disabled, &failed, &locked, &source, &c.Subject, &absent, &sure); err != nil {
		return c, fmt.Errorf("clerk: %w", err)
	}
	c.ID, c.MustChange, c.Disabled = routing.ClerkID(id), change != 0, disabled != 0
	c.FailedLogins, c.LockedUntil = int(failed), fromMicros(locked)
	c.Source, c.Absent, c.Sure = routing.Source(source), absent != 0, fromMicros(sure)
	return c, decode(grants, &c.Grants)
}

// SaveSignOn implements [routing.Clerks].
func (Store) SaveSignOn(ctx context.Context, tx storage.Tx, s routing.SignOn) error {
	_, err := tx.Exec(ctx, `INSERT INTO sign_ons (station, clerk, name, received_on, since) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (station) DO UPDATE SET clerk = excluded.clerk, name = excluded.name,
			received_on = excluded.received_on, since = excluded.since`,
		s.Station, string(s.Clerk), s.Name, s.ReceivedOn, micros(s.Since))
	if err != nil {
		return fmt.Errorf("save sign-on at %s: %w", s.Station, err)
	}
	return nil
}

// SignOns implements [routing.Clerks].
func (Store) SignOns(ctx context.Context, tx storage.Tx) ([]routing.SignOn, error) {
	rows, err := tx.Query(ctx, `SELECT station, clerk, name, received_on, since FROM sign_ons ORDER BY station LIMIT 1000`)
	if err != nil {
		return nil, fmt.Errorf("list sign-ons: %w", err)
	}
	defer rows.Close()
	var out []routing.SignOn
	for rows.Next() {
		var s routing.SignOn
		var clerk string
		var since int64
		if err := rows.Scan(&s.Station, &clerk, &s.Name, &s.ReceivedOn, &since); err != nil {
			return nil, fmt.Errorf("list sign-ons: %w", err)
		}
		s.Clerk, s.Since = routing.ClerkID(clerk), fromMicros(since)
		out = append(out, s)
	}
	return out, rows.Err()
}
