package storage

import (
	"context"
	"fmt"

	"mailroom/ocr"
)

// lookedAt carries out a plan for a batch whose pages and those of other
// batches stand in each other's letters. It cannot be cut anew, for a letter's
// new version would come apart; but people say of its rejected images that they
// have seen them, and which ones they want scanned again. Any other change is
// ErrConflict.
func (a *Archive) lookedAt(ctx context.Context, tx Tx, b Batch, images []Image, plan Plan, actor string, remember func(*Batch), undone bool) (Batch, error) {
	before := PlanOf(images)
	if len(plan) != len(before) {
		return b, fmt.Errorf("plan of %d images for the %d of batch %s: %w", len(plan), len(before), b.ID, ErrConflict)
	}
	b.Accepted, b.Wanted = 0, 0
	for i, l := range plan {
		same := before[i]
		same.Rescan = l.Rescan
		if same.Fate == ocr.RejectedFate {
			same.Sure, same.Reason = l.Sure, l.Reason
		}
		if l != same || !l.sound() {
			return b, fmt.Errorf("cut batch %s anew, of which letters were amended: %w", b.ID, ErrConflict)
		}
		images[i].Sure, images[i].Rescan, images[i].Reason = l.Sure, l.Rescan, l.Reason
		if l.Fate == ocr.RejectedFate && l.Sure {
			b.Accepted++
		}
		if l.Rescan.Code != "" {
			b.Wanted++
		}
	}
	remember(&b)
	b.Plan, b.Passed, b.Reasons = b.Plan+1, false, nil
	if err := a.Ledger.SaveImages(ctx, tx, images); err != nil {
		return b, err
	}
	body := Recutting{Plan: b.Plan, Undone: undone, Before: before, After: plan}
	if err := a.moveBatch(ctx, tx, &b, BatchRead, actor, EventRecut, body); err != nil {
		return b, err
	}
	return b, a.settle(ctx, tx, &b)
}
