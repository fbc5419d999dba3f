package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"mailroom/scanstation"
)

// The kinds of events about boxes; the body is the box as it is from then on.
const (
	EventBoxMade    = "box-made"    // its code may be printed
	EventBoxOpened  = "box-opened"  // paper goes into it
	EventBoxClosed  = "box-closed"  // no more does
	EventBoxMoved   = "box-moved"   // it stands elsewhere
	EventBoxEmptied = "box-emptied" // nothing is left in it
)

// BoxKind says what a box is for.
type BoxKind string

// The kinds of boxes.
const (
	DailyBox  BoxKind = "daily"  // the stacks of a day, to be destroyed one day
	HoldBox   BoxKind = "hold"   // Sperr-Karton: what lies in it is not destroyed
	ReturnBox BoxKind = "return" // what goes back to whom it came from
	SafeBox   BoxKind = "safe"   // what is kept, under lock
)

// BoxKinds are all kinds, as they are offered.
func BoxKinds() []BoxKind { return []BoxKind{DailyBox, HoldBox, ReturnBox, SafeBox} }

// BoxState is where a box stands in its life.
type BoxState string

// The states of a box.
const (
	BoxReady   BoxState = "ready" // it has its code and nothing in it
	BoxOpen    BoxState = "open"
	BoxClosed  BoxState = "closed"
	BoxEmptied BoxState = "emptied"
)

var boxMoves = map[BoxState][]BoxState{
	"":        {BoxReady},
	BoxReady:  {BoxOpen, BoxEmptied},
	BoxOpen:   {BoxClosed},
	BoxClosed: {BoxOpen, BoxEmptied},
}

// Box is a box of paper (Karton).
type Box struct {
	ID    scanstation.BoxID `json:"id"`
	Kind  BoxKind           `json:"kind"`
	State BoxState          `json:"state"`
	Day   scanstation.Date  `json:"day"` // for which it was made
	// Station is the station whose stacks go into it while it is open; empty: none.
	Station  string `json:"station,omitempty"`
	Location string `json:"location,omitempty"` // where it stands, in words
	// DueOn is one date for all that lies in it, before which none of it is
	// destroyed; empty: each letter has its own.
	DueOn     scanstation.Date `json:"due_on,omitempty"`
	Layers    int              `json:"layers,omitempty"` // how many stacks and single letters were ever put into it
	MadeAt    time.Time        `json:"made_at"`
	OpenedAt  time.Time        `json:"opened_at,omitzero"`
	ClosedAt  time.Time        `json:"closed_at,omitzero"`
	ChangedAt time.Time        `json:"changed_at"`
}

// BoxCount is what lies in a box.
type BoxCount struct {
	Letters map[OriginalState]int
	// First and Last are the due days of what is still there; empty: nothing is.
	First, Last scanstation.Date
}

// present are the states of paper that is still there.
var present = []OriginalState{InBox, Due, Approved, Held, ToReturn, ToKeep}

// Present says whether paper in state s still lies where it is said to lie.
func (s OriginalState) Present() bool { return slices.Contains(present, s) }

// PresentStates are the states of paper that is still there.
func PresentStates() []OriginalState { return slices.Clone(present) }

// Present is how many letters are still there.
func (c BoxCount) Present() (n int) {
	for _, s := range present {
		n += c.Letters[s]
	}
	return n
}

// Boxes keeps the boxes. AddBox of an id that is there is ErrConflict; SaveBox
// replaces. A list has the newest id first.
type Boxes interface {
	AddBox(ctx context.Context, tx Tx, b Box) error
	SaveBox(ctx context.Context, tx Tx, b Box) error
	Boxes(ctx context.Context, tx Tx, f BoxFilter) ([]Box, error)
	// CountBoxes counts what lies in at most 500 boxes.
	CountBoxes(ctx context.Context, tx Tx, ids []scanstation.BoxID) (map[scanstation.BoxID]BoxCount, error)
}

// BoxFilter selects boxes.
type BoxFilter struct {
	ID      scanstation.BoxID
	States  []BoxState
	Station string
	Day     scanstation.Date
	Before  scanstation.BoxID // for the next page of a list
	Lock    bool
	Limit   int // 0: 100
}

