package storage

import (
	"context"
	"fmt"
	"time"

	"mailroom/scanstation"
)

// The kinds of events about the chain itself.
const (
	EventChainBroken = "chain-broken"
	EventChainWhole  = "chain-whole" // again
)

// The reasons of paper while the chain of events cannot be trusted.
const (
	AgainstChain    = "chain-broken"
	AgainstOldChain = "chain-unchecked" // nobody looked for longer than the office allows
)

// chainObject is the object of the events about the chain.
const chainObject = "chain"

// Link is a place in the chain of events.
type Link struct {
	Seq  int64              `json:"seq"`
	Hash scanstation.Digest `json:"hash"`
}

// ChainStanding is how far the chain was found whole. Every night walks from
// Until to the end, and a part of what lies before it once more, from Again.
type ChainStanding struct {
	Until  Link      `json:"until"`
	Again  Link      `json:"again"`
	At     time.Time `json:"at"`
	Broken string    `json:"broken,omitempty"` // empty: it is whole
}

// OwnStanding begins the name of a standing that is about this ledger itself
// and does not come back when another one is made from the bucket.
const OwnStanding = "own-"

// Standings keeps what is known of the archive as a whole, as JSON under a name.
type Standings interface {
	SaveStanding(ctx context.Context, tx Tx, name string, standing any) error
	// Standing reads what was saved under name into standing; ErrNotFound.
	Standing(ctx context.Context, tx Tx, name string, standing any) error
}

// chainWindow is how many events one transaction looks at.
const chainWindow = 1000

// WatchChain walks the part of the chain that is new since it was last walked,
// and again of older events. A break is a standing, no error.
func (a *Archive) WatchChain(ctx context.Context, again int) (s ChainStanding, err error) {
	if s, err = a.ChainStanding(ctx); err != nil {
		return s, err
	}
	was := s.Broken
	s.Broken = ""
	end, fault, err := a.walk(ctx, s.Until, -1)
	if err != nil {
		return s, err
	}
	if fault == nil {
		s.Until = end
		if s.Again, fault, err = a.walk(ctx, s.Again, again); err != nil {
			return s, err
		}
		if s.Again.Seq >= s.Until.Seq {
			s.Again = Link{}
		}
	}
	if fault != nil {
		s.Broken = fault.Error()
	}
	s.At = a.Now().UTC()
	return s, a.Do(ctx, func(tx Tx) error {
		if err := a.Ledger.SaveStanding(ctx, tx, chainObject, s); err != nil || (s.Broken == "") == (was == "") {
			return err
		}
		kind := EventChainWhole
		if s.Broken != "" {
			kind = EventChainBroken
		}
		return a.Record(ctx, tx, System, kind, chainObject, s)
	})
}

// walk checks events behind from, at most of them; fewer than none: to the end.
// It returns the last one that is sound.
func (a *Archive) walk(ctx context.Context, from Link, most int) (end Link, fault, err error) {
	last := Event{}
	if from.Seq > 0 {
		events, err := a.Events(ctx, EventFilter{After: from.Seq - 1, Limit: 1})
		if err != nil {
			return from, nil, err
		}
		if len(events) == 0 || events[0].Seq != from.Seq || events[0].Hash != from.Hash || !events[0].sound() {
			return from, fmt.Errorf("event %d is not the one that was checked before: %w", from.Seq, ErrBroken), nil
		}
		last = events[0]
	}
	for most != 0 {
		limit := chainWindow
		if most > 0 {
			limit = min(limit, most)
		}
		events, err := a.Events(ctx, EventFilter{After: last.Seq, Limit: limit})
		if err != nil || len(events) == 0 {
			return Link{last.Seq, last.Hash}, nil, err
		}
		for _, e := range events {
			if err := e.Check(last); err != nil {
				return Link{last.Seq, last.Hash}, err, nil
			}
			last = e
		}
		if most > 0 {
			most -= len(events)
		}
	}
	return Link{last.Seq, last.Hash}, nil, nil
}

// ChainStanding says how the chain stood when it was last walked; the zero
// standing: it never was.
func (a *Archive) ChainStanding(ctx context.Context) (s ChainStanding, err error) {
	return s, a.View(ctx, func(tx Tx) error {
		s, err = a.chainStanding(ctx, tx)
		return err
	})
}

func (a *Archive) chainStanding(ctx context.Context, tx Tx) (s ChainStanding, err error) {
	if err = a.Ledger.Standing(ctx, tx, chainObject, &s); isNotFound(err) {
		return ChainStanding{}, nil
	}
	return s, err
}

func (a *Archive) againstChain(ctx context.Context, tx Tx, _ plea) ([]scanstation.Reason, error) {
	s, err := a.chainStanding(ctx, tx)
	switch {
	case err != nil:
		return nil, err
	case s.Broken != "":
		return reason(AgainstChain, "%s", s.Broken), nil
	case a.Now().Sub(s.At) > a.CheckAge:
		return reason(AgainstOldChain, ""), nil
	}
	return nil, nil
}
