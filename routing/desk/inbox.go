package desk

import (
	"cmp"
	"context"
	"slices"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// The parts of an inbox that can be looked at alone.
const (
	OnlyNoNumber = "no-number" // no case number is known
	OnlyDeadline = "deadline"  // a legal deadline runs
	OnlyAstray   = "astray"    // it was refused or forwarded before
	OnlyDeputy   = "deputy"    // proposed to somebody who stands in
)

// InboxParts are the parts of an inbox that can be looked at alone, in the
// order in which they are offered.
func InboxParts() []string { return []string{OnlyNoNumber, OnlyDeadline, OnlyAstray, OnlyDeputy} }

var parts = map[string]func(Entry) bool{
	OnlyNoNumber: func(e Entry) bool { return e.Decision.CaseNumber == "" },
	OnlyDeadline: func(e Entry) bool { return e.Deadline != "" },
	OnlyAstray:   func(e Entry) bool { return e.Turns > 0 },
	OnlyDeputy:   func(e Entry) bool { return e.Proposal.For != "" },
}

// Urgent says whether the letter stands before others on a day: a deadline
// runs, it is marked so, or it comes back.
func (s Standing) Urgent(today scanstation.Date) bool {
	return s.Deadline != "" || s.Priority > 0 || s.Back(today) || slices.Contains(s.Flags, routing.FlagUrgent)
}

// maxUrgent is how many urgent letters stand before the others of an inbox.
const maxUrgent = pageSize

// InboxOf returns a part of an inbox: what is urgent first, then the longest
// waiting. only names what is shown alone, of the first maxListed that wait
// there; empty shows all.
func (d *Desk) InboxOf(ctx context.Context, who routing.Clerk, department, only string, after storage.Place) (List, error) {
	if fits, ok := parts[only]; ok {
		return d.inboxPart(ctx, who, department, fits, after)
	}
	l, err := d.Inbox(ctx, who, department, after)
	if err != nil {
		return l, err
	}
	urgent, err := d.urgent(ctx, who, department)
	if err != nil {
		return l, err
	}
	l.Entries = slices.DeleteFunc(l.Entries, func(e Entry) bool {
		return slices.ContainsFunc(urgent, func(u Entry) bool { return u.ID == e.ID })
	})
	if after == "" {
		l.Entries = append(urgent, l.Entries...)
	}
	return l, nil
}

// urgent returns the urgent letters of an inbox, in the order in which they are
// to be taken up.
func (d *Desk) urgent(ctx context.Context, who routing.Clerk, department string) ([]Entry, error) {
	var list []routing.Handling
	err := d.cfg.Archive.View(ctx, func(tx storage.Tx) (err error) {
		list, err = d.cfg.Diary.Handlings.ListHandlings(ctx, tx, routing.HandlingFilter{
			Departments: []string{department}, Reader: who.Login, States: inInbox, Today: d.today(), Urgent: true, Limit: maxUrgent,
		})
		return err
	})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var ids []storage.DocumentID
	for _, h := range list {
		ids = append(ids, h.Document)
	}
	docs, err := d.cfg.Archive.Documents(ctx, storage.DocumentFilter{IDs: ids, Limit: len(ids)})
	if err != nil {
		return nil, err
	}
	docs = slices.DeleteFunc(docs, func(doc storage.Document) bool {
		return doc.State != storage.Inbox || doc.Department != department || !May(who, ReadLetters, released(doc))
	})
	slices.SortFunc(docs, func(a, b storage.Document) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	entries, err := d.entries(ctx, docs)
	return slices.DeleteFunc(entries, func(e Entry) bool { return !e.Urgent(d.today()) }), err
}

func (d *Desk) inboxPart(ctx context.Context, who routing.Clerk, department string, fits func(Entry) bool, after storage.Place) (l List, err error) {
	if !d.hasDepartment(department) || !May(who, ReadLetters, Thing{Department: department, Released: true}) {
		return l, missing("inbox " + department)
	}
	f := storage.DocumentFilter{Departments: []string{department}, Reader: who.Login, States: inInbox, Waiting: true, Limit: maxSure}
	for range maxListed / maxSure {
		docs, err := d.cfg.Archive.Documents(ctx, f)
		if err != nil {
			return l, err
		}
		entries, err := d.entries(ctx, docs)
		if err != nil {
			return l, err
		}
		for _, e := range entries {
			if e.Seal == nil && fits(e) {
				l.add(e, after)
			}
		}
		if len(docs) < maxSure {
			break
		}
		f.After = docs[maxSure-1].Place()
	}
	slices.SortStableFunc(l.Entries, func(a, b Entry) int { return sooner(a.Standing, b.Standing, d.today()) })
	return l, nil
}

// add puts a letter on the page behind after, or counts it where that is full.
func (l *List) add(e Entry, after storage.Place) {
	l.Total++
	switch {
	case e.Place() <= after:
	case len(l.Entries) < pageSize:
		l.Entries = append(l.Entries, e)
	case l.Next == "":
		l.Next = l.Entries[pageSize-1].Place()
	}
}

// sooner says which of two letters is to be taken up first; 0 leaves it to
// their age.
func sooner(a, b Standing, today scanstation.Date) int {
	due := func(s Standing) string { return cmp.Or(string(s.Deadline), "9") }
	return cmp.Or(cmp.Compare(flagOf(b.Urgent(today)), flagOf(a.Urgent(today))), cmp.Compare(due(a), due(b)))
}
