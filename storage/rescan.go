package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"mailroom/scanstation"
)

// The kinds of events about rescans.
const (
	EventRescanAsked    = "rescan-asked"
	EventRescanAnswered = "rescan-answered" // a person says why nothing is scanned again
	EventAmended        = "amended"         // pages were replaced or added: a new version of the letter
	EventSupplemented   = "supplemented"    // the new version was handed over to the e-file
)

// RescanKind is what is to be done with the pages that come (Nachscan).
type RescanKind string

// The kinds.
const (
	ReplacePages RescanKind = "replace"
	AddPages     RescanKind = "add"
	SplitLetter  RescanKind = "split" // it is really two letters; no sheet does that, but Archive.Split
)

// RescanState is where a request stands.
type RescanState string

// The states of a request.
const (
	RescanOpen       RescanState = "open"
	RescanSupplement RescanState = "supplement" // done; the e-file still has the version before
	RescanDone       RescanState = "done"
	RescanAnswered   RescanState = "answered" // nothing was scanned again
)

var rescanMoves = map[RescanState][]RescanState{
	"":               {RescanOpen},
	RescanOpen:       {RescanSupplement, RescanDone, RescanAnswered},
	RescanSupplement: {RescanDone},
}

// The complaints about a letter or some of its pages.
const (
	MissingPage  = "missing-page"
	Unreadable   = "unreadable"
	CutOff       = "cut-off"
	WrongOrder   = "wrong-order"
	TwoLetters   = "two-letters"
	OtherTrouble = "other-trouble"
)

// complaints are all of them, as a person chooses among them.
var complaints = []string{MissingPage, Unreadable, CutOff, WrongOrder, TwoLetters, OtherTrouble}

// Complaints returns the codes of all complaints.
func Complaints() []string { return slices.Clone(complaints) }

// ImageRef names an image for good: page numbers shift, images never do.
type ImageRef struct {
	Batch scanstation.BatchID `json:"batch"`
	Image int                 `json:"image"`
}

// Ref names the image.
func (i Image) Ref() ImageRef { return ImageRef{i.Batch, i.Image} }

// Rescan is the request to scan pages of a kept letter again (Nachscan-Auftrag).
// While it is open the paper must not be destroyed.
type Rescan struct {
	ID        scanstation.RescanID `json:"id"`
	Document  DocumentID           `json:"document"`
	State     RescanState          `json:"state"`
	Kind      RescanKind           `json:"kind"`
	Complaint string               `json:"complaint"`
	Words     string               `json:"words,omitempty"`
	// Images are those to be replaced, in the order of the pages; of AddPages it
	// is the one page behind which the new ones go, none: before the first.
	Images []ImageRef `json:"images,omitempty"`
	Pages  []int      `json:"pages,omitempty"` // their numbers when it was asked for
	Of     int        `json:"of"`              // how many pages the letter had
	// Wish is the image on which somebody noted, in its stack, that it is to be
	// scanned again; nil: it was asked for otherwise.
	Wish *ImageRef `json:"wish,omitempty"`
	// Placeholder is the thing whose pages come after all; empty: none.
	Placeholder scanstation.PlaceholderID `json:"placeholder,omitempty"`
	// Other is, of a correction of the cut, the letter that was taken in.
	Other DocumentID `json:"other,omitempty"`
	By    string     `json:"by"`            // an actor
	For   string     `json:"for,omitempty"` // in whose stead it was asked or, once it is answered, answered
	At    time.Time  `json:"at"`
	// What became of it: the stack and the draft in it that brought the pages,
	// or the words of whoever answered it otherwise.
	Stack  scanstation.BatchID `json:"stack,omitempty"`
	Draft  int                 `json:"draft,omitempty"`
	Answer string              `json:"answer,omitempty"`
	DoneAt time.Time           `json:"done_at,omitzero"`
}

