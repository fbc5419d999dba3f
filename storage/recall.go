package storage

import (
	"context"
	"fmt"
	"slices"
	"time"

	"mailroom/scanstation"
)

// RecallID names a recall.
type RecallID string

// Valid says whether id has the form of a recall's id.
func (id RecallID) Valid() bool { return scanstation.RescanID(id).Valid() }

// RecallState is where a recall stands.
type RecallState string

// The states of a recall.
const (
	RecallAsked     RecallState = "asked"
	RecallMissing   RecallState = "missing" // it was looked for in vain; the search goes on
	RecallFound     RecallState = "found"   // it was taken out and waits to be fetched
	RecallOut       RecallState = "out"     // somebody has it
	RecallBack      RecallState = "back"    // it lies in its place again
	RecallWithdrawn RecallState = "withdrawn"
)

var recallMoves = map[RecallState][]RecallState{
	"":            {RecallAsked},
	RecallAsked:   {RecallFound, RecallMissing, RecallWithdrawn},
	RecallMissing: {RecallFound, RecallWithdrawn},
	RecallFound:   {RecallOut, RecallBack},
	RecallOut:     {RecallBack},
}

// openRecalls are the states in which the paper must stay.
var openRecalls = []RecallState{RecallAsked, RecallMissing, RecallFound, RecallOut}

// OpenRecalls returns the states of recalls that are not yet over.
func OpenRecalls() []RecallState { return slices.Clone(openRecalls) }

// EventRecall begins the kinds of events about recalls; the state follows. The
// body is the recall as it is from then on.
const EventRecall = "recall-"

// AgainstRecall is the reason of an original that somebody wants or has.
const AgainstRecall = "recall-open"

// AgainstBox is the reason of an original that lies in a box whose paper is not
// destroyed, and AgainstBoxDay in one whose date has not come.
const (
	AgainstBox    = "box-kind"
	AgainstBoxDay = "box-not-due"
)

// Recall is the wish that the paper of a letter be brought (Anforderung). While
// it is open the paper must not be destroyed.
type Recall struct {
	ID       RecallID    `json:"id"`
	Document DocumentID  `json:"document"`
	State    RecallState `json:"state"`
	Words    string      `json:"words,omitempty"` // what it is needed for
	By       string      `json:"by"`              // an actor
	At       time.Time   `json:"at"`
	To       string      `json:"to,omitempty"` // to whom it was handed out, by name
	Steps    []Step      `json:"steps,omitempty"`
}

// Step is one step of a recall.
type Step struct {
	State RecallState `json:"state"`
	By    string      `json:"by"`
	At    time.Time   `json:"at"`
	Words string      `json:"words,omitempty"`
}

// Open says whether the recall is not yet over.
func (r Recall) Open() bool { return slices.Contains(openRecalls, r.State) }

// Since is when the recall came into its state.
func (r Recall) Since() time.Time {
	if len(r.Steps) == 0 {
		return r.At
	}
	return r.Steps[len(r.Steps)-1].At
}

// Recalls keeps the recalls. SaveRecall inserts or replaces by id; a list has
// the oldest first.
type Recalls interface {
	SaveRecall(ctx context.Context, tx Tx, r Recall) error
	Recalls(ctx context.Context, tx Tx, f RecallFilter) ([]Recall, error)
}

// RecallFilter selects recalls.
type RecallFilter struct {
	ID       RecallID
	Document DocumentID
	States   []RecallState
	Lock     bool
	Limit    int // 0: 200
}

// AskRecall records that the paper of a letter is wanted. It must be the last
// thing done in the transaction. Paper that is no longer there, or that is
// wanted already, is ErrConflict.
func (a *Archive) AskRecall(ctx context.Context, tx Tx, id DocumentID, words, actor string) (Recall, error) {
	o, err := a.Paper(ctx, tx, id, true)
	if err != nil {
		return Recall{}, err
	}
	open, err := a.openRecalls(ctx, tx, id)
	if err != nil {
		return Recall{}, err
	}
	if !o.State.Present() || len(open) > 0 {
		return Recall{}, fmt.Errorf("recall the paper of %s, which is %s with %d open recalls: %w", id, o.State, len(open), ErrConflict)
	}
	drawn, err := scanstation.NewRescanID(a.Random)
	if err != nil {
		return Recall{}, err
	}
	r := Recall{ID: RecallID(drawn), Document: id, Words: words, By: actor, At: a.Now().UTC()}
	return r, a.moveRecall(ctx, tx, &r, RecallAsked, "", actor)
}

