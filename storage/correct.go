package storage

import (
	"context"
	"fmt"
	"slices"

	"mailroom/scanstation"
)

// redirected has the open requests about pages that stand in another letter now
// name that one; pages are that letter's.
func (a *Archive) redirected(ctx context.Context, tx Tx, from, to DocumentID, pages []Image) error {
	open, err := a.Ledger.Rescans(ctx, tx, RescanFilter{Document: from, State: RescanOpen, Lock: true})
	if err != nil {
		return err
	}
	for _, r := range open {
		var numbers []int
		for _, ref := range r.Images {
			at := slices.IndexFunc(pages, func(i Image) bool { return i.Ref() == ref })
			if at >= 0 {
				numbers = append(numbers, pages[at].Number)
			}
		}
		if len(numbers) == 0 || len(numbers) != len(r.Images) {
			continue // it is about pages that stay, or a person must see to it
		}
		if err := a.aimed(ctx, tx, r, to, numbers, len(pages)); err != nil {
			return err
		}
	}
	return nil
}

// aimed has a request name pages of another letter.
func (a *Archive) aimed(ctx context.Context, tx Tx, r Rescan, to DocumentID, pages []int, of int) error {
	r.Document, r.Pages, r.Of = to, pages, of
	return a.Ledger.SaveRescan(ctx, tx, r)
}

// corrected makes r the record of a correction of doc and ends the open requests
// that asked for it. If doc is in an e-file, that has yet to learn of it.
func (a *Archive) corrected(ctx context.Context, tx Tx, doc *Document, r *Rescan) (done []Rescan, err error) {
	if r.ID, err = scanstation.NewRescanID(a.Random); err != nil {
		return nil, err
	}
	r.At = a.Now().UTC()
	r.State, r.DoneAt = RescanDone, r.At
	if doc.State.left() {
		r.State = RescanSupplement
		doc.Reasons = append(doc.Reasons, scanstation.Reason{Code: AmendedAfterFiling, Detail: fmt.Sprint(doc.Version)})
	}
	open, err := a.Ledger.Rescans(ctx, tx, RescanFilter{Document: doc.ID, State: RescanOpen, Lock: true})
	if err != nil {
		return nil, err
	}
	for _, o := range open {
		if o.Kind != SplitLetter || r.Kind != SplitLetter {
			continue
		}
		o.For = r.For
		if err := a.moveRescan(ctx, tx, &o, RescanAnswered, ""); err != nil {
			return nil, err
		}
		done = append(done, o)
	}
	return done, a.Ledger.SaveRescan(ctx, tx, *r)
}

// saveCorrected saves the stacks and images of a correction. Whoever has one of
// the stacks before them sees it as it was.
func (a *Archive) saveCorrected(ctx context.Context, tx Tx, batches map[scanstation.BatchID]*Batch, images []Image) (out []Batch, err error) {
	if err := a.Ledger.SaveImages(ctx, tx, images); err != nil {
		return nil, err
	}
	for _, id := range sortedKeys(batches) {
		b := batches[id]
		if b.Plan > 0 && b.State != BatchReleased {
			b.Plan++
		}
		if err := a.Ledger.SaveBatch(ctx, tx, *b); err != nil {
			return nil, err
		}
		out = append(out, *b)
	}
	return out, nil
}

// lockStacks locks the stacks of pages, and own, in the order of their ids, so
// that two never wait for each other.
func (a *Archive) lockStacks(ctx context.Context, tx Tx, pages []Image, own scanstation.BatchID) (map[scanstation.BatchID]*Batch, error) {
	out := map[scanstation.BatchID]*Batch{own: nil}
	for _, p := range pages {
		out[p.Batch] = nil
	}
	for _, id := range sortedKeys(out) {
		b, err := a.batch(ctx, tx, id, true)
		if err != nil {
			return nil, err
		}
		out[id] = &b
	}
	return out, nil
}

// unamended returns the letter as it will be, locked, unless it is no longer
// what it was when its new version was made.
func (a *Archive) unamended(ctx context.Context, tx Tx, am amendment) (Document, error) {
	found, err := a.Ledger.Documents(ctx, tx, DocumentFilter{ID: am.doc.ID, Lock: true, Limit: 1})
	if err != nil {
		return Document{}, err
	}
	if len(found) == 0 || found[0].State == Superseded || found[0].State == Archived || found[0].Version != am.before.Version {
		return Document{}, errOutdated
	}
	return a.asNow(am, found[0]), nil
}

// asNow is the letter with what is new about it; where it stands may have
// changed all the while.
func (a *Archive) asNow(am amendment, now Document) Document {
	doc := am.doc
	doc.State, doc.Department, doc.Reasons, doc.ChangedAt = now.State, now.Department, now.Reasons, a.Now().UTC()
	doc.CaseNumber, doc.Person, doc.Urgency, doc.End = now.CaseNumber, now.Person, now.Urgency, now.End
	doc.Checked, doc.Complete, doc.Noted = now.Checked, now.Complete, now.Noted
	doc.Seal = a.Seals.again(am.before, doc, now.Seal)
	return doc
}

// reread tells who wants to know that the pages of letters are others now.
func (a *Archive) reread(ctx context.Context, tx Tx, docs ...Document) error {
	if a.Reread == nil {
		return nil
	}
	for _, doc := range docs {
		if err := a.Reread(ctx, tx, doc); err != nil {
			return err
		}
	}
	return nil
}
