package storage

import (
	"context"
	"fmt"
	"slices"
	"time"

	"mailroom/scanstation"
)

// The kinds of events about holds.
const (
	EventHold         = "hold"          // paper and copy of a letter, or of a case, must not go
	EventHoldReleased = "hold-released" // by a person
	EventHoldEnded    = "hold-ended"    // its last day is over
)

// AgainstHold is the reason of paper that is held.
const AgainstHold = "hold"

// MaxHeld is how many letters one hold can name.
const MaxHeld = 2000

// HoldID names a hold.
type HoldID string

// HoldKind says what a hold is of.
type HoldKind string

// The kinds of holds.
const (
	HoldDocument HoldKind = "document"
	HoldCase     HoldKind = "case"   // all letters of a case, those that are still to come as well
	HoldSearch   HoldKind = "search" // the letters that a search found
)

// Hold keeps paper, copies and what is written about them from going
// (Vernichtungssperre), until it is released on record. The last day only says
// when that happens by itself.
type Hold struct {
	ID      HoldID           `json:"id"`
	Kind    HoldKind         `json:"kind"`
	Number  string           `json:"number,omitempty"` // HoldCase: of the case
	Words   string           `json:"words,omitempty"`  // HoldSearch: what was looked for
	Letters int              `json:"letters"`          // how many it named when it was set
	First   DocumentID       `json:"first,omitempty"`  // of them
	Reason  string           `json:"reason"`
	EndsOn  scanstation.Date `json:"ends_on,omitempty"` // its last day; empty: until somebody releases it
	// Departments are those whose post it is of, by id; empty: of no department.
	Departments []string  `json:"departments,omitempty"`
	By          string    `json:"by"`            // an actor
	For         string    `json:"for,omitempty"` // in whose stead
	At          time.Time `json:"at"`
	Released    *Release  `json:"released,omitempty"` // nil: it holds
}

