package storage

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"time"

	"mailroom/ocr"
	"mailroom/scanstation"
)

// EventDrawn: a stack closed, and it was drawn which of its letters are checked.
// The body is the Draw, from which [Draw.Reproduce] draws the same again.
const EventDrawn = "drawn"

// DrawState is how far the quality control of a stack is.
type DrawState string

// The states of a draw. It is passed at once where nothing was drawn.
const (
	DrawOpen   DrawState = "open"
	DrawFailed DrawState = "failed" // a defect was found, and it has not yet been seen that it is gone
	DrawPassed DrawState = "passed"
)

// Draw says which letters of a stack are checked with the paper in hand, and
// what that has shown (Stichprobe). It is made in the transaction in which the
// stack closes.
type Draw struct {
	Batch    scanstation.BatchID `json:"batch"`
	Station  string              `json:"station"`
	Class    string              `json:"class"` // of the stack
	At       time.Time           `json:"at"`
	State    DrawState           `json:"state"`
	Operator string              `json:"operator"` // who scanned it, and so does not check it
	Seed     string              `json:"seed"`     // 32 bytes in hexadecimal
	Shares   []Share             `json:"shares"`   // in force when it was drawn, one for each class in the stack
	Letters  []Lot               `json:"letters"`  // of the whole stack, in their order
	Checks   []Check             `json:"checks"`   // of those drawn, in the same order
	Changes  int                 `json:"changes"`  // how often something was said to it
	EndedAt  time.Time           `json:"ended_at,omitzero"`
}

// Share is how much of a class is drawn.
type Share struct {
	Class string  `json:"class"`
	Base  float64 `json:"base"` // of the class
	Level int     `json:"level"`
	Rate  float64 `json:"rate"` // what comes of both
}

// Lot is a letter that may be drawn.
type Lot struct {
	Document DocumentID `json:"document"`
	Class    string     `json:"class"`
	Flags    []string   `json:"flags,omitempty"`  // for which it is drawn in any case
	Sealed   bool       `json:"sealed,omitempty"` // never drawn: nobody but its recipients may see it
	Drawn    bool       `json:"drawn,omitempty"`
}

// What automatic checks find about a letter, so that a person looks at it.
const (
	FlagDoubt    = "flag-doubt"    // the cut was in doubt, though somebody has answered that
	FlagReading  = "flag-reading"  // a page is hardly legible to the machine
	FlagCrooked  = "flag-crooked"  // a page lies at a slant
	FlagRejected = "flag-rejected" // an image beside it could not be used
	FlagRescan   = "flag-rescan"   // pages of it were scanned again before the release
)

// The bounds of the automatic checks.
const (
	leastConfidence = 0.5 // of the words of a page that has some
	mostSkew        = 5.0 // degrees
)

// Reproduce draws once more from what is on record and returns ErrBroken if
// other letters come out than those recorded.
func (d Draw) Reproduce() error {
	seed, err := hex.DecodeString(d.Seed)
	if err != nil || len(seed) != sha256.Size {
		return fmt.Errorf("draw of batch %s: no seed: %w", d.Batch, ErrBroken)
	}
	for _, l := range d.Letters {
		if drawn := l.drawn(seed, d.rate(l.Class)); drawn != l.Drawn {
			return fmt.Errorf("draw of batch %s: document %s comes out as drawn: %v, not %v: %w", d.Batch, l.Document, drawn, l.Drawn, ErrBroken)
		}
	}
	return nil
}

// Drawn is how many letters were drawn.
func (d Draw) Drawn() (n int) {
	for _, l := range d.Letters {
		if l.Drawn {
			n++
		}
	}
	return n
}

// Waiting is how many letters wait to be checked.
func (d Draw) Waiting() (n int) {
	for _, c := range d.Checks {
		if c.State == CheckOpen || c.State == CheckAgain {
			n++
		}
	}
	return n
}

func (d Draw) rate(class string) float64 {
	i := slices.IndexFunc(d.Shares, func(s Share) bool { return s.Class == class })
	if i < 0 {
		return Everything
	}
	return d.Shares[i].Rate
}

