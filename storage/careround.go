package storage

import (
	"context"
	"fmt"
	"time"
)

// CareRules say how often every object is read back, and how fast.
type CareRules struct {
	Days           int
	BytesPerSecond int64
	Retry          time.Duration // the first pause before an object is read again; then twice, three times it
	Node           string        // on which this runs
}

// CareStanding is what is known of rounds: the one under way and the last one
// that came to its end.
type CareStanding struct {
	Now  Round `json:"now"`
	Last Round `json:"last"`
	// Node is the one that goes on with the round, which it last did at Beat.
	Node   string    `json:"node,omitempty"`
	Beat   time.Time `json:"beat,omitzero"`
	Wanted bool      `json:"wanted,omitempty"` // somebody wants a round to begin now
}

const (
	careStanding = OwnStanding + "care"
	careLock     = OwnStanding + "care-lock" // locks it, also while there is none
	// careLease is how long a node that says nothing keeps the round.
	careLease = 15 * time.Minute
)

// Care says how the rounds of care stand.
func (a *Archive) Care(ctx context.Context) (s CareStanding, err error) {
	return s, a.View(ctx, func(tx Tx) error {
		if err := a.Ledger.Standing(ctx, tx, careStanding, &s); !isNotFound(err) {
			return err
		}
		return nil
	})
}

// changeCare changes the standing with nobody else at it.
func (a *Archive) changeCare(ctx context.Context, tx Tx, f func(*CareStanding) error) error {
	if err := a.Ledger.SaveStanding(ctx, tx, careLock, a.Now().UTC()); err != nil {
		return err
	}
	var s CareStanding
	if err := a.Ledger.Standing(ctx, tx, careStanding, &s); err != nil && !isNotFound(err) {
		return err
	}
	if err := f(&s); err != nil {
		return err
	}
	return a.Ledger.SaveStanding(ctx, tx, careStanding, s)
}

// claimCare begins the round that is due or wanted, or takes up the one under
// way. A round that another node is at is ErrConflict, none is ErrNotFound.
func (a *Archive) claimCare(ctx context.Context, rules CareRules) (s CareStanding, err error) {
	return s, a.Do(ctx, func(tx Tx) error {
		return a.changeCare(ctx, tx, func(now *CareStanding) error {
			t := a.Now().UTC()
			switch {
			case !now.Now.Began.IsZero():
				if now.Node != rules.Node && t.Sub(now.Beat) < careLease {
					return fmt.Errorf("node %s is at it: %w", now.Node, ErrConflict)
				}
			case !now.Wanted && t.Sub(now.Last.Ended) < time.Duration(rules.Days)*24*time.Hour:
				return fmt.Errorf("no round is due: %w", ErrNotFound)
			default:
				now.Now = Round{Began: t, Counts: map[string]int{}}
			}
			now.Node, now.Beat, now.Wanted = rules.Node, t, false
			s = *now
			return nil
		})
	})
}

// keepCare notes how far this node is with the round.
func (a *Archive) keepCare(ctx context.Context, tx Tx, mine *CareStanding) error {
	return a.changeCare(ctx, tx, func(now *CareStanding) error {
		if now.Node != mine.Node {
			return fmt.Errorf("node %s took the round over: %w", now.Node, ErrConflict)
		}
		mine.Beat, mine.Wanted = a.Now().UTC(), now.Wanted
		*now = *mine
		return nil
	})
}

func (a *Archive) saveCare(ctx context.Context, s *CareStanding) error {
	return a.Do(ctx, func(tx Tx) error { return a.keepCare(ctx, tx, s) })
}

// EventCareWanted: somebody has all objects re-read now.
const EventCareWanted = "care-wanted"

// BeginCare has a round begin within a minute. It must be the last thing done in
// the transaction. If one is under way, that is ErrConflict.
func (a *Archive) BeginCare(ctx context.Context, tx Tx, actor string) error {
	err := a.changeCare(ctx, tx, func(s *CareStanding) error {
		if s.Wanted || !s.Now.Began.IsZero() {
			return fmt.Errorf("a round is under way: %w", ErrConflict)
		}
		s.Wanted = true
		return nil
	})
	if err != nil {
		return err
	}
	return a.Record(ctx, tx, actor, EventCareWanted, "care", struct{}{})
}
