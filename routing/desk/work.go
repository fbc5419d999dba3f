package desk

import (
	"context"
	"slices"

	"mailroom/routing"
	"mailroom/storage"
)

// Begin starts the work on a letter that is in the e-file.
func (d *Desk) Begin(ctx context.Context, who routing.Clerk, id storage.DocumentID) error {
	from := []storage.DocumentState{storage.Assigned, storage.Filing, storage.Filed}
	return d.own(ctx, who, id, from, func(tx storage.Tx, doc storage.Document, a routing.Assignment) error {
		if doc.State != storage.Filed {
			return invalid(NotInFile, "%s", id)
		}
		return d.onward(ctx, tx, who, doc, a, storage.InWork, ActBegin)
	})
}

// Close ends the work on a letter.
func (d *Desk) Close(ctx context.Context, who routing.Clerk, id storage.DocumentID) error {
	from := []storage.DocumentState{storage.InWork}
	return d.own(ctx, who, id, from, func(tx storage.Tx, doc storage.Document, a routing.Assignment) error {
		return d.onward(ctx, tx, who, doc, a, storage.Closed, ActClose)
	})
}

// Reopen takes up the work on a closed letter again.
func (d *Desk) Reopen(ctx context.Context, who routing.Clerk, id storage.DocumentID) error {
	from := []storage.DocumentState{storage.Closed}
	return d.own(ctx, who, id, from, func(tx storage.Tx, doc storage.Document, a routing.Assignment) error {
		return d.onward(ctx, tx, who, doc, a, storage.InWork, ActReopen)
	})
}

// own is act for the worker whom the letter is assigned to; to everybody else
// there is no such letter to work on.
func (d *Desk) own(ctx context.Context, who routing.Clerk, id storage.DocumentID, from []storage.DocumentState, f func(storage.Tx, storage.Document, routing.Assignment) error) error {
	return d.act(ctx, who, id, WorkLetters, from, func(tx storage.Tx, doc storage.Document) error {
		a, err := d.cfg.Assignments.Assignment(ctx, tx, id)
		if err != nil {
			return err
		}
		if a.Worker != who.Desk() {
			return missing("assignment of " + string(id))
		}
		return f(tx, doc, a)
	})
}

func (d *Desk) onward(ctx context.Context, tx storage.Tx, who routing.Clerk, doc storage.Document, a routing.Assignment, to storage.DocumentState, act Act) error {
	if err := d.follow(ctx, tx, a, to); err != nil {
		return err
	}
	return d.move(ctx, tx, who, doc, to, step{Act: act, Worker: a.Worker})
}

// Own is the letters of one worker: those to do with the urgent ones first, by
// deadline and then by receipt.
type Own struct {
	ToFile, Filed, InWork []Entry
	Further               []Entry // letters of others that belong into a file of one's own as well
	Closed                []Entry // the last ones, the last closed first
	Open                  int     // how many are not closed, at most maxOwn of each state
}

const (
	maxOwn    = 200
	maxClosed = 20
)

// Own returns the letters that are assigned to who.
func (d *Desk) Own(ctx context.Context, who routing.Clerk) (o Own, err error) {
	if !d.MayWork(who) {
		return o, missing("own letters")
	}
	for _, part := range []struct {
		into   *[]Entry
		states []storage.DocumentState
	}{
		{&o.ToFile, []storage.DocumentState{storage.Assigned, storage.Filing}}, {&o.Filed, []storage.DocumentState{storage.Filed}},
		{&o.InWork, []storage.DocumentState{storage.InWork}}, {&o.Closed, []storage.DocumentState{storage.Closed}},
	} {
		f := routing.AssignmentFilter{Worker: who.Desk(), Reader: who.Login, States: part.states, Limit: maxOwn}
		if part.into == &o.Closed {
			f.Newest, f.Limit = true, maxClosed
		}
		if *part.into, err = d.assigned(ctx, who, f); err != nil {
			return o, err
		}
	}
	if o.Further, err = d.furtherEntries(ctx, who); err != nil {
		return o, err
	}
	for _, group := range [][]Entry{o.ToFile, o.Filed, o.InWork} {
		d.byUrgency(group)
	}
	o.Open = len(o.ToFile) + len(o.Further) + len(o.Filed) + len(o.InWork)
	return o, nil
}

// assigned returns the letters of the filter that who may still read.
func (d *Desk) assigned(ctx context.Context, who routing.Clerk, f routing.AssignmentFilter) ([]Entry, error) {
	var docs []storage.Document
	assigned := map[storage.DocumentID]routing.Assignment{}
	err := d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		list, err := d.cfg.Assignments.ListAssignments(ctx, tx, f)
		if err != nil || len(list) == 0 {
			return err
		}
		var ids []storage.DocumentID
		for _, a := range list {
			ids, assigned[a.Document] = append(ids, a.Document), a
		}
		docs, err = d.cfg.Archive.Ledger.Documents(ctx, tx, storage.DocumentFilter{IDs: ids, Limit: len(ids)})
		docs = slices.DeleteFunc(docs, func(doc storage.Document) bool {
			return !May(who, WorkLetters, released(doc))
		})
		slices.SortFunc(docs, func(a, b storage.Document) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
		return err
	})
	if err != nil {
		return nil, err
	}
	entries, err := d.entries(ctx, docs)
	for i := range entries {
		entries[i].Remark = assigned[entries[i].ID].Remark
	}
	if err != nil {
		return nil, err
	}
	return entries, d.withParts(ctx, who, entries, assigned)
}
