package desk

import (
	"context"
	"slices"
	"strings"
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
		if err := d.takes(ctx, tx, doc, c, name); err != nil {
			return err
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

// takes refuses a worker who may not work on doc. c is their account, empty if
// there is none.
func (d *Desk) takes(ctx context.Context, tx storage.Tx, doc storage.Document, c routing.Clerk, worker string) error {
	if c.ID != "" && !c.Works(doc.Department) || doc.Seal != nil && (c.ID == "" || !slices.Contains(doc.Seal.Recipients, c.Login)) {
		return invalid(WorkerUnfit, "%s", worker)
	}
	return d.mayTake(ctx, tx, doc.ID, worker)
}

// mayTake refuses a worker from whom the letter is hidden.
func (d *Desk) mayTake(ctx context.Context, tx storage.Tx, id storage.DocumentID, worker string) error {
	seen, err := d.cfg.Archive.Ledger.Documents(ctx, tx, storage.DocumentFilter{ID: id, Reader: worker, Limit: 1})
	if err == nil && len(seen) == 0 {
		return invalid(WorkerUnfit, "%s", worker)
	}
	return err
}

// Sure returns the letters in a department's inbox whose decision and proposal
// are sure, the longest waiting first.
func (d *Desk) Sure(ctx context.Context, who routing.Clerk, department string) ([]Entry, error) {
	if !d.MayAssign(who, department) {
		return nil, missing("inbox " + department)
	}
	var out []Entry
	f := storage.DocumentFilter{Departments: []string{department}, Reader: who.Login, States: inInbox, Waiting: true, Limit: maxSure}
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
			if e.Decision.Sure && e.Proposal.Sure && e.Decision.Department == department && len(out) < maxSure {
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
		switch err := d.assign(ctx, who, e.ID, e.Proposal.Worker, "", at); {
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
// letters. What was filed meanwhile stays; an act of which nothing can be
// undone any more is passed over.
func (d *Desk) Undo(ctx context.Context, who routing.Clerk, department string) ([]storage.DocumentID, error) {
	if !d.MayAssign(who, department) {
		return nil, missing("inbox " + department)
	}
	var mine []routing.Assignment
	err := d.cfg.Archive.View(ctx, func(tx storage.Tx) (err error) {
		mine, err = d.cfg.Assignments.ListAssignments(ctx, tx, routing.AssignmentFilter{
			Department: department, By: who.ID, Reader: who.Login, States: reassignable, Newest: true, Limit: maxSure,
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(mine, func(a, b routing.Assignment) int { return b.At.Compare(a.At) })
	var undone []storage.DocumentID
	for i, a := range mine {
		if len(undone) > 0 && !a.At.Equal(mine[i-1].At) || a.At.Before(d.cfg.Now().Add(-undoFor)) {
			break
		}
		switch err := d.takeBack(ctx, who, a, a.At.Add(-undoFor)); {
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

// AssignMany gives several letters of an inbox to one worker, who may be typed
// as a log-in or a name, and returns what it gave. They are undone together.
func (d *Desk) AssignMany(ctx context.Context, who routing.Clerk, department string, ids []storage.DocumentID, worker Typed, remark string) ([]storage.DocumentID, error) {
	remark, err := textOf(remark)
	if err != nil {
		return nil, err
	}
	c, err := d.Named(ctx, who, department, worker)
	if err != nil {
		return nil, err
	}
	return d.each(ctx, who, department, ids, func(id storage.DocumentID, at time.Time) error {
		return d.assign(ctx, who, id, c.Worker, remark, at)
	})
}

// TakeProposals gives letters of an inbox to whom is proposed for each.
func (d *Desk) TakeProposals(ctx context.Context, who routing.Clerk, department string, ids []storage.DocumentID) ([]storage.DocumentID, error) {
	proposed, err := d.proposals(ctx, who, department, ids)
	if err != nil {
		return nil, err
	}
	return d.each(ctx, who, department, ids, func(id storage.DocumentID, at time.Time) error {
		if proposed[id] == "" {
			return invalid(NoProposal, "%s", id)
		}
		return d.assign(ctx, who, id, proposed[id], "", at)
	})
}

func (d *Desk) proposals(ctx context.Context, who routing.Clerk, department string, ids []storage.DocumentID) (map[storage.DocumentID]string, error) {
	if !d.MayAssign(who, department) {
		return nil, missing("inbox " + department)
	}
	out := map[storage.DocumentID]string{}
	var docs []storage.Document
	for _, id := range ids[:min(len(ids), maxSure)] {
		doc, err := d.cfg.Archive.Document(ctx, id)
		if err != nil && !isMissing(err) {
			return nil, err
		}
		if err == nil && doc.Department == department {
			docs = append(docs, doc)
		}
	}
	entries, err := d.entries(ctx, docs)
	for _, e := range entries {
		out[e.ID] = e.Proposal.Worker
	}
	return out, err
}

// each does one thing with several letters of a department as one act, and
// returns those that it was done with. One letter's trouble is the whole
// answer only if nothing was done: somebody else may have been faster with it.
func (d *Desk) each(ctx context.Context, who routing.Clerk, department string, ids []storage.DocumentID, f func(storage.DocumentID, time.Time) error) (done []storage.DocumentID, err error) {
	if !d.MayAssign(who, department) {
		return nil, missing("inbox " + department)
	}
	if len(ids) == 0 {
		return nil, invalid(NothingMarked, "")
	}
	var first error
	at := d.cfg.Now().UTC()
	for _, id := range ids[:min(len(ids), maxSure)] {
		switch err := f(id, at); {
		case err == nil:
			done = append(done, id)
		case !isInvalid(err) && !isMissing(err):
			return done, err
		case first == nil:
			first = err
		}
	}
	if len(done) == 0 {
		return nil, first
	}
	return done, nil
}

// Named returns the colleague whom somebody typed: by log-in, else by whole
// name, else by the beginning of a part of the name that only one has. Whom
// nobody knows is taken only if somebody is sure: they may come tomorrow, but
// most are slips of the keyboard.
func (d *Desk) Named(ctx context.Context, who routing.Clerk, department string, typed Typed) (Colleague, error) {
	all, err := d.Colleagues(ctx, who, department)
	if err != nil {
		return Colleague{}, err
	}
	name := nameIn(typed.Name, 60)
	if name == "" {
		return Colleague{}, invalid(WorkerMissing, "")
	}
	fits := []func(c Colleague) bool{
		func(c Colleague) bool { return c.Worker == name },
		func(c Colleague) bool { return strings.EqualFold(c.Name, name) || strings.EqualFold(c.Worker, name) },
		func(c Colleague) bool {
			return slices.ContainsFunc(strings.Fields(strings.ToLower(c.Name)), func(w string) bool { return strings.HasPrefix(w, strings.ToLower(name)) })
		},
	}
	for _, fit := range fits {
		switch found := slices.DeleteFunc(slices.Clone(all), func(c Colleague) bool { return !fit(c) }); len(found) {
		case 0:
		case 1:
			return found[0], nil
		default:
			return Colleague{}, invalid(WorkerSeveral, "%s, %s", found[0].Name, found[1].Name)
		}
	}
	if !typed.Sure {
		err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
			_, err := d.cfg.Clerks.Clerk(ctx, tx, "", name)
			if isMissing(err) {
				return invalid(WorkerUnknown, "%s", name)
			}
			return err
		})
	}
	return Colleague{Worker: name}, err
}

// Typed is a worker as somebody typed them. Sure: also if nobody knows them.
type Typed struct {
	Name string
	Sure bool
}
