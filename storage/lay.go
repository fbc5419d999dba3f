package storage

import (
	"context"
	"fmt"
	"slices"

	"mailroom/ocr"
	"mailroom/scanstation"
)

// EventBoxed: the paper of a document, or that of a whole batch, was put into
// another box. The body is a Boxing.
const EventBoxed = "boxed"

// The doubts about the first letter behind a box sheet that is not followed.
const (
	BoxUnknown  = "box-unknown"   // no box of ours has that code
	BoxNotThere = "box-not-there" // nothing goes into the box any more
)

// Lay says in which box the paper of a stack lies from one image on, until the
// next lay.
type Lay struct {
	From  int               `json:"from"`
	Box   scanstation.BoxID `json:"box"`
	Layer int               `json:"layer"` // which of the stacks in the box it is, from 1
}

// layer is how much room the numbers of the places leave to a stack.
const layer = 100_000

// place is the place of what begins with an image. Places count on through the
// box, as its paper lies: later stacks have greater ones, and so have later
// images of a stack. They are not the count of the letters, which changes
// whenever a stack is mended.
func (l Lay) place(image int) int { return l.Layer*layer + min(image-l.From+1, layer-1) }

// Spot returns which of the stacks in its box o lies in and at which image of
// that stack it begins, both from 1; zeros if that is not known.
func (o Original) Spot() (stack, image int) { return o.Place / layer, o.Place % layer }

// Boxing is what EventBoxed says: everything that changed.
type Boxing struct {
	Box       Box        `json:"box"`
	Lays      []Lay      `json:"lays,omitempty"` // of the batch, as they are now
	Originals []Original `json:"originals"`
	From      []Berth    `json:"from"` // where they lay, in the same order
}

// Berth is where a paper lies.
type Berth struct {
	Box   scanstation.BoxID `json:"box,omitempty"`
	Place int               `json:"place,omitempty"`
}

// lay puts a stack that comes in into the open box of its station, as one more
// layer; it stays without one where no box is open.
func (a *Archive) lay(ctx context.Context, tx Tx, b *Batch) error {
	if !b.Kind.HasOriginal() {
		return nil
	}
	open, err := a.Ledger.Boxes(ctx, tx, BoxFilter{Station: b.Station, States: []BoxState{BoxOpen}, Lock: true, Limit: 1})
	if err != nil || len(open) == 0 {
		return err
	}
	l, err := a.layInto(ctx, tx, &open[0])
	if err == nil {
		b.Lays = []Lay{l}
	}
	return err
}

// layInto reserves one more layer in a locked box.
func (a *Archive) layInto(ctx context.Context, tx Tx, box *Box) (Lay, error) {
	box.Layers++
	return Lay{Box: box.ID, Layer: box.Layers}, a.saveBox(ctx, tx, box)
}

// followBoxes lets the box sheets of a stack say where the paper behind them
// lies. A sheet that is ready opens its box if it lies before all letters. What
// is not followed becomes a doubt about the letter behind it: doubts are by the
// image of the sheet. opened are the boxes whose opening is to be recorded.
func (a *Archive) followBoxes(ctx context.Context, tx Tx, b *Batch, fates []ocr.ImageFate) (doubts map[int]scanstation.Reason, opened []Box, err error) {
	doubts = map[int]scanstation.Reason{}
	for _, f := range fates {
		if f.Box == "" {
			continue
		}
		found, err := a.Ledger.Boxes(ctx, tx, BoxFilter{ID: f.Box, Lock: true, Limit: 1})
		if err != nil {
			return nil, nil, err
		}
		switch {
		case len(found) == 0:
			doubts[f.Image] = scanstation.Reason{Code: BoxUnknown, Detail: string(f.Box)}
			continue
		case found[0].State == BoxReady && f.First:
			found[0].State, found[0].OpenedAt = BoxOpen, a.Now().UTC()
			opened = append(opened, found[0])
		case found[0].State != BoxOpen:
			doubts[f.Image] = scanstation.Reason{Code: BoxNotThere, Detail: string(f.Box)}
			continue
		}
		l, err := a.layInto(ctx, tx, &found[0])
		if err != nil {
			return nil, nil, err
		}
		l.From = f.Image + 1
		b.Lays = append(b.Lays, l)
	}
	return doubts, opened, nil
}

