package desk

import (
	"cmp"
	"context"
	"slices"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// team returns among whom the letters of a department are given out today.
func (d *Desk) team(ctx context.Context, tx storage.Tx, department string) (t routing.Team, err error) {
	for _, dep := range d.cfg.Departments {
		if dep.ID == department {
			t.Ranges = dep.Ranges
		}
	}
	open, err := d.cfg.Assignments.OpenByWorker(ctx, tx, department)
	if err != nil {
		return t, err
	}
	for _, r := range t.Ranges {
		open[r.Worker] += 0
	}
	clerks, err := d.cfg.Clerks.ListClerks(ctx, tx, maxClerks)
	if err != nil {
		return t, err
	}
	absent, err := d.cfg.Absences.AbsencesFrom(ctx, tx, d.today())
	if err != nil {
		return t, err
	}
	logins := map[routing.ClerkID]string{}
	for _, c := range clerks {
		logins[c.ID] = c.Login
	}
	for _, c := range clerks {
		n, named := open[c.Login]
		delete(open, c.Login)
		if named || c.Works(department) {
			m := routing.Member{Worker: c.Login, Name: c.Name, Open: n, Unfit: !c.Works(department), Spare: !c.HasIn(routing.Worker, department)}
			t.Members = append(t.Members, away(m, c.ID, absent, logins, d.today()))
		}
	}
	for worker, n := range open {
		t.Members = append(t.Members, routing.Member{Worker: worker, Open: n})
	}
	slices.SortFunc(t.Members, func(a, b routing.Member) int { return cmp.Compare(a.Worker, b.Worker) })
	return t, nil
}

// away notes whether m is away today, and who stands in.
func away(m routing.Member, id routing.ClerkID, absent []routing.Absence, logins map[routing.ClerkID]string, today scanstation.Date) routing.Member {
	a, ok := routing.Away(absent, id, today)
	if !ok {
		return m
	}
	m.Away, m.Until = true, a.To
	if deputy, until, ok := routing.StandIn(absent, id, today); ok {
		m.Deputy, m.Until = logins[deputy], until
	}
	return m
}

// proposer proposes workers while one page is made; it asks once for each team.
type proposer struct {
	*Desk
	teams  map[string]routing.Team
	blocks *bool // there are block lists; nil: not yet asked
}

func (d *Desk) proposer() *proposer { return &proposer{Desk: d, teams: map[string]routing.Team{}} }

// asked is who proposed the workers of a list, or somebody new.
func (d *Desk) asked(of List) *proposer { return cmp.Or(of.asked, d.proposer()) }

// of returns the team of a department.
func (p *proposer) of(ctx context.Context, tx storage.Tx, department string) (t routing.Team, err error) {
	t, ok := p.teams[department]
	if !ok {
		if t, err = p.team(ctx, tx, department); err == nil {
			p.teams[department] = t
		}
	}
	return t, err
}

// propose says who might work on a letter that waits in an inbox.
func (p *proposer) propose(ctx context.Context, tx storage.Tx, doc storage.Document, dec routing.Decision, c routing.Case) (routing.Proposal, error) {
	if doc.State != storage.Inbox || doc.Department == "" || doc.Seal != nil {
		return routing.Proposal{}, nil
	}
	t, err := p.of(ctx, tx, doc.Department)
	if err != nil {
		return routing.Proposal{}, err
	}
	owner := ""
	if dec.Sure && dec.Department == doc.Department {
		owner = dec.Worker
	}
	out := t.Propose(owner, c.Surname)
	if out.Code == routing.ByCase && dec.Rule != "" && owner != c.Worker {
		out.Code, out.Rule = routing.ByRule, dec.Rule
	}
	return out, p.open(ctx, tx, doc.ID, &out)
}

// open takes a proposal back from somebody who may not see the letter.
func (p *proposer) open(ctx context.Context, tx storage.Tx, id storage.DocumentID, out *routing.Proposal) error {
	if p.blocks == nil {
		list, err := p.cfg.Blocks.ListBlocks(ctx, tx)
		if err != nil {
			return err
		}
		some := len(list) > 0
		p.blocks = &some
	}
	if !*p.blocks || out.Worker == "" {
		return nil
	}
	seen, err := p.cfg.Archive.Ledger.Documents(ctx, tx, storage.DocumentFilter{ID: id, Reader: out.Worker, Limit: 1})
	if err == nil && len(seen) == 0 {
		*out = routing.Proposal{}
	}
	return err
}

// Colleague is somebody to whom letters of a department may be given.
type Colleague struct {
	Worker string
	Name   string // of the account; empty: there is none
	Open   int    // letters that are not closed, just now
	Away   bool   // today
	Deputy string // who stands in today; empty: nobody
	Until  scanstation.Date
}

// hiddenFrom counts the open letters that who may not see, by worker.
func (d *Desk) hiddenFrom(ctx context.Context, tx storage.Tx, who routing.Clerk, department string) (map[string]int, error) {
	list, err := d.cfg.Assignments.ListAssignments(ctx, tx, routing.AssignmentFilter{
		Department: department, HiddenFrom: who.Login, States: workedOn, Limit: 1000,
	})
	out := map[string]int{}
	for _, a := range list {
		out[a.Worker]++
	}
	return out, err
}

// Colleagues returns the workers of a department, by log-in: those with an
// account and those whom the register names.
func (d *Desk) Colleagues(ctx context.Context, who routing.Clerk, department string) ([]Colleague, error) {
	return d.ColleaguesFor(ctx, who, department, List{})
}

// ColleaguesFor returns them beside a list of the department's letters.
func (d *Desk) ColleaguesFor(ctx context.Context, who routing.Clerk, department string, of List) (out []Colleague, err error) {
	if !d.MayAssign(who, department) {
		return nil, missing("workers of " + department)
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		t, err := d.asked(of).of(ctx, tx, department)
		if err != nil {
			return err
		}
		hidden, err := d.hiddenFrom(ctx, tx, who, department)
		for _, m := range t.Members {
			m.Open -= hidden[m.Worker]
			if !m.Unfit && (!m.Spare || m.Open > 0) {
				out = append(out, Colleague{m.Worker, m.Name, m.Open, m.Away, m.Deputy, m.Until})
			}
		}
		return err
	})
	return out, err
}
