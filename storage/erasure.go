package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"mailroom/scanstation"
)

// The kinds of events about erasures by law. What they say names nobody.
const (
	EventErasureProposed = "erasure-proposed"
	EventErasureDone     = "erasure-approved"
	EventErasureRefused  = "erasure-refused"
)

// ErasureID names an erasure by law.
type ErasureID string

// ErasureState is how far an erasure is.
type ErasureState string

// The states of an erasure.
const (
	ErasureProposed ErasureState = "proposed"
	ErasureApproved ErasureState = "approved" // and carried out
	ErasureRefused  ErasureState = "refused"
)

// MaxErased is how many letters one erasure can name.
const MaxErased = 200

// Erasure is the decision of two people that our copies of letters must go (Art.
// 17 DSGVO, § 84 SGB X).
type Erasure struct {
	ID        ErasureID    `json:"id"`
	State     ErasureState `json:"state"`
	Documents []DocumentID `json:"documents"`
	// Words name whom the letters are of; they go with them.
	Words    []string `json:"words,omitempty"`
	Reason   string   `json:"reason"`
	Proposed Signed   `json:"proposed"`
	Decided  *Signed  `json:"decided,omitempty"`
	Why      string   `json:"why,omitempty"` // it was refused
}

// Erasures keeps the erasures by law, and empties what is kept elsewhere of a letter.
type Erasures interface {
	SaveErasure(ctx context.Context, tx Tx, e Erasure) error
	// Erasures lists erasures, the newest id first.
	Erasures(ctx context.Context, tx Tx, f ErasureFilter) ([]Erasure, error)
	// EraseLetter empties what rows beside its own and its images say of a
	// letter: its text, what it is found by, and what people wrote about it. Of
	// what concerns other letters too, only that with one of words. It returns the
	// objects that it met, true where they are about this letter alone.
	EraseLetter(ctx context.Context, tx Tx, id DocumentID, words []string) (map[string]bool, error)
	// EraseBody deletes salt and body of one event.
	EraseBody(ctx context.Context, tx Tx, seq int64) error
	// Scrub has the engine leave nothing of what was deleted in its files.
	Scrub(ctx context.Context) error
}

// ErasureFilter selects erasures.
type ErasureFilter struct {
	ID     ErasureID
	State  ErasureState
	Before ErasureID
	Lock   bool
	Limit  int // 0: 50
}

// ProposeErasure records that our copies of letters are to be erased. It must be
// the last thing done in the transaction.
func (a *Archive) ProposeErasure(ctx context.Context, tx Tx, e Erasure) (Erasure, error) {
	slices.Sort(e.Documents)
	e.Documents = slices.Compact(e.Documents)
	if e.ID == "" || e.Reason == "" || len(e.Documents) == 0 || len(e.Documents) > MaxErased || e.Proposed.By == "" {
		return e, fmt.Errorf("propose erasure %s of %d letters: %w", e.ID, len(e.Documents), ErrConflict)
	}
	e.State, e.Decided, e.Proposed.At = ErasureProposed, nil, a.Now().UTC()
	if err := a.Ledger.SaveErasure(ctx, tx, e); err != nil {
		return e, err
	}
	return e, a.Record(ctx, tx, e.Proposed.By, EventErasureProposed, string(e.ID), e.nameless())
}

// nameless is e without the words that name somebody.
func (e Erasure) nameless() Erasure {
	e.Words = nil
	return e
}

func (a *Archive) erasure(ctx context.Context, tx Tx, id ErasureID, who Signed) (Erasure, error) {
	found, err := a.Ledger.Erasures(ctx, tx, ErasureFilter{ID: id, Lock: true, Limit: 1})
	switch {
	case err != nil:
		return Erasure{}, err
	case len(found) == 0:
		return Erasure{}, fmt.Errorf("erasure %s: %w", id, ErrNotFound)
	case found[0].State != ErasureProposed:
		return found[0], fmt.Errorf("erasure %s was %s: %w", id, found[0].State, ErrConflict)
	}
	return found[0], nil
}

// ApproveErasure carries an erasure out: another person than who proposed it
// approves. If anything is against the erasure of one of the letters, none goes.
func (a *Archive) ApproveErasure(ctx context.Context, tx Tx, id ErasureID, who Signed) (Erasure, error) {
	e, err := a.erasure(ctx, tx, id, who)
	if err != nil {
		return e, err
	}
	if !who.apart(e.Proposed) {
		return e, fmt.Errorf("erasure %s is approved by who proposed it: %w", id, ErrConflict)
	}
	who.At = a.Now().UTC()
	g := CopyGone{Why: GoneByLaw, By: e.Proposed.By, Second: who.By, Erasure: id}
	for _, doc := range e.Documents {
		if err := a.eraseLetter(ctx, tx, doc, g, e.Words); err != nil {
			return e, err
		}
	}
	e.State, e.Decided, e.Words = ErasureApproved, &who, nil
	if err := a.Ledger.SaveErasure(ctx, tx, e); err != nil {
		return e, err
	}
	if err := a.Record(ctx, tx, who.By, EventErased, string(id), g); err != nil { // its words
		return e, err
	}
	return e, a.Record(ctx, tx, who.By, EventErasureDone, string(id), e)
}

// RefuseErasure ends an erasure without any: by another person, or by who
// proposed it.
func (a *Archive) RefuseErasure(ctx context.Context, tx Tx, id ErasureID, why string, who Signed) (Erasure, error) {
	e, err := a.erasure(ctx, tx, id, who)
	if err != nil || why == "" {
		return e, errors.Join(err, missingReason(why, id))
	}
	who.At = a.Now().UTC()
	e.State, e.Decided, e.Words, e.Why = ErasureRefused, &who, nil, why
	if err := a.Ledger.SaveErasure(ctx, tx, e); err != nil {
		return e, err
	}
	return e, a.Record(ctx, tx, who.By, EventErasureRefused, string(id), e)
}

func missingReason(why string, id ErasureID) error {
	if why != "" {
		return nil
	}
	return fmt.Errorf("refuse erasure %s without a reason: %w", id, ErrConflict)
}

// ErasureReasons says of each letter what is against its erasure.
func (a *Archive) ErasureReasons(ctx context.Context, tx Tx, ids []DocumentID) (map[DocumentID][]scanstation.Reason, error) {
	out := map[DocumentID][]scanstation.Reason{}
	for _, id := range ids {
		reasons, err := a.MayEraseCopy(ctx, tx, id)
		if err != nil && !isNotFound(err) {
			return nil, err
		}
		if len(reasons) > 0 {
			out[id] = reasons
		}
	}
	return out, nil
}
