package storage

import (
	"context"
	"fmt"
	"time"

	"mailroom/scanstation"
)

// EventPaper: the paper of a document took another state or date.
const EventPaper = "paper"

// Ending is how a document ended that becomes part of no case, and how it and
// its paper stood before.
type Ending struct {
	Authority string           `json:"authority,omitempty"` // HandedOver, Returned: to whom
	Duplicate DocumentID       `json:"duplicate,omitempty"` // Duplicate: of which letter
	From      DocumentState    `json:"from"`
	Paper     OriginalState    `json:"paper,omitempty"` // empty: there was none
	DueOn     scanstation.Date `json:"due_on,omitempty"`
}

// endRule says what an end does to the paper and what must be known for it.
type endRule struct {
	paper     OriginalState // where the paper goes; empty: it stays
	short     bool          // its clock is cut to Config.ShortDays from the end
	authority bool
	duplicate bool
}

// ends are the other ends. Paper that is kept, held or lost stays so: those are
// decisions about the paper itself.
var ends = map[DocumentState]endRule{
	NoRelevance: {short: true},
	Finance:     {},
	HandedOver:  {paper: ToReturn, authority: true},
	Returned:    {paper: ToReturn},
	Duplicate:   {duplicate: true},
}

// Needs says what must be known for an end; ok is false if a letter cannot end
// like that.
func (s DocumentState) Needs() (authority, duplicate, ok bool) {
	rule, ok := ends[s]
	return rule.authority, rule.duplicate, ok
}

// apply returns the paper as it is after an end on day.
func (r endRule) apply(o Original, day scanstation.Date, shortDays int) Original {
	if o.State != InBox && o.State != Due {
		return o
	}
	if r.paper != "" {
		o.State = r.paper
	}
	if t, err := day.Time(); err == nil && r.short {
		o.DueOn = min(o.DueOn, scanstation.DateOf(t.AddDate(0, 0, shortDays)))
	}
	return o
}

// End ends a document without a case, and its paper with it, each with its
// event. It must be the last thing done in the transaction. An end that may not
// follow, or that lacks what it needs, is ErrConflict.
func (a *Archive) End(ctx context.Context, tx Tx, id DocumentID, to DocumentState, e Ending, actor string, c Change) (Document, error) {
	rule, ok := ends[to]
	if !ok || rule.authority && e.Authority == "" || rule.duplicate && e.Duplicate == "" {
		return Document{}, fmt.Errorf("end %s as %q without what it needs: %w", id, to, ErrConflict)
	}
	if err := a.duplicates(ctx, tx, id, e.Duplicate); err != nil {
		return Document{}, err
	}
	var paper *Original
	d, err := a.change(ctx, tx, id, to, actor, c, func(d *Document) error {
		e.From, e.Paper, e.DueOn = d.State, "", ""
		before, err := a.paper(ctx, tx, id)
		if err == nil && before != nil {
			e.Paper, e.DueOn = before.State, before.DueOn
			after := rule.apply(*before, a.today(), a.ShortDays)
			paper, err = a.savePaper(ctx, tx, *before, after)
		}
		d.End = &e
		return err
	})
	if err != nil {
		return Document{}, err
	}
	return d, a.recordPaper(ctx, tx, paper, actor)
}

// duplicates refuses a link to no letter, to the letter itself, or to one that
// is only a duplicate in turn.
func (a *Archive) duplicates(ctx context.Context, tx Tx, id, of DocumentID) error {
	if of == "" {
		return nil
	}
	found, err := a.Ledger.Documents(ctx, tx, DocumentFilter{ID: of, Limit: 1})
	if err != nil {
		return err
	}
	if of == id || len(found) == 0 || found[0].State == Duplicate || found[0].State == Superseded {
		return fmt.Errorf("%s cannot be a duplicate of %s: %w", id, of, ErrConflict)
	}
	return nil
}

