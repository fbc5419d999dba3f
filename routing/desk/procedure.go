package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Retention is how long paper stays, as configured; the classes say more.
type Retention struct {
	Days, AfterFiling, NoRelevance, DestroyWithin int
	Warn                                          []int
}

// Description is the procedure as it is configured: what a reader of the
// Verfahrensdokumentation wants to see proved.
type Description struct {
	storage.Procedure
	Office      storage.Organisation
	Software    string
	Settings    string // digest of the configuration
	Stations    []scanstation.Station
	Departments []routing.Department
	Classes     storage.Classes
	Retention   Retention
}

// RoleRights is what a role may do, and where.
type RoleRights struct {
	Role   routing.Role
	Rights []RightWhere
}

// RightWhere is a right with the scopes in which a role has it.
type RightWhere struct {
	Right Right
	Where []Scope
}

// Roles returns the rights of all roles as they are in force.
func (Description) Roles() (out []RoleRights) {
	for _, role := range Roles() {
		r := RoleRights{Role: role}
		for right, roles := range matrix {
			if scope := roles[role]; scope != Nowhere {
				r.Rights = append(r.Rights, RightWhere{right, scope.each()})
			}
		}
		slices.SortFunc(r.Rights, func(a, b RightWhere) int { return cmp.Compare(a.Right, b.Right) })
		out = append(out, r)
	}
	return out
}

// scopeNames are the scopes by name, in the order in which people read them.
func scopeNames() []struct {
	Scope Scope
	Name  string
} {
	return []struct {
		Scope Scope
		Name  string
	}{
		{Anywhere, "anywhere"}, {OwnDepartment, "own-department"}, {UnknownDepartment, "unknown-department"}, {FiledThere, "filed-there"},
		{WhenInformed, "informed"}, {BeforeRelease, "before-release"}, {UnknownBeforeRelease, "unknown-before-release"},
	}
}

func (s Scope) each() (out []Scope) {
	for _, n := range scopeNames() {
		if s&n.Scope != 0 {
			out = append(out, n.Scope)
		}
	}
	return out
}

// Name names a single scope.
func (s Scope) Name() string {
	for _, n := range scopeNames() {
		if n.Scope == s {
			return n.Name
		}
	}
	return ""
}

// Adopted is when a procedure, or a configuration, came into force.
type Adopted struct {
	storage.Adoption
	At time.Time
}

// ProcedureView is the procedure in force and those before it, the last first.
type ProcedureView struct {
	Description
	History []Adopted
}

// adoptionsShown is how many changes of the procedure are listed.
const adoptionsShown = 50

// Procedure returns the procedure in force.
func (d *Desk) Procedure(ctx context.Context, who routing.Clerk) (v ProcedureView, err error) {
	if !May(who, SeeStations, Thing{}) {
		return v, missing("procedure")
	}
	a := d.cfg.Archive
	v.Description = Description{
		Procedure: a.Procedure, Office: a.Office, Software: a.Software, Settings: a.Settings,
		Stations: d.cfg.Stations, Departments: d.cfg.Departments, Classes: a.Classes, Retention: d.cfg.Retention,
	}
	events, err := a.Adoptions(ctx, adoptionsShown)
	if err != nil {
		return v, err
	}
	for _, e := range events {
		if e.Body == nil {
			continue // what it said was erased
		}
		one := Adopted{At: e.Time}
		if err := json.Unmarshal(e.Body, &one.Adoption); err != nil {
			return v, fmt.Errorf("read event %d: %w: %w", e.Seq, storage.ErrBroken, err)
		}
		v.History = append(v.History, one)
	}
	return v, nil
}

// OpenProcedure opens the document of a procedure that is or was in force, with
// the name of its file.
func (d *Desk) OpenProcedure(ctx context.Context, who routing.Clerk, digest scanstation.Digest) (io.ReadSeekCloser, string, error) {
	v, err := d.Procedure(ctx, who)
	if err != nil {
		return nil, "", err
	}
	i := slices.IndexFunc(v.History, func(a Adopted) bool { return a.Digest == digest })
	if i < 0 {
		return nil, "", missing("procedure " + string(digest))
	}
	r, err := d.cfg.Archive.OpenProcedure(ctx, digest)
	return r, v.History[i].File, err
}

// PrintReport writes a report of the house as PDF/A.
func (d *Desk) PrintReport(w io.Writer, r storage.Report) error { return d.cfg.Composer.Compose(w, r) }
