package storage

import (
	"context"
	"fmt"
	"slices"
	"time"

	"mailroom/scanstation"
)

// The kinds of events about placeholders. The body of each is the Placeholder as
// it is since.
const (
	EventPlaceholder        = "placeholder-recorded"
	EventPlaceholderSigned  = "placeholder-signed" // the second signature of its record
	EventPlaceholderRefused = "placeholder-refused"
	EventPlaceholderTied    = "placeholder-tied" // its sheet was scanned, or a person named its letter
	EventPlaceholderMoved   = "placeholder-moved"
	EventPlaceholderLeaving = "placeholder-leaving" // it is to be handed out; the second signature is missing
	EventPlaceholderOut     = "placeholder-handed-out"
	EventPlaceholderJoined  = "placeholder-joined" // it was scanned after all
	EventPlaceholderVoid    = "placeholder-void"
)

// PlaceholderKind is what cannot be scanned.
type PlaceholderKind string

// The kinds.
const (
	Cash         PlaceholderKind = "cash"
	Cheque       PlaceholderKind = "cheque"
	IdentityCard PlaceholderKind = "identity-card"
	DataCarrier  PlaceholderKind = "data-carrier"
	BoundBook    PlaceholderKind = "bound-book"
	LargePlan    PlaceholderKind = "plan"
	OtherThing   PlaceholderKind = "other"
)

var placeholderKinds = []PlaceholderKind{Cash, Cheque, IdentityCard, DataCarrier, BoundBook, LargePlan, OtherThing}

// PlaceholderKinds returns all kinds.
func PlaceholderKinds() []PlaceholderKind { return slices.Clone(placeholderKinds) }

// Money says whether a thing of this kind needs an amount, and two people who
// sign for it when it is recorded and when it is handed out.
func (k PlaceholderKind) Money() bool { return k == Cash || k == Cheque }

// Later says whether a thing of this kind may be scanned after all, elsewhere.
func (k PlaceholderKind) Later() bool { return !k.Money() && k != IdentityCard }

// PlaceholderState is where a thing that cannot be scanned stands.
type PlaceholderState string

// The states.
const (
	PlaceholderPending   PlaceholderState = "pending" // the second signature is missing
	PlaceholderKept      PlaceholderState = "kept"
	PlaceholderLeaving   PlaceholderState = "leaving" // to be handed out; the second signature is missing
	PlaceholderHandedOut PlaceholderState = "handed-out"
	PlaceholderJoined    PlaceholderState = "joined" // its pages stand in the letter
	PlaceholderVoid      PlaceholderState = "void"
)

var placeholderMoves = map[PlaceholderState][]PlaceholderState{
	"":                 {PlaceholderPending, PlaceholderKept},
	PlaceholderPending: {PlaceholderKept, PlaceholderVoid},
	PlaceholderKept:    {PlaceholderLeaving, PlaceholderHandedOut, PlaceholderJoined, PlaceholderVoid},
	PlaceholderLeaving: {PlaceholderHandedOut, PlaceholderKept},
	PlaceholderJoined:  {PlaceholderHandedOut},
}

// OpenPlaceholders are the states in which the paper of the letter must stay.
func OpenPlaceholders() []PlaceholderState {
	return []PlaceholderState{PlaceholderPending, PlaceholderKept, PlaceholderLeaving}
}

// Signature is a person who stands for something, with the name as it was then.
type Signature struct {
	By   string    `json:"by"` // an actor
	Name string    `json:"name"`
	At   time.Time `json:"at"`
}

// Handout is to whom a thing was or is to be handed out.
type Handout struct {
	To     string     `json:"to"`
	Words  string     `json:"words,omitempty"`
	First  Signature  `json:"first"`
	Second *Signature `json:"second,omitempty"`
}

// Placeholder is the record of something that came with a letter and cannot be
// scanned (Ersatzbeleg). While it is open the paper of the letter must not be
// destroyed.
type Placeholder struct {
	ID       scanstation.PlaceholderID `json:"id"`
	State    PlaceholderState          `json:"state"`
	Kind     PlaceholderKind           `json:"kind"`
	Words    string                    `json:"words,omitempty"` // what it is
	Cents    int64                     `json:"cents,omitempty"` // its value
	Currency string                    `json:"currency,omitempty"`
	Place    string                    `json:"place"` // the safe or box in which it lies
	// Document is the letter that it came with, Image the page that its cover
	// sheet is; both empty: its sheet was not scanned yet.
	Document DocumentID           `json:"document,omitempty"`
	Image    *ImageRef            `json:"image,omitempty"`
	First    Signature            `json:"first"`
	Second   *Signature           `json:"second,omitempty"`
	Out      *Handout             `json:"out,omitempty"`
	Reason   string               `json:"reason,omitempty"` // why it was refused or is void
	Rescan   scanstation.RescanID `json:"rescan,omitempty"` // the request with which its pages came
	Version  int                  `json:"version"`          // counts its changes
}