// berth is where the paper of b lies that begins with an image.
func (b Batch) berth(image int) (at Berth) {
	for _, l := range b.Lays {
		if l.From <= image {
			at = Berth{l.Box, l.place(image)}
		}
	}
	return at
}

// PutLetter puts the paper of a letter into an open box, as its uppermost.
// Paper that is no longer there is ErrConflict. An approval of its destruction
// ends: it was given for another box.
func (a *Archive) PutLetter(ctx context.Context, id DocumentID, to scanstation.BoxID, actor string) (o Original, err error) {
	err = a.Do(ctx, func(tx Tx) error {
		if o, err = a.Paper(ctx, tx, id, true); err != nil {
			return err
		}
		box, err := a.boxFor(ctx, tx, to)
		if err != nil {
			return err
		}
		body := Boxing{From: []Berth{{o.Box, o.Place}}}
		l, err := a.layInto(ctx, tx, &box)
		if err != nil {
			return err
		}
		if o, err = a.putInto(ctx, tx, o, box.ID, l.place(l.From)); err != nil {
			return err
		}
		body.Box, body.Originals = box, []Original{o}
		return a.Record(ctx, tx, actor, EventBoxed, string(id), body)
	})
	return o, err
}

// PutStack puts the paper of a whole batch into an open box. Of a batch that is
// still being read, the letters to come are meant as well.
func (a *Archive) PutStack(ctx context.Context, id scanstation.BatchID, to scanstation.BoxID, actor string) (n int, err error) {
	err = a.Do(ctx, func(tx Tx) error {
		b, err := a.batch(ctx, tx, id, true)
		if err != nil {
			return err
		}
		if !b.Kind.HasOriginal() {
			return fmt.Errorf("batch %s has no paper: %w", id, ErrConflict)
		}
		papers, err := a.Ledger.Originals(ctx, tx, OriginalFilter{Batch: id, States: PresentStates(), Lock: true, Limit: b.numbers() + 1})
		if err != nil {
			return err
		}
		box, err := a.boxFor(ctx, tx, to)
		if err != nil {
			return err
		}
		l, err := a.layInto(ctx, tx, &box)
		if err != nil {
			return err
		}
		body := Boxing{Box: box, Lays: []Lay{l}}
		b.Lays = body.Lays
		if err := a.Ledger.SaveBatch(ctx, tx, b); err != nil {
			return err
		}
		slices.SortFunc(papers, func(x, y Original) int { return x.First - y.First })
		for _, o := range papers {
			body.From = append(body.From, Berth{o.Box, o.Place})
			if o, err = a.putInto(ctx, tx, o, box.ID, l.place(o.First)); err != nil {
				return err
			}
			body.Originals = append(body.Originals, o)
		}
		n = len(papers)
		return a.Record(ctx, tx, actor, EventBoxed, string(id), body)
	})
	return n, err
}

// boxFor returns a box, locked, if paper may be put into it.
func (a *Archive) boxFor(ctx context.Context, tx Tx, id scanstation.BoxID) (Box, error) {
	box, err := a.box(ctx, tx, id, true)
	if err == nil && box.State != BoxOpen {
		err = fmt.Errorf("box %s is %s: %w", id, box.State, ErrConflict)
	}
	return box, err
}

func (a *Archive) putInto(ctx context.Context, tx Tx, o Original, box scanstation.BoxID, place int) (Original, error) {
	if !o.State.Present() {
		return o, fmt.Errorf("the paper of %s is %s: %w", o.Document, o.State, ErrConflict)
	}
	if o.State == Approved {
		o.State = Due
	}
	o.Box, o.Place = box, place
	return o, a.Ledger.SaveOriginal(ctx, tx, o)
}
