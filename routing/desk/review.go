package desk

import (
	"context"
	"slices"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Review returns the letters that wait for an answer that who may give, the
// longest waiting first.
func (d *Desk) Review(ctx context.Context, who routing.Clerk, after storage.Place) (List, error) {
	if !d.MayClear(who) {
		return List{}, missing("review")
	}
	f := storage.DocumentFilter{Departments: d.clears(who), Reader: who.Login, States: inReview}
	l, err := d.waiting(ctx, f, after)
	if err != nil || !d.clearsOpen(who) {
		return l, err
	}
	for range maxListed / pageSize {
		if l.Entries, err = d.clearable(ctx, who, l.Entries); err != nil || len(l.Entries) > 0 || l.Next == "" {
			break
		}
		if l, err = d.waiting(ctx, f, l.Next); err != nil {
			break
		}
	}
	if err == nil { // also where the last page was not looked at yet
		l.Entries, err = d.clearable(ctx, who, l.Entries)
	}
	if err != nil {
		return List{}, err
	}
	l.Total, err = d.countReview(ctx, who)
	return l, err
}

// clearable leaves of entries those about which who may answer, where that
// hangs on whether their stack is released.
func (d *Desk) clearable(ctx context.Context, who routing.Clerk, entries []Entry) (out []Entry, err error) {
	ids := make([]scanstation.BatchID, len(entries))
	for i, e := range entries {
		ids[i] = e.Batch
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	list, err := d.cfg.Archive.Batches(ctx, storage.BatchFilter{IDs: ids, Limit: len(ids) + 1})
	if err != nil {
		return nil, err
	}
	stacks := map[scanstation.BatchID]storage.Batch{}
	for _, b := range list {
		stacks[b.ID] = b
	}
	for _, e := range entries {
		if b, known := stacks[e.Batch]; known && May(who, ClearLetters, thing(e.Document, b)) {
			out = append(out, e)
		}
	}
	return out, nil
}

// countReview counts the letters that wait for an answer that who may give.
func (d *Desk) countReview(ctx context.Context, who routing.Clerk) (n int, err error) {
	if d.clearsOpen(who) {
		docs, err := d.cfg.Archive.Documents(ctx, storage.DocumentFilter{Waiting: true, Departments: d.clears(who), Reader: who.Login, States: inReview, Limit: maxCounted})
		if err != nil {
			return 0, err
		}
		entries := make([]Entry, len(docs))
		for i, doc := range docs {
			entries[i].Document = doc
		}
		entries, err = d.clearable(ctx, who, entries)
		return len(entries), err
	}
	counts, err := d.counted(ctx, who, d.clears(who), inReview)
	for _, k := range counts {
		n = min(n+k, maxCounted)
	}
	return n, err
}

// clearsOpen says whether there are letters that who may clear only until the
// release of their stack, which no index knows.
func (d *Desk) clearsOpen(who routing.Clerk) bool {
	return May(who, ClearLetters, Thing{}) && !May(who, ClearLetters, Thing{Released: true})
}

var inReview = []storage.DocumentState{storage.Review}

// clears returns the departments whose letters who may clear, "" for letters of
// none; nil is whatever department there is or was.
func (d *Desk) clears(who routing.Clerk) []string {
	if May(who, ClearLetters, Thing{Department: anyDepartment}) {
		return nil
	}
	out := []string{}
	for _, dep := range append([]routing.Department{{}}, d.cfg.Departments...) {
		if May(who, ClearLetters, Thing{Department: dep.ID}) {
			out = append(out, dep.ID)
		}
	}
	return out
}
