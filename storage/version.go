package storage

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"mailroom/ocr"
	"mailroom/scanstation"
)

// apply returns the pages of the letter once fresh stands where the request
// says, and those that it replaces.
func (r Rescan) apply(old, fresh []Image) (pages, replaced []Image, doubt scanstation.Reason) {
	place := func(ref ImageRef) int {
		return slices.IndexFunc(old, func(i Image) bool { return i.Ref() == ref })
	}
	for _, ref := range r.Images {
		if place(ref) < 0 {
			return nil, nil, scanstation.Reason{Code: SheetNoPage, Detail: string(r.Document)}
		}
	}
	switch {
	case r.Kind == AddPages && len(r.Images) == 0:
		return slices.Concat(fresh, old), nil, doubt
	case r.Kind == AddPages:
		return slices.Insert(slices.Clone(old), place(r.Images[0])+1, fresh...), nil, doubt
	case len(fresh) != len(r.Images):
		return nil, nil, scanstation.Reason{Code: SheetCount, Detail: fmt.Sprintf("%s: %d, %d", r.Document, len(r.Images), len(fresh))}
	}
	pages = slices.Clone(old)
	for i, ref := range r.Images {
		at := place(ref)
		replaced = append(replaced, pages[at])
		pages[at] = fresh[i]
	}
	return pages, replaced, doubt
}

// unreadAt returns the images without a reading that lie in the stack at the
// place where so many pages are added: what was asked for is what was missing
// there. If more could not be read than pages came, that is for a person to see.
func (a *Archive) unreadAt(ctx context.Context, tx Tx, r Rescan, old []Image, came int) (out []Image, err error) {
	if r.Kind != AddPages || len(old) == 0 {
		return nil, nil
	}
	own := r.Document.Batch()
	low, high := -1, old[0].Image
	if len(r.Images) > 0 {
		after := slices.IndexFunc(old, func(i Image) bool { return i.Ref() == r.Images[0] })
		if low, high = old[after].Image, 1<<30; after+1 < len(old) {
			high = old[after+1].Image
		}
		if old[after].Batch != own || after+1 < len(old) && old[after+1].Batch != own {
			return nil, nil
		}
	} else if old[0].Batch != own {
		return nil, nil
	}
	all, err := a.Ledger.Images(ctx, tx, ImageFilter{Batch: own})
	if err != nil {
		return nil, err
	}
	for i := len(all) - 1; i >= 0 && low < 0 || i >= 0 && all[i].Image > low; i-- {
		switch img := all[i]; {
		case img.Image >= high:
		case img.Fate == ocr.PageFate || img.Fate == ocr.SeparatorFate:
			if low < 0 { // what lies before the first page, back to the cut
				return atMost(out, came), nil
			}
			out = nil // behind the last page, up to the cut
		case img.Fate == ocr.RejectedFate && !img.Sure:
			out = append(out, img)
		}
	}
	return atMost(out, came), nil
}

func atMost(images []Image, n int) []Image {
	if len(images) > n {
		return nil
	}
	return images
}

// superseded counts an image, rejected by now, as one that nobody has to look
// at any more.
func (b *Batch) superseded(img *Image) {
	b.Replaced, b.Accepted = b.Replaced+1, b.Accepted+1
	b.unwish(img)
}

