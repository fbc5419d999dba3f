package storage

import (
	"context"
	"fmt"

	"mailroom/scanstation"
)

// EventImprint: somebody said which number the scanner wrote onto the first
// sheet of a batch. The body is an Imprinting.
const EventImprint = "imprint"

// Imprinting is what EventImprint says: everything that changed.
type Imprinting struct {
	First     scanstation.Imprint `json:"first"`
	Originals []Original          `json:"originals"`
}

// imprinted is the number on the sheet of an image; empty: it has none that is
// known.
func (b Batch) imprinted(image int) string {
	if b.Imprint == "" {
		return ""
	}
	return string(b.Imprint.After(image / max(b.Sides, 1)))
}

// sheets is how many sheets of paper a row of images is, 0: the station does not
// say.
func (b Batch) sheets(first, last int) int {
	if b.Sides == 0 {
		return 0
	}
	return last/b.Sides - first/b.Sides + 1
}

// SetImprint says which number the scanner wrote onto the first sheet of a batch;
// the letters to come of it have theirs as well.
func (a *Archive) SetImprint(ctx context.Context, id scanstation.BatchID, first scanstation.Imprint, actor string) error {
	return a.Do(ctx, func(tx Tx) error {
		b, err := a.batch(ctx, tx, id, true)
		if err != nil {
			return err
		}
		if !b.Kind.HasOriginal() {
			return fmt.Errorf("batch %s has no paper: %w", id, ErrConflict)
		}
		if b.Imprint == first {
			return nil
		}
		b.Imprint = first
		if err := a.Ledger.SaveBatch(ctx, tx, b); err != nil {
			return err
		}
		papers, err := a.Ledger.Originals(ctx, tx, OriginalFilter{Batch: id, Lock: true, Limit: b.numbers() + 1})
		if err != nil {
			return err
		}
		body := Imprinting{First: first}
		for _, o := range papers {
			o.Imprint = b.imprinted(o.First)
			if err := a.Ledger.SaveOriginal(ctx, tx, o); err != nil {
				return err
			}
			body.Originals = append(body.Originals, o)
		}
		return a.Record(ctx, tx, actor, EventImprint, string(id), body)
	})
}
