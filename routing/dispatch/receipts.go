package dispatch

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"mailroom/routing"
	"mailroom/storage"
)

// Receipts writes down what a system has answered, and acknowledges it. What
// is wrong with one receipt does not hold up the others.
func (d *Dispatch) Receipts(ctx context.Context, system string) error {
	c, err := d.connector(system)
	if err != nil {
		return err
	}
	var wrong []error
	err = c.Receipts(ctx, func(r routing.Receipt) error {
		err := d.take(ctx, system, r)
		if err == nil {
			err = c.Acknowledge(ctx, r)
		}
		switch {
		case err == nil:
			return nil
		case errors.Is(err, storage.ErrUnavailable) || ctx.Err() != nil:
			return err
		}
		wrong = append(wrong, fmt.Errorf("receipt of %s: %w", r.Handover, err))
		return nil
	})
	return errors.Join(append(wrong, err)...)
}

// take writes one receipt down: for a letter, for a later version of it, or for
// a line about its paper.
func (d *Dispatch) take(ctx context.Context, system string, a routing.Receipt) error {
	in := answering(a.Handover)
	if in.take == nil {
		return d.stray(ctx, system, a)
	}
	err := d.locked(ctx, in.id, in.filing, func(tx storage.Tx, f routing.Folder, r routing.Record) error {
		return in.take(d, ctx, tx, f, r, a)
	})
	if errors.Is(err, storage.ErrNotFound) {
		return d.stray(ctx, system, a)
	}
	return err
}

// answered is what an id of something that was sent is about.
type answered struct {
	id      storage.DocumentID
	filing  int
	take    func(d *Dispatch, ctx context.Context, tx storage.Tx, f routing.Folder, r routing.Record, a routing.Receipt) error
	pending func(routing.Record) bool // whether it may be sent once more
}

// answering returns what h is about; without take: this package never sent it.
func answering(h routing.HandoverID) answered {
	if id, filing, attempt, ok := routing.ParseHandoverID(h); ok {
		return answered{id, filing, (*Dispatch).takeLetter, func(r routing.Record) bool {
			return r.Attempt == attempt && !r.State.Done() && r.State != routing.FilingWithdrawn
		}}
	}
	if id, filing, _, ok := routing.ParseLogID(h); ok {
		return answered{id, filing, (*Dispatch).takeLog, func(r routing.Record) bool { return r.LogID() == h && r.Log.Pending() }}
	}
	if id, filing, _, ok := routing.ParseVersionID(h); ok {
		return answered{id, filing, (*Dispatch).takeVersion, func(r routing.Record) bool { return r.VersionID() == h && r.New.Pending() }}
	}
	return answered{}
}

func (d *Dispatch) takeLetter(ctx context.Context, tx storage.Tx, f routing.Folder, r routing.Record, a routing.Receipt) error {
	if next, changed := r.Answer(a, d.Patience, d.now()); changed {
		return d.Cabinet.Keep(ctx, tx, storage.System, f, next)
	}
	if a.Kind == routing.Filed && (r.State != routing.FilingFiled || r.Handover() != a.Handover) {
		d.Log.Error("an e-file system filed what was done or taken back", "system", r.System, "handover", a.Handover, "filing", r.State)
		return d.Cabinet.Archive.Record(ctx, tx, storage.System, routing.EventLateReceipt, string(r.Document), a)
	}
	return nil
}

func (d *Dispatch) takeLog(ctx context.Context, tx storage.Tx, _ routing.Folder, r routing.Record, a routing.Receipt) error {
	if next, changed := r.AnswerLog(a, d.Patience, d.now()); changed {
		return d.Cabinet.KeepLog(ctx, tx, storage.System, next)
	}
	return nil
}

func (d *Dispatch) takeVersion(ctx context.Context, tx storage.Tx, f routing.Folder, r routing.Record, a routing.Receipt) error {
	if next, changed := r.AnswerVersion(a, d.Patience, d.now()); changed {
		return d.Cabinet.KeepVersion(ctx, tx, storage.System, f, next)
	}
	return nil
}

// stray records a receipt for something that the ledger does not know.
func (d *Dispatch) stray(ctx context.Context, system string, a routing.Receipt) error {
	d.Log.Error("receipt for something that was never handed over", "system", system, "handover", a.Handover, "kind", a.Kind, "words", a.Words)
	return d.Cabinet.Archive.Do(ctx, func(tx storage.Tx) error {
		return d.Cabinet.Archive.Record(ctx, tx, storage.System, routing.EventStrayReceipt, "efile:"+system, a)
	})
}

// forget drops the records of handovers that can never be made again.
func (d *Dispatch) forget(ctx context.Context) {
	for _, s := range d.Systems {
		c, err := d.connector(s.Name)
		if err != nil {
			continue // told by Receipts
		}
		n, err := c.Forget(ctx, d.now().Add(-d.Keep), func(h routing.HandoverID) (bool, error) { return d.over(ctx, h) })
		if err != nil && ctx.Err() == nil {
			d.Log.Error("old handovers are not forgotten", "system", s.Name, "err", err)
		}
		if n > 0 {
			d.Log.Info("old handovers are forgotten", "system", s.Name, "handovers", n)
		}
	}
}

// over says whether what h names can never be sent again: its filing has ended,
// or gone on to another attempt, or is no longer kept.
func (d *Dispatch) over(ctx context.Context, h routing.HandoverID) (bool, error) {
	in := answering(h)
	if in.take == nil {
		return true, nil // not sent by this package
	}
	var kept []routing.Record
	err := d.Cabinet.Archive.View(ctx, func(tx storage.Tx) error {
		all, err := d.Cabinet.Filings.FilingsOf(ctx, tx, []storage.DocumentID{in.id})
		kept = all[in.id]
		return err
	})
	pending := slices.ContainsFunc(kept, func(r routing.Record) bool { return r.Number == in.filing && in.pending(r) })
	return err == nil && !pending, err
}