// drawn says whether l is drawn by seed where rate is the share to be drawn.
func (l Lot) drawn(seed []byte, rate float64) bool {
	return !l.Sealed && (len(l.Flags) > 0 || chance(seed, l.Document) < rate)
}

// chance is the number, evenly spread from 0 up to 1, that a letter gets from a
// seed: the first 53 bits of HMAC-SHA256(seed, id).
func chance(seed []byte, id DocumentID) float64 {
	mac := hmac.New(sha256.New, seed)
	_, _ = io.WriteString(mac, string(id)) // a hash takes everything
	return float64(binary.BigEndian.Uint64(mac.Sum(nil))>>11) / (1 << 53)
}

// draw draws which letters of a stack that closes are checked. What came in
// another way than on paper has no paper to be held beside it.
func (a *Archive) draw(ctx context.Context, tx Tx, b Batch, docs []Document, actor string) error {
	if !b.Kind.HasOriginal() {
		return nil
	}
	images, err := a.Ledger.Images(ctx, tx, ImageFilter{Batch: b.ID})
	if err != nil {
		return err
	}
	var seed [sha256.Size]byte
	if _, err := io.ReadFull(a.Random, seed[:]); err != nil {
		return fmt.Errorf("draw a seed for batch %s: %w", b.ID, err)
	}
	d := Draw{
		Batch: b.ID, Station: b.Station, Class: cmp.Or(b.Class, DefaultClass), At: a.Now().UTC(), Operator: b.Operator, Seed: hex.EncodeToString(seed[:]),
		Letters: lots(docs, images), Shares: []Share{}, Checks: []Check{},
	}
	for i := range d.Letters {
		l := &d.Letters[i]
		if err := a.inForce(ctx, tx, &d, l.Class); err != nil {
			return err
		}
		if l.Drawn = l.drawn(seed[:], d.rate(l.Class)); l.Drawn {
			d.Checks = append(d.Checks, Check{Document: l.Document, Class: l.Class, State: CheckOpen, Needs: a.eyes(l.Class), Verdicts: []Verdict{}})
		}
	}
	d.settle(d.At)
	if err := a.Ledger.SaveDraw(ctx, tx, d); err != nil {
		return err
	}
	if err := a.attestLater(ctx, tx, d); err != nil {
		return err
	}
	return a.Record(ctx, tx, actor, EventDrawn, string(d.Batch), d)
}

// DrawLate has a person make the draw of a released stack that closed without
// one, as stacks did before there was quality control: among the letters whose
// paper still lies here. A stack that has one is ErrConflict.
func (a *Archive) DrawLate(ctx context.Context, id scanstation.BatchID, actor string) error {
	return a.Do(ctx, func(tx Tx) error {
		b, err := a.batch(ctx, tx, id, true)
		if err != nil {
			return err
		}
		draws, err := a.Ledger.Draws(ctx, tx, DrawFilter{Batch: id, Limit: 1})
		if err != nil {
			return err
		}
		if len(draws) > 0 || b.State != BatchReleased || !b.Kind.HasOriginal() {
			return fmt.Errorf("draw of batch %s, which is %s and has %d: %w", id, b.State, len(draws), ErrConflict)
		}
		docs, err := a.letters(ctx, tx, b)
		if err != nil {
			return err
		}
		papers, err := a.Ledger.Originals(ctx, tx, OriginalFilter{Batch: id, States: PresentStates(), Limit: b.numbers() + 1})
		if err != nil {
			return err
		}
		docs = slices.DeleteFunc(docs, func(d Document) bool {
			return !slices.ContainsFunc(papers, func(o Original) bool { return o.Document == d.ID })
		})
		return a.draw(ctx, tx, b, docs, actor)
	})
}

