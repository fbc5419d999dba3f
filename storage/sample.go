package storage

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"mailroom/scanstation"
)

// EventSampled: a sample was drawn for an audit. EventExamined: the auditor
// noted something about one of its letters.
const (
	EventSampled  = "sampled"
	EventExamined = "examined"
)

// MaxPopulation is among how many letters a sample can be drawn.
const MaxPopulation = 500_000

// Sample is a sample of letters with paper, drawn for an audit (Stichprobe): by
// chance, but so that everybody can draw the same one again.
type Sample struct {
	ID         string             `json:"id"`
	At         time.Time          `json:"at"`
	By         string             `json:"by"` // opaque id of whoever drew it
	Title      string             `json:"title"`
	From       scanstation.Date   `json:"from"` // days of the scan
	To         scanstation.Date   `json:"to"`
	Class      string             `json:"class,omitempty"` // empty: any
	State      OriginalState      `json:"state,omitempty"` // of the paper, when it was drawn; empty: any
	Seed       string             `json:"seed"`
	Population int                `json:"population"`
	Digest     scanstation.Digest `json:"population_sha256"` // of its ids, one a line
	Letters    []SampleLetter     `json:"letters"`           // in the order of the draw
}

// The verdicts on a letter of a sample.
const (
	Sound    = "sound"
	Finding  = "finding"
	Unproven = "" // nobody has said anything yet
)

// SampleLetter is a letter of a sample with what the auditor noted.
type SampleLetter struct {
	Document DocumentID `json:"document"`
	Verdict  string     `json:"verdict,omitempty"`
	Words    string     `json:"words,omitempty"`
	At       time.Time  `json:"at,omitzero"`
}

// PopulationKey is the key of the ids that a sample was drawn from, one a line.
func (s Sample) PopulationKey() string { return "samples/" + s.ID + "/population.txt" }

// DrawSample draws want of population: those whose SHA-256 over the seed, a line feed
// and the id is least, in that order. Equal seed and population give the same.
func DrawSample(seed string, population []DocumentID, want int) []DocumentID {
	type ticket struct {
		sum [sha256.Size]byte
		id  DocumentID
	}
	tickets := make([]ticket, len(population))
	for i, id := range population {
		tickets[i] = ticket{sha256.Sum256([]byte(seed + "\n" + string(id))), id}
	}
	slices.SortFunc(tickets, func(a, b ticket) int {
		return cmp.Or(slices.Compare(a.sum[:], b.sum[:]), cmp.Compare(a.id, b.id))
	})
	out := make([]DocumentID, min(want, len(tickets)))
	for i := range out {
		out[i] = tickets[i].id
	}
	return out
}

// PopulationText writes ids as they are kept, in their order.
func PopulationText(ids []DocumentID) []byte {
	lines := make([]string, len(ids))
	for i, id := range ids {
		lines[i] = string(id) + "\n"
	}
	return []byte(strings.Join(lines, ""))
}

// Redraw says whether s is what comes out if it is drawn again from the ids that
// were kept with it.
func (s Sample) Redraw(text []byte) error {
	if scanstation.DigestOf(text) != s.Digest {
		return fmt.Errorf("sample %s was not drawn from these letters: %w", s.ID, ErrBroken)
	}
	var ids []DocumentID
	for line := range strings.Lines(string(text)) {
		ids = append(ids, DocumentID(strings.TrimSuffix(line, "\n")))
	}
	drawn := DrawSample(s.Seed, ids, len(s.Letters))
	same := slices.EqualFunc(drawn, s.Letters, func(id DocumentID, l SampleLetter) bool { return id == l.Document })
	if !same || len(ids) != s.Population {
		return fmt.Errorf("sample %s is not what its seed draws: %w", s.ID, ErrBroken)
	}
	return nil
}

// Samples keeps samples and what they are drawn from.
type Samples interface {
	// SaveSample inserts or replaces by id.
	SaveSample(ctx context.Context, tx Tx, s Sample) error
	// Samples lists samples, the newest id first; one by its id, or those before it.
	Samples(ctx context.Context, tx Tx, f SampleFilter) ([]Sample, error)
	// Population lists the letters with paper whose id lies from first up to,
	// but not including, before, in order.
	Population(ctx context.Context, tx Tx, f PopulationFilter) ([]DocumentID, error)
}

// SampleFilter selects samples.
type SampleFilter struct {
	ID     string
	Before string
	Lock   bool
	Limit  int // 0: 50
}

