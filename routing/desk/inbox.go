package desk

import (
	"context"
	"slices"
	"strings"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// The parts of an inbox that can be looked at alone.
const (
	OnlyNoNumber = "no-number" // no case number is known
	OnlyDeadline = "deadline"  // a legal deadline runs
	OnlyUrgent   = "urgent"    // marked as urgent
	OnlyFollowUp = "follow-up" // comes back to the top on a day
	OnlyAstray   = "astray"    // it was refused or forwarded before
	OnlyDeputy   = "deputy"    // proposed to somebody who stands in
	OnlyCameBack = "came-back" // our own letters
)

// InboxParts are the parts of an inbox that can be looked at alone, in the
// order in which they are offered.
func InboxParts() []string {
	return []string{OnlyNoNumber, OnlyDeadline, OnlyUrgent, OnlyFollowUp, OnlyAstray, OnlyDeputy, OnlyCameBack}
}

// parts are those that show only by the letters themselves.
var parts = map[string]func(Entry) bool{
	OnlyNoNumber: func(e Entry) bool { return e.Decision.CaseNumber == "" },
	OnlyAstray:   func(e Entry) bool { return e.Turns > 0 },
	OnlyDeputy:   func(e Entry) bool { return e.Proposal.For != "" },
	OnlyCameBack: func(e Entry) bool { return e.Findings.Own != nil },
}

// lastDay is after every day that a letter can be given.
const lastDay = scanstation.Date("9999-12-30")

// handledParts are the parts that an index knows.
var handledParts = map[string]routing.HandlingFilter{
	OnlyDeadline: {DueBy: lastDay},
	OnlyUrgent:   {Flag: routing.FlagUrgent},
	OnlyFollowUp: {FollowUpBy: lastDay},
}

// InboxOf returns a part of an inbox in the order of the whole. only names what
// is shown alone, of the first maxListed that wait there; empty shows all.
func (d *Desk) InboxOf(ctx context.Context, who routing.Clerk, department, only string, after storage.Place) (List, error) {
	if !d.hasDepartment(department) || !May(who, ReadLetters, Thing{Department: department, Released: true}) {
		return List{}, missing("inbox " + department)
	}
	if f, ok := handledParts[only]; ok {
		return d.handledPart(ctx, who, department, f, after)
	}
	if fits, ok := parts[only]; ok {
		return d.inboxPart(ctx, who, department, fits, after)
	}
	return d.Inbox(ctx, who, department, after)
}

// handledPart returns the part of an inbox that f selects, maxSure letters at most.
func (d *Desk) handledPart(ctx context.Context, who routing.Clerk, department string, f routing.HandlingFilter, after storage.Place) (l List, err error) {
	f.Departments, f.Reader, f.States, f.Today, f.Limit = []string{department}, who.Login, inInbox, d.today(), maxSure
	var docs []storage.Document
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		docs = nil
		list, err := d.cfg.Diary.Handlings.ListHandlings(ctx, tx, f)
		if err != nil || len(list) == 0 {
			return err
		}
		var ids []storage.DocumentID
		for _, h := range list {
			ids = append(ids, h.Document)
		}
		docs, err = d.cfg.Archive.Ledger.Documents(ctx, tx, storage.DocumentFilter{IDs: ids, Limit: len(ids)})
		return err
	})
	if err != nil {
		return l, err
	}
	docs = slices.DeleteFunc(docs, func(doc storage.Document) bool {
		return doc.State != storage.Inbox || doc.Department != department || !May(who, ReadLetters, released(doc))
	})
	l.asked = d.proposer()
	entries, err := l.asked.entries(ctx, docs)
	slices.SortFunc(entries, func(a, b Entry) int { return strings.Compare(string(a.Place()), string(b.Place())) })
	for _, e := range entries {
		l.add(e, after)
	}
	d.byUrgency(l.Entries)
	return l, err
}

func (d *Desk) inboxPart(ctx context.Context, who routing.Clerk, department string, fits func(Entry) bool, after storage.Place) (l List, err error) {
	f := storage.DocumentFilter{Departments: []string{department}, Reader: who.Login, States: inInbox, Waiting: true, Limit: maxSure}
	l.asked = d.proposer()
	for range maxListed / maxSure {
		docs, err := d.cfg.Archive.Documents(ctx, f)
		if err != nil {
			return l, err
		}
		entries, err := l.asked.entries(ctx, docs)
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
	d.byUrgency(l.Entries)
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
