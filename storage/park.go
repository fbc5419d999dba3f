package storage

import (
	"context"

	"mailroom/scanstation"
)

// Park takes a batch out of the line because of reason; its files stay as they are.
func (a *Archive) Park(ctx context.Context, id scanstation.BatchID, actor string, reason scanstation.Reason) error {
	return a.Do(ctx, func(tx Tx) error {
		b, err := a.batch(ctx, tx, id, true)
		if err != nil || b.State == BatchParked {
			return err
		}
		b.Reasons = []scanstation.Reason{reason}
		return a.moveBatch(ctx, tx, &b, BatchParked, actor, EventParked, reason)
	})
}

// Retry puts a parked batch back on the line: to its start, or, if it was cut
// before, to the letters that are not yet kept or routed. Any other batch is
// ErrConflict.
func (a *Archive) Retry(ctx context.Context, id scanstation.BatchID, actor string) error {
	return a.Do(ctx, func(tx Tx) error {
		b, err := a.batch(ctx, tx, id, true)
		if err != nil {
			return err
		}
		b.Reasons = nil
		if b.Images > 0 && b.AddsUp() {
			return a.resume(ctx, tx, b, actor)
		}
		b.ReadImages = 0
		if err := tx.Enqueue(ctx, Job{Step: StepUnpack, Batch: id, Priority: priorityOf(b.Kind, false)}); err != nil {
			return err
		}
		return a.moveBatch(ctx, tx, &b, BatchReceived, actor, EventRetried, struct{}{})
	})
}

// resume queues what is left to be done for the letters of a batch.
func (a *Archive) resume(ctx context.Context, tx Tx, b Batch, actor string) error {
	docs, err := a.Ledger.Documents(ctx, tx, DocumentFilter{Batch: b.ID, Limit: max(b.Documents, 1)})
	if err != nil {
		return err
	}
	step := map[int]string{}
	for n := 1; n <= b.Documents; n++ {
		step[n] = StepKeep
	}
	for _, n := range b.Amending {
		delete(step, n)
	}
	for _, d := range docs {
		delete(step, d.Number)
		if d.State == Archived {
			step[d.Number] = StepRoute
		}
	}
	for n, s := range step {
		if err := tx.Enqueue(ctx, Job{Step: s, Batch: b.ID, Number: n, Priority: priorityOf(b.Kind, false)}); err != nil {
			return err
		}
	}
	if err := a.moveBatch(ctx, tx, &b, BatchRead, actor, EventRetried, struct{}{}); err != nil {
		return err
	}
	return a.settle(ctx, tx, &b)
}