// MakeBoxes makes so many boxes of a day, whose codes can then be printed.
func (a *Archive) MakeBoxes(ctx context.Context, day scanstation.Date, kind BoxKind, n int, actor string) (out []Box, err error) {
	if !slices.Contains(BoxKinds(), kind) || n < 1 {
		return nil, fmt.Errorf("make %d boxes of kind %q: %w", n, kind, ErrConflict)
	}
	for range attempts {
		err = a.Do(ctx, func(tx Tx) error {
			out, err = a.makeBoxes(ctx, tx, day, kind, n, actor)
			return err
		})
		if !errors.Is(err, ErrConflict) {
			break // otherwise somebody else took a number
		}
	}
	return out, err
}

func (a *Archive) makeBoxes(ctx context.Context, tx Tx, day scanstation.Date, kind BoxKind, n int, actor string) (out []Box, err error) {
	last, err := a.Ledger.Boxes(ctx, tx, BoxFilter{Day: day, Limit: 1})
	if err != nil {
		return nil, err
	}
	number := 0
	if len(last) > 0 {
		number = last[0].ID.Number()
	}
	now := a.Now().UTC()
	for i := range n {
		b := Box{Kind: kind, State: BoxReady, Day: day, MadeAt: now, ChangedAt: now}
		if b.ID, err = scanstation.NewBoxID(day, number+1+i); err != nil {
			return nil, err
		}
		if err := a.Ledger.AddBox(ctx, tx, b); err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	for _, b := range out {
		if err := a.recordBox(ctx, tx, b, EventBoxMade, actor); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Opening says how a box is opened.
type Opening struct {
	Station  string
	Location string           // empty: where it stands
	DueOn    scanstation.Date // one date for all that comes into it; empty: as it is
}

// OpenBox opens a box. Only one box is open at a station: another one there is
// closed.
func (a *Archive) OpenBox(ctx context.Context, id scanstation.BoxID, o Opening, actor string) (out Box, err error) {
	err = a.Do(ctx, func(tx Tx) error {
		out, err = a.openBox(ctx, tx, id, o, actor)
		return err
	})
	return out, err
}

func (a *Archive) openBox(ctx context.Context, tx Tx, id scanstation.BoxID, o Opening, actor string) (Box, error) {
	var before []Box
	if o.Station != "" {
		found, err := a.Ledger.Boxes(ctx, tx, BoxFilter{Station: o.Station, States: []BoxState{BoxOpen}, Lock: true})
		if err != nil {
			return Box{}, err
		}
		before = slices.DeleteFunc(found, func(b Box) bool { return b.ID == id })
	}
	b, err := a.box(ctx, tx, id, true)
	if err != nil {
		return b, err
	}
	if b.State != BoxOpen {
		if err := mayMove(boxMoves, "box "+string(id), b.State, BoxOpen); err != nil {
			return b, err
		}
	}
	b.State, b.Station, b.OpenedAt, b.ClosedAt = BoxOpen, o.Station, a.Now().UTC(), time.Time{}
	if o.Location != "" {
		b.Location = o.Location
	}
	if o.DueOn != "" {
		b.DueOn = o.DueOn
	}
	for i := range before {
		before[i].State, before[i].ClosedAt = BoxClosed, a.Now().UTC()
		if err := a.saveBox(ctx, tx, &before[i]); err != nil {
			return b, err
		}
	}
	if err := a.saveBox(ctx, tx, &b); err != nil {
		return b, err
	}
	for _, old := range before {
		if err := a.recordBox(ctx, tx, old, EventBoxClosed, actor); err != nil {
			return b, err
		}
	}
	return b, a.recordBox(ctx, tx, b, EventBoxOpened, actor)
}

// CloseBox closes a box: no further paper goes into it.
func (a *Archive) CloseBox(ctx context.Context, id scanstation.BoxID, actor string) (Box, error) {
	return a.changeBox(ctx, id, EventBoxClosed, actor, func(_ Tx, b *Box) error {
		b.ClosedAt = a.Now().UTC()
		return b.move(BoxClosed)
	})
}

// MoveBox says where a box stands from now on.
func (a *Archive) MoveBox(ctx context.Context, id scanstation.BoxID, location, actor string) (Box, error) {
	return a.changeBox(ctx, id, EventBoxMoved, actor, func(_ Tx, b *Box) error {
		if b.State == BoxEmptied {
			return fmt.Errorf("box %s is emptied: %w", id, ErrConflict)
		}
		b.Location = location
		return nil
	})
}

// DateBox sets one date before which nothing in a box is destroyed; empty: each
// letter has its own. It is an opening, as far as events are concerned.
func (a *Archive) DateBox(ctx context.Context, id scanstation.BoxID, due scanstation.Date, actor string) (Box, error) {
	return a.changeBox(ctx, id, EventBoxMoved, actor, func(_ Tx, b *Box) error {
		if b.State == BoxEmptied {
			return fmt.Errorf("box %s is emptied: %w", id, ErrConflict)
		}
		b.DueOn = due
		return nil
	})
}

// EmptyBox says that nothing is left in a box. While letters lie in it, that is
// ErrConflict.
func (a *Archive) EmptyBox(ctx context.Context, id scanstation.BoxID, actor string) (Box, error) {
	return a.changeBox(ctx, id, EventBoxEmptied, actor, func(tx Tx, b *Box) error {
		left, err := a.Ledger.Originals(ctx, tx, OriginalFilter{Box: id, States: append(PresentStates(), Sealed), Limit: 1})
		if err != nil {
			return err
		}
		if len(left) > 0 {
			return fmt.Errorf("the paper of %s lies in box %s: %w", left[0].Document, id, ErrConflict)
		}
		return b.move(BoxEmptied)
	})
}

func (b *Box) move(to BoxState) error {
	if err := mayMove(boxMoves, "box "+string(b.ID), b.State, to); err != nil {
		return err
	}
	b.State = to
	return nil
}

// changeBox changes one box, with its event.
func (a *Archive) changeBox(ctx context.Context, id scanstation.BoxID, kind, actor string, f func(tx Tx, b *Box) error) (out Box, err error) {
	err = a.Do(ctx, func(tx Tx) error {
		if out, err = a.box(ctx, tx, id, true); err != nil {
			return err
		}
		if err := f(tx, &out); err != nil {
			return err
		}
		if err := a.saveBox(ctx, tx, &out); err != nil {
			return err
		}
		return a.recordBox(ctx, tx, out, kind, actor)
	})
	return out, err
}

func (a *Archive) saveBox(ctx context.Context, tx Tx, b *Box) error {
	b.ChangedAt = a.Now().UTC()
	return a.Ledger.SaveBox(ctx, tx, *b)
}

func (a *Archive) recordBox(ctx context.Context, tx Tx, b Box, kind, actor string) error {
	return a.Record(ctx, tx, actor, kind, string(b.ID), b)
}

// box returns a box, locked if lock is set.
func (a *Archive) box(ctx context.Context, tx Tx, id scanstation.BoxID, lock bool) (Box, error) {
	if !id.Valid() {
		return Box{}, fmt.Errorf("box %.20q: %w", id, ErrNotFound)
	}
	found, err := a.Ledger.Boxes(ctx, tx, BoxFilter{ID: id, Lock: lock, Limit: 1})
	if err != nil {
		return Box{}, err
	}
	if len(found) == 0 {
		return Box{}, fmt.Errorf("box %s: %w", id, ErrNotFound)
	}
	return found[0], nil
}

// Box returns a box.
func (a *Archive) Box(ctx context.Context, id scanstation.BoxID) (b Box, err error) {
	err = a.View(ctx, func(tx Tx) error {
		b, err = a.box(ctx, tx, id, false)
		return err
	})
	return b, err
}

// BoxesOf returns boxes by their ids, in that order; without ids all that are
// ready or open, the newest last.
func (a *Archive) BoxesOf(ctx context.Context, ids []scanstation.BoxID) (out []Box, err error) {
	err = a.View(ctx, func(tx Tx) error {
		out = nil
		if len(ids) == 0 {
			out, err = a.Ledger.Boxes(ctx, tx, BoxFilter{States: []BoxState{BoxReady, BoxOpen}, Limit: 200})
			slices.Reverse(out)
			return err
		}
		for _, id := range ids {
			b, err := a.box(ctx, tx, id, false)
			if err != nil {
				return err
			}
			out = append(out, b)
		}
		return nil
	})
	return out, err
}
