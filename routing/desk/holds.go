package desk

import (
	"context"
	"errors"
	"slices"
	"strings"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// The codes of Invalid about holds.
const (
	HoldNothing = "hold-nothing" // neither a letter nor a case nor anything that a search finds
	HoldMany    = "hold-many"    // more letters than one hold can name
	HoldDay     = "hold-day"     // a last day that is over, or none
)

// maxHoldDays is how far ahead the last day of a hold may lie.
const maxHoldDays = 366 * 30

// HoldWish is what is to be held: a letter, a case, or what a search finds.
type HoldWish struct {
	Document storage.DocumentID
	Number   string // of the case
	Search   Search
	Reason   string
	EndsOn   scanstation.Date // empty: until somebody releases it
}

// HeldPaper is a hold as who sees it.
type HeldPaper struct {
	storage.Hold
	Told    bool // who may read its letters: else reason and case are not shown
	Release bool // who may let it go
}

// HoldList is one page of the holds.
type HoldList struct {
	Holds []HeldPaper
	Next  storage.HoldID // empty: there are no more
}

const holdsOnPage = 50

// MaySeeOriginals says whether who sees the paper of any department.
func (d *Desk) MaySeeOriginals(who routing.Clerk) bool {
	return May(who, SeeOriginals, Thing{Released: true}) || d.mayIn(who, SeeOriginals)
}

// MayHold says whether who may hold the paper of any department.
func (d *Desk) MayHold(who routing.Clerk) bool {
	return May(who, HoldPaper, Thing{Released: true}) || d.mayIn(who, HoldPaper)
}

// Holds returns the holds that are in force, or those that were released, on
// letters of who's departments; the last set first, behind before.
func (d *Desk) Holds(ctx context.Context, who routing.Clerk, released bool, before storage.HoldID) (out HoldList, err error) {
	if !d.MaySeeOriginals(who) {
		return out, missing("holds")
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		out = HoldList{}
		f := storage.HoldFilter{Closed: released, Before: before, Limit: 200}
		for range 20 {
			list, err := d.cfg.Archive.Ledger.Holds(ctx, tx, f)
			if err != nil {
				return err
			}
			for _, h := range list {
				if len(out.Holds) == holdsOnPage {
					out.Next = f.Before
					return nil
				}
				f.Before = h.ID
				if p, ok := heldPaper(who, h); ok {
					out.Holds = append(out.Holds, p)
				}
			}
			if len(list) < f.Limit {
				return nil
			}
		}
		out.Next = f.Before
		return nil
	})
	return out, err
}

// heldPaper is h as who sees it; ok is false if it is none of theirs.
func heldPaper(who routing.Clerk, h storage.Hold) (p HeldPaper, ok bool) {
	may := func(right Right) func(string) bool {
		return func(dep string) bool { return May(who, right, Thing{Department: dep, Released: true}) }
	}
	if !slices.ContainsFunc(h.Departments, may(SeeOriginals)) {
		return p, false
	}
	p = HeldPaper{Hold: h, Told: slices.ContainsFunc(h.Departments, may(ReadLetters))}
	p.Release = h.Released == nil && !slices.ContainsFunc(h.Departments, func(dep string) bool { return !may(HoldPaper)(dep) })
	if !p.Told {
		p.Reason, p.Number, p.Words = "", "", ""
		if r := p.Released; r != nil {
			p.Released = &storage.Release{By: r.By, At: r.At}
		}
	}
	p.By = personOf(storage.DocumentID(h.ID), h.By)
	return p, true
}

// Hold keeps paper and copies from going, until the hold is released.
func (d *Desk) Hold(ctx context.Context, who routing.Clerk, w HoldWish) (h storage.Hold, err error) {
	if !d.MayHold(who) {
		return h, missing("holds")
	}
	h = storage.Hold{By: string(who.ID), For: string(who.For.ID), EndsOn: w.EndsOn}
	if h.Reason, err = textOf(w.Reason); err != nil {
		return h, err
	}
	last := d.today().Plus(maxHoldDays)
	switch {
	case h.Reason == "":
		return h, invalid(ReasonMissing, "")
	case w.EndsOn != "" && (!w.EndsOn.Valid() || w.EndsOn <= d.today() || w.EndsOn > last):
		return h, invalid(HoldDay, "%.20s", w.EndsOn)
	}
	letters, err := d.toHold(ctx, who, w, &h)
	if err != nil {
		return h, err
	}
	id, err := d.draw(8)
	if err != nil {
		return h, err
	}
	h.ID = storage.HoldID("h-" + id)
	err = d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		saved, err := d.cfg.Archive.SetHold(ctx, tx, h, letters)
		if err == nil {
			h = saved
		}
		return err
	})
	return h, err
}

