package storage

import (
	"context"
	"fmt"
	"slices"
	"time"

	"mailroom/scanstation"
)

// EventUnclear: a person could not answer a question about a stack and left it,
// with words, to somebody else.
const EventUnclear = "unclear"

// LeftOpen is a question about a stack that somebody left to others.
type LeftOpen struct {
	Image int       `json:"image"` // -1: the whole stack
	Code  string    `json:"code"`  // of the question
	Words string    `json:"words,omitempty"`
	At    time.Time `json:"at"`
}

// maxUnclear is how many questions of one stack can be left to others.
const maxUnclear = 200

// LeaveUnclear notes u on a batch that people may mend; what was said of the
// same question before is replaced.
func (a *Archive) LeaveUnclear(ctx context.Context, id scanstation.BatchID, u LeftOpen, actor string) error {
	return a.Do(ctx, func(tx Tx) error {
		b, err := a.batch(ctx, tx, id, true)
		if err != nil {
			return err
		}
		if !b.Mendable() || u.Image < -1 || u.Image >= b.Images {
			return fmt.Errorf("leave image %d of batch %s, which is %s: %w", u.Image, id, b.State, ErrConflict)
		}
		b.LeftOpen = slices.DeleteFunc(b.LeftOpen, func(o LeftOpen) bool { return o.Image == u.Image && o.Code == u.Code })
		if len(b.LeftOpen) >= maxUnclear {
			b.LeftOpen = b.LeftOpen[1:]
		}
		u.At = a.Now().UTC()
		b.LeftOpen = append(b.LeftOpen, u)
		if err := a.Ledger.SaveBatch(ctx, tx, b); err != nil {
			return err
		}
		return a.Record(ctx, tx, actor, EventUnclear, string(id), u)
	})
}