// PopulationFilter selects letters with paper.
type PopulationFilter struct {
	From, To scanstation.Date // days of the scan in the office, both included
	Zone     *time.Location   // of the office; nil: UTC
	Class    string
	State    OriginalState
	Limit    int // so many to look through, or more, are ErrConflict
}

// DayOf is the day on which a paper was scanned; where that is not known, on
// which its stack was claimed.
func (f PopulationFilter) DayOf(o Original) scanstation.Date {
	if o.ScannedAt.IsZero() {
		claimed, _ := time.Parse("20060102", string(o.Document)[:min(8, len(o.Document))]) // what has no day is of none
		return scanstation.DateOf(claimed)
	}
	if f.Zone == nil {
		return scanstation.DateOf(o.ScannedAt.UTC())
	}
	return scanstation.DateOf(o.ScannedAt.In(f.Zone))
}

// DrawSample draws s, keeps it with what it was drawn from, and records that.
// What is missing of s, its id and seed, is drawn as well. Too many letters to
// draw from, or none, are ErrConflict.
func (a *Archive) DrawSample(ctx context.Context, s Sample, want int, actor string) (Sample, error) {
	var ids []DocumentID
	err := a.View(ctx, func(tx Tx) (err error) {
		ids, err = a.Ledger.Population(ctx, tx, PopulationFilter{From: s.From, To: s.To, Zone: a.Zone, Class: s.Class, State: s.State, Limit: MaxPopulation + 1})
		return err
	})
	if err != nil {
		return s, err
	}
	if len(ids) == 0 || len(ids) > MaxPopulation {
		return s, fmt.Errorf("draw a sample of %d letters: %w", len(ids), ErrConflict)
	}
	s.At, s.By = a.Now().UTC(), actor
	if s.ID, err = a.sampleID(s.At); err != nil {
		return s, err
	}
	if s.Seed == "" {
		if s.Seed, err = a.hexOf(16); err != nil {
			return s, err
		}
	}
	text := PopulationText(ids)
	s.Population, s.Digest, s.Letters = len(ids), scanstation.DigestOf(text), nil
	for _, id := range DrawSample(s.Seed, ids, want) {
		s.Letters = append(s.Letters, SampleLetter{Document: id})
	}
	if _, err := a.putBytes(ctx, s.PopulationKey(), text); err != nil {
		return s, fmt.Errorf("keep what sample %s was drawn from: %w", s.ID, err)
	}
	return s, a.Do(ctx, func(tx Tx) error {
		if err := a.Ledger.SaveSample(ctx, tx, s); err != nil {
			return err
		}
		return a.Record(ctx, tx, actor, EventSampled, s.ID, s)
	})
}

func (a *Archive) sampleID(at time.Time) (string, error) {
	tail, err := a.hexOf(4)
	return "S" + at.Format("20060102-150405") + "-" + strings.ToUpper(tail), err
}

func (a *Archive) hexOf(n int) (string, error) {
	b := make([]byte, n)
	if _, err := a.Random.Read(b); err != nil {
		return "", fmt.Errorf("draw a number: %w", err)
	}
	return hex.EncodeToString(b), nil
}

// Redraw draws a kept sample again.
func (a *Archive) Redraw(ctx context.Context, s Sample) error {
	r, err := a.Blobs.Get(ctx, s.PopulationKey())
	if err != nil {
		return fmt.Errorf("draw sample %s again: %w", s.ID, err)
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("draw sample %s again: %w", s.ID, err)
	}
	return s.Redraw(text)
}

// Examine notes what an auditor says of a letter of a sample.
func (a *Archive) Examine(ctx context.Context, id string, l SampleLetter, actor string) error {
	return a.Do(ctx, func(tx Tx) error {
		found, err := a.Ledger.Samples(ctx, tx, SampleFilter{ID: id, Lock: true})
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return fmt.Errorf("sample %s: %w", id, ErrNotFound)
		}
		s := found[0]
		i := slices.IndexFunc(s.Letters, func(old SampleLetter) bool { return old.Document == l.Document })
		if i < 0 {
			return fmt.Errorf("letter %s of sample %s: %w", l.Document, id, ErrNotFound)
		}
		l.At = a.Now().UTC()
		s.Letters[i] = l
		if err := a.Ledger.SaveSample(ctx, tx, s); err != nil {
			return err
		}
		body := struct {
			Sample string `json:"sample"`
			SampleLetter
		}{id, l}
		return a.Record(ctx, tx, actor, EventExamined, string(l.Document), body)
	})
}