// toHold returns the letters that are to be held, and fills in of what h is.
func (d *Desk) toHold(ctx context.Context, who routing.Clerk, w HoldWish, h *storage.Hold) ([]storage.DocumentID, error) {
	w.Search.Before = ""
	switch {
	case w.Document != "":
		h.Kind = storage.HoldDocument
		doc, b, err := d.read(ctx, who, w.Document, SeeFacts)
		if err != nil {
			return nil, err
		}
		if !May(who, HoldPaper, thing(doc, b)) {
			return nil, missing("document " + string(w.Document))
		}
		h.Departments = []string{doc.Department}
		return []storage.DocumentID{doc.ID}, nil
	case w.Number != "":
		return d.caseToHold(ctx, who, w.Number, h)
	case w.Search != Search{}:
		h.Kind, h.Words = storage.HoldSearch, w.Search.words()
		f := d.reach(who)
		f.All, f.Unknown = f.All && May(who, HoldPaper, Thing{Department: anyDepartment, Released: true}), f.Unknown && May(who, HoldPaper, Thing{Released: true})
		f.Departments = slices.DeleteFunc(f.Departments, func(dep string) bool { return !May(who, HoldPaper, Thing{Department: dep, Released: true}) })
		narrow(&f, w.Search)
		f.Reader, f.Text, f.From, f.To = who.Login, w.Search.Text, w.Search.From, w.Search.To
		f.Kind, f.Number, f.Person = w.Search.Kind, w.Search.Number, w.Search.Person
		return d.found(ctx, f, h)
	}
	return nil, invalid(HoldNothing, "")
}

// words are what a search looks for, as people read it.
func (q Search) words() string {
	parts := []string{q.Text, q.Number, q.Person, q.Department, string(q.State), string(q.Kind), string(q.From), string(q.To)}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// caseToHold returns the letters of a case, those that who does not see as well.
func (d *Desk) caseToHold(ctx context.Context, who routing.Clerk, number string, h *storage.Hold) ([]storage.DocumentID, error) {
	var cases []routing.Case
	err := d.cfg.Archive.View(ctx, func(tx storage.Tx) (err error) {
		cases, err = d.cfg.Register.ByNumber(ctx, tx, routing.CaseNumber(number))
		return err
	})
	if err != nil {
		return nil, err
	}
	cases = slices.DeleteFunc(cases, func(c routing.Case) bool {
		return !May(who, HoldPaper, Thing{Department: c.Department, Released: true})
	})
	if len(cases) == 0 {
		return nil, invalid(NumberUnknown, "%.60s", number)
	}
	h.Kind, h.Number = storage.HoldCase, string(cases[0].Number)
	letters, err := d.found(ctx, storage.SearchFilter{All: true, Unknown: true, Number: h.Number}, h)
	var none *Invalid
	if errors.As(err, &none) && none.Code == HoldNothing {
		err = nil // they may still come
	}
	if !slices.Contains(h.Departments, cases[0].Department) {
		h.Departments = append(h.Departments, cases[0].Department)
	}
	return letters, err
}

// found returns all letters of a search, and fills in whose they are.
func (d *Desk) found(ctx context.Context, f storage.SearchFilter, h *storage.Hold) (out []storage.DocumentID, err error) {
	f.Limit = 100
	for {
		docs, err := d.cfg.Archive.Search(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, doc := range docs {
			out = append(out, doc.ID)
			f.Before = doc.ID
			if !slices.Contains(h.Departments, doc.Department) {
				h.Departments = append(h.Departments, doc.Department)
			}
		}
		switch {
		case len(out) > storage.MaxHeld:
			return nil, invalid(HoldMany, "%d", storage.MaxHeld)
		case len(docs) < f.Limit && len(out) == 0:
			return nil, invalid(HoldNothing, "")
		case len(docs) < f.Limit:
			return out, nil
		}
	}
}

// LetGo lets a hold go.
func (d *Desk) LetGo(ctx context.Context, who routing.Clerk, id storage.HoldID, why string) (storage.Hold, error) {
	reason, err := textOf(why)
	if err != nil {
		return storage.Hold{}, err
	}
	var h storage.Hold
	err = d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		found, err := d.cfg.Archive.Ledger.Holds(ctx, tx, storage.HoldFilter{ID: id, Limit: 1})
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return missing("hold " + string(id))
		}
		p, ok := heldPaper(who, found[0])
		switch {
		case !ok || !p.Release && p.Released == nil:
			return missing("hold " + string(id))
		case reason == "":
			return invalid(ReasonMissing, "")
		}
		h, err = d.cfg.Archive.ReleaseHold(ctx, tx, id, string(who.ID), reason)
		return err
	})
	if errors.Is(err, storage.ErrConflict) {
		err = invalid(Overtaken, "%s", id)
	}
	return h, err
}
