package storage

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"mailroom/scanstation"
)

// Segment is a stretch of the ledger as the bucket has it: events in order,
// without what they say, which rows were changed, and where the rest lies.
// Segments are counted from 1 without a gap, and each names the one before.
type Segment struct {
	Number   int64              `json:"number"`
	Previous scanstation.Digest `json:"previous,omitempty"` // of the object of the segment before
	At       time.Time          `json:"at"`
	After    int64              `json:"after"` // the last event before it
	// Whole says that with this segment all is there that was in the ledger.
	Whole   bool        `json:"whole"`
	Events  []Event     `json:"events"`
	Changes []RowChange `json:"changes"`
	Rows    []TableRow  `json:"rows"` // those that are nobody's
	Parts   []PartRef   `json:"parts"`
}

// PartRef names the object with what a segment has about one owner.
type PartRef struct {
	Owner string `json:"owner"`
	Object
}

// Part is what a segment has about one owner: its rows, and among them what the
// events about it say.
type Part struct {
	Owner string     `json:"owner"`
	Rows  []TableRow `json:"rows"`
}

// Shipping is how far the bucket has the ledger.
type Shipping struct {
	Segment int64              `json:"segment"`
	Digest  scanstation.Digest `json:"digest"` // of its object
	Events  int64              `json:"events"`
	At      time.Time          `json:"at"`
	Whole   bool               `json:"whole"`
}

const (
	shippingStanding = OwnStanding + "shipping"
	// shipLimit is how many events, and how many rows, one segment takes at most.
	shipLimit = 5000
)

// Shipping says how far the bucket has the ledger; zero: not at all.
func (a *Archive) Shipping(ctx context.Context) (s Shipping, err error) {
	return s, a.View(ctx, func(tx Tx) error {
		s, err = a.shipping(ctx, tx)
		return err
	})
}

func (a *Archive) shipping(ctx context.Context, tx Tx) (s Shipping, err error) {
	if err = a.Ledger.Standing(ctx, tx, shippingStanding, &s); isNotFound(err) {
		return Shipping{}, nil
	}
	return s, err
}

// Ship puts into the bucket what the ledger has and the bucket has not, and says
// whether there is more.
func (a *Archive) Ship(ctx context.Context) (more bool, err error) {
	was, s, rows, changes, err := a.unshipped(ctx)
	if err != nil || len(s.Events) == 0 && len(changes) == 0 {
		return false, err
	}
	if err := a.putSegmentParts(ctx, &s, rows); err != nil {
		return false, fmt.Errorf("ship segment %d: %w", s.Number, err)
	}
	o, err := a.putSegment(ctx, s)
	if errors.Is(err, ErrConflict) {
		return true, a.adopt(ctx, was)
	}
	if err != nil {
		return false, fmt.Errorf("ship segment %d: %w", s.Number, err)
	}
	return !s.Whole, a.shipped(ctx, was, s, o.Digest, changes)
}

// unshipped reads one segment's worth from one state of the ledger.
func (a *Archive) unshipped(ctx context.Context) (was Shipping, s Segment, rows []TableRow, changes []RowChange, err error) {
	err = a.View(ctx, func(tx Tx) error {
		if was, err = a.shipping(ctx, tx); err != nil {
			return err
		}
		if changes, err = a.Ledger.RowChanges(ctx, tx, shipLimit); err != nil {
			return err
		}
		if rows, err = a.Ledger.TableRows(ctx, tx, changes); err != nil {
			return err
		}
		s = Segment{
			Number: was.Segment + 1, Previous: was.Digest, At: a.Now().UTC(), After: was.Events, Changes: once(changes),
		}
		s.Events, err = a.Ledger.Events(ctx, tx, EventFilter{After: was.Events, Limit: shipLimit})
		s.Whole = len(s.Events) < shipLimit && len(changes) < shipLimit
		for i := range s.Events {
			s.Events[i].Salt, s.Events[i].Body = nil, nil
		}
		return err
	})
	return was, s, rows, changes, err
}

// once are the changes, each row once and without numbers.
func once(changes []RowChange) (out []RowChange) {
	seen := map[RowChange]bool{}
	for _, c := range changes {
		if c.N = 0; !seen[c] {
			seen[c] = true
			out = append(out, c)
		}
	}
	return out
}

// putSegmentParts stores the rows of each owner and leaves in s where that is.
func (a *Archive) putSegmentParts(ctx context.Context, s *Segment, rows []TableRow) error {
	parts := map[string][]TableRow{}
	for _, r := range rows {
		parts[r.Owner] = append(parts[r.Owner], r)
	}
	s.Rows = parts[""]
	delete(parts, "")
	owners := slices.Sorted(maps.Keys(parts))
	s.Parts = make([]PartRef, len(owners))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(8)
	for i, owner := range owners {
		g.Go(func() error {
			o, err := a.putPart(ctx, s.Number, Part{owner, parts[owner]})
			s.Parts[i] = PartRef{owner, o}
			return err
		})
	}
	return g.Wait()
}

