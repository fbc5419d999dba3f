package desk

import (
	"context"

	"mailroom/routing"
	"mailroom/storage"
)

// LateLetter is a letter that is late, with who answers for it.
type LateLetter struct {
	Entry
	Owner routing.Owner
}

// LateList is one part of the letters that are late.
type LateList struct {
	Entries []LateLetter
	More    bool // there are further ones behind From + len(Entries)
	From    int
}

// MaySeeLate says whether who answers for letters that are late: the head of a
// department, or whoever keeps the records.
func (d *Desk) MaySeeLate(who routing.Clerk) bool { return d.MayAssignAny(who) }

// lateOf are the departments whose late letters who is told of; "" is the
// unknown one.
func (d *Desk) lateOf(who routing.Clerk) []string {
	out := []string{}
	for _, dep := range d.cfg.Departments {
		if d.MayAssign(who, dep.ID) {
			out = append(out, dep.ID)
		}
	}
	if May(who, AssignLetters, Thing{Released: true}) {
		out = append(out, "")
	}
	return out
}

// Late returns the letters of who's departments that are late today: a target
// or a deadline is over, or they were sent astray too often. The longest late
// come first; from is how many were shown before.
func (d *Desk) Late(ctx context.Context, who routing.Clerk, from int) (l LateList, err error) {
	if !d.MaySeeLate(who) || from < 0 || from > maxListed {
		return l, missing("late letters")
	}
	var docs []storage.Document
	owners := map[storage.DocumentID]routing.Owner{}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		docs = nil
		list, err := d.late(ctx, tx, who, from, pageSize+1)
		if err != nil {
			return err
		}
		l = LateList{From: from, More: len(list) > pageSize}
		for _, h := range list[:min(len(list), pageSize)] {
			found, err := d.cfg.Archive.Ledger.Documents(ctx, tx, storage.DocumentFilter{ID: h.Document, Limit: 1})
			if err != nil {
				return err
			}
			worker := ""
			if a, err := d.cfg.Assignments.Assignment(ctx, tx, h.Document); err == nil {
				worker = a.Worker
			} else if !isMissing(err) {
				return err
			}
			docs, owners[h.Document] = append(docs, found...), d.cfg.Diary.Owner(h, worker)
		}
		return nil
	})
	if err != nil {
		return l, err
	}
	entries, err := d.entries(ctx, docs)
	for _, e := range entries {
		l.Entries = append(l.Entries, LateLetter{e, owners[e.ID]})
	}
	return l, err
}

func (d *Desk) late(ctx context.Context, tx storage.Tx, who routing.Clerk, from, limit int) ([]routing.Handling, error) {
	f := d.lateFilter(who)
	f.Offset, f.Limit = from, limit
	return d.cfg.Diary.Handlings.ListHandlings(ctx, tx, f)
}

func (d *Desk) lateFilter(who routing.Clerk) routing.HandlingFilter {
	return routing.HandlingFilter{Departments: d.lateOf(who), Reader: who.Login, States: routing.OpenStates(), LateOn: d.today(), Limit: maxCounted}
}

// countAffairs counts what is late and what was given for information.
func (d *Desk) countAffairs(ctx context.Context, who routing.Clerk, c *Counts) error {
	return d.cfg.Archive.View(ctx, func(tx storage.Tx) (err error) {
		c.Late, c.Notices = 0, 0
		if d.MaySeeLate(who) {
			if c.Late, err = d.cfg.Diary.Handlings.CountHandlings(ctx, tx, d.lateFilter(who)); err != nil {
				return err
			}
		}
		list, err := d.cfg.Diary.Informed.InformedTo(ctx, tx, who.ID, "", maxCounted)
		for _, i := range list {
			if !i.Seen {
				c.Notices++
			}
		}
		return err
	})
}
