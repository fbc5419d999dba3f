package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"mailroom/ocr"
)

// The kinds of events with which people correct the cut of letters whose stack
// is released.
const (
	EventSplit  = "split"  // its last pages are a letter of their own now
	EventJoined = "joined" // the pages of another letter stand in it now
)

// JoinLetters is the kind of a correction by which two letters become one.
const JoinLetters RescanKind = "join"

// Correction is the body of EventSplit and of EventJoined: everything that
// changed. The Rescan says what was corrected, and whether the e-file has yet to
// learn of it.
type Correction struct {
	Amendment
	Original *Original  `json:"original,omitempty"` // the paper of the letter, as it is now
	Other    DocumentID `json:"other"`              // the letter that arose, or the one that was taken in
	Checks   []Check    `json:"checks,omitempty"`   // that changed because of this
}

// splitting is a letter that is being taken apart.
type splitting struct {
	amendment          // what stays
	fresh     Document // what becomes a letter of its own
	moved     []Image  // its pages
}

// Split takes a letter apart whose stack is released: its pages from page on,
// counted from 1, become a letter of their own, which is routed like any other.
// The version before stays; the paper follows. A letter that cannot be taken
// apart there, or whose stack can still be mended, is ErrConflict.
func (a *Archive) Split(ctx context.Context, id DocumentID, page int, said Said, find func([]ocr.Reading) ocr.Findings) (Document, error) {
	for range attempts {
		s, err := a.splittable(ctx, id, page)
		if err != nil {
			return Document{}, err
		}
		s.rescan = Rescan{Document: id, Kind: SplitLetter, Complaint: TwoLetters, Words: said.Words, By: said.By, For: said.For, Pages: []int{page}, Of: s.before.Pages, Images: []ImageRef{s.moved[0].Ref()}}
		at := a.Now().UTC().Truncate(time.Microsecond)
		if err := a.putVersion(ctx, at, &s.amendment, find); err != nil {
			return Document{}, fmt.Errorf("split document %s: %w", id, err)
		}
		if err := a.putFresh(ctx, at, &s, find); err != nil {
			return Document{}, fmt.Errorf("split document %s: %w", id, err)
		}
		err = a.Do(ctx, func(tx Tx) error { return a.enterSplit(ctx, tx, &s) })
		if !errors.Is(err, errOutdated) {
			return s.fresh, err
		}
	}
	return Document{}, fmt.Errorf("split document %s: %w: %w", id, errOutdated, ErrConflict)
}

// splittable looks up what a letter is to be taken apart into.
func (a *Archive) splittable(ctx context.Context, id DocumentID, page int) (s splitting, err error) {
	err = a.View(ctx, func(tx Tx) error {
		s = splitting{}
		var pages []Image
		if s.before, pages, err = a.correctable(ctx, tx, id); err != nil {
			return err
		}
		if page < 2 || page > len(pages) {
			return fmt.Errorf("split document %s of %d pages at page %d: %w", id, len(pages), page, ErrConflict)
		}
		s.pages, s.moved = pages[:page-1], slices.Clone(pages[page-1:])
		s.from, err = a.stacksOf(ctx, tx, s.before.Batch, s.pages)
		return err
	})
	return s, err
}

// correctable returns a letter and its pages if its cut can be corrected: its
// stack is released, and it has gone down the line.
func (a *Archive) correctable(ctx context.Context, tx Tx, id DocumentID) (Document, []Image, error) {
	b, err := a.batch(ctx, tx, id.Batch(), false)
	if err != nil {
		return Document{}, nil, err
	}
	found, err := a.Ledger.Documents(ctx, tx, DocumentFilter{ID: id, WithText: true, Limit: 1})
	if err != nil {
		return Document{}, nil, err
	}
	if len(found) == 0 {
		return Document{}, nil, fmt.Errorf("document %s: %w", id, ErrNotFound)
	}
	if doc := found[0]; b.State != BatchReleased || doc.State == Archived || doc.State == Superseded {
		return doc, nil, fmt.Errorf("correct the cut of document %s, which is %s in a stack that is %s: %w", id, doc.State, b.State, ErrConflict)
	}
	pages, err := a.pages(ctx, tx, id)
	return found[0], pages, err
}

