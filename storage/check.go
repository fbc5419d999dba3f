package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"mailroom/scanstation"
)

// The kinds of events about checks and what case workers say.
const (
	EventChecked   = "checked"     // a person has looked at a sheet of a letter; the body is a Checking
	EventRecheck   = "check-again" // a defect is said to be gone, so the check is made again; the body is a Checking
	EventCompleted = "completeness"
)

// CheckState is how far the check of a letter is.
type CheckState string

// The states of a check.
const (
	CheckOpen   CheckState = "open"
	CheckFailed CheckState = "failed"
	CheckAgain  CheckState = "again" // what was wrong is said to be mended, and is looked at again
	CheckPassed CheckState = "passed"
	CheckGone   CheckState = "gone"   // its pages stand in another letter, which is checked instead
	CheckSealed CheckState = "sealed" // it was sealed before that: its recipients alone may see it, and say whether it is complete
)

// The defects beside the complaints that a letter may come back for.
const (
	WrongBoundary = "wrong-boundary" // the letter ends too early or too late
	WrongSide     = "wrong-side"     // upside down, or another side of the sheet
	ColourNeeded  = "colour-needed"
)

// Defects returns the kinds of defects that a check may find.
func Defects() []string {
	return []string{Unreadable, CutOff, MissingPage, WrongOrder, WrongBoundary, WrongSide, ColourNeeded, OtherTrouble}
}

// Check is the check of one drawn letter (Prüfung).
type Check struct {
	Document DocumentID `json:"document"`
	Class    string     `json:"class"`
	State    CheckState `json:"state"`
	Needs    int        `json:"needs"` // how many people look at each sheet
	Round    int        `json:"round"` // how often it was begun anew
	Verdicts []Verdict  `json:"verdicts"`
	Answer   string     `json:"answer,omitempty"` // why nothing was scanned again
	EndedAt  time.Time  `json:"ended_at,omitzero"`
}

// Verdict is what a person said about one sheet, with the paper in hand.
type Verdict struct {
	ImageRef
	Page   int                  `json:"page"`             // its number then
	Defect string               `json:"defect,omitempty"` // empty: it is right
	Words  string               `json:"words,omitempty"`
	By     string               `json:"by"` // an actor
	Name   string               `json:"name"`
	At     time.Time            `json:"at"`
	Rescan scanstation.RescanID `json:"rescan,omitempty"` // asked for because of it
	Past   bool                 `json:"past,omitempty"`   // it no longer holds: the defect is said to be gone, or the sheet is looked at again
}

// Checking is the body of an event about a check.
type Checking struct {
	Check   Check     `json:"check"`
	Draw    DrawState `json:"draw"`
	Changes int       `json:"changes"`
	Quality *Quality  `json:"quality,omitempty"` // where the letter counted
}

// ErrSamePerson: whoever scanned or handled the stack, or has looked at the
// sheet before, does not check it.
var ErrSamePerson = fmt.Errorf("the same person: %w", ErrConflict)

// ErrCheckFailed: the check of the letter found a defect that is not yet gone.
var ErrCheckFailed = fmt.Errorf("the quality control found a defect: %w", ErrConflict)

// Find returns the check of a letter; nil: it was not drawn.
func (d *Draw) Find(id DocumentID) *Check {
	for i := range d.Checks {
		if d.Checks[i].Document == id {
			return &d.Checks[i]
		}
	}
	return nil
}

// settle says how far the whole draw is.
func (d *Draw) settle(now time.Time) {
	d.State, d.EndedAt = DrawPassed, now
	for _, c := range d.Checks {
		switch c.State {
		case CheckFailed, CheckAgain:
			d.State, d.EndedAt = DrawFailed, time.Time{}
			return
		case CheckOpen:
			d.State, d.EndedAt = DrawOpen, time.Time{}
		}
	}
}