// Open says whether the paper of the letter must stay because of p.
func (p Placeholder) Open() bool { return slices.Contains(OpenPlaceholders(), p.State) }

// Waits says whose signature the second one must not be, empty if none is
// missing.
func (p Placeholder) Waits() string {
	switch {
	case p.State == PlaceholderPending:
		return p.First.By
	case p.State == PlaceholderLeaving && p.Out != nil:
		return p.Out.First.By
	}
	return ""
}

// Placeholders keeps the records. SavePlaceholder inserts or replaces by id; a
// list has the oldest first.
type Placeholders interface {
	SavePlaceholder(ctx context.Context, tx Tx, p Placeholder) error
	Placeholders(ctx context.Context, tx Tx, f PlaceholderFilter) ([]Placeholder, error)
}

// PlaceholderFilter selects placeholders.
type PlaceholderFilter struct {
	ID       scanstation.PlaceholderID
	Document DocumentID
	Stack    scanstation.BatchID // the cover sheet was scanned with it
	States   []PlaceholderState
	Newest   bool // the last one first
	Lock     bool
	Limit    int // 0: 200
}

// RecordPlaceholder records something that cannot be scanned. Of money, the
// record waits for a second person. It must be the last thing done in the
// transaction.
func (a *Archive) RecordPlaceholder(ctx context.Context, tx Tx, p Placeholder, by Signature) (Placeholder, error) {
	if !slices.Contains(placeholderKinds, p.Kind) || p.Place == "" || p.Kind.Money() && (p.Cents <= 0 || p.Currency == "") || p.Cents < 0 {
		return p, fmt.Errorf("placeholder of kind %q without what it needs: %w", p.Kind, ErrConflict)
	}
	id, err := scanstation.NewPlaceholderID(a.Random)
	if err != nil {
		return p, err
	}
	p = Placeholder{ID: id, Kind: p.Kind, Words: p.Words, Cents: p.Cents, Currency: p.Currency, Place: p.Place, First: a.signed(by)}
	to := PlaceholderKept
	if p.Kind.Money() {
		to = PlaceholderPending
	}
	return p, a.movePlaceholder(ctx, tx, &p, to, by.By, EventPlaceholder)
}

// SignPlaceholder is the second signature: of the record, or of the handing
// out. seen is the version that the person had before them. Who signed first
// cannot; that is ErrConflict, as is a record that does not wait for one.
func (a *Archive) SignPlaceholder(ctx context.Context, tx Tx, id scanstation.PlaceholderID, seen int, by Signature) (Placeholder, error) {
	return a.changePlaceholder(ctx, tx, id, seen, func(p *Placeholder) (PlaceholderState, string, error) {
		if first := p.Waits(); first == "" || first == by.By || by.By == "" {
			return "", "", ErrConflict
		}
		s := a.signed(by)
		if p.State == PlaceholderPending {
			p.Second = &s
			return PlaceholderKept, EventPlaceholderSigned, nil
		}
		p.Out.Second = &s
		return PlaceholderHandedOut, EventPlaceholderOut, nil
	}, by.By)
}

// RefusePlaceholder is the second person's no: a record becomes void, a thing
// that was to be handed out stays.
func (a *Archive) RefusePlaceholder(ctx context.Context, tx Tx, id scanstation.PlaceholderID, seen int, reason string, by Signature) (Placeholder, error) {
	return a.changePlaceholder(ctx, tx, id, seen, func(p *Placeholder) (PlaceholderState, string, error) {
		p.Reason = reason
		switch {
		case p.Waits() == "" || reason == "":
			return "", "", ErrConflict
		case p.State == PlaceholderPending:
			return PlaceholderVoid, EventPlaceholderVoid, nil
		}
		p.Out = nil
		return PlaceholderKept, EventPlaceholderRefused, nil
	}, by.By)
}

// HandOut hands a thing out. Money waits for a second person.
func (a *Archive) HandOut(ctx context.Context, tx Tx, id scanstation.PlaceholderID, seen int, to, words string, by Signature) (Placeholder, error) {
	return a.changePlaceholder(ctx, tx, id, seen, func(p *Placeholder) (PlaceholderState, string, error) {
		if to == "" || p.State == PlaceholderLeaving {
			return "", "", ErrConflict
		}
		p.Out, p.Reason = &Handout{To: to, Words: words, First: a.signed(by)}, ""
		if p.Kind.Money() {
			return PlaceholderLeaving, EventPlaceholderLeaving, nil
		}
		return PlaceholderHandedOut, EventPlaceholderOut, nil
	}, by.By)
}

