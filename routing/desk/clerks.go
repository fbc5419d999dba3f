package desk

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"mailroom/routing"
	"mailroom/storage"
)

// Roles are all roles, in the order in which they are offered.
func Roles() []routing.Role {
	return []routing.Role{routing.ScanRoom, routing.Worker, routing.Head, routing.Records, routing.Auditor, routing.Admin, routing.Checker}
}

const maxClerks = 5000

var loginForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,39}$`)

// FirstStart adds the account "admin" to an office that has no clerk yet, and
// returns its log-in and one-time password, which nobody can learn again. Both
// are empty where there are clerks already.
func (d *Desk) FirstStart(ctx context.Context) (login, password string, err error) {
	first := false
	empty := func(tx storage.Tx) error {
		known, err := d.cfg.Clerks.ListClerks(ctx, tx, 1)
		first = err == nil && len(known) == 0
		return err
	}
	if err := d.cfg.Archive.View(ctx, empty); err != nil || !first {
		return "", "", err
	}
	c, password, err := d.newClerk(ctx, "admin", "Verwaltung", []routing.Grant{{Role: routing.Admin}})
	if err != nil {
		return "", "", fmt.Errorf("add first clerk: %w", err)
	}
	err = d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		if err := empty(tx); err != nil || !first {
			return err
		}
		return d.enter(ctx, tx, storage.System, c)
	})
	if err != nil || !first {
		return "", "", err
	}
	return c.Login, password, nil
}

// LetIn gives an administrator a one-time password where nobody has a password: a
// ledger that was made anew from the bucket holds none. It returns empty strings
// where somebody has one, or there is no administrator of our own.
func (d *Desk) LetIn(ctx context.Context) (login, password string, err error) {
	var admin routing.Clerk
	look := func(tx storage.Tx) error {
		known, err := d.cfg.Clerks.ListClerks(ctx, tx, maxClerks)
		admin = lockedOut(known)
		return err
	}
	if err := d.cfg.Archive.View(ctx, look); err != nil || admin.ID == "" {
		return "", "", err
	}
	if password, err = d.oneTimePassword(); err != nil {
		return "", "", err
	}
	hash, err := d.hashPassword(ctx, password)
	if err != nil {
		return "", "", err
	}
	err = d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		if err := look(tx); err != nil || admin.ID == "" {
			return err
		}
		admin.PasswordHash, admin.MustChange = hash, true
		if err := d.cfg.Clerks.SaveClerk(ctx, tx, admin); err != nil {
			return err
		}
		return d.record(ctx, tx, storage.System, EventReset, string(admin.ID), struct{}{})
	})
	if err != nil || admin.ID == "" {
		return "", "", err
	}
	return admin.Login, password, nil
}

// lockedOut returns an administrator of our own if nobody has a password.
func lockedOut(known []routing.Clerk) (admin routing.Clerk) {
	for _, c := range known {
		switch {
		case c.PasswordHash != "":
			return routing.Clerk{}
		case admin.ID == "" && c.Source == "" && c.Served() && c.Has(routing.Admin):
			admin = c
		}
	}
	return admin
}

// newClerk makes up a clerk with a one-time password.
func (d *Desk) newClerk(ctx context.Context, login, name string, grants []routing.Grant) (c routing.Clerk, password string, err error) {
	id, err := d.draw(12)
	if err != nil {
		return c, "", err
	}
	if password, err = d.oneTimePassword(); err != nil {
		return c, "", err
	}
	hash, err := d.hashPassword(ctx, password)
	return routing.Clerk{ID: routing.ClerkID("c-" + id), Login: login, Name: name, Grants: grants, PasswordHash: hash, MustChange: true}, password, err
}

func (d *Desk) enter(ctx context.Context, tx storage.Tx, actor string, c routing.Clerk) error {
	if err := d.cfg.Clerks.SaveClerk(ctx, tx, c); err != nil {
		return err
	}
	return d.record(ctx, tx, actor, EventClerk, string(c.ID), map[string]any{"grants": c.Grants, "source": c.Source, "subject": c.Subject})
}

// ClerkName returns the name of whoever has a log-in, for pages on which it
// stands already; the log-in itself where nobody has it, for the register may
// name such.
func (d *Desk) ClerkName(login string) string {
	ctx, end := context.WithTimeout(context.Background(), 2*time.Second)
	defer end()
	name := ""
	err := d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		c, err := d.cfg.Clerks.Clerk(ctx, tx, "", login)
		name = c.Name
		return err
	})
	if err != nil || name == "" {
		return login
	}
	return name
}

// Clerks lists all people who have an account, by log-in.
func (d *Desk) Clerks(ctx context.Context, who routing.Clerk) (out []routing.Clerk, err error) {
	if !May(who, KeepAccounts, Thing{}) {
		return nil, missing("accounts")
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		out, err = d.cfg.Clerks.ListClerks(ctx, tx, maxClerks)
		return err
	})
	slices.SortFunc(out, func(a, b routing.Clerk) int { return strings.Compare(a.Login, b.Login) })
	return out, err
}

// AddClerk adds a person and returns the one-time password, which has to be
// changed at the first log-in.
func (d *Desk) AddClerk(ctx context.Context, who routing.Clerk, login, name string, grants []routing.Grant) (password string, err error) {
	login, name = strings.ToLower(strings.TrimSpace(login)), strings.TrimSpace(name)
	switch {
	case !May(who, KeepAccounts, Thing{}):
		return "", missing("accounts")
	case !loginForm.MatchString(login):
		return "", invalid(LoginForm, "")
	case name == "":
		return "", invalid(NameMissing, "")
	}
	if err := d.checkGrants(grants); err != nil {
		return "", err
	}
	c, password, err := d.newClerk(ctx, login, name, grants)
	if err != nil {
		return "", err
	}
	err = d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		if _, err := d.cfg.Clerks.Clerk(ctx, tx, "", login); !isMissing(err) {
			if err != nil {
				return err
			}
			return invalid(LoginTaken, "%s", login)
		}
		return d.enter(ctx, tx, string(who.ID), c)
	})
	if err != nil {
		return "", err
	}
	return password, nil
}

func (d *Desk) checkGrants(grants []routing.Grant) error {
	for _, g := range grants {
		known := slices.Contains(Roles(), g.Role) && (g.Department == "" || d.hasDepartment(g.Department))
		if !known || g.Department != "" && !NeedsDepartment(g.Role) {
			return invalid(GrantUnknown, "%s %s", g.Role, g.Department)
		}
	}
	return nil
}

// SetGrants replaces what a clerk may do. What groups give is not changed here.
func (d *Desk) SetGrants(ctx context.Context, who routing.Clerk, id routing.ClerkID, grants []routing.Grant) error {
	if err := d.checkGrants(grants); err != nil {
		return err
	}
	return d.administer(ctx, who, id, EventGrants, map[string]any{"grants": grants}, func(c *routing.Clerk) error {
		if c.Source != "" {
			return invalid(KeptElsewhere, "%s", c.Login)
		}
		c.Grants = grants
		return nil
	})
}

// Disable closes an account, or opens it again.
func (d *Desk) Disable(ctx context.Context, who routing.Clerk, id routing.ClerkID, disabled bool) error {
	kind := EventEnabled
	if disabled {
		kind = EventDisabled
	}
	return d.administer(ctx, who, id, kind, struct{}{}, func(c *routing.Clerk) error {
		c.Disabled = disabled
		return nil
	})
}

// ResetPassword gives a clerk who forgot theirs a one-time password.
func (d *Desk) ResetPassword(ctx context.Context, who routing.Clerk, id routing.ClerkID) (password string, err error) {
	if !May(who, KeepAccounts, Thing{}) {
		return "", missing("accounts")
	}
	if password, err = d.oneTimePassword(); err != nil {
		return "", err
	}
	hash, err := d.hashPassword(ctx, password)
	if err != nil {
		return "", err
	}
	err = d.administer(ctx, who, id, EventReset, struct{}{}, func(c *routing.Clerk) error {
		if c.Source != "" {
			return invalid(KeptElsewhere, "%s", c.Login)
		}
		c.PasswordHash, c.MustChange, c.FailedLogins = hash, true, 0
		c.LockedUntil = time.Time{}
		return nil
	})
	if err != nil {
		return "", err
	}
	return password, nil
}

// administer changes another clerk and ends their visits, unless that leaves
// nobody to keep the accounts who can log in without provider and directory.
func (d *Desk) administer(ctx context.Context, who routing.Clerk, id routing.ClerkID, kind string, body any, change func(*routing.Clerk) error) error {
	if !May(who, KeepAccounts, Thing{}) {
		return missing("accounts")
	}
	return d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		all, err := d.cfg.Clerks.ListClerks(ctx, tx, maxClerks)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(c routing.Clerk) bool { return c.ID == id })
		if i < 0 {
			return missing("clerk " + string(id))
		}
		if err := change(&all[i]); err != nil {
			return err
		}
		if !slices.ContainsFunc(all, func(c routing.Clerk) bool { return c.Served() && c.Source == "" && c.Has(routing.Admin) }) {
			return invalid(LastAdmin, "")
		}
		if err := d.cfg.Clerks.SaveClerk(ctx, tx, all[i]); err != nil {
			return err
		}
		if err := d.shut(ctx, tx, id); err != nil {
			return err
		}
		return d.record(ctx, tx, string(who.ID), kind, string(id), body)
	})
}
