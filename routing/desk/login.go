package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"mailroom/routing"
	"mailroom/storage"
)

// ErrDenied: log-in and password do not fit, or the account is closed. Which of
// them it was is not said.
var ErrDenied = errors.New("log-in denied")

const (
	maxFailures = 5
	lockFor     = 15 * time.Minute
	// MinPassword is the least number of characters of a password.
	MinPassword = 12
	maxPassword = 200 // hashing reads all of it
)

// The kinds of events about people. None of them holds a name.
const (
	EventLogin       = "login"
	EventLoginFailed = "login-failed"
	EventLocked      = "login-locked"
	EventPassword    = "password-changed"
	EventClerk       = "clerk-added"
	EventGrants      = "grants-changed"
	EventDisabled    = "clerk-disabled"
	EventEnabled     = "clerk-enabled"
	EventReset       = "password-reset"
	EventSignOn      = "signed-on"
	EventSignOff     = "signed-off"
)

// nobody stands for the object of a log-in under a name that does not exist.
const nobody = "nobody"

// Authenticate returns the clerk with that log-in and password, ErrDenied
// otherwise. Failures are counted and, like log-ins, recorded.
func (d *Desk) Authenticate(ctx context.Context, login, password string) (routing.Clerk, error) {
	login = strings.ToLower(strings.TrimSpace(login))
	var c routing.Clerk
	err := d.cfg.Archive.View(ctx, func(tx storage.Tx) (err error) {
		c, err = d.cfg.Clerks.Clerk(ctx, tx, "", login)
		if login == "" || isMissing(err) {
			c, err = routing.Clerk{}, nil
		}
		return err
	})
	if err != nil {
		return c, fmt.Errorf("look up log-in: %w", err)
	}
	if len(password) > maxPassword {
		password = ""
	}
	fits, err := d.checkPassword(ctx, c.PasswordHash, password)
	if err != nil {
		return c, err
	}
	err = d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		c, err = d.settleLogin(ctx, tx, c.ID, fits)
		return err
	})
	if err != nil {
		return routing.Clerk{}, fmt.Errorf("record log-in: %w", err)
	}
	if c.ID == "" {
		return c, ErrDenied
	}
	return c, nil
}

// settleLogin counts and records one attempt; it returns the clerk if the
// attempt was good. The clerk is read again, for others may try at the same time.
func (d *Desk) settleLogin(ctx context.Context, tx storage.Tx, id routing.ClerkID, fits bool) (routing.Clerk, error) {
	if id == "" {
		return routing.Clerk{}, d.record(ctx, tx, storage.System, EventLoginFailed, nobody, struct{}{})
	}
	c, err := d.cfg.Clerks.Clerk(ctx, tx, id, "")
	if err != nil {
		return c, err
	}
	now := d.cfg.Now()
	if c.Disabled || now.Before(c.LockedUntil) {
		return routing.Clerk{}, d.record(ctx, tx, storage.System, EventLoginFailed, string(id), struct{}{})
	}
	if !fits {
		kind := EventLoginFailed
		if c.FailedLogins++; c.FailedLogins >= maxFailures {
			kind, c.FailedLogins, c.LockedUntil = EventLocked, 0, now.Add(lockFor).UTC()
		}
		if err := d.cfg.Clerks.SaveClerk(ctx, tx, c); err != nil {
			return c, err
		}
		return routing.Clerk{}, d.record(ctx, tx, storage.System, kind, string(id), struct{}{})
	}
	if c.FailedLogins != 0 || !c.LockedUntil.IsZero() {
		c.FailedLogins, c.LockedUntil = 0, time.Time{}
		if err := d.cfg.Clerks.SaveClerk(ctx, tx, c); err != nil {
			return c, err
		}
	}
	return c, d.record(ctx, tx, string(id), EventLogin, string(id), struct{}{})
}

// Clerk returns the clerk with that id who may be served, storage.ErrNotFound
// if there is none or the account is closed.
func (d *Desk) Clerk(ctx context.Context, id routing.ClerkID) (c routing.Clerk, err error) {
	if id == "" {
		return c, missing("clerk")
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		c, err = d.cfg.Clerks.Clerk(ctx, tx, id, "")
		return err
	})
	if err == nil && c.Disabled {
		return routing.Clerk{}, missing("clerk")
	}
	return c, err
}

// ChangePassword gives who a new password of their own choice.
func (d *Desk) ChangePassword(ctx context.Context, who routing.Clerk, old, fresh string) error {
	switch n := utf8.RuneCountInString(fresh); {
	case n < MinPassword:
		return invalid(PasswordShort, "%d", MinPassword)
	case len(fresh) > maxPassword:
		return invalid(PasswordShort, "%d–%d", MinPassword, maxPassword)
	case fresh == old || strings.EqualFold(fresh, who.Login):
		return invalid(PasswordSame, "")
	}
	fits, err := d.checkPassword(ctx, who.PasswordHash, old)
	if err != nil {
		return err
	}
	if !fits {
		// Counted like a failed log-in: an open session is no way to guess.
		err := d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
			_, err := d.settleLogin(ctx, tx, who.ID, false)
			return err
		})
		return errors.Join(invalid(PasswordWrong, ""), err)
	}
	hash, err := d.hashPassword(ctx, fresh)
	if err != nil {
		return err
	}
	return d.amend(ctx, who.ID, string(who.ID), EventPassword, struct{}{}, func(c *routing.Clerk) error {
		if c.Disabled || c.PasswordHash != who.PasswordHash || d.cfg.Now().Before(c.LockedUntil) {
			return fmt.Errorf("password of %s was changed meanwhile: %w", c.ID, storage.ErrConflict)
		}
		c.PasswordHash, c.MustChange = hash, false
		return nil
	})
}

// amend changes one clerk and records the event, in one transaction.
func (d *Desk) amend(ctx context.Context, id routing.ClerkID, actor, kind string, body any, change func(*routing.Clerk) error) error {
	return d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		c, err := d.cfg.Clerks.Clerk(ctx, tx, id, "")
		if err != nil {
			return err
		}
		if err := change(&c); err != nil {
			return err
		}
		if err := d.cfg.Clerks.SaveClerk(ctx, tx, c); err != nil {
			return err
		}
		return d.record(ctx, tx, actor, kind, string(id), body)
	})
}
