package routing

import (
	"context"
	"slices"
	"time"

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

	// Scopes bound what may be done where a token stands for the clerk; nil: a
	// person at a page, without such bounds. They are never stored here.
	Scopes []Scope
	// Source and Subject say who keeps the account: its grants come from there
	// and are not edited by hand. Absent: it is closed there.
	Source  Source
	Subject string
	Absent  bool
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