// Unend takes an end back as long as nothing has happened to the paper since:
// document and paper stand as before, but that an assignment is not restored.
// It must be the last thing done in the transaction; otherwise ErrConflict.
func (a *Archive) Unend(ctx context.Context, tx Tx, id DocumentID, actor string, c Change) (Document, error) {
	found, err := a.Ledger.Documents(ctx, tx, DocumentFilter{ID: id, Limit: 1})
	if err != nil {
		return Document{}, err
	}
	if len(found) == 0 {
		return Document{}, fmt.Errorf("document %s: %w", id, ErrNotFound)
	}
	to := Inbox
	if e := found[0].End; e != nil && e.From == Review {
		to = Review
	}
	var paper *Original
	d, err := a.change(ctx, tx, id, to, actor, c, func(d *Document) (err error) {
		if paper, err = a.restore(ctx, tx, *d); err == nil {
			d.End = nil
		}
		return err
	})
	if err != nil {
		return Document{}, err
	}
	return d, a.recordPaper(ctx, tx, paper, actor)
}

// restore puts the paper of d back as it was before d ended.
func (a *Archive) restore(ctx context.Context, tx Tx, d Document) (*Original, error) {
	rule, ok := ends[d.State]
	now, err := a.paper(ctx, tx, d.ID)
	if err != nil {
		return nil, err
	}
	if !ok || d.End == nil || (now == nil) != (d.End.Paper == "") {
		return nil, fmt.Errorf("document %s did not end: %w", d.ID, ErrConflict)
	}
	if now == nil {
		return nil, nil
	}
	before := *now
	before.State, before.DueOn = d.End.Paper, d.End.DueOn
	after := rule.apply(before, a.dayOf(d.ChangedAt), a.ShortDays)
	stays := now.State == Held || now.State == Due && after.State == InBox // neither is something that happened to the paper
	if after.State != now.State && !stays || after.DueOn != now.DueOn {
		return nil, fmt.Errorf("the paper of %s is %s since it ended: %w", d.ID, now.State, ErrConflict)
	}
	switch {
	case now.State == Held:
		before.State = Held
	case before.State == Due && now.State == ToReturn:
		before.State = InBox // and falls due again by its date
	}
	return a.savePaper(ctx, tx, *now, before)
}

// paper returns the original of a document, nil if there never was one.
func (a *Archive) paper(ctx context.Context, tx Tx, id DocumentID) (*Original, error) {
	found, err := a.Ledger.Originals(ctx, tx, OriginalFilter{Document: id, Limit: 1})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// savePaper saves after in the place of before; nil if nothing changes.
func (a *Archive) savePaper(ctx context.Context, tx Tx, before, after Original) (*Original, error) {
	if before == after {
		return nil, nil
	}
	if before.State != after.State {
		if err := mayMove(originalMoves, "original of "+string(after.Document), before.State, after.State); err != nil {
			return nil, err
		}
	}
	return &after, a.Ledger.SaveOriginal(ctx, tx, after)
}

func (a *Archive) recordPaper(ctx context.Context, tx Tx, o *Original, actor string) error {
	if o == nil {
		return nil
	}
	return a.Record(ctx, tx, actor, EventPaper, string(o.Document), o)
}

// Today is the day it is in the office.
func (a *Archive) Today() scanstation.Date { return a.today() }

func (a *Archive) today() scanstation.Date {
	return a.dayOf(a.Now())
}

func (a *Archive) dayOf(t time.Time) scanstation.Date {
	if a.Zone != nil {
		t = t.In(a.Zone)
	}
	return scanstation.DateOf(t)
}

// Text returns the text of a document as it stands in tx.
func (a *Archive) Text(ctx context.Context, tx Tx, id DocumentID) (string, error) {
	found, err := a.Ledger.Documents(ctx, tx, DocumentFilter{ID: id, WithText: true, Limit: 1})
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("document %s: %w", id, ErrNotFound)
	}
	if err != nil {
		return "", err
	}
	return found[0].Text, nil
}
