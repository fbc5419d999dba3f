package storage

import (
	"context"
	"fmt"

	"mailroom/scanstation"
)

// Count records what a person counted in a batch with the paper in hand. An
// index file that says otherwise no longer holds the batch, if the person
// counted what was found in it.
func (a *Archive) Count(ctx context.Context, id scanstation.BatchID, seen int, c Count) (out Batch, err error) {
	return out, a.Do(ctx, func(tx Tx) error {
		b, _, err := a.mending(ctx, tx, id, seen, true)
		if err != nil {
			return err
		}
		b.Counted = &c
		if err := a.Ledger.SaveBatch(ctx, tx, b); err != nil {
			return err
		}
		if err := a.Record(ctx, tx, c.By, EventCounted, string(id), c); err != nil {
			return err
		}
		err = a.settle(ctx, tx, &b)
		out = b
		return err
	})
}

// Pass says that a person has looked at a batch and releases it as it is, once
// the last of its letters has left review. A batch that anything else speaks
// against is ErrConflict.
func (a *Archive) Pass(ctx context.Context, id scanstation.BatchID, seen int, actor string) (out Batch, err error) {
	return out, a.Do(ctx, func(tx Tx) error {
		b, _, err := a.mending(ctx, tx, id, seen, true)
		if err != nil {
			return err
		}
		if b.State != BatchReview {
			return fmt.Errorf("release batch %s, which is %s: %w", id, b.State, ErrConflict)
		}
		b.Passed = true
		for _, r := range a.against(b, 0) {
			return fmt.Errorf("release batch %s despite %s: %w", id, r, ErrConflict)
		}
		if err := a.Ledger.SaveBatch(ctx, tx, b); err != nil {
			return err
		}
		body := struct {
			Plan   int `json:"plan"`
			Images int `json:"images"`
			Pages  int `json:"pages"`
		}{b.Plan, b.Images, b.Pages}
		if err := a.Record(ctx, tx, actor, EventPassed, string(id), body); err != nil {
			return err
		}
		err = a.settle(ctx, tx, &b)
		out = b
		return err
	})
}