// MovePlaceholder says where a thing lies now.
func (a *Archive) MovePlaceholder(ctx context.Context, tx Tx, id scanstation.PlaceholderID, seen int, place, actor string) (Placeholder, error) {
	return a.changePlaceholder(ctx, tx, id, seen, func(p *Placeholder) (PlaceholderState, string, error) {
		if place == "" || p.State != PlaceholderKept && p.State != PlaceholderJoined {
			return "", "", ErrConflict
		}
		p.Place = place
		return p.State, EventPlaceholderMoved, nil
	}, actor)
}

// VoidPlaceholder takes a record back that was made by mistake. One of money
// cannot be once two people have signed it.
func (a *Archive) VoidPlaceholder(ctx context.Context, tx Tx, id scanstation.PlaceholderID, seen int, reason, actor string) (Placeholder, error) {
	return a.changePlaceholder(ctx, tx, id, seen, func(p *Placeholder) (PlaceholderState, string, error) {
		if p.Kind.Money() || reason == "" {
			return "", "", ErrConflict
		}
		p.Reason = reason
		return PlaceholderVoid, EventPlaceholderVoid, nil
	}, actor)
}

// TiePlaceholder says which letter a thing came with whose cover sheet could not
// be read, or was not scanned.
func (a *Archive) TiePlaceholder(ctx context.Context, tx Tx, id scanstation.PlaceholderID, seen int, letter DocumentID, actor string) (Placeholder, error) {
	if _, err := a.batch(ctx, tx, letter.Batch(), true); err != nil {
		return Placeholder{}, err
	}
	docs, err := a.Ledger.Documents(ctx, tx, DocumentFilter{ID: letter, Lock: true, Limit: 1})
	if err != nil {
		return Placeholder{}, err
	}
	if len(docs) == 0 || docs[0].State == Superseded {
		return Placeholder{}, fmt.Errorf("letter %s of placeholder %s: %w", letter, id, ErrNotFound)
	}
	return a.changePlaceholder(ctx, tx, id, seen, func(p *Placeholder) (PlaceholderState, string, error) {
		if !p.Open() || p.Document != "" {
			return "", "", ErrConflict
		}
		p.Document = letter
		return p.State, EventPlaceholderTied, nil
	}, actor)
}

func (a *Archive) signed(s Signature) Signature {
	s.At = a.Now().UTC().Truncate(time.Microsecond)
	return s
}

// changePlaceholder locks a record, has change say what becomes of it, and saves
// that with its event.
func (a *Archive) changePlaceholder(ctx context.Context, tx Tx, id scanstation.PlaceholderID, seen int, change func(*Placeholder) (PlaceholderState, string, error), actor string) (Placeholder, error) {
	p, err := a.placeholder(ctx, tx, id)
	if err != nil {
		return p, err
	}
	if p.Version != seen {
		return p, fmt.Errorf("placeholder %s has version %d, not %d: %w", id, p.Version, seen, ErrConflict)
	}
	to, kind, err := change(&p)
	if err != nil {
		return p, fmt.Errorf("change placeholder %s, which is %s: %w", id, p.State, err)
	}
	return p, a.movePlaceholder(ctx, tx, &p, to, actor, kind)
}

func (a *Archive) movePlaceholder(ctx context.Context, tx Tx, p *Placeholder, to PlaceholderState, actor, kind string) error {
	if p.State != to || p.State == "" {
		if err := mayMove(placeholderMoves, "placeholder "+string(p.ID), p.State, to); err != nil {
			return err
		}
	}
	p.State, p.Version = to, p.Version+1
	if err := a.Ledger.SavePlaceholder(ctx, tx, *p); err != nil {
		return err
	}
	return a.Record(ctx, tx, actor, kind, string(p.ID), p)
}

// placeholder returns one record, locked.
func (a *Archive) placeholder(ctx context.Context, tx Tx, id scanstation.PlaceholderID) (Placeholder, error) {
	if !id.Valid() {
		return Placeholder{}, fmt.Errorf("placeholder %q: %w", id, ErrNotFound)
	}
	found, err := a.Ledger.Placeholders(ctx, tx, PlaceholderFilter{ID: id, Lock: true, Limit: 1})
	if err != nil {
		return Placeholder{}, err
	}
	if len(found) == 0 {
		return Placeholder{}, fmt.Errorf("placeholder %s: %w", id, ErrNotFound)
	}
	return found[0], nil
}

// Placeholders lists records.
func (a *Archive) Placeholders(ctx context.Context, f PlaceholderFilter) (out []Placeholder, err error) {
	err = a.View(ctx, func(tx Tx) error {
		out, err = a.Ledger.Placeholders(ctx, tx, f)
		return err
	})
	return out, err
}