// Rescans keeps the requests. SaveRescan inserts or replaces by id; a list has
// the oldest first.
type Rescans interface {
	SaveRescan(ctx context.Context, tx Tx, r Rescan) error
	Rescans(ctx context.Context, tx Tx, f RescanFilter) ([]Rescan, error)
}

// RescanFilter selects requests.
type RescanFilter struct {
	ID       scanstation.RescanID
	Document DocumentID
	State    RescanState
	Lock     bool
	Limit    int // 0: 200
}

// AskRescan records a request on pages of a letter as it now stands; pages are
// counted from 1. It must be the last thing done in the transaction. A letter
// that was superseded, or pages that it does not have, are ErrConflict.
func (a *Archive) AskRescan(ctx context.Context, tx Tx, r Rescan, pages []int, actor string) (Rescan, error) {
	docs, err := a.Ledger.Documents(ctx, tx, DocumentFilter{ID: r.Document, Lock: true, Limit: 1})
	if err != nil {
		return r, err
	}
	if len(docs) == 0 {
		return r, fmt.Errorf("document %s: %w", r.Document, ErrNotFound)
	}
	images, err := a.pages(ctx, tx, r.Document)
	if err != nil {
		return r, err
	}
	if docs[0].State == Superseded || !fitting(r.Kind, pages, len(images)) {
		return r, fmt.Errorf("%s pages %v of document %s with %d, which is %s: %w", r.Kind, pages, r.Document, len(images), docs[0].State, ErrConflict)
	}
	if r.ID, err = scanstation.NewRescanID(a.Random); err != nil {
		return r, err
	}
	r.State, r.Pages, r.Of, r.Images, r.By, r.At = RescanOpen, pages, len(images), nil, actor, a.Now().UTC()
	for _, n := range pages {
		if n > 0 {
			r.Images = append(r.Images, images[n-1].Ref())
		}
	}
	if err := a.Ledger.SaveRescan(ctx, tx, r); err != nil {
		return r, err
	}
	return r, a.Record(ctx, tx, actor, EventRescanAsked, string(r.Document), r)
}

// fitting says whether pages, of so many, are what a request of kind asks for.
func fitting(kind RescanKind, pages []int, of int) bool {
	least, count := 1, len(pages) > 0
	switch kind {
	case AddPages:
		least, count = 0, len(pages) == 1
	case SplitLetter:
		count = len(pages) <= 1
	case ReplacePages:
	default:
		return false
	}
	for i, n := range pages {
		if n < least || n > of || i > 0 && n <= pages[i-1] {
			return false
		}
	}
	return count
}

// Said is what a person says with an act, and who they are.
type Said struct {
	Words string
	By    string // an actor
	For   string // in whose stead; empty: in their own name
}

// AnswerRescan closes an open request by hand: the words say why nothing is
// scanned again, or how it was mended otherwise.
func (a *Archive) AnswerRescan(ctx context.Context, id scanstation.RescanID, said Said) error {
	return a.Do(ctx, func(tx Tx) error {
		b, err := a.wished(ctx, tx, id)
		if err != nil {
			return err
		}
		r, err := a.rescan(ctx, tx, id)
		if err != nil {
			return err
		}
		r.For = said.For
		if err := a.moveRescan(ctx, tx, &r, RescanAnswered, said.Words); err != nil {
			return err
		}
		images, err := a.fulfil(ctx, tx, r, &b, nil)
		if err != nil {
			return err
		}
		if len(images) == 0 {
			return a.Record(ctx, tx, said.By, EventRescanAnswered, string(r.Document), r)
		}
		if err := errors.Join(a.Ledger.SaveImages(ctx, tx, images), a.Ledger.SaveBatch(ctx, tx, b)); err != nil {
			return err
		}
		if err := a.Record(ctx, tx, said.By, EventRescanAnswered, string(r.Document), r); err != nil {
			return err
		}
		return a.settle(ctx, tx, &b)
	})
}

