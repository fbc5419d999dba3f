package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"mailroom/scanstation"
)

// lockYears is for how long copies are locked that do not go by date.
const lockYears = 10

// Guarding forbids the removal of an object. What is not set stays as it was.
type Guarding struct {
	Until time.Time // a retention can be made longer, not shorter
	Hold  *bool     // set or lifted (legal hold)
}

// protect protects the objects of a batch that is being released, as far as the
// store can: its files, and the letters that are kept.
func (a *Archive) protect(ctx context.Context, b Batch, kept map[int]bool) error {
	if !a.Guards {
		return nil
	}
	err := a.guard(ctx, b, 0)
	for n := 1; err == nil && n <= b.numbers(); n++ {
		if kept[n] {
			err = a.guard(ctx, b, n)
		}
	}
	return err
}

// Guard protects the objects of a letter, or with number 0 the files of its
// stack as they were received, once that is released: until the first day on
// which they may go by date, and as long as a hold is in force. It may be
// carried out again.
func (a *Archive) Guard(ctx context.Context, id scanstation.BatchID, number int) error {
	b, err := a.Batch(ctx, id)
	if err != nil || b.State != BatchReleased {
		return err
	}
	return a.guard(ctx, b, number)
}

func (a *Archive) guard(ctx context.Context, b Batch, number int) error {
	held, err := a.heldOf(ctx, b, number)
	if err != nil {
		return err
	}
	class, _ := a.Classes.Find(b.Class)
	p := Guarding{Hold: &held}
	if until := lockedUntil(b, class.CopyDays); until.Sub(a.Now()) >= ShortestLock {
		p.Until = until
	}
	prefix := strings.TrimSuffix(RawKey(b.ID, 0), "000")
	if number > 0 {
		prefix = NewDocumentID(b.ID, number).Key("")
	}
	err = a.Blobs.List(ctx, prefix, func(o Object) error { return a.Blobs.Protect(ctx, o.Key, p) })
	if errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}

// heldOf says whether a hold is in force on a letter, or with number 0 on any of
// a stack.
func (a *Archive) heldOf(ctx context.Context, b Batch, number int) (held bool, err error) {
	return held, a.View(ctx, func(tx Tx) error {
		docs := []Document{{ID: NewDocumentID(b.ID, number)}}
		if number == 0 {
			if docs, err = a.letters(ctx, tx, b); err != nil {
				return err
			}
		}
		for _, d := range docs {
			holds, err := a.HoldsOn(ctx, tx, d.ID)
			if held = held || len(holds) > 0; err != nil || held {
				return err
			}
		}
		return nil
	})
}

// GuardLater has the objects of a letter, and the files that it came in, guarded
// as they now must be: whoever puts a letter into a case, or takes it out, asks
// for it, for the case may be held.
func (a *Archive) GuardLater(ctx context.Context, tx Tx, id DocumentID) error {
	if !a.Guards {
		return nil
	}
	err := tx.Enqueue(ctx, Job{Step: StepGuard, Batch: id.Batch(), Number: id.Number(), Priority: 4})
	if err == nil {
		err = tx.Enqueue(ctx, Job{Step: StepGuard, Batch: id.Batch(), Priority: 4})
	}
	return err
}

// guardCase has the objects of the letters guarded that a hold is of without
// naming them: they are of its case by a filing, or came to it later.
func (a *Archive) guardCase(ctx context.Context, tx Tx, h Hold, named []DocumentID) error {
	if !a.Guards || h.Kind != HoldCase || a.InCase == nil {
		return nil
	}
	letters, err := a.InCase(ctx, tx, h.Number)
	if err != nil {
		return fmt.Errorf("letters of the case of hold %s: %w", h.ID, err)
	}
	for _, id := range letters {
		if _, known := slices.BinarySearch(named, id); known {
			continue
		}
		if err := a.GuardLater(ctx, tx, id); err != nil {
			return err
		}
	}
	return nil
}

// lockedUntil counts from the receipt: objects go so many days after something
// that comes later. 0: not by date.
func lockedUntil(b Batch, days int) time.Time {
	if days > 0 {
		return b.ClaimedAt.AddDate(0, 0, days)
	}
	return b.ClaimedAt.AddDate(lockYears, 0, 0)
}
