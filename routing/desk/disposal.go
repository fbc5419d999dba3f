package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// What has to be answered differently about paper.
const (
	NothingDue       = "nothing-due"       // nothing in the box may be destroyed
	SamePerson       = "same-person"       // the second person is the first one
	ListChanged      = "list-changed"      // letters fell off the list, so it is to be looked at again
	NotYours         = "not-yours"         // the letters of a list are released by others
	BoxUnknown       = "box-unknown"       // not the code of a box
	ContainerMissing = "container-missing" // no number, or one that is not the first person's
	PulledMissing    = "pulled-missing"    // where the letters lie that were pulled out
)

// The bounds of the pages about destruction.
const (
	maxDueLetters = 20_000
	listsShown    = 50
)

func signed(who routing.Clerk) storage.Signed {
	return storage.Signed{By: string(who.ID), For: string(who.For.ID)}
}

// overtaken makes of a conflict that somebody was quicker.
func overtaken(err error, what string) error {
	if errors.Is(err, storage.ErrConflict) {
		return invalid(Overtaken, "%s", what)
	}
	return err
}

// DisposalPage is a list with what who may do about it now.
type DisposalPage struct {
	storage.Disposal
	Go, Pull []storage.Item // what who may see of them
	Others   int            // letters of other departments
	Names    map[string]string
	Blocked  map[storage.DocumentID][]scanstation.Reason // that lie in the closed container though something speaks against it now
	Left     int                                         // letters that still lie in the box and have to be pulled out
	Approve  bool
	Sign     bool
	Withdraw bool
}

// DisposalList returns a list. Whoever has a right for some departments sees the
// letters of these.
func (d *Desk) DisposalList(ctx context.Context, who routing.Clerk, id storage.DisposalID) (p DisposalPage, err error) {
	if !d.MaySeeOriginals(who) || !id.Valid() {
		return p, missing("disposal list " + string(id))
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		found, err := d.cfg.Archive.Ledger.Disposals(ctx, tx, storage.DisposalFilter{ID: id, Limit: 1})
		if err != nil || len(found) == 0 {
			return cmp.Or(err, missing("disposal list "+string(id)))
		}
		p.Disposal = found[0]
		items, err := d.cfg.Archive.Ledger.Items(ctx, tx, storage.ItemFilter{Disposal: id})
		if err != nil {
			return err
		}
		if p.Left, err = d.leftInBox(ctx, tx, p.Disposal, items); err != nil {
			return err
		}
		if p.State == storage.ListSealed {
			if p.Blocked, err = d.cfg.Archive.Blocked(ctx, tx, id, items); err != nil {
				return err
			}
		}
		p.Names, err = d.namesOf(ctx, tx, people(p.Disposal)...)
		d.fill(&p, who, items)
		return err
	})
	return p, err
}

// fill says what who sees of the letters, and may do.
func (d *Desk) fill(p *DisposalPage, who routing.Clerk, items []storage.Item) {
	seen := slices.DeleteFunc(slices.Clone(items), func(i storage.Item) bool {
		return !May(who, SeeOriginals, Thing{Department: i.Owner, Released: true})
	})
	p.Go, p.Pull = split(seen)
	p.Others = len(items) - len(seen)
	one := apart(who, p.Proposed)
	carries := May(who, ProposeDisposal, Thing{})
	p.Approve = p.State == storage.ListProposed && one && slices.ContainsFunc(items, func(i storage.Item) bool {
		return !i.Pulled && i.By == "" && releases(who, i)
	})
	p.Sign = p.State == storage.ListApproved && carries && (p.Sealing == nil || apart(who, p.Sealing.First))
	p.Withdraw = p.Live() && (carries || d.mayIn(who, ApproveDisposal))
}

// leftInBox counts the letters that are to be pulled out and still lie in the
// box.
func (d *Desk) leftInBox(ctx context.Context, tx storage.Tx, l storage.Disposal, items []storage.Item) (n int, err error) {
	if l.State != storage.ListApproved && l.State != storage.ListProposed {
		return 0, nil
	}
	for _, i := range items {
		if !i.Pulled {
			continue
		}
		o, err := d.cfg.Archive.Paper(ctx, tx, i.Document, false)
		if err != nil {
			return n, err
		}
		if o.Box == l.Box && !o.State.Left() {
			n++
		}
	}
	return n, nil
}

// apart says whether who has no part in what was signed.
func apart(who routing.Clerk, s storage.Signed) bool {
	for _, id := range []routing.ClerkID{who.ID, who.For.ID} {
		if id != "" && (string(id) == s.By || string(id) == s.For) {
			return false
		}
	}
	return true
}

// releases says whether who may approve the destruction of a letter: in the role
// that its class names.
func releases(who routing.Clerk, i storage.Item) bool {
	role := routing.Records
	if i.Release == storage.ReleaseHead {
		role = routing.Head
	}
	grants := slices.DeleteFunc(slices.Clone(who.Grants), func(g routing.Grant) bool { return g.Role != role })
	who.Grants = grants
	return May(who, ApproveDisposal, Thing{Department: i.Owner, Released: true})
}

