package retention

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
)

// Rules are the office's rules about the days of paper.
type Rules struct {
	Before []int // warnings: days before the day it is due, the first warning first
	Within int   // working days after that day on which it must have gone
	Again  int   // events of the chain that are walked again in a night; 0: 20,000
}

// margin is how long before its day the copy of a paper is re-read.
const margin = 3 * 24 * time.Hour

// Clock is what lets time do to paper.
type Clock struct {
	Archive  *storage.Archive
	Calendar *scanstation.Calendar
	Rules    Rules
	Log      *slog.Logger
}

// Night is what one night did.
type Night struct {
	Day     scanstation.Date      `json:"day"`
	Lapsed  int                   `json:"lapsed"`  // holds whose last day was over
	Checks  int                   `json:"checks"`  // copies that are to be re-read
	Due     int                   `json:"due"`     // papers that fell due
	Blocked int                   `json:"blocked"` // whose day has come, and something is against it
	Back    int                   `json:"back"`    // that were due and no longer are
	Warned  int                   `json:"warned"`
	Cleared int                   `json:"cleared"`
	Overdue int                   `json:"overdue"` // papers newly so
	Copies  int                   `json:"copies"`  // our own that went by their date
	Raw     int                   `json:"raw"`     // stacks that went as they were received
	Chain   storage.ChainStanding `json:"chain"`
	Stamps  int                   `json:"stamps,omitempty"` // checkpoints for which a time stamp is asked once more
}

const standing = "night"

