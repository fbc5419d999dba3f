package pipeline

import (
	"context"
	"errors"
	"slices"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Giver is what the line needs to give letters straight to who keeps the case,
// where a department lets it. The zero Giver gives nothing.
type Giver struct {
	Departments []routing.Department
	Clerks      routing.Clerks
	Absences    routing.Absences
	Assignments routing.Assignments
}

// owner returns who gets a letter straight away; empty: it waits in the inbox
// for the head. That is so if who keeps the case is away or has no role there.
func (g Giver) owner(ctx context.Context, tx storage.Tx, dec routing.Decision, today scanstation.Date) (string, error) {
	i := slices.IndexFunc(g.Departments, func(d routing.Department) bool { return d.ID == dec.Department })
	if i < 0 || g.Departments[i].Direct != routing.KnownCase || !dec.Sure || dec.Worker == "" || dec.CaseNumber == "" {
		return "", nil
	}
	c, err := g.Clerks.Clerk(ctx, tx, "", dec.Worker)
	if errors.Is(err, storage.ErrNotFound) {
		return "", nil // nobody would find it in their own post
	}
	if err != nil || !c.Works(dec.Department) {
		return "", err
	}
	absent, err := g.Absences.AbsencesFrom(ctx, tx, today)
	if _, away := routing.Away(absent, c.ID, today); err != nil || away {
		return "", err
	}
	return dec.Worker, nil
}

// give assigns a letter that has just come into an inbox to worker, as the
// system's own act.
func (p *Pipeline) give(ctx context.Context, tx storage.Tx, doc storage.Document, worker string) error {
	now := p.Now().UTC()
	err := p.Giver.Assignments.SaveAssignment(ctx, tx, routing.Assignment{
		Document: doc.ID, Worker: worker, Department: doc.Department, By: storage.System, At: now,
		State: storage.Assigned, ReceivedOn: doc.ReceivedOn, ChangedAt: now,
	})
	if err != nil {
		return err
	}
	body := struct {
		Act    string `json:"act"`
		Worker string `json:"worker"`
		Direct string `json:"direct"`
	}{"assign", worker, routing.KnownCase}
	_, err = p.Archive.Move(ctx, tx, doc.ID, storage.Assigned, storage.System, storage.Change{Reasons: doc.Reasons, Body: body})
	return err
}