// wished locks the batch on an image of which request id was noted, before the
// request itself, as whatever changes both does. It is none if it was asked for
// otherwise.
func (a *Archive) wished(ctx context.Context, tx Tx, id scanstation.RescanID) (b Batch, err error) {
	if !id.Valid() {
		return b, fmt.Errorf("rescan %q: %w", id, ErrNotFound)
	}
	found, err := a.Ledger.Rescans(ctx, tx, RescanFilter{ID: id, Limit: 1})
	if err != nil || len(found) == 0 || found[0].Wish == nil {
		return b, err
	}
	return a.batch(ctx, tx, found[0].Wish.Batch, true)
}

// Supplemented says that the version of a letter that came by rescans, or by a
// correction of its cut, is in the e-file; the words are what the e-file
// answered. It must be the last thing done in the transaction. A letter for which
// nothing waits is ErrConflict.
func (a *Archive) Supplemented(ctx context.Context, tx Tx, id DocumentID, said Said) error {
	docs, err := a.Ledger.Documents(ctx, tx, DocumentFilter{ID: id, Lock: true, Limit: 1})
	if err != nil {
		return err
	}
	waiting, err := a.Ledger.Rescans(ctx, tx, RescanFilter{Document: id, State: RescanSupplement, Lock: true})
	if err != nil {
		return err
	}
	if len(docs) == 0 || len(waiting) == 0 {
		return fmt.Errorf("no supplement of document %s: %w", id, ErrConflict)
	}
	for i := range waiting {
		if err := a.moveRescan(ctx, tx, &waiting[i], RescanDone, said.Words); err != nil {
			return err
		}
	}
	doc := docs[0]
	doc.Reasons = slices.DeleteFunc(doc.Reasons, func(r scanstation.Reason) bool { return r.Code == AmendedAfterFiling })
	if err := a.Ledger.SaveDocument(ctx, tx, doc); err != nil {
		return err
	}
	body := struct {
		Version int      `json:"version"`
		Receipt string   `json:"receipt"`
		Rescans []Rescan `json:"rescans"`
		For     string   `json:"for,omitempty"`
	}{doc.Version, said.Words, waiting, said.For}
	return a.Record(ctx, tx, said.By, EventSupplemented, string(id), body)
}

func (a *Archive) moveRescan(ctx context.Context, tx Tx, r *Rescan, to RescanState, answer string) error {
	if err := mayMove(rescanMoves, "rescan "+string(r.ID), r.State, to); err != nil {
		return err
	}
	r.State, r.DoneAt = to, a.Now().UTC()
	if answer != "" {
		r.Answer = answer
	}
	return a.Ledger.SaveRescan(ctx, tx, *r)
}

// rescan returns one request, locked.
func (a *Archive) rescan(ctx context.Context, tx Tx, id scanstation.RescanID) (Rescan, error) {
	if !id.Valid() {
		return Rescan{}, fmt.Errorf("rescan %q: %w", id, ErrNotFound)
	}
	found, err := a.Ledger.Rescans(ctx, tx, RescanFilter{ID: id, Lock: true, Limit: 1})
	if err != nil {
		return Rescan{}, err
	}
	if len(found) == 0 {
		return Rescan{}, fmt.Errorf("rescan %s: %w", id, ErrNotFound)
	}
	return found[0], nil
}

// Rescans lists requests.
func (a *Archive) Rescans(ctx context.Context, f RescanFilter) (out []Rescan, err error) {
	err = a.View(ctx, func(tx Tx) error {
		out, err = a.Ledger.Rescans(ctx, tx, f)
		return err
	})
	return out, err
}

// OpenComplaints returns the open requests about a letter: as long as there is
// one, its paper must stay.
func (a *Archive) OpenComplaints(ctx context.Context, tx Tx, id DocumentID) ([]Rescan, error) {
	return a.Ledger.Rescans(ctx, tx, RescanFilter{Document: id, State: RescanOpen})
}
