package desk

import (
	"context"

	"mailroom/routing"
	"mailroom/storage"
)

// The parts of an inbox that can be looked at alone.
const (
	OnlyNoNumber = "no-number" // no case number is known
	OnlyDeputy   = "deputy"    // proposed to somebody who stands in
)

// InboxOnly returns those letters of an inbox that only names, of the first
// maxListed that wait there.
func (d *Desk) InboxOnly(ctx context.Context, who routing.Clerk, department, only string, after storage.Place) (List, error) {
	fits, ok := parts[only]
	if !ok {
		return d.Inbox(ctx, who, department, after)
	}
	if !d.hasDepartment(department) || !May(who, ReadLetters, Thing{Department: department, Released: true}) {
		return List{}, missing("inbox " + department)
	}
	var l List
	behind := after == ""
	f := storage.DocumentFilter{Departments: []string{department}, States: inInbox, Waiting: true, Limit: maxSure}
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
			if behind = behind || e.Place() > after; !fits(e) {
				continue
			}
			l.Total++
			switch {
			case behind && len(l.Entries) < pageSize:
				l.Entries = append(l.Entries, e)
			case behind && l.Next == "":
				l.Next = l.Entries[pageSize-1].Place()
			}
		}
		if len(docs) < maxSure {
			break
		}
		f.After = docs[maxSure-1].Place()
	}
	return l, nil
}

var parts = map[string]func(Entry) bool{
	OnlyNoNumber: func(e Entry) bool { return e.Decision.CaseNumber == "" },
	OnlyDeputy:   func(e Entry) bool { return e.Proposal.For != "" },
}

// InboxParts are the parts of an inbox that can be looked at alone, in the
// order in which they are offered.
func InboxParts() []string { return []string{OnlyNoNumber, OnlyDeputy} }
