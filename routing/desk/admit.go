package desk

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"mailroom/routing"
	"mailroom/storage"
)

// HasProvider and HasDirectory say by which ways one may log in beside the
// password that is kept here.
func (d *Desk) HasProvider() bool { return d.cfg.Provider != nil }

// HasDirectory says whether passwords of the office's directory are taken.
func (d *Desk) HasDirectory() bool { return d.cfg.Directory != nil }

// StartSignOn returns where the browser is sent to for the office's single
// sign-on, and the ticket that it brings back.
func (d *Desk) StartSignOn(ctx context.Context) (address, ticket string, err error) {
	if d.cfg.Provider == nil {
		return "", "", missing("provider")
	}
	address, ticket, err = d.cfg.Provider.Start(ctx)
	return address, ticket, d.foreign(ctx, ProviderDown, err)
}

// FinishSignOn returns who comes back from the single sign-on.
func (d *Desk) FinishSignOn(ctx context.Context, ticket string, answer url.Values) (e Arrival, err error) {
	if d.cfg.Provider == nil {
		return e, missing("provider")
	}
	p, proof, err := d.cfg.Provider.Finish(ctx, ticket, answer)
	if err != nil {
		return e, d.foreign(ctx, ProviderDown, err)
	}
	e.Proof = proof
	e.Clerk, err = d.admit(ctx, p)
	return e, err
}

// Vouched returns the clerk whose log-in name somebody trusted has checked.
func (d *Desk) Vouched(ctx context.Context, login string) (routing.Clerk, error) {
	login = strings.ToLower(login)
	if d.cfg.Directory == nil || !loginForm.MatchString(login) {
		return routing.Clerk{}, ErrDenied
	}
	p, err := d.cfg.Directory.Find(ctx, login)
	if err != nil {
		return routing.Clerk{}, d.foreign(ctx, DirectoryDown, err)
	}
	return d.admit(ctx, p)
}

// foreign turns what a provider or directory answered into words for people. A
// refusal is told as the log-in's own is; the reason stands in the log.
func (d *Desk) foreign(ctx context.Context, down string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, routing.ErrRefused):
		d.cfg.Log.InfoContext(ctx, "log-in refused", "reason", err)
		return ErrDenied
	case errors.Is(err, storage.ErrUnavailable):
		d.cfg.Log.ErrorContext(ctx, "log-in not possible", "error", err)
		return invalid(down, "")
	}
	return err
}

// admit returns the account of a person, made or brought up to date. Somebody
// is known by the subject alone: a name that fits an account of another source,
// or of another person, opens nothing.
func (d *Desk) admit(ctx context.Context, p routing.Person) (c routing.Clerk, err error) {
	p.Login = strings.ToLower(p.Login)
	if !loginForm.MatchString(p.Login) || p.Subject == "" {
		return c, invalid(LoginForm, "%s", p.Login)
	}
	id, err := d.draw(12)
	if err != nil {
		return c, err
	}
	var refusal error
	err = d.cfg.Archive.Do(ctx, func(tx storage.Tx) (err error) {
		refusal = nil
		c, err = d.accountOf(ctx, tx, p, routing.ClerkID("c-"+id))
		var wrong *Invalid
		switch {
		case errors.As(err, &wrong):
			refusal = err
			return nil
		case err != nil:
			return err
		}
		switch {
		case c.Disabled:
			refusal = ErrDenied
			return d.record(ctx, tx, storage.System, EventLoginFailed, string(c.ID), struct{}{})
		case len(c.Grants) == 0:
			refusal = invalid(RoleMissing, "")
			return nil
		}
		if err := d.cfg.Accounts.Vouch(ctx, tx, c.ID, d.cfg.Now().UTC()); err != nil {
			return err
		}
		return d.record(ctx, tx, string(c.ID), EventLogin, string(c.ID), map[string]any{"source": c.Source})
	})
	return c, errors.Join(err, refusal)
}

// accountOf finds the account of p, binds one that was handed over to p's
// source, or makes a new one called fresh.
func (d *Desk) accountOf(ctx context.Context, tx storage.Tx, p routing.Person, fresh routing.ClerkID) (routing.Clerk, error) {
	c, err := d.cfg.Accounts.Known(ctx, tx, p.Source, p.Subject)
	if err == nil {
		_, err = d.align(ctx, tx, &c, p)
		return c, err
	}
	if !isMissing(err) {
		return c, err
	}
	c, err = d.cfg.Clerks.Clerk(ctx, tx, "", p.Login)
	switch {
	case err == nil && c.Source == p.Source && c.Subject == "":
		c.Subject = p.Subject
		if err := d.cfg.Clerks.SaveClerk(ctx, tx, c); err != nil {
			return c, err
		}
		_, err = d.align(ctx, tx, &c, p)
		return c, err
	case err == nil:
		return c, invalid(LoginElsewhere, "%s", p.Login)
	case !isMissing(err):
		return c, err
	case len(p.Grants) == 0:
		return c, invalid(RoleMissing, "")
	}
	c = routing.Clerk{ID: fresh, Login: p.Login, Name: displayName(p), Grants: p.Grants, Source: p.Source, Subject: p.Subject}
	return c, d.enter(ctx, tx, storage.System, c)
}

func displayName(p routing.Person) string {
	name := strings.Join(strings.Fields(p.Name), " ")
	if name == "" {
		return p.Login
	}
	if r := []rune(name); len(r) > 100 {
		name = string(r[:100])
	}
	return name
}

// align brings an account up to what its source says today, and ends its visits
// if what it may do has changed.
func (d *Desk) align(ctx context.Context, tx storage.Tx, c *routing.Clerk, p routing.Person) (changed bool, err error) {
	before := *c
	c.Name, c.Absent = displayName(p), false
	if p.Login != c.Login {
		switch _, err := d.cfg.Clerks.Clerk(ctx, tx, "", p.Login); {
		case isMissing(err) && loginForm.MatchString(p.Login):
			c.Login = p.Login
		case err != nil && !isMissing(err):
			return false, err
		}
	}
	changed = !slices.Equal(c.Grants, p.Grants)
	c.Grants = p.Grants
	if !changed && c.Name == before.Name && c.Login == before.Login && c.Absent == before.Absent {
		return false, nil
	}
	if err := d.cfg.Clerks.SaveClerk(ctx, tx, *c); err != nil {
		return false, err
	}
	if !changed {
		return false, nil
	}
	if err := d.shut(ctx, tx, c.ID); err != nil {
		return false, err
	}
	return true, d.record(ctx, tx, storage.System, EventGrants, string(c.ID), map[string]any{"grants": c.Grants, "source": c.Source})
}

// MoveAccount lets an account be kept by another source from now on: at the next
// log-in from there, under the same name, it is theirs. With no source it is
// kept here, and needs a new password.
func (d *Desk) MoveAccount(ctx context.Context, who routing.Clerk, id routing.ClerkID, to routing.Source) error {
	known := to == "" || to == routing.FromProvider && d.HasProvider() || to == routing.FromDirectory && d.HasDirectory()
	if !known {
		return fmt.Errorf("source %q: %w", to, storage.ErrNotFound)
	}
	return d.administer(ctx, who, id, EventSource, map[string]any{"source": to}, func(c *routing.Clerk) error {
		if c.Source == to {
			return fmt.Errorf("account %s is kept there already: %w", id, storage.ErrConflict)
		}
		c.Source, c.Subject, c.Absent, c.PasswordHash, c.MustChange = to, "", false, "", false
		return nil
	})
}
