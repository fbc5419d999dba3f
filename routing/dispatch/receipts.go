package dispatch

import (
	"context"
	"errors"
	"fmt"

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

// take writes one receipt down.
func (d *Dispatch) take(ctx context.Context, system string, a routing.Receipt) error {
	id, number, _, ok := routing.ParseHandoverID(a.Handover)
	if !ok {
		return d.takeLog(ctx, system, a)
	}
	err := d.Cabinet.Archive.Do(ctx, func(tx storage.Tx) error {
		f, err := d.Cabinet.Locked(ctx, tx, id)
		if err != nil {
			return err
		}
		r, err := f.Find(number)
		if err != nil {
			return err
		}
		next, changed := r.Answer(a, d.Patience, d.now())
		switch {
		case changed:
			return d.Cabinet.Keep(ctx, tx, storage.System, f, next)
		case a.Kind == routing.Filed && (r.State != routing.FilingFiled || r.Handover() != a.Handover):
			d.Log.Error("an e-file system filed what was done or taken back", "system", system, "handover", a.Handover, "filing", r.State)
			return d.Cabinet.Archive.Record(ctx, tx, storage.System, routing.EventLateReceipt, string(id), a)
		}
		return nil
	})
	if errors.Is(err, storage.ErrNotFound) {
		return d.stray(ctx, system, a)
	}
	return err
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

// over says whether a handover can never be made again: its filing has ended,
// or gone on to another attempt, or is no longer kept.
func (d *Dispatch) over(ctx context.Context, h routing.HandoverID) (bool, error) {
	id, number, attempt, ok := routing.ParseHandoverID(h)
	if !ok {
		return d.overLog(ctx, h)
	}
	var kept []routing.Record
	err := d.Cabinet.Archive.View(ctx, func(tx storage.Tx) error {
		all, err := d.Cabinet.Filings.FilingsOf(ctx, tx, []storage.DocumentID{id})
		kept = all[id]
		return err
	})
	for _, r := range kept {
		if r.Number == number && r.Attempt == attempt && !r.State.Done() && r.State != routing.FilingWithdrawn {
			return false, err
		}
	}
	return err == nil, err
}