// Recall takes a recall one step on. words are to whom the paper was handed out,
// or what else there is to say. It must be the last thing done in the
// transaction. A step that may not follow is ErrConflict.
func (a *Archive) Recall(ctx context.Context, tx Tx, id RecallID, to RecallState, words, actor string) (Recall, error) {
	if !id.Valid() {
		return Recall{}, fmt.Errorf("recall %.20q: %w", id, ErrNotFound)
	}
	found, err := a.Ledger.Recalls(ctx, tx, RecallFilter{ID: id, Limit: 1})
	if err == nil && len(found) > 0 {
		// The paper first, as everywhere: whoever asks the gate holds it.
		if _, err = a.Paper(ctx, tx, found[0].Document, true); err == nil {
			found, err = a.Ledger.Recalls(ctx, tx, RecallFilter{ID: id, Lock: true, Limit: 1})
		}
	}
	if err != nil {
		return Recall{}, err
	}
	if len(found) == 0 {
		return Recall{}, fmt.Errorf("recall %s: %w", id, ErrNotFound)
	}
	r := found[0]
	if to == RecallOut {
		r.To = words
	}
	return r, a.moveRecall(ctx, tx, &r, to, words, actor)
}

func (a *Archive) moveRecall(ctx context.Context, tx Tx, r *Recall, to RecallState, words, actor string) error {
	if err := mayMove(recallMoves, "recall "+string(r.ID), r.State, to); err != nil {
		return err
	}
	r.State = to
	r.Steps = append(slices.Clone(r.Steps), Step{State: to, By: actor, At: a.Now().UTC(), Words: words})
	if err := a.Ledger.SaveRecall(ctx, tx, *r); err != nil {
		return err
	}
	return a.Record(ctx, tx, actor, EventRecall+string(to), string(r.Document), r)
}

// Recalls lists recalls.
func (a *Archive) Recalls(ctx context.Context, f RecallFilter) (out []Recall, err error) {
	err = a.View(ctx, func(tx Tx) error {
		out, err = a.Ledger.Recalls(ctx, tx, f)
		return err
	})
	return out, err
}

func (a *Archive) openRecalls(ctx context.Context, tx Tx, id DocumentID) ([]Recall, error) {
	return a.Ledger.Recalls(ctx, tx, RecallFilter{Document: id, States: openRecalls})
}

// againstRecalls: as long as somebody wants the paper, or has it, it stays.
func (a *Archive) againstRecalls(ctx context.Context, tx Tx, p plea) (out []scanstation.Reason, err error) {
	open, err := a.openRecalls(ctx, tx, p.Document)
	if len(open) > 0 {
		out = reason(AgainstRecall, "")
	}
	return out, err
}

// againstBox: nothing is destroyed out of a box that is for paper that stays,
// nor before the date of its box.
func (a *Archive) againstBox(ctx context.Context, tx Tx, p plea) (out []scanstation.Reason, err error) {
	if p.Box == "" {
		return nil, nil
	}
	found, err := a.Ledger.Boxes(ctx, tx, BoxFilter{ID: p.Box, Limit: 1})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	if b := found[0]; b.Kind != DailyBox {
		out = append(out, reason(AgainstBox, "%s", b.ID)...)
	} else if a.today() < b.DueOn {
		out = append(out, reason(AgainstBoxDay, "%s", b.DueOn)...)
	}
	return out, nil
}

// Next returns the steps that may follow for who carries recalls out, and for
// who asked, in the order in which they are offered.
func (r Recall) Next(acts, asks bool) (out []RecallState) {
	for _, to := range recallMoves[r.State] {
		if acts || asks && to == RecallWithdrawn {
			out = append(out, to)
		}
	}
	return out
}
