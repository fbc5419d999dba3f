package figures

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"mailroom/routing"
	"mailroom/storage"
)

// Follower keeps the figures up to date.
type Follower struct {
	Archive *storage.Archive
	Figures routing.Figures
	Log     *slog.Logger
	AtOnce  int // events of one step; 0: 500
}

// pause is how long the follower waits when it has seen all events.
const pause = 5 * time.Second

// Run follows the events until ctx ends.
func (f *Follower) Run(ctx context.Context) {
	for ctx.Err() == nil {
		more, err := f.Step(ctx)
		if err != nil && ctx.Err() == nil && !errors.Is(err, storage.ErrConflict) {
			f.Log.Error("figures are not up to date", "err", err)
		}
		if more && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// Step counts the next events; more says that there may be others. It is
// storage.ErrConflict if somebody else counted them meanwhile.
func (f *Follower) Step(ctx context.Context) (more bool, err error) {
	limit := f.AtOnce
	if limit == 0 {
		limit = 500
	}
	var from int64
	var last storage.Event
	var list []routing.Figure
	err = f.Archive.View(ctx, func(tx storage.Tx) error {
		if from, _, err = f.Figures.FiguresUntil(ctx, tx, routing.FiguresVersion); err != nil {
			return err
		}
		events, err := f.Archive.Ledger.Events(ctx, tx, storage.EventFilter{After: from, Limit: limit})
		if err != nil || len(events) == 0 {
			return err
		}
		more, last = len(events) == limit, events[len(events)-1]
		c := newCounter(f.Archive.Ledger, f.Archive.Zone)
		if err := c.count(ctx, tx, events); err != nil {
			return err
		}
		list = c.list()
		return nil
	})
	if err == nil && last.Seq > 0 {
		err = f.Archive.Do(ctx, func(tx storage.Tx) error {
			return f.Figures.AddFigures(ctx, tx, routing.FiguresVersion, from, last, list)
		})
	}
	if err != nil {
		return false, fmt.Errorf("count events after %d: %w", from, err)
	}
	return more, nil
}
