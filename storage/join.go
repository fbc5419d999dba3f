package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"mailroom/ocr"
)

// joining is two letters that are becoming one.
type joining struct {
	amendment          // the letter that goes on, with all pages
	taken     Document // the one that is taken in
	behind    bool     // it lies behind the other
}

// Join makes one letter of two whose stack is released and that lie in it one
// behind the other: id goes on, with the pages of both as they lie; other is
// superseded and says by which letter. Its objects stay as they are, and the
// paper follows. Letters that cannot be joined are ErrConflict: nobody may work on
// other, nor may it have ended.
func (a *Archive) Join(ctx context.Context, id, other DocumentID, said Said, find func([]ocr.Reading) ocr.Findings) (Document, error) {
	for range attempts {
		j, err := a.joinable(ctx, id, other)
		if err != nil {
			return Document{}, err
		}
		j.rescan = Rescan{Document: id, Other: other, Kind: JoinLetters, Complaint: OtherTrouble, Words: said.Words, By: said.By, For: said.For, Of: j.before.Pages}
		if err := a.putVersion(ctx, a.Now().UTC().Truncate(time.Microsecond), &j.amendment, find); err != nil {
			return Document{}, fmt.Errorf("join document %s: %w", id, err)
		}
		err = a.Do(ctx, func(tx Tx) error { return a.enterJoin(ctx, tx, &j) })
		if !errors.Is(err, errOutdated) {
			return j.doc, err
		}
	}
	return Document{}, fmt.Errorf("join document %s: %w: %w", id, errOutdated, ErrConflict)
}

// joinable looks up what two letters are to become.
func (a *Archive) joinable(ctx context.Context, id, other DocumentID) (j joining, err error) {
	err = a.View(ctx, func(tx Tx) error {
		j = joining{}
		var own, more []Image
		if j.before, own, err = a.correctable(ctx, tx, id); err != nil {
			return err
		}
		if j.taken, more, err = a.correctable(ctx, tx, other); err != nil {
			return err
		}
		if err := mayMove(documentMoves, "document "+string(other), j.taken.State, Superseded); err != nil {
			return err
		}
		if id == other || id.Batch() != other.Batch() {
			return fmt.Errorf("join %s and %s of another stack: %w", id, other, ErrConflict)
		}
		if j.pages, err = a.inARow(ctx, tx, j.before, own, more); err != nil {
			return err
		}
		j.behind = j.pages[0].Document == id
		j.from, err = a.stacksOf(ctx, tx, j.before.Batch, j.pages)
		return err
	})
	j.also = j.taken
	return j, err
}

// inARow returns the pages of two letters as they lie in their stack. Letters
// between which pages of another lie are ErrConflict.
func (a *Archive) inARow(ctx context.Context, tx Tx, doc Document, own, more []Image) ([]Image, error) {
	here, there := ownPages(doc, own), ownPages(doc, more)
	if len(here) == 0 || len(there) == 0 {
		return nil, fmt.Errorf("join %s with pages of other stacks only: %w", doc.ID, ErrConflict)
	}
	first, last := span(here)
	from, to := span(there)
	pages, low, high := slices.Concat(own, more), last, from
	if from < first {
		pages, low, high = slices.Concat(more, own), to, first
	}
	all, err := a.Ledger.Images(ctx, tx, ImageFilter{Batch: doc.Batch})
	if err != nil {
		return nil, err
	}
	if low > high || slices.ContainsFunc(all, func(i Image) bool { return i.Image > low && i.Image < high && i.Document != "" }) {
		return nil, fmt.Errorf("join %s with a letter that does not lie beside it: %w", doc.ID, ErrConflict)
	}
	return pages, nil
}