// Release says who let a hold go, and why.
type Release struct {
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// Holds keeps the holds. SaveHold inserts or replaces by id.
type Holds interface {
	SaveHold(ctx context.Context, tx Tx, h Hold) error
	// HoldDocuments names letters that a hold is of.
	HoldDocuments(ctx context.Context, tx Tx, id HoldID, documents []DocumentID) error
	// Holds lists holds, those set last first; by their last day where the filter
	// asks for it, the first to end first.
	Holds(ctx context.Context, tx Tx, f HoldFilter) ([]Hold, error)
	// HoldsOn lists the open holds that name a document or one of its cases.
	HoldsOn(ctx context.Context, tx Tx, id DocumentID, cases []string) ([]Hold, error)
	// Held lists the documents that a hold names, by id, behind after.
	Held(ctx context.Context, tx Tx, id HoldID, after DocumentID, limit int) ([]DocumentID, error)
}

// HoldFilter selects holds.
type HoldFilter struct {
	ID          HoldID
	Closed      bool             // those that were released; else the open ones. With ID it does not count
	EndedBefore scanstation.Date // open ones whose last day is before this
	Before      HoldID           // for the next page
	Lock        bool
	Limit       int // 0: 100
}

// SetHold sets a hold on letters, which keeps their paper from going. A case
// may have none yet. It must be the last thing done in the transaction.
func (a *Archive) SetHold(ctx context.Context, tx Tx, h Hold, letters []DocumentID) (Hold, error) {
	letters = slices.Clone(letters)
	slices.Sort(letters) // all lock in the same order
	letters = slices.Compact(letters)
	if h.ID == "" || h.Reason == "" || len(letters) > MaxHeld || (h.Kind == HoldCase) != (h.Number != "") || h.Kind != HoldCase && len(letters) == 0 {
		return h, fmt.Errorf("hold %s on %d letters: %w", h.ID, len(letters), ErrConflict)
	}
	h.At, h.Letters, h.Released = a.Now().UTC(), len(letters), nil
	if len(letters) > 0 {
		h.First = letters[0]
	}
	papers, err := a.papers(ctx, tx, letters)
	if err != nil {
		return h, fmt.Errorf("hold %s: %w", h.ID, err)
	}
	if err := a.Ledger.SaveHold(ctx, tx, h); err != nil {
		return h, err
	}
	if err := a.Ledger.HoldDocuments(ctx, tx, h.ID, letters); err != nil {
		return h, err
	}
	if err := a.Record(ctx, tx, h.By, EventHold, string(h.ID), struct {
		Hold
		Documents []DocumentID `json:"documents"`
	}{h, letters}); err != nil {
		return h, err
	}
	if err := a.guardCase(ctx, tx, h, letters); err != nil {
		return h, err
	}
	for _, id := range letters {
		if err := a.hold(ctx, tx, h, id, papers[id]); err != nil {
			return h, err
		}
	}
	return h, nil
}

// papers returns the originals of letters, each locked with its letter; some
// letters have none. A letter that is not there is ErrNotFound.
func (a *Archive) papers(ctx context.Context, tx Tx, letters []DocumentID) (map[DocumentID]*Original, error) {
	out := map[DocumentID]*Original{}
	for _, id := range letters {
		o, err := a.Paper(ctx, tx, id, true)
		switch {
		case err == nil:
			out[id] = &o
		case !isNotFound(err):
			return nil, err
		default:
			found, err := a.Ledger.Documents(ctx, tx, DocumentFilter{ID: id, Limit: 1})
			if err == nil && len(found) == 0 {
				err = fmt.Errorf("document %s: %w", id, ErrNotFound)
			}
			if err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// holdable are the states in which paper is set aside by a hold; what is kept,
// goes back or is lost stays so, and the hold is against its going all the same.
var holdable = []OriginalState{InBox, Due, Approved}

func (a *Archive) hold(ctx context.Context, tx Tx, h Hold, id DocumentID, o *Original) error {
	if err := a.GuardLater(ctx, tx, id); err != nil {
		return err
	}
	if o != nil && slices.Contains(holdable, o.State) {
		after := *o
		after.State = Held
		if _, err := a.savePaper(ctx, tx, *o, after); err != nil {
			return err
		}
		o = &after
	}
	return a.Record(ctx, tx, h.By, EventHold, string(id), heldBody{Hold: h.ID, Reason: h.Reason, Original: o})
}

// heldBody is what the event of a letter says about a hold.
type heldBody struct {
	Hold     HoldID    `json:"hold"`
	Reason   string    `json:"reason"`
	Original *Original `json:"original,omitempty"` // as it is now; nil: there is no paper
}

// ReleaseHold lets a hold go: the paper that no other hold is of goes back to
// where its class and its letter want it. It must be the last thing done in the
// transaction. A hold that was released before is ErrConflict.
func (a *Archive) ReleaseHold(ctx context.Context, tx Tx, id HoldID, actor, why string) (Hold, error) {
	return a.endHold(ctx, tx, id, actor, why, EventHoldReleased)
}

// LapseHold releases a hold whose last day is over.
func (a *Archive) LapseHold(ctx context.Context, tx Tx, id HoldID) (Hold, error) {
	return a.endHold(ctx, tx, id, System, "", EventHoldEnded)
}

func (a *Archive) endHold(ctx context.Context, tx Tx, id HoldID, actor, why, kind string) (Hold, error) {
	letters, err := a.Ledger.Held(ctx, tx, id, "", MaxHeld)
	if err != nil {
		return Hold{}, err
	}
	papers, err := a.papers(ctx, tx, letters)
	if err != nil {
		return Hold{}, err
	}
	found, err := a.Ledger.Holds(ctx, tx, HoldFilter{ID: id, Lock: true, Limit: 1})
	if err != nil {
		return Hold{}, err
	}
	if len(found) == 0 {
		return Hold{}, fmt.Errorf("hold %s: %w", id, ErrNotFound)
	}
	h := found[0]
	over := h.EndsOn != "" && h.EndsOn < a.today()
	if h.Released != nil || kind == EventHoldEnded && !over {
		return h, fmt.Errorf("hold %s does not end now: %w", id, ErrConflict)
	}
	h.Released = &Release{By: actor, At: a.Now().UTC(), Reason: why}
	if err := a.Ledger.SaveHold(ctx, tx, h); err != nil {
		return h, err
	}
	if err := a.Record(ctx, tx, actor, kind, string(id), h); err != nil {
		return h, err
	}
	if err := a.guardCase(ctx, tx, h, letters); err != nil {
		return h, err
	}
	for _, doc := range letters {
		if err := a.unhold(ctx, tx, h, doc, papers[doc], actor, kind); err != nil {
			return h, err
		}
	}
	return h, nil
}

func (a *Archive) unhold(ctx context.Context, tx Tx, h Hold, id DocumentID, o *Original, actor, kind string) error {
	if err := a.GuardLater(ctx, tx, id); err != nil {
		return err
	}
	if o != nil && o.State == Held {
		p, err := a.plea(ctx, tx, *o)
		if err != nil {
			return err
		}
		others, err := a.Ledger.HoldsOn(ctx, tx, id, p.cases())
		if err != nil {
			return err
		}
		if len(others) == 0 {
			after := *o
			after.State = a.home(p)
			if _, err := a.savePaper(ctx, tx, *o, after); err != nil {
				return err
			}
			o = &after
		}
	}
	return a.Record(ctx, tx, actor, kind, string(id), heldBody{Hold: h.ID, Reason: h.Released.Reason, Original: o})
}

// cases are the numbers of all cases of the letter.
func (p plea) cases() []string {
	out := slices.Clone(p.receipts.Cases)
	if p.doc.CaseNumber != "" {
		out = append(out, p.doc.CaseNumber)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// againstHolds is against the destruction of paper, against its way out of the
// house, and against the erasure of its copy.
func (a *Archive) againstHolds(ctx context.Context, tx Tx, p plea) (out []scanstation.Reason, err error) {
	holds, err := a.Ledger.HoldsOn(ctx, tx, p.doc.ID, p.cases())
	for _, h := range holds {
		out = append(out, scanstation.Reason{Code: AgainstHold, Detail: h.Reason})
	}
	return out, err
}

// HoldsOn returns the holds in force on a document or one of its cases.
func (a *Archive) HoldsOn(ctx context.Context, tx Tx, id DocumentID) ([]Hold, error) {
	p, err := a.plea(ctx, tx, Original{Document: id})
	if err != nil {
		return nil, fmt.Errorf("holds on %s: %w", id, err)
	}
	return a.Ledger.HoldsOn(ctx, tx, id, p.cases())
}

// MayErase returns every reason against erasing what is kept of a document,
// which has paper or had none.
func (a *Archive) MayErase(ctx context.Context, tx Tx, id DocumentID) ([]scanstation.Reason, error) {
	p, err := a.plea(ctx, tx, Original{Document: id})
	if err != nil {
		return nil, fmt.Errorf("what is against the erasure of %s: %w", id, err)
	}
	return a.againstHolds(ctx, tx, p)
}

// held is the error of a document that must not be erased; nil if it may.
func held(id DocumentID, reasons []scanstation.Reason) error {
	if len(reasons) == 0 {
		return nil
	}
	return fmt.Errorf("document %s is held, %v: %w", id, reasons, ErrConflict)
}

// MayLeave returns every reason against giving paper away: to whom it came
// from, to an archive or a court. A hold is one, whatever its class says.
func (a *Archive) MayLeave(ctx context.Context, tx Tx, o Original) ([]scanstation.Reason, error) {
	return a.MayErase(ctx, tx, o.Document)
}
