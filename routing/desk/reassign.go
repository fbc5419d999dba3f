package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"mailroom/routing"
	"mailroom/storage"
)

// ActReassign gives a letter that somebody works on to somebody else.
const ActReassign Act = "reassign"

// EventReassigned is the kind of the event where the letter's state stays.
const EventReassigned = "reassigned"

// Given is a letter that somebody works on, as who gives out the letters sees it.
type Given struct {
	Entry
	routing.Assignment
	Name   string // of the worker's account; empty: there is none
	Direct bool   // it went straight to who keeps the case
	Away   bool   // the worker is away today
	Deputy string // who stands in; empty: nobody
}

// GivenList is a part of the letters of a department that somebody works on.
type GivenList struct {
	Letters []Given
	Next    storage.DocumentID // cursor of the part after it, empty at the end
}

// Assigned returns the letters of a department that somebody works on, the
// oldest first; of them only those that went straight to the worker if direct.
func (d *Desk) Assigned(ctx context.Context, who routing.Clerk, department string, direct bool, after storage.DocumentID) (l GivenList, err error) {
	if !d.MayAssign(who, department) {
		return l, missing("inbox " + department)
	}
	f := routing.AssignmentFilter{Department: department, Reader: who.Login, States: workedOn, Limit: pageSize + 1, After: after}
	if direct {
		f.By, f.States = storage.System, []storage.DocumentState{storage.Assigned}
	}
	var list []routing.Assignment
	var t routing.Team
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		if after != "" {
			last, err := d.cfg.Assignments.Assignment(ctx, tx, after)
			if isMissing(err) {
				f.After = ""
			} else if err != nil {
				return err
			}
			f.AfterDay = last.ReceivedOn
		}
		if list, err = d.cfg.Assignments.ListAssignments(ctx, tx, f); err != nil {
			return err
		}
		t, err = d.team(ctx, tx, department)
		return err
	})
	if err != nil {
		return l, err
	}
	if len(list) > pageSize {
		list = list[:pageSize]
		l.Next = list[pageSize-1].Document
	}
	l.Letters, err = d.given(ctx, list, t)
	return l, err
}

func (d *Desk) given(ctx context.Context, list []routing.Assignment, t routing.Team) ([]Given, error) {
	var docs []storage.Document
	for _, a := range list {
		doc, err := d.cfg.Archive.Document(ctx, a.Document)
		if err != nil && !isMissing(err) {
			return nil, err
		}
		if err == nil {
			docs = append(docs, doc)
		}
	}
	entries, err := d.entries(ctx, docs)
	if err != nil {
		return nil, err
	}
	var out []Given
	for _, e := range entries {
		i := slices.IndexFunc(list, func(a routing.Assignment) bool { return a.Document == e.ID })
		m := t.Member(list[i].Worker)
		out = append(out, Given{
			Entry: e, Assignment: list[i], Name: m.Name, Direct: list[i].By == storage.System,
			Away: m.Away, Deputy: cmp.Or(t.Member(m.Deputy).Name, m.Deputy),
		})
	}
	return out, nil
}

// Reassign gives letters that somebody works on to somebody else, in one step,
// and returns what it gave. What is on its way to the e-file stays.
func (d *Desk) Reassign(ctx context.Context, who routing.Clerk, department string, ids []storage.DocumentID, worker Typed, remark string) ([]storage.DocumentID, error) {
	remark, err := textOf(remark)
	if err != nil {
		return nil, err
	}
	c, err := d.Named(ctx, who, department, worker)
	if err != nil {
		return nil, err
	}
	return d.each(ctx, who, department, ids, func(id storage.DocumentID, at time.Time) error {
		return d.reassign(ctx, who, id, c.Worker, remark, at)
	})
}

var reassignable = []storage.DocumentState{storage.Assigned, storage.Filed, storage.InWork}

func (d *Desk) reassign(ctx context.Context, who routing.Clerk, id storage.DocumentID, worker, remark string, at time.Time) error {
	return d.act(ctx, who, id, AssignLetters, reassignable, func(tx storage.Tx, doc storage.Document) error {
		a, err := d.cfg.Assignments.Assignment(ctx, tx, id)
		if err != nil {
			return err
		}
		c, err := d.cfg.Clerks.Clerk(ctx, tx, "", worker)
		if err != nil && !isMissing(err) {
			return err
		}
		if worker == a.Worker {
			return invalid(WorkerUnfit, "%s", worker)
		}
		if err := d.takes(ctx, tx, doc, c, worker); err != nil {
			return err
		}
		s := step{Act: ActReassign, Worker: worker, Before: a.Worker, Remark: remark, For: who.For.ID}
		a.Worker, a.By, a.At, a.ChangedAt, a.Remark = worker, who.ID, at, at, cmp.Or(remark, a.Remark)
		if err := d.cfg.Assignments.SaveAssignment(ctx, tx, a); err != nil {
			return err
		}
		if doc.State == storage.Assigned {
			return d.move(ctx, tx, who, doc, storage.Assigned, s)
		}
		return d.record(ctx, tx, string(who.ID), EventReassigned, string(id), map[string]any{"detail": s})
	})
}

// takeBack undoes what an assignment was made by: the letter goes back to the
// inbox or, where somebody else had it before, to that worker.
func (d *Desk) takeBack(ctx context.Context, who routing.Clerk, a routing.Assignment, at time.Time) error {
	events, err := d.cfg.Archive.Events(ctx, storage.EventFilter{Object: string(a.Document), Limit: 200})
	if err != nil {
		return err
	}
	for _, e := range slices.Backward(events) {
		var body struct {
			Detail struct {
				Act            Act
				Worker, Before string
			}
		}
		if json.Unmarshal(e.Body, &body) == nil && (body.Detail.Act == ActAssign || body.Detail.Act == ActReassign) {
			if body.Detail.Act == ActReassign && body.Detail.Worker == a.Worker {
				return d.reassign(ctx, who, a.Document, body.Detail.Before, "", at)
			}
			break
		}
	}
	return d.Unassign(ctx, who, a.Document)
}

// GivenTo returns the name of who works on a letter, for whoever gives it out.
func (d *Desk) GivenTo(ctx context.Context, who routing.Clerk, id storage.DocumentID) (name string, err error) {
	if _, _, err := d.read(ctx, who, id, AssignLetters); err != nil {
		return "", err
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		a, err := d.cfg.Assignments.Assignment(ctx, tx, id)
		if err != nil {
			return err
		}
		c, err := d.cfg.Clerks.Clerk(ctx, tx, "", a.Worker)
		if err != nil && !isMissing(err) {
			return err
		}
		name = cmp.Or(c.Name, a.Worker)
		return nil
	})
	return name, err
}
