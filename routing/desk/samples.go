package desk

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// The codes of Invalid about samples.
const (
	SampleWrong   = "sample-wrong"   // no letters to draw from, or too many, or a wrong number
	SeedWrong     = "seed-wrong"     // no seed of a sample: 8 to 64 digits and letters a to f
	VerdictsWrong = "verdicts-wrong" // neither sound nor a finding with words
)

// maxSample is how many letters one sample has.
const maxSample = 500

// SampleWish is what a sample is to be drawn from.
type SampleWish struct {
	Title    string
	From, To scanstation.Date
	Class    string
	State    storage.OriginalState
	Seed     string // empty: it is drawn
	Want     int
}

// DrawSample draws a sample for an audit.
func (d *Desk) DrawSample(ctx context.Context, who routing.Clerk, w SampleWish) (s storage.Sample, err error) {
	if !d.MayAudit(who) {
		return s, missing("samples")
	}
	if w.Title, err = textOf(w.Title); err != nil {
		return s, err
	}
	from, err1 := w.From.Time()
	to, err2 := w.To.Time()
	if err := errors.Join(err1, err2); err != nil || to.Before(from) || to.Sub(from).Hours() > 24*366*2 {
		return s, invalid(DateWrong, "%.10s, %.10s", w.From, w.To)
	}
	if w.Seed = strings.ToLower(strings.TrimSpace(w.Seed)); w.Seed != "" {
		if _, err := hex.DecodeString(w.Seed); err != nil || len(w.Seed) < 8 || len(w.Seed) > 64 {
			return s, invalid(SeedWrong, "")
		}
	}
	if w.Want < 1 || w.Want > maxSample {
		return s, invalid(SampleWrong, "1–%d", maxSample)
	}
	s = storage.Sample{Title: w.Title, From: w.From, To: w.To, Class: w.Class, State: w.State, Seed: w.Seed}
	s, err = d.cfg.Archive.DrawSample(ctx, s, w.Want, string(who.ID))
	if errors.Is(err, storage.ErrConflict) {
		return s, invalid(SampleWrong, "")
	}
	return s, err
}

// Samples lists samples, the newest first.
func (d *Desk) Samples(ctx context.Context, who routing.Clerk, before string) (out []storage.Sample, err error) {
	if !d.MayAudit(who) {
		return nil, missing("samples")
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		out, err = d.cfg.Archive.Ledger.Samples(ctx, tx, storage.SampleFilter{Before: before})
		return err
	})
	return out, err
}

// AuditSample returns one sample.
func (d *Desk) AuditSample(ctx context.Context, who routing.Clerk, id string) (s storage.Sample, err error) {
	if !d.MayAudit(who) || len(id) > 60 {
		return s, missing("sample " + id)
	}
	var found []storage.Sample
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		found, err = d.cfg.Archive.Ledger.Samples(ctx, tx, storage.SampleFilter{ID: id, Limit: 1})
		return err
	})
	if err != nil || len(found) == 0 || id == "" {
		return s, errors.Join(err, missing("sample "+id))
	}
	return found[0], nil
}

// Redraw draws a sample again from what was kept, and says whether it comes out
// the same.
func (d *Desk) Redraw(ctx context.Context, who routing.Clerk, id string) (bool, error) {
	s, err := d.AuditSample(ctx, who, id)
	if err != nil {
		return false, err
	}
	err = d.cfg.Archive.Redraw(ctx, s)
	if errors.Is(err, storage.ErrBroken) {
		return false, nil
	}
	return err == nil, err
}

// Examine notes what the auditor says of a letter of a sample.
func (d *Desk) Examine(ctx context.Context, who routing.Clerk, sample string, l storage.SampleLetter) error {
	if _, err := d.AuditSample(ctx, who, sample); err != nil {
		return err
	}
	words, err := textOf(l.Words)
	if err != nil {
		return err
	}
	if l.Words = words; !slices.Contains([]string{storage.Sound, storage.Finding}, l.Verdict) || l.Verdict == storage.Finding && words == "" {
		return invalid(VerdictsWrong, "")
	}
	return d.cfg.Archive.Examine(ctx, sample, l, string(who.ID))
}

// Classes are the classes of letters, as configured.
func (d *Desk) Classes() []storage.Class { return d.cfg.Archive.Classes }
