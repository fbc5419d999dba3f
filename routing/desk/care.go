package desk

import (
	"context"
	"errors"

	"mailroom/routing"
	"mailroom/storage"
)

// CareRunning is the code of an Invalid: all objects are being re-read already.
const CareRunning = "care-running"

// CareView is how what is kept is looked after.
type CareView struct {
	storage.CareStanding
	Alarms   []storage.Alarm
	Days     int              // how often a round is due; 0: never by itself
	Shipping storage.Shipping // how far the store has the ledger
	Anchors  storage.AnchorStanding
}

// Running says whether a round is under way or about to begin.
func (c CareView) Running() bool { return c.Wanted || !c.Now.Began.IsZero() }

// Care returns how what is kept is looked after.
func (d *Desk) Care(ctx context.Context, who routing.Clerk) (c CareView, err error) {
	if !d.MayTend(who) {
		return c, missing("care")
	}
	c.Alarms, c.Days = d.Alarms(ctx, who), d.cfg.Archive.CareDays
	if c.CareStanding, err = d.cfg.Archive.Care(ctx); err != nil {
		return c, err
	}
	if c.Shipping, err = d.cfg.Archive.Shipping(ctx); err != nil {
		return c, err
	}
	c.Anchors, err = d.cfg.Archive.AnchorStanding(ctx)
	return c, err
}

// BeginCare has all objects re-read now.
func (d *Desk) BeginCare(ctx context.Context, who routing.Clerk) error {
	if !d.MayTend(who) {
		return missing("care")
	}
	err := d.cfg.Archive.Do(ctx, func(tx storage.Tx) error { return d.cfg.Archive.BeginCare(ctx, tx, string(who.ID)) })
	if errors.Is(err, storage.ErrConflict) {
		return invalid(CareRunning, "")
	}
	return err
}
