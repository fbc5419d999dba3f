package desk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"mailroom/routing"
	"mailroom/storage"
)

const (
	maxSure = 500       // proposals that are taken at once
	undoFor = time.Hour // after which an assignment is no longer undone by Undo
)

var inInbox = []storage.DocumentState{storage.Inbox}

// Assign gives a letter in the inbox to a worker.
func (d *Desk) Assign(ctx context.Context, who routing.Clerk, id storage.DocumentID, worker, remark string) error {
	remark, err := textOf(remark)
	if err != nil {
		return err
	}
	return d.assign(ctx, who, id, worker, remark, d.cfg.Now().UTC())
}

func (d *Desk) assign(ctx context.Context, who routing.Clerk, id storage.DocumentID, worker, remark string, at time.Time) error {
	return d.act(ctx, who, id, AssignLetters, inInbox, func(tx storage.Tx, doc storage.Document) error {
		name := nameIn(worker, 60)
		if name == "" {
			return invalid(WorkerMissing, "")
		}
		c, err := d.cfg.Clerks.Clerk(ctx, tx, "", name)
		if err != nil && !isMissing(err) {
			return err
		}
		if err == nil && !fit(c, doc.Department) {
			return invalid(WorkerUnfit, "%s", name)
		}
		err = d.cfg.Assignments.SaveAssignment(ctx, tx, routing.Assignment{
			Document: id, Worker: name, Department: doc.Department, By: who.ID, At: at, Remark: remark,
			State: storage.Assigned, ReceivedOn: doc.ReceivedOn, ChangedAt: at,
		})
		if err != nil {
			return err
		}
		return d.move(ctx, tx, who, doc, storage.Assigned, step{Act: ActAssign, Worker: name, Remark: remark})
	})
}

// fit says whether letters of department may be given to c. A password that is
// still to be changed is no hindrance.
func fit(c routing.Clerk, department string) bool {
	c.MustChange = false
	return May(c, WorkLetters, Thing{Department: department, Released: true})
}

// Sure returns the letters in a department's inbox whose decision is sure and
// proposes a worker, the longest waiting first.
func (d *Desk) Sure(ctx context.Context, who routing.Clerk, department string) ([]Entry, error) {
	if !d.MayAssign(who, department) {
		return nil, missing("inbox " + department)
	}
	var out []Entry
	f := storage.DocumentFilter{Departments: []string{department}, States: inInbox, Waiting: true, Limit: maxSure}
	for range maxListed / maxSure {
		docs, err := d.cfg.Archive.Documents(ctx, f)
		if err != nil {
			return nil, err
		}
		entries, err := d.entries(ctx, docs)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if e.Decision.Sure && e.Decision.Worker != "" && e.Decision.Department == department && len(out) < maxSure {
				out = append(out, e)
			}
		}
		if len(docs) < maxSure || len(out) == maxSure {
			break
		}
		f.After = docs[maxSure-1].Place()
	}
	return out, nil
}

// AssignSure takes all sure proposals of a department's inbox, of them only
// those in seen unless that is nil, and returns what it took. A letter that
// somebody else was faster with, or whose worker has no role there, is left out.
func (d *Desk) AssignSure(ctx context.Context, who routing.Clerk, department string, seen []storage.DocumentID) ([]Entry, error) {
	sure, err := d.Sure(ctx, who, department)
	if err != nil {
		return nil, err
	}
	var taken []Entry
	at := d.cfg.Now().UTC()
	for _, e := range sure {
		if seen != nil && !slices.Contains(seen, e.ID) {
			continue
		}
		// One transaction each: a move is the last thing done in its own.
		switch err := d.assign(ctx, who, e.ID, e.Decision.Worker, "", at); {
		case err == nil:
			taken = append(taken, e)
		case !isInvalid(err) && !isMissing(err):
			return taken, err
		}
	}
	return taken, nil
}

// Unassign takes an assignment back while nothing was filed.
func (d *Desk) Unassign(ctx context.Context, who routing.Clerk, id storage.DocumentID) error {
	return d.act(ctx, who, id, AssignLetters, []storage.DocumentState{storage.Assigned}, func(tx storage.Tx, doc storage.Document) error {
		a, err := d.cfg.Assignments.Assignment(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := d.cfg.Assignments.DropAssignment(ctx, tx, id); err != nil {
			return err
		}
		return d.move(ctx, tx, who, doc, storage.Inbox, step{Act: ActUnassign, Worker: a.Worker})
	})
}

// Undo takes the last assignment back that who made in a department within the
// last hour, with all that were made by the same act, and returns their
// letters. What was filed meanwhile stays.
func (d *Desk) Undo(ctx context.Context, who routing.Clerk, department string) ([]storage.DocumentID, error) {
	if !d.MayAssign(who, department) {
		return nil, missing("inbox " + department)
	}
	var mine []routing.Assignment
	err := d.cfg.Archive.View(ctx, func(tx storage.Tx) (err error) {
		mine, err = d.cfg.Assignments.ListAssignments(ctx, tx, routing.AssignmentFilter{
			Department: department, By: who.ID, States: []storage.DocumentState{storage.Assigned}, Newest: true, Limit: maxSure,
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	var undone []storage.DocumentID
	for _, a := range mine {
		if !a.At.Equal(mine[0].At) || a.At.Before(d.cfg.Now().Add(-undoFor)) {
			break
		}
		switch err := d.Unassign(ctx, who, a.Document); {
		case err == nil:
			undone = append(undone, a.Document)
		case !isInvalid(err) && !isMissing(err):
			return undone, err
		}
	}
	if len(undone) == 0 {
		return nil, invalid(NothingToUndo, "")
	}
	return undone, nil
}

// Colleague is somebody to whom letters of a department may be given.
type Colleague struct {
	Worker string
	Name   string // of the account; empty: there is none
	Open   int    // letters that are not closed, just now
}

// Colleagues returns the workers of a department, by log-in: those with an
// account and those whom the register names.
func (d *Desk) Colleagues(ctx context.Context, who routing.Clerk, department string) (out []Colleague, err error) {
	if !d.MayAssign(who, department) {
		return nil, missing("workers of " + department)
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		open, err := d.cfg.Assignments.OpenByWorker(ctx, tx, department)
		if err != nil {
			return err
		}
		clerks, err := d.cfg.Clerks.ListClerks(ctx, tx, maxClerks)
		if err != nil {
			return err
		}
		for _, c := range clerks {
			n := open[c.Login]
			delete(open, c.Login)
			if fit(c, department) && (c.HasIn(routing.Worker, department) || n > 0) {
				out = append(out, Colleague{c.Login, c.Name, n})
			}
		}
		for worker, n := range open {
			out = append(out, Colleague{Worker: worker, Open: n})
		}
		return nil
	})
	slices.SortFunc(out, func(a, b Colleague) int { return cmp.Compare(a.Worker, b.Worker) })
	return out, err
}