// Pending says whether something about the letter is left to be said or mended.
func (c Check) Pending() bool {
	return c.State != CheckPassed && c.State != CheckGone && c.State != CheckSealed
}

// Found are the defects that were found and are not said to be gone.
func (c Check) Found() (out []Verdict) {
	for _, v := range c.Verdicts {
		if v.Defect != "" && !v.Past {
			out = append(out, v)
		}
	}
	return out
}

// Of returns what was said about an image and still holds.
func (c Check) Of(ref ImageRef) (out []Verdict) {
	for _, v := range c.Verdicts {
		if v.ImageRef == ref && !v.Past {
			out = append(out, v)
		}
	}
	return out
}

// Done says whether enough people have looked at an image.
func (c Check) Done(ref ImageRef) bool {
	said := c.Of(ref)
	return len(said) >= c.Needs || slices.ContainsFunc(said, func(v Verdict) bool { return v.Defect != "" })
}

// settle says how far the check of a letter of these pages is.
func (c *Check) settle(pages []Image, now time.Time) {
	switch {
	case len(c.Found()) > 0:
		c.State = CheckFailed
	case !slices.ContainsFunc(pages, func(p Image) bool { return !c.Done(p.Ref()) }):
		c.State, c.EndedAt = CheckPassed, now
	}
}

// Judgement is what a person says about a sheet of a drawn letter.
type Judgement struct {
	Document DocumentID
	Version  int    // of the letter, as it was before the person
	Page     int    // from 1
	Defect   string // empty: it is right
	Words    string
	By       string // an actor
	Name     string // of that person, for the transfer note
}

// checking is a check that is being changed.
type checking struct {
	batch Batch
	draw  Draw
	check *Check
	doc   Document
	pages []Image
}

// checking locks the stack, its draw and a drawn letter. A letter that was not
// drawn is ErrNotFound.
func (a *Archive) checking(ctx context.Context, tx Tx, id DocumentID) (c checking, err error) {
	if c.batch, err = a.batch(ctx, tx, id.Batch(), true); err != nil {
		return c, err
	}
	draws, err := a.Ledger.Draws(ctx, tx, DrawFilter{Batch: c.batch.ID, Lock: true, Limit: 1})
	if err != nil {
		return c, err
	}
	if len(draws) > 0 {
		c.draw = draws[0]
		c.check = c.draw.Find(id)
	}
	if c.check == nil {
		return c, fmt.Errorf("check of document %s: %w", id, ErrNotFound)
	}
	docs, err := a.Ledger.Documents(ctx, tx, DocumentFilter{ID: id, Lock: true, Limit: 1})
	if err != nil {
		return c, err
	}
	if len(docs) == 0 {
		return c, fmt.Errorf("document %s: %w", id, ErrNotFound)
	}
	c.doc = docs[0]
	c.pages, err = a.pages(ctx, tx, id)
	return c, err
}

// Judge records what a person says about a sheet of a drawn letter, and what
// that means for the letter, the stack and the share that is drawn from now on.
// Whoever scanned or handled the stack is ErrSamePerson; a letter that is
// another by now, or a sheet that was looked at, ErrConflict.
func (a *Archive) Judge(ctx context.Context, j Judgement) (out Check, err error) {
	return out, a.Do(ctx, func(tx Tx) error {
		c, err := a.checking(ctx, tx, j.Document)
		if err != nil {
			return err
		}
		if !c.check.Pending() || c.doc.State == Superseded || c.doc.Version != j.Version || j.Page < 1 || j.Page > len(c.pages) {
			return fmt.Errorf("check page %d of version %d of document %s, whose check is %s: %w", j.Page, j.Version, j.Document, c.check.State, ErrConflict)
		}
		if j.Defect != "" && !slices.Contains(Defects(), j.Defect) {
			return fmt.Errorf("defect %q of document %s: %w", j.Defect, j.Document, ErrConflict)
		}
		if err := a.another(ctx, tx, c, j.By, j.Name); err != nil {
			return err
		}
		ref := c.pages[j.Page-1].Ref()
		if c.check.Done(ref) {
			return fmt.Errorf("page %d of document %s was checked: %w", j.Page, j.Document, ErrConflict)
		}
		for _, v := range c.check.Of(ref) {
			if v.By == j.By || samePerson(v.Name, j.Name) {
				return fmt.Errorf("page %d of document %s: %w", j.Page, j.Document, ErrSamePerson)
			}
		}
		before := c.check.State
		c.check.Verdicts = append(c.check.Verdicts, Verdict{
			ImageRef: ref, Page: j.Page, Defect: j.Defect, Words: j.Words, By: j.By, Name: j.Name, At: a.Now().UTC(),
		})
		c.check.settle(c.pages, a.Now().UTC())
		out = *c.check
		return a.judged(ctx, tx, c, before, j)
	})
}

