package desk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// The kinds of events about absences. Neither holds a reason: why somebody is
// away is nobody's business here.
const (
	EventAway = "absence-entered"
	EventBack = "absence-ended"
)

// longestAbsence is how many days ahead an absence may end.
const longestAbsence = 400

// Leave is an absence as a page shows it.
type Leave struct {
	routing.Absence
	Name, DeputyName string
	Now              bool // it lasts today
}

// Person is somebody who can be chosen on a page.
type Person struct {
	ID   routing.ClerkID
	Name string
}

// Plan is what who may know and say about absences.
type Plan struct {
	Leaves   []Leave  // by their first day
	People   []Person // for whom who may enter one, who first
	Deputies []Person // who may be named
}

// Plan returns the absences that concern who.
func (d *Desk) Plan(ctx context.Context, who routing.Clerk) (p Plan, err error) {
	if !d.MayPlan(who) {
		return p, missing("absences")
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		p = Plan{}
		clerks, err := d.cfg.Clerks.ListClerks(ctx, tx, maxClerks)
		if err != nil {
			return err
		}
		absent, err := d.cfg.Absences.AbsencesFrom(ctx, tx, d.today())
		if err != nil {
			return err
		}
		names, mine := map[routing.ClerkID]string{}, map[routing.ClerkID]bool{}
		for _, c := range clerks {
			names[c.ID] = c.Name
			if d.mayEnter(who, c) {
				mine[c.ID] = true
				p.People = append(p.People, Person{c.ID, c.Name})
			}
			if !c.Disabled && d.mayStandIn(c) && d.related(who, c) {
				p.Deputies = append(p.Deputies, Person{c.ID, c.Name})
			}
		}
		for _, a := range absent {
			if mine[a.Clerk] || a.Deputy == who.ID {
				p.Leaves = append(p.Leaves, Leave{a, names[a.Clerk], names[a.Deputy], a.On(d.today())})
			}
		}
		return nil
	})
	byName := func(a, b Person) int {
		return cmp.Or(-cmp.Compare(flagOf(a.ID == who.ID), flagOf(b.ID == who.ID)), cmp.Compare(a.Name, b.Name))
	}
	slices.SortFunc(p.People, byName)
	slices.SortFunc(p.Deputies, byName)
	return p, err
}

func flagOf(b bool) int {
	if b {
		return 1
	}
	return 0
}

// MayPlan says whether who may enter absences at all: their own, or others'.
// Nobody does it in another's stead.
func (d *Desk) MayPlan(who routing.Clerk) bool {
	return who.For.ID == "" && d.mayIn(who, PlanAbsences)
}

// mayStandIn says whether c has a role in which one is represented, or represents.
func (d *Desk) mayStandIn(c routing.Clerk) bool {
	return c.Has(routing.Worker) || c.Has(routing.Head) || c.Has(routing.Records)
}

// mayEnter says whether who may enter an absence of c: their own, or one of
// somebody all of whose departments they give out letters for.
func (d *Desk) mayEnter(who, c routing.Clerk) bool {
	if c.Disabled || !d.mayStandIn(c) {
		return false
	}
	return who.ID == c.ID || !slices.ContainsFunc(c.Grants, func(g routing.Grant) bool {
		return NeedsDepartment(g.Role) && !May(who, AssignLetters, Thing{Department: g.Department, Released: true})
	})
}

// related says whether who may learn that c is a colleague: both work for a
// department, or who leads one, and heads stand in for each other.
func (d *Desk) related(who, c routing.Clerk) bool {
	if d.MayAssignAny(who) {
		return true
	}
	return slices.ContainsFunc(d.cfg.Departments, func(dep routing.Department) bool { return who.Works(dep.ID) && c.Works(dep.ID) })
}

// EnterAbsence notes that a clerk is away from one day to another, and who
// stands in.
func (d *Desk) EnterAbsence(ctx context.Context, who routing.Clerk, a routing.Absence) error {
	if !d.MayPlan(who) {
		return missing("absences")
	}
	id, err := d.draw(12)
	if err != nil {
		return err
	}
	a.ID, a.By, a.At = "v-"+id, who.ID, d.cfg.Now().UTC()
	return d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		if err := d.checkAbsence(ctx, tx, who, a); err != nil {
			return err
		}
		if err := d.cfg.Absences.ForgetAbsences(ctx, tx, d.today()); err != nil {
			return err
		}
		if err := d.cfg.Absences.SaveAbsence(ctx, tx, a); err != nil {
			return err
		}
		return d.record(ctx, tx, string(who.ID), EventAway, string(a.Clerk), absenceBody(a))
	})
}

// absenceBody is what an event says of an absence.
func absenceBody(a routing.Absence) any {
	return struct {
		ID     string           `json:"id"`
		From   scanstation.Date `json:"from"`
		To     scanstation.Date `json:"to"`
		Deputy routing.ClerkID  `json:"deputy,omitempty"`
	}{a.ID, a.From, a.To, a.Deputy}
}

func (d *Desk) checkAbsence(ctx context.Context, tx storage.Tx, who routing.Clerk, a routing.Absence) error {
	c, err := d.cfg.Clerks.Clerk(ctx, tx, a.Clerk, "")
	if err != nil && !isMissing(err) {
		return err
	}
	if err != nil || !d.mayEnter(who, c) {
		return missing("clerk " + string(a.Clerk))
	}
	if !goodDates(a, d.today()) {
		return invalid(DateWrong, "")
	}
	if a.Deputy != "" {
		deputy, err := d.cfg.Clerks.Clerk(ctx, tx, a.Deputy, "")
		if err != nil && !isMissing(err) {
			return err
		}
		if err != nil || deputy.Disabled || a.Deputy == a.Clerk || len(routing.Delegated(c, deputy)) == 0 {
			return invalid(DeputyUnfit, "")
		}
	}
	all, err := d.cfg.Absences.AbsencesFrom(ctx, tx, d.today())
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(b routing.Absence) bool { return b.Clerk == a.Clerk && b.Overlaps(a) }) {
		return invalid(AbsenceTwice, "")
	}
	if a.Deputy != "" && routing.Circle(all, a) {
		return invalid(DeputyCircle, "")
	}
	return nil
}

func goodDates(a routing.Absence, today scanstation.Date) bool {
	from, err1 := scanstation.ParseDate(string(a.From))
	to, err2 := scanstation.ParseDate(string(a.To))
	return err1 == nil && err2 == nil && from == a.From && to == a.To && a.From <= a.To && a.To >= today && a.To <= daysAfter(today, longestAbsence)
}

// EndAbsence takes an absence back, or ends it before its time.
func (d *Desk) EndAbsence(ctx context.Context, who routing.Clerk, id string) error {
	if !d.MayPlan(who) {
		return missing("absence " + id)
	}
	return d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		all, err := d.cfg.Absences.AbsencesFrom(ctx, tx, d.today())
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(a routing.Absence) bool { return a.ID == id })
		if i < 0 {
			return missing("absence " + id)
		}
		c, err := d.cfg.Clerks.Clerk(ctx, tx, all[i].Clerk, "")
		if err != nil {
			return err
		}
		if !d.mayEnter(who, c) {
			return missing("absence " + id)
		}
		if err := d.cfg.Absences.DropAbsence(ctx, tx, id); err != nil {
			return err
		}
		return d.record(ctx, tx, string(who.ID), EventBack, string(all[i].Clerk), absenceBody(all[i]))
	})
}

func daysAfter(d scanstation.Date, n int) scanstation.Date {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return d
	}
	return scanstation.DateOf(t.AddDate(0, 0, n))
}