// enterVersion records a new version of a letter, once.
func (a *Archive) enterVersion(ctx context.Context, tx Tx, id scanstation.BatchID, number int, am amendment) error {
	batches, err := a.lockAll(ctx, tx, id, am)
	if err != nil {
		return err
	}
	b := batches[id]
	if b.State != BatchRead || slices.Contains(b.Amending, number) {
		return nil
	}
	for id, b := range batches {
		if seen := am.from.named(id); seen.ID == id && seen.Plan != b.Plan {
			return errOutdated // its images are not those that were looked at
		}
	}
	doc, r, err := a.unchanged(ctx, tx, NewDocumentID(id, number), am)
	if err != nil {
		return err
	}
	state := RescanDone
	if doc.State.left() {
		state = RescanSupplement
		doc.Reasons = append(doc.Reasons, scanstation.Reason{Code: AmendedAfterFiling, Detail: fmt.Sprint(doc.Version)})
	}
	b.Amending = append(b.Amending, number)
	for i := range am.pages {
		am.pages[i].Sealed = doc.Seal != nil
	}
	for i := range am.replaced {
		img := &am.replaced[i]
		img.Fate, img.Document, img.Number = ocr.RejectedFate, "", 0
		img.Object = cmp.Or(img.Object, am.before.ID.Key(PDFPart))
		img.Reason = scanstation.Reason{Code: PageReplaced, Detail: fmt.Sprintf("%s, %s", am.doc.ID, r.ID)}
		img.Sure = true
		old := batches[img.Batch]
		old.Pages, old.Rejected = old.Pages-1, old.Rejected+1
		old.superseded(img)
	}
	batches[doc.Batch].Amended++
	for i := range am.unread {
		img := &am.unread[i]
		img.Sure, img.Reason = true, scanstation.Reason{Code: PageReplaced, Detail: fmt.Sprintf("%s, %s", am.doc.ID, r.ID)}
		batches[img.Batch].superseded(img)
	}
	r.Stack, r.Draft = id, number
	if err := a.moveRescan(ctx, tx, &r, state, ""); err != nil {
		return err
	}
	check, err := a.checkAgain(ctx, tx, &doc, am.pages)
	if err != nil {
		return err
	}
	if doc.Complete != nil && !doc.Complete.Complete {
		doc.Complete = nil // what was missing came
	}
	thing, err := a.joined(ctx, tx, r)
	if err != nil {
		return err
	}
	if err := a.Ledger.SaveDocument(ctx, tx, doc); err != nil {
		return err
	}
	body := Amendment{Document: doc, Text: doc.Text, Rescan: r, Check: check, Images: slices.Concat(am.pages, am.replaced, am.unread)}
	if body.Images, err = a.fulfil(ctx, tx, r, batches[doc.Batch], body.Images); err != nil {
		return err
	}
	if err := a.Ledger.SaveImages(ctx, tx, body.Images); err != nil {
		return err
	}
	ids := sortedKeys(batches)
	for _, id := range ids {
		if err := a.Ledger.SaveBatch(ctx, tx, *batches[id]); err != nil {
			return err
		}
		body.Batches = append(body.Batches, *batches[id])
	}
	if err := a.GuardLater(ctx, tx, doc.ID); err != nil {
		return err
	}
	if err := a.Record(ctx, tx, System, EventAmended, string(doc.ID), body); err != nil {
		return err
	}
	if thing != nil {
		if err := a.Record(ctx, tx, System, EventPlaceholderJoined, string(thing.ID), thing); err != nil {
			return err
		}
	}
	for _, id := range ids {
		if err := a.settle(ctx, tx, batches[id]); err != nil {
			return err
		}
	}
	return a.reread(ctx, tx, doc)
}

// lockAll locks every batch that an amendment touches, in the order of their
// ids, so that two never wait for each other.
func (a *Archive) lockAll(ctx context.Context, tx Tx, id scanstation.BatchID, am amendment) (map[scanstation.BatchID]*Batch, error) {
	out := map[scanstation.BatchID]*Batch{id: nil, am.doc.Batch: nil}
	for _, img := range slices.Concat(am.replaced, am.unread) {
		out[img.Batch] = nil
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

func sortedKeys(m map[scanstation.BatchID]*Batch) []scanstation.BatchID {
	var ids []scanstation.BatchID
	for id := range m {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// unchanged returns the letter, with what is new about it, and the request,
// both locked, unless either or the draft is no longer what it was.
func (a *Archive) unchanged(ctx context.Context, tx Tx, draft DocumentID, am amendment) (Document, Rescan, error) {
	r, err := a.rescan(ctx, tx, am.rescan.ID)
	if err != nil {
		return Document{}, r, err
	}
	found, err := a.Ledger.Documents(ctx, tx, DocumentFilter{ID: am.doc.ID, Lock: true, Limit: 1})
	if err != nil {
		return Document{}, r, err
	}
	images, err := a.Ledger.Images(ctx, tx, ImageFilter{Document: draft})
	if err != nil {
		return Document{}, r, err
	}
	fresh := 0
	for _, p := range am.pages {
		if slices.ContainsFunc(images, func(i Image) bool { return i.Ref() == p.Ref() }) {
			fresh++
		}
	}
	if r.State != RescanOpen || len(found) == 0 || found[0].State == Superseded || found[0].Version != am.before.Version || fresh != len(images) || fresh == 0 {
		return Document{}, r, errOutdated
	}
	return a.asNow(am, found[0]), r, nil
}

// left says whether a letter in state s has gone where a later version must
// follow it.
func (s DocumentState) left() bool {
	switch s {
	case Filing, Filed, InWork, Closed, HandedOver, Finance, Returned:
		return true
	}
	return false
}