// people are all who signed for a list.
func people(l storage.Disposal) []storage.Signed {
	out := append([]storage.Signed{l.Proposed, l.Withdrawn}, l.Approvals...)
	if l.Sealing != nil {
		out = append(out, l.Sealing.First, l.Sealing.Second)
	}
	return out
}

// namesOf returns the names of who signed, by their ids: who answers for the end
// of paper is known by name.
func (d *Desk) namesOf(ctx context.Context, tx storage.Tx, all ...storage.Signed) (map[string]string, error) {
	out := map[string]string{}
	for _, s := range all {
		for _, id := range []string{s.By, s.For} {
			if id == "" || out[id] != "" {
				continue
			}
			c, err := d.cfg.Clerks.Clerk(ctx, tx, routing.ClerkID(id), "")
			if err != nil && !isMissing(err) {
				return nil, err
			}
			out[id] = cmp.Or(c.Name, id)
		}
	}
	return out, nil
}

// ApproveDisposal releases the letters of a list for destruction that who may
// release, as they were seen in that version.
func (d *Desk) ApproveDisposal(ctx context.Context, who routing.Clerk, id storage.DisposalID, version int) (l storage.Disposal, err error) {
	p, err := d.DisposalList(ctx, who, id)
	switch {
	case err != nil:
		return l, err
	case !May(who, ApproveDisposal, Thing{}) && !d.mayIn(who, ApproveDisposal):
		return l, missing("disposal list " + string(id))
	case p.Version != version || p.State != storage.ListProposed:
		return l, invalid(Overtaken, "%s", id)
	case !apart(who, p.Proposed):
		return l, invalid(SamePerson, "")
	case !p.Approve:
		return l, invalid(NotYours, "")
	}
	return d.listStep(ctx, id, func(tx storage.Tx) (storage.Disposal, bool, error) {
		return d.cfg.Archive.ApproveDisposal(ctx, tx, id, version, signed(who), func(i storage.Item) bool { return releases(who, i) })
	})
}

// listStep takes a list on; if letters fell off it instead, that is what the
// person is told.
func (d *Desk) listStep(ctx context.Context, id storage.DisposalID, f func(tx storage.Tx) (storage.Disposal, bool, error)) (l storage.Disposal, err error) {
	changed := false
	err = d.cfg.Archive.Do(ctx, func(tx storage.Tx) (err error) {
		l, changed, err = f(tx)
		return err
	})
	if err == nil && changed {
		return l, invalid(ListChanged, "%s", id)
	}
	return l, overtaken(err, string(id))
}

// SignContainer signs for a list that its paper lies in the closed container;
// box is where the letters lie that were pulled out, if there were any.
func (d *Desk) SignContainer(ctx context.Context, who routing.Clerk, id storage.DisposalID, version int, container, box string) (l storage.Disposal, err error) {
	p, err := d.DisposalList(ctx, who, id)
	if err == nil && !May(who, ProposeDisposal, Thing{}) {
		err = missing("disposal list " + string(id))
	}
	if err != nil {
		return l, err
	}
	s := storage.Sealing{Container: nameIn(container, 60)}
	if box != "" {
		if s.PulledTo, err = scanstation.ParseBoxID(box); err != nil || s.PulledTo == p.Box {
			return l, invalid(BoxUnknown, "%.40s", box)
		}
	}
	switch {
	case p.Version != version || p.State != storage.ListApproved:
		return l, invalid(Overtaken, "%s", id)
	case s.Container == "", p.Sealing != nil && p.Sealing.Container != s.Container:
		return l, invalid(ContainerMissing, "")
	case !p.Sign:
		return l, invalid(SamePerson, "")
	case p.Sealing == nil && p.Left > 0 && s.PulledTo == "":
		return l, invalid(PulledMissing, "%d", p.Left)
	}
	return d.listStep(ctx, id, func(tx storage.Tx) (storage.Disposal, bool, error) {
		return d.cfg.Archive.SignContainer(ctx, tx, id, version, s, signed(who))
	})
}

// WithdrawDisposal ends a list before the firm has its paper, with the reason.
func (d *Desk) WithdrawDisposal(ctx context.Context, who routing.Clerk, id storage.DisposalID, version int, reason string) (l storage.Disposal, err error) {
	p, err := d.DisposalList(ctx, who, id)
	if err != nil {
		return l, err
	}
	if !May(who, ProposeDisposal, Thing{}) && !d.mayIn(who, ApproveDisposal) {
		return l, missing("disposal list " + string(id))
	}
	if reason, err = textOf(reason); err != nil {
		return l, err
	}
	switch {
	case reason == "":
		return l, invalid(ReasonMissing, "")
	case p.Version != version || !p.Withdraw:
		return l, invalid(Overtaken, "%s", id)
	}
	return d.listStep(ctx, id, func(tx storage.Tx) (storage.Disposal, bool, error) {
		l, err := d.cfg.Archive.WithdrawDisposal(ctx, tx, id, version, reason, signed(who))
		return l, false, err
	})
}
