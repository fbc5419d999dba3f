package routing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"mailroom/storage"
)

// Source says where an account comes from; empty: it is kept here.
type Source string

// The sources of accounts that are kept elsewhere.
const (
	FromProvider  Source = "oidc" // the single sign-on of the office (Dienstkonto)
	FromDirectory Source = "ldap" // the directory of the office (Verzeichnisdienst)
)

// ErrRefused: a provider or a directory knows no such person, holds the account
// closed, or was given a wrong password. Which of them it was is not said.
var ErrRefused = errors.New("refused by the provider or the directory")

// Person is somebody as the office's own directory or provider knows them.
type Person struct {
	Source  Source
	Subject string // stable there, whatever happens to the name
	Login   string
	Name    string
	Grants  []Grant // what the groups give
}

// GroupGrant gives a role to everybody in a group.
type GroupGrant struct {
	Group      string `yaml:"group"`
	Role       Role   `yaml:"role"`
	Department string `yaml:"department"`
}

// Mapping gives roles to groups.
type Mapping []GroupGrant

// Grants returns what somebody in groups is given, each once and in order. Names
// of groups are told apart without regard to case, as directories do.
func (m Mapping) Grants(groups []string) []Grant {
	var out []Grant
	for _, g := range m {
		in := slices.ContainsFunc(groups, func(name string) bool { return strings.EqualFold(name, g.Group) })
		grant := Grant{Role: g.Role, Department: g.Department}
		if in && !slices.Contains(out, grant) {
			out = append(out, grant)
		}
	}
	slices.SortFunc(out, func(a, b Grant) int {
		return cmp.Or(cmp.Compare(a.Role, b.Role), cmp.Compare(a.Department, b.Department))
	})
	return out
}

// Validate names the first entry that says nothing.
func (m Mapping) Validate() error {
	for i, g := range m {
		switch {
		case strings.TrimSpace(g.Group) == "":
			return fmt.Errorf("map[%d].group: is empty", i)
		case !slices.Contains([]Role{ScanRoom, Worker, Head, Records, Auditor, Admin, Checker}, g.Role):
			return fmt.Errorf("map[%d].role: %q is no role", i, g.Role)
		}
	}
	return nil
}

// Directory is the office's directory of people. Its errors are ErrRefused, or
// storage.ErrUnavailable where it does not answer.
type Directory interface {
	// Find returns the person behind a log-in name that somebody else vouches for.
	Find(ctx context.Context, login string) (Person, error)
	// Check returns the person behind a log-in name whose password it is.
	Check(ctx context.Context, login, password string) (Person, error)
	// Still returns the person as they are known today.
	Still(ctx context.Context, subject string) (Person, error)
}

// Provider is the office's single sign-on. Its errors are those of a Directory.
type Provider interface {
	// Start returns where the browser is sent to, and what it must bring back.
	Start(ctx context.Context) (address, ticket string, err error)
	// Finish returns the person whom the answer to ticket names, and the proof by
	// which they are asked for again.
	Finish(ctx context.Context, ticket string, answer url.Values) (Person, Proof, error)
	// Renew asks for a person again; the proof returned takes the place of p.
	Renew(ctx context.Context, p Proof) (Person, Proof, error)
	// Leave returns the address that ends the sign-on at the provider, too; empty:
	// there is none.
	Leave(ctx context.Context, p Proof) string
	// Ended returns whom a provider's own notice of a log-out is about.
	Ended(ctx context.Context, notice string) (Notice, error)
}

// Proof is what a provider gave for a sign-on: sealed, for the provider's port
// alone to read.
type Proof struct {
	Sealed  string
	Session string // the provider's name for the sign-on; empty: it has none
}

// Notice says which sign-ons a provider has ended: one session, or all of a
// person.
type Notice struct{ Session, Subject string }

// Unavailable marks err as the fault of a peer that does not answer.
func Unavailable(what string, err error) error {
	return fmt.Errorf("%s: %w: %w", what, storage.ErrUnavailable, err)
}
