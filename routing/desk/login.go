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
	EventLogout      = "logout"
	EventVisitEnded  = "visit-ended"
	EventAbsent      = "clerk-absent"
	EventSource      = "clerk-handed-over"
	EventSignOn      = "signed-on"
	EventSignOff     = "signed-off"
)

// nobody stands for the object of a log-in under a name that does not exist.
const nobody = "nobody"

// Authenticate returns the clerk with that log-in and password, ErrDenied
// otherwise. Failures are counted and, like log-ins, recorded.
func (d *Desk) Authenticate(ctx context.Context, login, password string) (routing.Clerk, error) {
	return d.AuthenticateAt(ctx, "", login, password)
}

// AuthenticateAt is Authenticate from a browser that has device for a secret.
// Where the clerk has logged in before, failures elsewhere close nothing.
func (d *Desk) AuthenticateAt(ctx context.Context, device, login, password string) (routing.Clerk, error) {
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
	if d.cfg.Directory != nil && (c.ID == "" || c.Source == routing.FromDirectory) {
		return d.checkDirectory(ctx, c, login, password)
	}
	fits, err := d.checkPassword(ctx, c.PasswordHash, password)
	if err != nil {
		return c, err
	}
	return d.settleTry(ctx, try{c.ID, device, fits && c.Source == ""})
}

// checkDirectory asks the directory for a password. Guesses are held back here,
// so that they do not close the account there.
func (d *Desk) checkDirectory(ctx context.Context, c routing.Clerk, login, password string) (routing.Clerk, error) {
	held := c.Disabled || d.cfg.Now().Before(c.LockedUntil)
	if c.ID == "" {
		held = !d.strangers.Allowed(login)
	}
	var p routing.Person
	err := fmt.Errorf("held back: %w", routing.ErrRefused)
	if !held && loginForm.MatchString(login) {
		p, err = d.cfg.Directory.Check(ctx, login, password)
	}
	switch err := d.foreign(ctx, DirectoryDown, err); {
	case errors.Is(err, ErrDenied):
		if c.ID == "" {
			d.strangers.Count(login)
		}
		return d.settleTry(ctx, try{id: c.ID})
	case err != nil:
		return routing.Clerk{}, err
	}
	if c.FailedLogins != 0 {
		c.FailedLogins = 0
		if err := d.cfg.Archive.Do(ctx, func(tx storage.Tx) error { return d.cfg.Clerks.SaveClerk(ctx, tx, c) }); err != nil {
			return c, err
		}
	}
	return d.admit(ctx, p)
}

// try is one attempt to log in.
type try struct {
	id     routing.ClerkID // empty: nobody has that name
	device string
	fits   bool
}

func (d *Desk) settleTry(ctx context.Context, t try) (c routing.Clerk, err error) {
	err = d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		c, err = d.settleLogin(ctx, tx, t)
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
func (d *Desk) settleLogin(ctx context.Context, tx storage.Tx, t try) (routing.Clerk, error) {
	if t.id == "" {
		return routing.Clerk{}, d.record(ctx, tx, storage.System, EventLoginFailed, nobody, struct{}{})
	}
	c, err := d.cfg.Clerks.Clerk(ctx, tx, t.id, "")
	if err != nil {
		return c, err
	}
	now := d.cfg.Now()
	known, err := d.deviceAt(ctx, tx, t, now)
	if err != nil {
		return c, err
	}
	failed, locked := &c.FailedLogins, &c.LockedUntil
	if known != nil {
		failed, locked = &known.Failed, &known.LockedUntil
	}
	if !c.Served() || now.Before(*locked) {
		return routing.Clerk{}, d.record(ctx, tx, storage.System, EventLoginFailed, string(c.ID), struct{}{})
	}
	kind, changed := EventLogin, false
	switch {
	case !t.fits:
		kind, changed = EventLoginFailed, true
		if *failed++; *failed >= maxFailures {
			kind, *failed, *locked = EventLocked, 0, now.Add(lockFor).UTC()
		}
	case *failed != 0 || !locked.IsZero():
		*failed, *locked, changed = 0, time.Time{}, true
	}
	if changed {
		if err := d.saveCount(ctx, tx, c, known); err != nil {
			return c, err
		}
	}
	if !t.fits {
		return routing.Clerk{}, d.record(ctx, tx, storage.System, kind, string(c.ID), struct{}{})
	}
	return c, d.record(ctx, tx, string(c.ID), kind, string(c.ID), struct{}{})
}

// deviceAt returns the browser of an attempt if the clerk has logged in there.
func (d *Desk) deviceAt(ctx context.Context, tx storage.Tx, t try, now time.Time) (*routing.Device, error) {
	if t.device == "" {
		return nil, nil
	}
	known, err := d.cfg.Devices.Device(ctx, tx, t.id, deviceOf(t.id, t.device), now)
	if isMissing(err) {
		return nil, nil
	}
	return &known, err
}

func (d *Desk) saveCount(ctx context.Context, tx storage.Tx, c routing.Clerk, known *routing.Device) error {
	if known != nil {
		return d.cfg.Devices.SaveDevice(ctx, tx, *known)
	}
	return d.cfg.Clerks.SaveClerk(ctx, tx, c)
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
	if err == nil && !c.Served() {
		return routing.Clerk{}, missing("clerk")
	}
	return c, err
}

// ChangePassword gives who a new password of their own choice and ends their
// visits, the present one too.
func (d *Desk) ChangePassword(ctx context.Context, who routing.Clerk, old, fresh string) error {
	if who.Source != "" {
		return invalid(KeptElsewhere, "")
	}
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
			_, err := d.settleLogin(ctx, tx, try{id: who.ID})
			return err
		})
		return errors.Join(invalid(PasswordWrong, ""), err)
	}
	hash, err := d.hashPassword(ctx, fresh)
	if err != nil {
		return err
	}
	return d.amend(ctx, who.ID, string(who.ID), EventPassword, struct{}{}, func(c *routing.Clerk) error {
		if !c.Served() || c.Source != "" || c.PasswordHash != who.PasswordHash || d.cfg.Now().Before(c.LockedUntil) {
			return fmt.Errorf("password of %s was changed meanwhile: %w", c.ID, storage.ErrConflict)
		}
		c.PasswordHash, c.MustChange = hash, false
		return nil
	})
}

// amend changes by what a clerk proves who they are and records the event, in
// one transaction.
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
		if err := d.shut(ctx, tx, id); err != nil {
			return err
		}
		return d.record(ctx, tx, actor, kind, string(id), body)
	})
}