// judged keeps a check after a verdict, with its event.
func (a *Archive) judged(ctx context.Context, tx Tx, c checking, before CheckState, j Judgement) error {
	now := a.Now().UTC()
	var counted *Quality
	if c.check.State != before {
		q, err := a.quality(ctx, tx, c.draw.Station, c.check.Class)
		if err != nil {
			return err
		}
		var found []string
		for _, v := range c.check.Found() {
			found = append(found, v.Defect)
		}
		q = q.checked(now.In(a.Zone), a.share(c.check.Class), found, c.check.Round > 0)
		if err := a.Ledger.SaveQuality(ctx, tx, q); err != nil {
			return err
		}
		counted = &q
	}
	if c.check.State == CheckFailed {
		c.doc.Checked = c.draw.resultOf(c.doc)
		if err := a.Ledger.SaveDocument(ctx, tx, c.doc); err != nil {
			return err
		}
	}
	if err := a.saveDraw(ctx, tx, &c.draw); err != nil {
		return err
	}
	return a.Record(ctx, tx, j.By, EventChecked, string(j.Document), Checking{*c.check, c.draw.State, c.draw.Changes, counted})
}

// saveDraw keeps a draw that was changed, and has its result noted.
func (a *Archive) saveDraw(ctx context.Context, tx Tx, d *Draw) error {
	d.settle(a.Now().UTC())
	d.Changes++
	if err := a.Ledger.SaveDraw(ctx, tx, *d); err != nil {
		return err
	}
	return a.attestLater(ctx, tx, *d)
}

// another returns ErrSamePerson if the person scanned the stack, or one that
// pages of the letter came with, or had a hand in it before its release.
func (a *Archive) another(ctx context.Context, tx Tx, c checking, by, name string) error {
	from, err := a.stacksOf(ctx, tx, c.batch.ID, c.pages)
	if err != nil {
		return err
	}
	for _, b := range from {
		events, err := a.Ledger.Events(ctx, tx, EventFilter{Object: string(b.ID)})
		if err != nil {
			return err
		}
		handled := slices.ContainsFunc(events, func(e Event) bool { return e.Actor == by })
		if handled || samePerson(b.Operator, name) {
			return fmt.Errorf("check document %s of stack %s: %w", c.doc.ID, b.ID, ErrSamePerson)
		}
	}
	return nil
}

// Barred says whether a person may not check the letters of a draw, for having
// scanned or handled the stack. A letter with pages of another stack may bar
// others as well.
func (a *Archive) Barred(ctx context.Context, tx Tx, d Draw, by, name string) (bool, error) {
	err := a.another(ctx, tx, checking{batch: Batch{Batch: scanstation.Batch{ID: d.Batch}}}, by, name)
	if errors.Is(err, ErrSamePerson) {
		return true, nil
	}
	return false, err
}

// samePerson says whether two names are of one person, as far as names tell: an
// operator is known by name only.
func samePerson(a, b string) bool {
	fold := func(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }
	return fold(a) != "" && fold(a) == fold(b)
}