// putFresh stores the objects of the letter that arises. The number is one that
// no letter of the stack ever had; one under which another attempt has left
// objects is passed over.
func (a *Archive) putFresh(ctx context.Context, at time.Time, s *splitting, find func([]ocr.Reading) ocr.Findings) error {
	var from stacks
	var number int
	err := a.View(ctx, func(tx Tx) (err error) {
		if from, err = a.stacksOf(ctx, tx, s.before.Batch, s.moved); err == nil {
			number = from[0].numbers()
		}
		return err
	})
	if err != nil {
		return err
	}
	readings, err := a.readingsOf(ctx, s.moved, s.before)
	if err != nil {
		return err
	}
	was := s.before
	for range 1000 {
		number++
		s.fresh = Document{
			ID: NewDocumentID(was.Batch, number), Batch: was.Batch, Number: number, Kind: was.Kind, Class: was.Class, Department: was.Department,
			Pages: len(s.moved), ReceivedOn: was.ReceivedOn, KeptAt: at, Findings: find(readings), Version: 1,
		}
		s.fresh.Object = s.fresh.ID.Key(PDFPart)
		if err := a.bySheets(ctx, &s.fresh, s.moved); err != nil {
			return err
		}
		s.fresh.LetterDate = letterDate(s.fresh.Findings)
		describe(&s.fresh, readings)
		if err = a.putApart(ctx, from, s, readings); !errors.Is(err, ErrConflict) {
			return err
		}
	}
	return err
}

func (a *Archive) putApart(ctx context.Context, from stacks, s *splitting, readings []ocr.Reading) error {
	doc, pages := &s.fresh, slices.Clone(s.moved)
	if err := a.shareOriginals(ctx, s.before, doc); err != nil { // first: the copy is lifted out of them
		return err
	}
	extents, err := a.putPDF(ctx, from, doc, pages, readings)
	if err != nil {
		return err
	}
	words, err := a.putWords(ctx, doc.WordsKey(), readings)
	if err != nil {
		return err
	}
	n := a.note(from, *doc, pages, readings)
	n.Document.Attributes = append(n.Document.Attributes, Attribute{
		Name: "Schnitt berichtigt", Anomaly: true, Value: fmt.Sprintf("War bis zur Berichtigung Teil des Briefs %s.", s.before.ID),
	})
	if doc.Manifest, err = a.putProof(ctx, from, *doc, n, pages, words, nil); err != nil {
		return err
	}
	for i := range pages {
		p := &pages[i]
		p.Document, p.Number, p.Object, p.Offset, p.Length, p.Doubts = doc.ID, i+1, doc.ImagesKey(), extents[i].Offset, extents[i].Length, nil
	}
	s.moved = pages
	return nil
}