// enterJoin records that two letters are one, once.
func (a *Archive) enterJoin(ctx context.Context, tx Tx, j *joining) error {
	batches, err := a.lockStacks(ctx, tx, j.pages, j.doc.Batch)
	if err != nil {
		return err
	}
	doc, err := a.unamended(ctx, tx, j.amendment)
	if err != nil {
		return err
	}
	taken, err := a.takenIn(ctx, tx, *j)
	if err != nil {
		return err
	}
	if doc.Seal, err = oneSeal(doc, taken); err != nil {
		return err
	}
	b := batches[doc.Batch]
	b.Letters = b.numbers()
	b.Documents, b.Amended = b.Documents-1, b.Amended+1
	paper, gone, err := a.joinPaper(ctx, tx, *j)
	if err != nil {
		return err
	}
	if _, err := a.corrected(ctx, tx, &doc, &j.rescan); err != nil {
		return err
	}
	if err := a.redirected(ctx, tx, taken.ID, doc.ID, j.pages); err != nil {
		return err
	}
	if err := a.redirectedWhole(ctx, tx, *j); err != nil {
		return err
	}
	checks, err := a.carryCheck(ctx, tx, taken, doc, j.pages, true)
	if err != nil {
		return err
	}
	again, err := a.checkAgain(ctx, tx, &doc, j.pages)
	if err != nil {
		return err
	}
	taken.State, taken.Into, taken.ChangedAt = Superseded, doc.ID, a.Now().UTC()
	taken.Text, taken.Findings, taken.Barcodes, taken.Doubts, taken.Reasons = "", ocr.Findings{}, nil, nil, nil
	for _, d := range []*Document{&taken, &doc} { // what is to be kept in mind goes from the one to the other
		if err := a.saveMoved(ctx, tx, d); err != nil {
			return err
		}
	}
	body := Correction{Amendment: Amendment{Document: doc, Text: doc.Text, Rescan: j.rescan, Images: markSealed(j.pages, doc.Seal, nil, "")}, Original: paper, Other: taken.ID, Checks: checks}
	body.Check = again
	if body.Batches, err = a.saveCorrected(ctx, tx, batches, body.Images); err != nil {
		return err
	}
	j.doc = doc
	if err := a.GuardLater(ctx, tx, doc.ID); err != nil {
		return err
	}
	if err := a.Record(ctx, tx, j.rescan.By, EventJoined, string(doc.ID), body); err != nil {
		return err
	}
	superseded := struct {
		Into     DocumentID `json:"into"`
		Original *Original  `json:"original,omitempty"`
	}{doc.ID, gone}
	if err := a.Record(ctx, tx, j.rescan.By, EventSuperseded, string(taken.ID), superseded); err != nil {
		return err
	}
	return a.reread(ctx, tx, doc)
}

// redirectedWhole has the open requests about the letter that is taken in name
// the one that goes on, where they name no page: pages missing before its first
// are missing behind the last of the letter before it.
func (a *Archive) redirectedWhole(ctx context.Context, tx Tx, j joining) error {
	open, err := a.Ledger.Rescans(ctx, tx, RescanFilter{Document: j.taken.ID, State: RescanOpen, Lock: true})
	if err != nil {
		return err
	}
	front := j.doc.Pages - j.taken.Pages // pages before those that are taken in, if they lie behind
	for _, r := range open {
		if len(r.Images) > 0 {
			continue
		}
		var pages []int
		if r.Kind == AddPages && j.behind {
			r.Images, pages = []ImageRef{j.pages[front-1].Ref()}, []int{front}
		}
		if err := a.aimed(ctx, tx, r, j.doc.ID, pages, j.doc.Pages); err != nil {
			return err
		}
	}
	return nil
}

// takenIn returns the letter that is taken in, locked, unless it has changed.
func (a *Archive) takenIn(ctx context.Context, tx Tx, j joining) (Document, error) {
	found, err := a.Ledger.Documents(ctx, tx, DocumentFilter{ID: j.taken.ID, Lock: true, Limit: 1})
	if err != nil {
		return Document{}, err
	}
	if len(found) == 0 || found[0].Version != j.taken.Version {
		return Document{}, errOutdated
	}
	return found[0], mayMove(documentMoves, "document "+string(j.taken.ID), found[0].State, Superseded)
}

// oneSeal is the seal of two letters that are one: it is closed if either was.
// Two that are closed to different people are ErrConflict.
func oneSeal(doc, taken Document) (*Seal, error) {
	if doc.Seal == nil || taken.Seal == nil {
		if doc.Seal == nil {
			return taken.Seal.clone(), nil
		}
		return doc.Seal, nil
	}
	if !slices.Equal(doc.Seal.Recipients, taken.Seal.Recipients) {
		return nil, fmt.Errorf("join %s and %s, sealed for others: %w", doc.ID, taken.ID, ErrConflict)
	}
	return doc.Seal, nil
}

// joinPaper makes the paper of two letters one, to be kept as long as the one
// that is due later. Paper about which something else was decided than about the
// other's, or that is on its way to destruction, is ErrConflict.
func (a *Archive) joinPaper(ctx context.Context, tx Tx, j joining) (*Original, *Original, error) {
	o, err := a.paper(ctx, tx, j.doc.ID)
	if err != nil {
		return nil, nil, err
	}
	more, err := a.paper(ctx, tx, j.taken.ID)
	if err != nil || o == nil || more == nil {
		return o, nil, err
	}
	if holds, err := a.HoldsOn(ctx, tx, j.taken.ID); err != nil || len(holds) > 0 {
		return nil, nil, errors.Join(err, fmt.Errorf("the paper of %s is held: %w", j.taken.ID, ErrConflict))
	}
	rests := func(s OriginalState) bool { return s == InBox || s == Due }
	if o.State != more.State && !(rests(o.State) && rests(more.State)) || !slices.Contains(originalMoves[more.State], Recut) {
		return nil, nil, fmt.Errorf("join paper that is %s with paper that is %s: %w", o.State, more.State, ErrConflict)
	}
	if more.DueOn > o.DueOn {
		o.DueOn, o.State = more.DueOn, more.State
	}
	spread(o, ownPages(j.doc, j.pages))
	more.State = Recut
	if err := a.Ledger.SaveOriginal(ctx, tx, *more); err != nil {
		return nil, nil, err
	}
	return o, more, a.Ledger.SaveOriginal(ctx, tx, *o)
}
