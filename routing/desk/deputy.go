package desk

import (
	"context"

	"mailroom/routing"
	"mailroom/storage"
)

// Steads returns the people whom who stands in for today: those who named
// who as their deputy, themselves or by way of a deputy who is away as well,
// and, for the records manager, the heads for whom nobody does.
func (d *Desk) Steads(ctx context.Context, who routing.Clerk) (out []routing.Stead, err error) {
	if who.ID == "" || who.Disabled || who.MustChange || who.For.ID != "" {
		return nil, nil
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		out = nil
		absent, err := d.cfg.Absences.AbsencesFrom(ctx, tx, d.today())
		if err != nil {
			return err
		}
		for _, a := range absent {
			if !a.On(d.today()) || a.Clerk == who.ID {
				continue
			}
			if s, ok, err := d.stead(ctx, tx, who, a, absent); err != nil {
				return err
			} else if ok {
				out = append(out, s)
			}
		}
		return nil
	})
	return out, err
}

// stead says whether who stands in for the one who is away by a.
func (d *Desk) stead(ctx context.Context, tx storage.Tx, who routing.Clerk, a routing.Absence, absent []routing.Absence) (s routing.Stead, ok bool, err error) {
	deputy, until, found := routing.StandIn(absent, a.Clerk, d.today())
	if found && deputy != who.ID || !found && !who.Has(routing.Records) {
		return s, false, nil
	}
	c, err := d.cfg.Clerks.Clerk(ctx, tx, a.Clerk, "")
	if isMissing(err) || err == nil && c.Disabled {
		return s, false, nil
	}
	if err != nil {
		return s, false, err
	}
	s = routing.Stead{ID: c.ID, Login: c.Login, Name: c.Name, Until: until, Grants: routing.Delegated(c, who)}
	if !found {
		s.Until, s.Grants = a.To, headless(c, who)
	}
	return s, len(s.Grants) > 0, nil
}

// headless are the grants of a head who is away without a deputy that fall to
// the records manager.
func headless(c, records routing.Clerk) (out []routing.Grant) {
	for _, g := range c.Grants {
		if g.Role == routing.Head && records.HasIn(routing.Records, g.Department) {
			out = append(out, g)
		}
	}
	return out
}

// InStead returns who as they act for the person id: with the rights that went
// over to them, no other, and only while they stand in. What is done then says
// so in its event.
func (d *Desk) InStead(ctx context.Context, who routing.Clerk, id routing.ClerkID) (routing.Clerk, error) {
	all, err := d.Steads(ctx, who)
	if err != nil {
		return who, err
	}
	for _, s := range all {
		if s.ID == id {
			who.Grants, who.For = s.Grants, s
			return who, nil
		}
	}
	return who, missing("standing for " + string(id))
}

// Represented is a person whom a clerk stands in for, with what waits for them.
type Represented struct {
	routing.Stead
	Open  []Entry // letters that are assigned to them and not closed
	Inbox int     // letters in inboxes that are theirs to give out
}

// Represented returns whom who stands in for, with their open letters.
func (d *Desk) Represented(ctx context.Context, who routing.Clerk) (out []Represented, err error) {
	all, err := d.Steads(ctx, who)
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		acting := who
		acting.Grants, acting.For = s.Grants, s
		r := Represented{Stead: s}
		f := routing.AssignmentFilter{Worker: s.Login, Reader: who.Login, States: workedOn, Limit: maxOwn}
		if r.Open, err = d.assigned(ctx, acting, f); err != nil {
			return nil, err
		}
		counts, err := d.Counts(ctx, acting)
		if err != nil {
			return nil, err
		}
		for dep, n := range counts.Inbox {
			if d.MayAssign(acting, dep) {
				r.Inbox += n
			}
		}
		out = append(out, r)
	}
	return out, nil
}

// workedOn are those of a letter that somebody works on.
var workedOn = []storage.DocumentState{storage.Assigned, storage.Filing, storage.Filed, storage.InWork}