// putPart stores a part under a name that says which bytes it has: an attempt
// that was broken off may have left another one.
func (a *Archive) putPart(ctx context.Context, segment int64, p Part) (Object, error) {
	b, err := deflateJSON(p)
	if err != nil {
		return Object{}, err
	}
	o, err := a.putBytes(ctx, fmt.Sprintf("%s%012d-%.12s.json.gz", partsOf(p.Owner), segment, scanstation.DigestOf(b)), b)
	o.Version = ""
	return o, err
}

func segmentKey(n int64) string { return fmt.Sprintf("%s%012d.json.gz", segmentPrefix, n) }

func (a *Archive) putSegment(ctx context.Context, s Segment) (Object, error) {
	b, err := deflateJSON(s)
	if err != nil {
		return Object{}, err
	}
	return a.putBytes(ctx, segmentKey(s.Number), b)
}

// shipped notes that the bucket has a segment, unless another node noted it.
func (a *Archive) shipped(ctx context.Context, was Shipping, s Segment, digest scanstation.Digest, changes []RowChange) error {
	now := Shipping{Segment: s.Number, Digest: digest, Events: s.last(), At: a.Now().UTC(), Whole: s.Whole}
	return a.Do(ctx, func(tx Tx) error {
		if at, err := a.shipping(ctx, tx); err != nil || at.Segment != was.Segment {
			return err
		}
		if err := a.Ledger.DropChanges(ctx, tx, changes); err != nil {
			return err
		}
		return a.Ledger.SaveStanding(ctx, tx, shippingStanding, now)
	})
}

// last is the last event that stands in the segment, or before it.
func (s Segment) last() int64 { return s.After + int64(len(s.Events)) }

// adopt takes over the segment that is there in place of the next one: an
// attempt that was broken off, or another node, put it. Rows are shipped again,
// which changes nothing.
func (a *Archive) adopt(ctx context.Context, was Shipping) error {
	s, digest, err := a.segment(ctx, was.Segment+1)
	if err != nil {
		return err
	}
	events, err := a.Events(ctx, EventFilter{After: was.Events, Limit: max(1, len(s.Events))})
	if err != nil {
		return err
	}
	same := s.Previous == was.Digest && s.After == was.Events && len(events) >= len(s.Events) &&
		slices.EqualFunc(s.Events, events[:min(len(events), len(s.Events))], func(x, y Event) bool { return x.Hash == y.Hash })
	if !same {
		return fmt.Errorf("segment %d in the bucket is not of this ledger: %w", s.Number, ErrBroken)
	}
	s.Whole = false
	return a.shipped(ctx, was, s, digest, nil)
}

// segment reads a segment back.
func (a *Archive) segment(ctx context.Context, n int64) (s Segment, digest scanstation.Digest, err error) {
	b, err := a.readAll(ctx, segmentKey(n))
	if err != nil {
		return s, "", err
	}
	if err := decodeGzip(segmentKey(n), b, &s); err != nil {
		return s, "", err
	}
	if s.Number != n {
		return s, "", fmt.Errorf("segment %d calls itself %d: %w", n, s.Number, ErrBroken)
	}
	return s, scanstation.DigestOf(b), nil
}

func (a *Archive) readAll(ctx context.Context, key string) ([]byte, error) {
	r, err := a.Blobs.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", key, err)
	}
	return b, nil
}

func decodeGzip(key string, b []byte, v any) error {
	r, err := inflate(key, bytes.NewReader(b))
	if err == nil {
		err = json.NewDecoder(r).Decode(v)
	}
	if err != nil {
		return fmt.Errorf("decode %s: %w: %w", key, ErrBroken, err)
	}
	return nil
}

// KeepShipping ships every few seconds until ctx ends, and once more then.
func (a *Archive) KeepShipping(ctx context.Context, pause time.Duration, log *slog.Logger) {
	trouble := ""
	for ended := false; !ended; {
		select {
		case <-ctx.Done():
			ended = true
		case <-time.After(pause):
		}
		err := a.shipAll(ctx)
		switch {
		case err != nil && err.Error() != trouble && ctx.Err() == nil:
			log.Error("the bucket does not have the last of the ledger", "err", err)
			trouble = err.Error()
		case err == nil && trouble != "":
			log.Info("the bucket has the ledger again")
			trouble = ""
		}
	}
}

// shipAll ships until the bucket has it all. What is stopped has ten seconds.
func (a *Archive) shipAll(ctx context.Context) error {
	if ctx.Err() != nil {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		ctx = last
	}
	for {
		if more, err := a.Ship(ctx); err != nil || !more {
			return err
		}
	}
}
