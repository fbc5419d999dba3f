package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"mailroom/routing"
	"mailroom/storage"
)

const (
	askAtOnce = 200              // visits or accounts that one look takes
	askIdle   = 15 * time.Minute // how often a directory is asked for people who are not logged in
)

// KeepWatch looks after those who are logged in until ctx ends.
func (d *Desk) KeepWatch(ctx context.Context) error {
	tick := time.NewTicker(max(d.cfg.Lasting.Recheck/4, time.Second))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := d.Recheck(ctx); err != nil && ctx.Err() == nil {
			d.cfg.Log.ErrorContext(ctx, "look after log-ins", "error", err)
		}
	}
}

// Recheck ends the visits that have lasted too long, and asks provider and
// directory once more for people they were not asked for lately: who is closed
// there has no access here within minutes. Where they do not answer, a visit
// goes on until the grace is over.
func (d *Desk) Recheck(ctx context.Context) error {
	now, l := d.cfg.Now().UTC(), d.cfg.Lasting
	faults := []error{d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		_, err := d.cfg.Visits.EndVisits(ctx, tx, routing.VisitChoice{SeenBefore: now.Add(-l.Idle), BegunBefore: now.Add(-l.Longest)})
		return err
	})}
	if d.cfg.Provider != nil {
		faults = append(faults, d.askProvider(ctx, now))
	}
	if d.cfg.Directory != nil {
		faults = append(faults, d.askDirectory(ctx, now))
	}
	return errors.Join(faults...)
}

// claim takes the visits of a source that nobody else is asking for.
func (d *Desk) claim(ctx context.Context, source routing.Source, now time.Time) (out []routing.Visit, err error) {
	err = d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		out, err = d.cfg.Visits.ClaimVisits(ctx, tx, source, now.Add(-d.cfg.Lasting.Recheck), now, askAtOnce)
		return err
	})
	return out, err
}

func (d *Desk) askProvider(ctx context.Context, now time.Time) error {
	visits, err := d.claim(ctx, routing.FromProvider, now)
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(8)
	for _, v := range visits {
		g.Go(func() error { return d.renew(ctx, v, now) })
	}
	return g.Wait()
}

// renew asks the provider for one visit.
func (d *Desk) renew(ctx context.Context, v routing.Visit, now time.Time) error {
	p, proof, err := d.cfg.Provider.Renew(ctx, v.Proof)
	if errors.Is(err, routing.ErrRefused) {
		d.cfg.Log.InfoContext(ctx, "log-in ended by the provider", "clerk", v.Clerk, "reason", err)
		return d.endVisit(ctx, v, storage.System, EventVisitEnded)
	}
	if err != nil {
		return err
	}
	v.Proof, v.Sure = proof, now
	return d.settle(ctx, v.Clerk, p, v)
}

// settle brings a clerk up to date and notes that the source is sure of visits.
func (d *Desk) settle(ctx context.Context, id routing.ClerkID, p routing.Person, visits ...routing.Visit) error {
	return d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		c, err := d.cfg.Clerks.Clerk(ctx, tx, id, "")
		if err != nil {
			return err
		}
		if c.Source != p.Source || c.Subject != p.Subject {
			return d.shut(ctx, tx, id) // the account was handed over meanwhile
		}
		for _, v := range visits {
			if err := d.cfg.Visits.SettleVisit(ctx, tx, v); err != nil {
				return err
			}
		}
		if err := d.cfg.Accounts.Vouch(ctx, tx, id, d.cfg.Now().UTC()); err != nil {
			return err
		}
		_, err = d.align(ctx, tx, &c, p)
		return err
	})
}

// askDirectory asks for the people who are logged in and, less often, for the
// others: letters must not be given to somebody who has left.
func (d *Desk) askDirectory(ctx context.Context, now time.Time) error {
	visits, err := d.claim(ctx, routing.FromDirectory, now)
	if err != nil {
		return err
	}
	var clerks []routing.Clerk
	of := map[routing.ClerkID][]routing.Visit{}
	err = d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		clerks, err = d.cfg.Accounts.ClaimClerks(ctx, tx, routing.FromDirectory, now.Add(-askIdle), now, askAtOnce)
		return err
	})
	if err != nil {
		return err
	}
	for _, v := range visits {
		of[v.Clerk] = append(of[v.Clerk], v)
	}
	for _, c := range clerks {
		of[c.ID] = append(of[c.ID], nil...)
	}
	for id, list := range of {
		if err := d.askFor(ctx, id, list, now); err != nil {
			return err // the others are asked for again after a while
		}
	}
	return nil
}

func (d *Desk) askFor(ctx context.Context, id routing.ClerkID, visits []routing.Visit, now time.Time) error {
	var c routing.Clerk
	err := d.cfg.Archive.View(ctx, func(tx storage.Tx) (err error) {
		c, err = d.cfg.Clerks.Clerk(ctx, tx, id, "")
		return err
	})
	if err != nil {
		return err
	}
	p, err := d.cfg.Directory.Still(ctx, c.Subject)
	if errors.Is(err, routing.ErrRefused) {
		d.cfg.Log.InfoContext(ctx, "account closed by the directory", "clerk", id, "reason", err)
		return d.lose(ctx, id)
	}
	if err != nil {
		return fmt.Errorf("ask for clerk %s: %w", id, err)
	}
	for i := range visits {
		visits[i].Sure = now
	}
	return d.settle(ctx, id, p, visits...)
}

// lose closes the account of somebody whom the directory no longer has.
func (d *Desk) lose(ctx context.Context, id routing.ClerkID) error {
	return d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		c, err := d.cfg.Clerks.Clerk(ctx, tx, id, "")
		if err != nil || c.Absent {
			return err
		}
		c.Absent = true
		if err := d.cfg.Clerks.SaveClerk(ctx, tx, c); err != nil {
			return err
		}
		if err := d.shut(ctx, tx, id); err != nil {
			return err
		}
		return d.record(ctx, tx, storage.System, EventAbsent, string(id), map[string]any{"source": c.Source})
	})
}

// ProviderEnded ends the visits that the provider's own notice is about.
func (d *Desk) ProviderEnded(ctx context.Context, notice string) error {
	if d.cfg.Provider == nil {
		return missing("provider")
	}
	n, err := d.cfg.Provider.Ended(ctx, notice)
	if err != nil {
		return d.foreign(ctx, ProviderDown, err)
	}
	return d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		choice := routing.VisitChoice{Session: n.Session}
		if n.Session == "" {
			c, err := d.cfg.Accounts.Known(ctx, tx, routing.FromProvider, n.Subject)
			if isMissing(err) {
				return nil
			}
			if err != nil {
				return err
			}
			choice.Clerk = c.ID
		}
		_, err := d.cfg.Visits.EndVisits(ctx, tx, choice)
		return err
	})
}
