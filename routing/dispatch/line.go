package dispatch

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"mailroom/routing"
	"mailroom/storage"
)

// Tell carries out a job of storage.StepLog: it tells the e-file system of a
// filing what became of the paper.
func (d *Dispatch) Tell(ctx context.Context, j storage.Job) error {
	r, err := d.record(ctx, storage.NewDocumentID(j.Batch, j.Number), j.Filing)
	switch {
	case err != nil || r.Log == nil || r.Log.State != routing.ErrandHanding:
		return err
	case r.Log.DueAt.After(d.now()) || d.isAway(r.System):
		return fmt.Errorf("line %s is not sent yet: %w", r.LogID(), storage.ErrUnavailable)
	}
	err = d.sendLog(ctx, r)
	switch {
	case err == nil:
		return d.noteLog(ctx, r, func(r routing.Record) routing.Record { return r.LogSent(d.now()) })
	case errors.Is(err, storage.ErrUnavailable) || ctx.Err() != nil:
		return fmt.Errorf("send line %s: %w", r.LogID(), err)
	}
	return d.refuseLog(ctx, r, err)
}

func (d *Dispatch) sendLog(ctx context.Context, r routing.Record) error {
	c, err := d.connector(r.System)
	if err != nil {
		return err
	}
	office := d.Cabinet.Archive.Office
	return c.Log(ctx, routing.Entry{
		ID: r.LogID(), Handover: r.Handover(), Object: r.Receipt, Document: r.Document, Case: r.CaseNumber,
		Clerk: cmp.Or(office.Unit, office.Name, "mailroom"), Time: r.Log.ChangedAt, Text: r.Log.Text,
	})
}

// refuseLog leaves a line to a person: the system takes none, or not this one.
func (d *Dispatch) refuseLog(ctx context.Context, r routing.Record, cause error) error {
	code, words := d.unsent(r.LogID(), r.System, cause)
	return d.noteLog(ctx, r, func(r routing.Record) routing.Record { return r.LogRefused(code, words, d.now()) })
}

// noteLog keeps what became of a line, unless that was overtaken.
func (d *Dispatch) noteLog(ctx context.Context, of routing.Record, change func(routing.Record) routing.Record) error {
	return d.locked(ctx, of.Document, of.Number, func(tx storage.Tx, _ routing.Folder, r routing.Record) error {
		if r.LogID() != of.LogID() || r.Log.State != routing.ErrandHanding {
			return nil
		}
		return d.Cabinet.KeepLog(ctx, tx, storage.System, change(r))
	})
}

func (d *Dispatch) gaveUpLog(ctx context.Context, j storage.Job, cause error) {
	id := storage.NewDocumentID(j.Batch, j.Number)
	r, err := d.record(ctx, id, j.Filing)
	if err == nil && r.Log != nil {
		err = d.refuseLog(ctx, r, cause)
	}
	if err != nil {
		d.Log.Error("line about the paper could not be left to a person", "document", id, "filing", j.Filing, "err", err)
	}
}
