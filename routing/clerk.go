package routing

import (
	"context"
	"slices"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
)

// ClerkID is an opaque id; events and logs carry it instead of a name.
type ClerkID string

// Role is what a clerk may do (Rolle).
type Role string

// The roles.
const (
	ScanRoom Role = "scan-room" // Scanstelle
	Worker   Role = "worker"    // Sachbearbeitung
	Head     Role = "head"      // Leitung
	Records  Role = "records"   // Schriftgutverwaltung
	Auditor  Role = "auditor"   // Prüfung
	Admin    Role = "admin"     // Verwaltung
	Checker  Role = "checker"   // Qualitätsprüfung, by people from elsewhere
)

// Grant gives a role, for one department or, with Department empty, for all.
type Grant struct {
	Role       Role   `json:"role" yaml:"role"`
	Department string `json:"department,omitempty" yaml:"department"`
}

// Clerk is a person who works here (Bedienstete).
type Clerk struct {
	ID           ClerkID
	Login        string
	Name         string
	Grants       []Grant
	PasswordHash string // argon2id in PHC format; empty: cannot log in with a password
	MustChange   bool   // the password was given by another person or by the first start
	Disabled     bool
	FailedLogins int
	LockedUntil  time.Time
	// For is whom the clerk acts for just now; it is never kept.
	For Stead

	// Scopes bound what may be done where a token stands for the clerk; nil: a
	// person at a page, without such bounds. They are never stored here.
	Scopes []Scope
	// Source and Subject say who keeps the account: its grants come from there
	// and are not edited by hand. Absent: it is closed there.
	Source  Source
	Subject string
	Absent  bool
	Sure    time.Time // when Source last said that the account is in order; see Accounts.Vouch
}

// Served says whether c may be served: the account is closed neither here nor
// where it is kept.
func (c Clerk) Served() bool { return !c.Disabled && !c.Absent }

// Has says whether c has role anywhere.
func (c Clerk) Has(role Role) bool {
	return slices.ContainsFunc(c.Grants, func(g Grant) bool { return g.Role == role })
}

// HasIn says whether c has role for department.
func (c Clerk) HasIn(role Role, department string) bool {
	return slices.ContainsFunc(c.Grants, func(g Grant) bool {
		return g.Role == role && (g.Department == "" || g.Department == department)
	})
}

// Clerks keeps the people and who is signed on at which station.
type Clerks interface {
	SaveClerk(ctx context.Context, tx storage.Tx, c Clerk) error
	// Clerk finds by id or, if id is empty, by login; storage.ErrNotFound.
	Clerk(ctx context.Context, tx storage.Tx, id ClerkID, login string) (Clerk, error)
	ListClerks(ctx context.Context, tx storage.Tx, limit int) ([]Clerk, error)

	// SaveSignOn replaces who is signed on at the station.
	SaveSignOn(ctx context.Context, tx storage.Tx, s SignOn) error
	SignOns(ctx context.Context, tx storage.Tx) ([]SignOn, error)
}

// Accounts finds the accounts that are kept elsewhere.
type Accounts interface {
	// Known returns the clerk whom a source knows by subject; storage.ErrNotFound.
	Known(ctx context.Context, tx storage.Tx, source Source, subject string) (Clerk, error)
	// ClaimClerks returns some who are served and were not asked for since before,
	// and notes that they are asked for at now.
	ClaimClerks(ctx context.Context, tx storage.Tx, source Source, before, now time.Time, limit int) ([]Clerk, error)
	// Vouch notes when the source of an account said that it is in order.
	Vouch(ctx context.Context, tx storage.Tx, id ClerkID, at time.Time) error
}

// SignOn says who scans at a station, and which receipt date the paper there
// has; a Clerk that is empty has signed off.
type SignOn struct {
	Station    string
	Clerk      ClerkID
	Name       string
	ReceivedOn string // a date, or empty: the day of the scan
	Since      time.Time
}

// Works says whether letters of department may be given to c. A password that
// is still to be changed is no hindrance.
func (c Clerk) Works(department string) bool {
	return c.ID != "" && !c.Disabled && (c.HasIn(Worker, department) || c.HasIn(Head, department))
}

// Keys keeps, for each clerk, which keys they moved: from the key as it is
// given out to their own.
type Keys interface {
	SaveKeys(ctx context.Context, tx storage.Tx, c ClerkID, keys map[string]string) error
	KeysOf(ctx context.Context, tx storage.Tx, c ClerkID) (map[string]string, error)
}

// Stead is somebody whom a clerk stands in for, and the rights that go over.
type Stead struct {
	ID     ClerkID
	Login  string
	Name   string
	Until  scanstation.Date
	Grants []Grant
}

// Delegated are the grants of c that go over to a deputy: a worker's only in
// departments in which the deputy works, too; a head's and a records manager's
// all, to a deputy who works on letters or keeps records. Nobody's other roles
// go over.
func Delegated(c, deputy Clerk) (out []Grant) {
	trusted := deputy.Has(Worker) || deputy.Has(Head) || deputy.Has(Records)
	for _, g := range c.Grants {
		if g.Role == Worker && deputy.Works(g.Department) || (g.Role == Head || g.Role == Records) && trusted {
			out = append(out, g)
		}
	}
	return out
}

// Desk is the log-in under which letters are assigned to c: that of the person
// whom c stands in for, while they do.
func (c Clerk) Desk() string {
	if c.For.ID != "" {
		return c.For.Login
	}
	return c.Login
}