// enterSplit records both letters, once.
func (a *Archive) enterSplit(ctx context.Context, tx Tx, s *splitting) error {
	batches, err := a.lockStacks(ctx, tx, slices.Concat(s.pages, s.moved), s.doc.Batch)
	if err != nil {
		return err
	}
	b := batches[s.doc.Batch]
	doc, err := a.unamended(ctx, tx, s.amendment)
	if err != nil {
		return err
	}
	if b.State != BatchReleased || s.fresh.Number <= b.numbers() {
		return errOutdated
	}
	fresh := s.fresh
	if fresh.Seal = doc.Seal.clone(); fresh.Seal == nil && a.Seals.of(s.before, false) == nil {
		fresh.Seal = a.Seals.of(fresh, false)
	}
	fresh.State, fresh.ChangedAt = Archived, a.Now().UTC()
	b.Letters, b.Documents, b.Amended = fresh.Number, b.Documents+1, b.Amended+1
	paper, other, err := a.splitPaper(ctx, tx, doc.ID, *s)
	if err != nil {
		return err
	}
	done, err := a.corrected(ctx, tx, &doc, &s.rescan)
	if err != nil {
		return err
	}
	if err := a.redirected(ctx, tx, doc.ID, fresh.ID, s.moved); err != nil {
		return err
	}
	checks, err := a.carryCheck(ctx, tx, doc, fresh, s.moved, false)
	if err != nil {
		return err
	}
	again, err := a.checkAgain(ctx, tx, &doc, s.pages)
	if err != nil {
		return err
	}
	for _, d := range []*Document{&doc, &fresh} {
		if err := a.saveMoved(ctx, tx, d); err != nil {
			return err
		}
	}
	body := Correction{Amendment: Amendment{Document: doc, Text: doc.Text, Rescan: s.rescan, Images: markSealed(slices.Concat(s.pages, s.moved), doc.Seal, fresh.Seal, fresh.ID)}, Original: paper, Other: fresh.ID, Checks: checks}
	body.Check = again
	if body.Batches, err = a.saveCorrected(ctx, tx, batches, body.Images); err != nil {
		return err
	}
	if err := tx.Enqueue(ctx, Job{Step: StepRoute, Batch: fresh.Batch, Number: fresh.Number, Priority: 1}); err != nil {
		return err
	}
	for _, id := range []DocumentID{doc.ID, fresh.ID} {
		if err := a.GuardLater(ctx, tx, id); err != nil {
			return err
		}
	}
	if err := a.Record(ctx, tx, s.rescan.By, EventSplit, string(doc.ID), body); err != nil {
		return err
	}
	for _, r := range done {
		if err := a.Record(ctx, tx, s.rescan.By, EventRescanAnswered, string(doc.ID), r); err != nil {
			return err
		}
	}
	s.fresh = fresh
	kept := struct {
		Document
		Text     string     `json:"text"`
		Original *Original  `json:"original,omitempty"`
		Of       DocumentID `json:"split_from"` // its pages were counted with that letter
	}{fresh, fresh.Text, other, doc.ID}
	if err := a.Record(ctx, tx, s.rescan.By, EventArchived, string(fresh.ID), kept); err != nil {
		return err
	}
	return a.reread(ctx, tx, doc, fresh)
}

// splitPaper gives the new letter its part of the paper, which lies where it
// lay. Paper that is on its way to destruction, or held for what that letter
// was, is ErrConflict.
func (a *Archive) splitPaper(ctx context.Context, tx Tx, id DocumentID, s splitting) (stays, moved *Original, err error) {
	o, err := a.paper(ctx, tx, id)
	if err != nil || o == nil {
		return nil, nil, err
	}
	if o.State == Approved || o.State == Sealed || o.State == Held {
		return nil, nil, fmt.Errorf("the paper of %s is %s: %w", id, o.State, ErrConflict)
	}
	if holds, err := a.HoldsOn(ctx, tx, id); err != nil || len(holds) > 0 {
		return nil, nil, errors.Join(err, fmt.Errorf("the paper of %s is held: %w", id, ErrConflict))
	}
	part := *o
	part.Document = s.fresh.ID
	spread(o, ownPages(s.doc, s.pages))
	spread(&part, ownPages(s.doc, s.moved))
	if err := a.Ledger.SaveOriginal(ctx, tx, *o); err != nil {
		return nil, nil, err
	}
	return o, &part, a.Ledger.SaveOriginal(ctx, tx, part)
}

// spread says between which images of its stack the paper of pages lies. Where
// all of them came again with other stacks, it lies where it lay.
func spread(o *Original, pages []Image) {
	if len(pages) > 0 {
		o.First, o.Last = span(pages)
	}
}

// markSealed returns the pages of two letters, those of sealed ones marked.
func markSealed(pages []Image, of, other *Seal, otherID DocumentID) []Image {
	for i := range pages {
		pages[i].Sealed = of != nil
		if pages[i].Document == otherID {
			pages[i].Sealed = other != nil
		}
	}
	return pages
}

// clone returns the same seal for another letter, nil of none.
func (s *Seal) clone() *Seal {
	if s == nil {
		return nil
	}
	c := *s
	c.Recipients = slices.Clone(s.Recipients)
	return &c
}
