package storage

import (
	"context"
	"fmt"

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
		if b.State != BatchParked {
			return fmt.Errorf("try batch %s again, which is %s: %w", id, b.State, ErrConflict)
		}
		b.Reasons = nil
		if b.Images > 0 && b.AddsUp() {
			return a.resume(ctx, tx, b, actor)
		}
		b.Images, b.ReadImages = 0, 0
		if err := tx.Enqueue(ctx, Job{Step: StepUnpack, Batch: id, Priority: priorityOf(b.Kind, false)}); err != nil {
			return err
		}
		return a.moveBatch(ctx, tx, &b, BatchReceived, actor, EventRetried, struct{}{})
	})
}

// resume puts a batch that was cut before back on the line.
func (a *Archive) resume(ctx context.Context, tx Tx, b Batch, actor string) error {
	images, err := a.Ledger.Images(ctx, tx, ImageFilter{Batch: b.ID})
	if err != nil {
		return err
	}
	if err := a.resumeLetters(ctx, tx, b, images); err != nil {
		return err
	}
	if err := a.moveBatch(ctx, tx, &b, BatchRead, actor, EventRetried, struct{}{}); err != nil {
		return err
	}
	return a.settle(ctx, tx, &b)
}

// resumeLetters queues what is left to be done for the letters of a batch.
func (a *Archive) resumeLetters(ctx context.Context, tx Tx, b Batch, images []Image) error {
	docs, err := a.letters(ctx, tx, b)
	if err != nil {
		return err
	}
	var jobs []Job
	step := map[int]string{}
	for _, img := range images {
		if n := img.letter(); n > 0 {
			step[n] = StepKeep
		}
		if img.Reading == "" {
			jobs = append(jobs, Job{Step: StepRead, Batch: b.ID, Number: img.Image})
		}
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
		jobs = append(jobs, Job{Step: s, Batch: b.ID, Number: n})
	}
	for _, j := range jobs {
		j.Priority = priorityOf(b.Kind, false)
		if err := tx.Enqueue(ctx, j); err != nil {
			return err
		}
	}
	return nil
}
