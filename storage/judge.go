package storage

import (
	"context"
	"errors"
	"slices"
	"time"

	"mailroom/scanstation"
)

// periodReasons are no reasons of their own: that the period is not over is
// what the day is for on which paper is due.
var periodReasons = []string{AgainstDay, AgainstFilingDays, AgainstBoxDay}

// JudgePaper asks the gate about paper in the house that was last judged before
// a time, due by a day if one is given, at most limit of it, and keeps the codes
// of what is against its destruction, so that pages can count them. It opens no
// gate: that is asked again when it matters. It says how much was judged.
func (a *Archive) JudgePaper(ctx context.Context, before time.Time, due scanstation.Date, limit int) (n int, err error) {
	err = a.Do(ctx, func(tx Tx) error {
		ids, err := a.Ledger.Unjudged(ctx, tx, before, due, limit)
		if err != nil {
			return err
		}
		for _, id := range ids {
			codes, err := a.codesAgainst(ctx, tx, id)
			if err == nil {
				err = a.Ledger.Judge(ctx, tx, id, codes, a.Now())
			}
			if err != nil {
				return err
			}
		}
		n = len(ids)
		return nil
	})
	return n, err
}

// codesAgainst are the codes, each once and in order, of what is against the
// destruction of a letter's paper beside the period.
func (a *Archive) codesAgainst(ctx context.Context, tx Tx, id DocumentID) ([]string, error) {
	o, err := a.Paper(ctx, tx, id, false)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	reasons, err := a.MayDestroy(ctx, tx, o)
	if err != nil {
		return nil, err
	}
	var codes []string
	for _, r := range reasons {
		if !slices.Contains(periodReasons, r.Code) {
			codes = append(codes, r.Code)
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes), nil
}
