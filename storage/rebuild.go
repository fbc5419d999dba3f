package storage

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"mailroom/scanstation"
)

// Rebuilt says what came back out of the bucket.
type Rebuilt struct {
	Segments int64 `json:"segments"`
	Void     int64 `json:"void"` // segments at the end, or broken off, that were left out
	Last     Event `json:"last"` // the last event, without what it says
	Rows     int   `json:"rows"`
	// Erased are those about whom something was erased by law; Missing are the
	// objects that nothing explains the absence of.
	Erased  []string `json:"erased"`
	Missing []string `json:"missing"`
}

// ErrNotEmpty says that a ledger holds something already.
var ErrNotEmpty = errors.New("the ledger is not empty")

// Rebuild restores an empty ledger out of the bucket, as it stood when it was
// last shipped whole: all of it or nothing. show is told how far it is.
func (a *Archive) Rebuild(ctx context.Context, show func(segment, of int64)) (r Rebuilt, err error) {
	way, last, err := a.survey(ctx)
	if err != nil {
		return r, fmt.Errorf("rebuild: %w", err)
	}
	err = a.Do(ctx, func(tx Tx) error {
		if err := a.mustBeEmpty(ctx, tx); err != nil {
			return err
		}
		b := rebuild{Archive: a, tx: tx, missing: map[string]string{}, erased: map[string]bool{}}
		for _, group := range way {
			if err := b.group(ctx, group); err != nil {
				return err
			}
			show(group[len(group)-1], last.Segment)
		}
		r = b.said(last)
		if err := b.sound(ctx); err != nil {
			return err
		}
		if err := a.Ledger.Restored(ctx, tx); err != nil {
			return err
		}
		return a.Ledger.SaveStanding(ctx, tx, shippingStanding, Shipping{Segment: last.Segment, Digest: last.Digest, Events: b.last.Seq, At: a.Now().UTC(), Whole: true})
	})
	if err != nil {
		return r, fmt.Errorf("rebuild: %w", err)
	}
	return r, nil
}

func (a *Archive) mustBeEmpty(ctx context.Context, tx Tx) error {
	events, err := a.Ledger.Events(ctx, tx, EventFilter{Limit: 1})
	if err != nil {
		return err
	}
	changes, err := a.Ledger.RowChanges(ctx, tx, 1)
	if err == nil && len(events)+len(changes) > 0 {
		err = ErrNotEmpty
	}
	return err
}

// survey reads the segments alone, each of which names the one before. It
// returns those that count, in groups that end with a whole one, and the last.
func (a *Archive) survey(ctx context.Context) (way [][]int64, last Shipping, err error) {
	var open []int64
	reached := int64(0) // the last event of what is whole
	end := int64(0)     // and of what is open
	for n := int64(1); ; n++ {
		s, digest, err := a.segment(ctx, n)
		if isNotFound(err) {
			break
		}
		if err != nil {
			return nil, last, err
		}
		if s.Previous != last.Digest {
			return nil, last, fmt.Errorf("segment %d does not name segment %d: %w", n, n-1, ErrBroken)
		}
		if s.After == reached && s.After != end { // it goes on before what was open
			open = nil
		} else if s.After != end {
			return nil, last, fmt.Errorf("segment %d begins behind event %d, but there are %d: %w", n, s.After, end, ErrBroken)
		}
		open, end = append(open, n), s.last()
		last.Segment, last.Digest = n, digest
		if s.Whole {
			way, open, reached = append(way, open), nil, end
		}
	}
	if len(way) == 0 {
		return nil, last, fmt.Errorf("the bucket has no whole state of a ledger: %w", ErrNotFound)
	}
	return way, last, a.nothingBehind(ctx, last.Segment)
}

// nothingBehind returns an error if there are segments behind a gap.
func (a *Archive) nothingBehind(ctx context.Context, last int64) error {
	end := segmentKey(last)
	return a.Blobs.List(ctx, segmentPrefix, func(o Object) error {
		if o.Key > end {
			return fmt.Errorf("segment %d is missing, but there is %s: %w", last+1, o.Key, ErrBroken)
		}
		return nil
	})
}

// rebuild is a ledger on its way back.
type rebuild struct {
	*Archive
	tx       Tx
	last     Event
	segments int64
	rows     int
	missing  map[string]string // objects that are not there, with their owner
	erased   map[string]bool   // owners of whom something was erased
}

// group restores segments of which the last one is whole. What any of them
// changes goes first, for only together are they a state of the ledger.
func (b *rebuild) group(ctx context.Context, numbers []int64) error {
	for _, n := range numbers {
		s, _, err := b.segment(ctx, n)
		if err == nil {
			err = b.events(s)
		}
		if err == nil {
			err = b.Ledger.Restore(ctx, b.tx, s.Changes, nil, s.Events)
		}
		if err != nil {
			return fmt.Errorf("segment %d: %w", n, err)
		}
	}
	for i, n := range numbers {
		if err := b.put(ctx, n, i > 0); err != nil {
			return fmt.Errorf("segment %d: %w", n, err)
		}
	}
	return nil
}

// events looks whether the events of a segment follow those before.
func (b *rebuild) events(s Segment) error {
	for _, e := range s.Events {
		if err := e.Check(b.last); err != nil {
			return err
		}
		if e.Kind == EventErased {
			b.erased[e.Object] = true
		}
		b.last = e
	}
	return nil
}

// put restores the rows of a segment; again: some may be there in an earlier state.
func (b *rebuild) put(ctx context.Context, n int64, again bool) error {
	s, _, err := b.segment(ctx, n)
	if err != nil {
		return err
	}
	rows := s.Rows
	for _, ref := range s.Parts {
		p, err := b.part(ctx, ref)
		if isNotFound(err) {
			b.missing[ref.Key] = ref.Owner
			continue
		}
		if err != nil {
			return err
		}
		rows = append(rows, p.Rows...)
	}
	if !again {
		s.Changes = nil
	}
	b.segments, b.rows = b.segments+1, b.rows+len(rows)
	return b.Ledger.Restore(ctx, b.tx, s.Changes, rows, nil)
}

// sound walks the chain as it is restored, with what the events say.
func (b *rebuild) sound(ctx context.Context) error {
	for last := (Event{}); last.Seq < b.last.Seq; {
		events, err := b.Ledger.Events(ctx, b.tx, EventFilter{After: last.Seq, Limit: chainWindow})
		if err != nil {
			return err
		}
		for _, e := range events {
			if err := e.Check(last); err != nil {
				return err
			}
			last = e
		}
	}
	return nil
}

// part reads a part back; what it is, its digest says.
func (a *Archive) part(ctx context.Context, ref PartRef) (p Part, err error) {
	b, err := a.readAll(ctx, ref.Key)
	if err != nil {
		return p, err
	}
	if scanstation.DigestOf(b) != ref.Digest {
		return p, fmt.Errorf("%s is not what was shipped: %w", ref.Key, ErrBroken)
	}
	return p, decodeGzip(ref.Key, b, &p)
}

// said is what came back.
func (b *rebuild) said(last Shipping) Rebuilt {
	r := Rebuilt{Segments: b.segments, Void: last.Segment - b.segments, Last: b.last, Rows: b.rows}
	gone := map[string]bool{}
	for _, key := range slices.Sorted(maps.Keys(b.missing)) {
		owner := b.missing[key]
		if !b.erased[owner] {
			r.Missing = append(r.Missing, key)
		} else if !gone[owner] {
			gone[owner] = true
			r.Erased = append(r.Erased, owner)
		}
	}
	return r
}