// inForce notes how much of a class is drawn now. The row is not locked: a check
// that ends at the same time counts for the next stack.
func (a *Archive) inForce(ctx context.Context, tx Tx, d *Draw, class string) error {
	if slices.ContainsFunc(d.Shares, func(s Share) bool { return s.Class == class }) {
		return nil
	}
	found, err := a.Ledger.Qualities(ctx, tx, QualityFilter{Station: d.Station, Class: class})
	if err != nil {
		return err
	}
	s := Share{Class: class, Base: a.share(class)}
	var q Quality
	if len(found) > 0 {
		q = found[0]
	}
	s.Level, s.Rate = q.Level, q.Rate(s.Base)
	d.Shares = append(d.Shares, s)
	return nil
}

// eyes is how many people check each sheet of a class.
func (a *Archive) eyes(class string) int {
	if c, ok := a.Classes.Find(class); ok && !c.FourEyes {
		return 1
	}
	return 2
}

// lots puts the letters of a stack up for the draw. An image that could not be
// used speaks against the letter before it, or else the one behind it.
func lots(docs []Document, images []Image) []Lot {
	flags := map[DocumentID][]string{}
	flag := func(id DocumentID, code string) {
		if id != "" && !slices.Contains(flags[id], code) {
			flags[id] = append(flags[id], code)
		}
	}
	var before DocumentID
	orphans := false // unused images before the first letter
	for _, img := range images {
		switch {
		case img.Fate == ocr.RejectedFate && before == "":
			orphans = true
		case img.Fate == ocr.RejectedFate:
			flag(before, FlagRejected)
		case img.Fate == ocr.PageFate:
			for _, code := range img.flags() {
				flag(img.Document, code)
			}
			if before = img.Document; orphans {
				flag(before, FlagRejected)
				orphans = false
			}
		}
	}
	out := make([]Lot, len(docs))
	for i, doc := range docs {
		if len(doc.Doubts) > 0 {
			flag(doc.ID, FlagDoubt)
		}
		if !doc.AmendedAt.IsZero() {
			flag(doc.ID, FlagRescan)
		}
		out[i] = Lot{Document: doc.ID, Class: cmp.Or(doc.Class, DefaultClass), Flags: flags[doc.ID], Sealed: doc.Seal != nil}
	}
	return out
}

// flags is what automatic checks find about a page.
func (i Image) flags() (out []string) {
	if len(i.Doubts) > 0 {
		out = append(out, FlagDoubt)
	}
	if i.Confidence > 0 && i.Confidence < leastConfidence {
		out = append(out, FlagReading)
	}
	if i.Skew > mostSkew || i.Skew < -mostSkew {
		out = append(out, FlagCrooked)
	}
	return out
}

// Draws keeps the draws and what came of them. SaveDraw and SaveQuality insert
// or replace.
type Draws interface {
	SaveDraw(ctx context.Context, tx Tx, d Draw) error
	Draws(ctx context.Context, tx Tx, f DrawFilter) ([]Draw, error)
	// CountDraws counts the letters that wait to be checked in the draws of f.
	CountDraws(ctx context.Context, tx Tx, f DrawFilter) (int, error)
	// SumDraws adds up the draws made since then, by station and class of the
	// stack, at most 500 of both.
	SumDraws(ctx context.Context, tx Tx, since time.Time) ([]DrawSum, error)
	SaveQuality(ctx context.Context, tx Tx, q Quality) error
	// Qualities lists in order of station and class, at most 500.
	Qualities(ctx context.Context, tx Tx, f QualityFilter) ([]Quality, error)
}

// DrawFilter selects draws, the oldest first.
type DrawFilter struct {
	Batch   scanstation.BatchID
	States  []DrawState
	Waiting bool   // only those of which a letter waits to be checked
	Except  string // none that this person scanned, by name
	Lock    bool   // until the transaction ends, no other may lock them
	Limit   int    // 0: 100
}

// DrawSum is how much was drawn of the stacks of a station and class.
type DrawSum struct {
	Station, Class         string
	Stacks, Letters, Drawn int
}

// QualityFilter selects the rows of a station and class; empty: all. With Lock
// and both set the row is there afterwards, if it was not before.
type QualityFilter struct {
	Station, Class string
	Lock           bool
}

func classOf(d Document) string { return cmp.Or(d.Class, DefaultClass) }