// Run has a night pass whenever a new day has begun, until ctx ends.
func (c *Clock) Run(ctx context.Context) {
	for ctx.Err() == nil {
		if err := c.Tick(ctx); err != nil && ctx.Err() == nil {
			c.Log.Error("the night's work on paper is not done and tried again", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(10 * time.Minute):
		}
	}
}

// Tick has a night pass if today had none.
func (c *Clock) Tick(ctx context.Context) error {
	var last Night
	err := c.Archive.View(ctx, func(tx storage.Tx) error { return c.Archive.Ledger.Standing(ctx, tx, standing, &last) })
	if err != nil && !errors.Is(err, storage.ErrNotFound) || last.Day == c.Archive.Today() {
		return err
	}
	n, err := c.Night(ctx)
	if err == nil {
		c.Log.Info("paper was looked after", "day", n.Day, "due", n.Due, "blocked", n.Blocked, "warned", n.Warned, "overdue", n.Overdue, "checks", n.Checks)
	}
	return err
}

// Night does everything that is to be done today, and writes down that it did.
func (c *Clock) Night(ctx context.Context) (n Night, err error) {
	n.Day = c.Archive.Today()
	for _, step := range []func(context.Context, *Night) error{c.holds, c.chain, c.stamps, c.checks, c.fall, c.putBack, c.clear, c.warn, c.overdue, c.copies} {
		if err := step(ctx, &n); err != nil {
			return n, fmt.Errorf("night of %s: %w", n.Day, err)
		}
	}
	return n, c.Archive.Do(ctx, func(tx storage.Tx) error { return c.Archive.Ledger.SaveStanding(ctx, tx, standing, n) })
}

func (c *Clock) holds(ctx context.Context, n *Night) error {
	for {
		var over []storage.Hold
		err := c.Archive.View(ctx, func(tx storage.Tx) (err error) {
			over, err = c.Archive.Ledger.Holds(ctx, tx, storage.HoldFilter{EndedBefore: n.Day})
			return err
		})
		if err != nil || len(over) == 0 {
			return err
		}
		for _, h := range over {
			err := c.Archive.Do(ctx, func(tx storage.Tx) error {
				_, err := c.Archive.LapseHold(ctx, tx, h.ID)
				return err
			})
			if err != nil && !errors.Is(err, storage.ErrConflict) {
				return err
			}
			n.Lapsed++
		}
	}
}

func (c *Clock) chain(ctx context.Context, n *Night) (err error) {
	again := c.Rules.Again
	if again == 0 {
		again = 20000
	}
	if n.Chain, err = c.Archive.WatchChain(ctx, again); err == nil && n.Chain.Broken != "" {
		c.Log.Error("the chain of events is broken", "fault", n.Chain.Broken)
	}
	return err
}

// stamps has the authority asked again about checkpoints that it was given up for.
func (c *Clock) stamps(ctx context.Context, n *Night) (err error) {
	n.Stamps, err = c.Archive.StampAgain(ctx, 0)
	return err
}

// copies lets our own copies go whose day has come.
func (c *Clock) copies(ctx context.Context, n *Night) error {
	done, err := c.Archive.EndCopies(ctx)
	n.Copies, n.Raw = len(done.Went), len(done.Raw)
	return err
}

// each calls do with every original in one of states that is due from one day
// to another, both included; empty: no bound.
func (c *Clock) each(ctx context.Context, from, to scanstation.Date, states []storage.OriginalState, do func(storage.Original) error) error {
	f := storage.OriginalFilter{States: states, From: from, DueBy: to, Limit: 500}
	for {
		var list []storage.Original
		err := c.Archive.View(ctx, func(tx storage.Tx) (err error) {
			list, err = c.Archive.Ledger.Originals(ctx, tx, f)
			return err
		})
		if err != nil || len(list) == 0 {
			return err
		}
		for _, o := range list {
			if err := do(o); err != nil {
				return err
			}
		}
		f.Behind = &list[len(list)-1]
	}
}

// checks has copies re-read whose paper may go soon.
func (c *Clock) checks(ctx context.Context, n *Night) error {
	soon := n.Day.Plus(int(margin / (24 * time.Hour)))
	return c.each(ctx, "", soon, []storage.OriginalState{storage.InBox, storage.Due, storage.Approved}, func(o storage.Original) error {
		if !c.Archive.CopyStale(o, margin) {
			return nil
		}
		n.Checks++
		return c.Archive.Do(ctx, func(tx storage.Tx) error {
			return tx.Enqueue(ctx, storage.Job{Step: storage.StepReread, Batch: o.Batch, Number: o.Document.Number(), Priority: 4})
		})
	})
}

func (c *Clock) settle(ctx context.Context, id storage.DocumentID) (o storage.Original, err error) {
	return o, c.Archive.Do(ctx, func(tx storage.Tx) error {
		o, _, err = c.Archive.SettlePaper(ctx, tx, id)
		return err
	})
}

// fall lets paper fall due whose day has come.
func (c *Clock) fall(ctx context.Context, n *Night) error {
	return c.each(ctx, "", n.Day, []storage.OriginalState{storage.InBox}, func(o storage.Original) error {
		now, err := c.settle(ctx, o.Document)
		switch now.State {
		case storage.Due:
			n.Due++
		case storage.InBox:
			n.Blocked++
		}
		return err
	})
}

// putBack puts paper back that something is against now.
func (c *Clock) putBack(ctx context.Context, n *Night) error {
	return c.each(ctx, "", "", []storage.OriginalState{storage.Due}, func(o storage.Original) error {
		now, err := c.settle(ctx, o.Document)
		if err == nil && now.State == storage.InBox {
			n.Back++
		}
		return err
	})
}

func (c *Clock) tell(ctx context.Context, id storage.DocumentID, level int) (o storage.Original, err error) {
	return o, c.Archive.Do(ctx, func(tx storage.Tx) error {
		o, _, err = c.Archive.Warn(ctx, tx, id, level)
		return err
	})
}

// clear looks again at what people were told of.
func (c *Clock) clear(ctx context.Context, n *Night) error {
	var list []storage.Original
	err := c.Archive.View(ctx, func(tx storage.Tx) (err error) {
		list, err = c.Archive.Ledger.Originals(ctx, tx, storage.OriginalFilter{Alarmed: true, Limit: maxAlarmed})
		return err
	})
	if err != nil {
		return err
	}
	for _, o := range list {
		if o.Alarm == storage.AlarmOverdue {
			continue // its paper still lies here
		}
		now, err := c.tell(ctx, o.Document, 0)
		if err != nil {
			return err
		}
		if now.Alarm == 0 {
			n.Cleared++
		}
	}
	return nil
}

// maxAlarmed is how many papers are looked at again in a night.
const maxAlarmed = 20000

// warn tells people of paper whose day comes near.
func (c *Clock) warn(ctx context.Context, n *Night) error {
	if len(c.Rules.Before) == 0 {
		return nil
	}
	return c.each(ctx, n.Day.Plus(1), n.Day.Plus(c.Rules.Before[0]), []storage.OriginalState{storage.InBox}, func(o storage.Original) error {
		level := c.level(o.DueOn, n.Day)
		if level <= o.Looked {
			return nil
		}
		now, err := c.tell(ctx, o.Document, level)
		if err == nil && now.Alarm > o.Alarm {
			n.Warned++
		}
		return err
	})
}

// level is how many warnings should have been given on today.
func (c *Clock) level(due, today scanstation.Date) (level int) {
	for _, before := range c.Rules.Before {
		if due <= today.Plus(before) {
			level++
		}
	}
	return level
}

// overdue raises the alarm for paper that should have gone.
func (c *Clock) overdue(ctx context.Context, n *Night) error {
	// The last day on which paper may have been due to be overdue today.
	last := c.Calendar.Add(n.Day, -c.Rules.Within).Plus(-1)
	for next := last.Plus(1); c.Calendar.Add(next, c.Rules.Within) < n.Day; next = next.Plus(1) {
		last = next
	}
	states := []storage.OriginalState{storage.InBox, storage.Due, storage.Approved, storage.ToReturn}
	return c.each(ctx, "", last, states, func(o storage.Original) error {
		if o.Alarm == storage.AlarmOverdue || c.Calendar.Add(o.DueOn, c.Rules.Within) >= n.Day {
			return nil
		}
		now, err := c.tell(ctx, o.Document, storage.AlarmOverdue)
		if err == nil && now.Alarm == storage.AlarmOverdue {
			n.Overdue++
		}
		return err
	})
}
