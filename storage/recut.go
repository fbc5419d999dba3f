package storage

import (
	"context"
	"fmt"
	"slices"
	"time"

	"mailroom/ocr"
	"mailroom/scanstation"
)

// The kinds of events with which people mend a stack.
const (
	EventRecut      = "recut"      // a plan was carried out; the body is a Recutting
	EventSuperseded = "superseded" // of a document: its pages stand in others now
	EventAgain      = "again"      // of a document: a doubt was answered or taken up, so it is routed again
	EventCounted    = "counted"    // a person counted the stack
	EventPassed     = "passed"     // a person released the stack as it is
)

// maxUndo is how many plans one can go back.
const maxUndo = 500

// Recutting is the body of EventRecut: both plans whole, so that a replay needs
// nothing else. Letters carry the numbers of their documents.
type Recutting struct {
	Plan       int   `json:"plan"`
	Undone     bool  `json:"undone,omitempty"`
	Before     Plan  `json:"before"`
	After      Plan  `json:"after"`
	Superseded []int `json:"superseded,omitempty"`
	Cut        []int `json:"cut,omitempty"` // the numbers of the new letters
	// Rescans are the requests that changed, as they are now.
	Rescans []Rescan `json:"rescans,omitempty"`
}

// Recut carries out a person's plan for a batch that waits for one, or whose
// letters are being kept after an earlier plan. Letters whose pages stay the
// same stay untouched. The others are superseded; their pages get new letters
// with new numbers, which go down the line as all letters do. seen is the
// Batch.Plan that the person had before them: if the batch was mended since,
// nothing happens and the error is ErrConflict, as it is for letters that
// somebody already works on.
func (a *Archive) Recut(ctx context.Context, id scanstation.BatchID, seen int, plan Plan, actor string) (Batch, error) {
	b, images, err := a.mendable(ctx, id, seen)
	if err != nil {
		return b, err
	}
	if slices.Equal(plan, PlanOf(images)) {
		return b, nil
	}
	data, err := deflateJSON(PlanOf(images))
	if err != nil {
		return b, err
	}
	key := fmt.Sprintf("%splan/%05d-%.12s.json.gz", workPrefix(id), b.Plan, scanstation.DigestOf(data))
	if _, err := a.putBytes(ctx, key, data); err != nil {
		return b, fmt.Errorf("keep plan %d of batch %s: %w", b.Plan, id, err)
	}
	return a.carryOut(ctx, id, seen, plan, actor, func(b *Batch) {
		b.Undo = append(b.Undo, key)
		if len(b.Undo) > maxUndo {
			b.Undo = b.Undo[1:]
		}
	}, false)
}

// Unmend takes the last plan back by carrying out the one before it, and so on
// until the release. What cannot be undone is ErrNotFound.
func (a *Archive) Unmend(ctx context.Context, id scanstation.BatchID, seen int, actor string) (Batch, error) {
	b, _, err := a.mendable(ctx, id, seen)
	if err != nil {
		return b, err
	}
	if len(b.Undo) == 0 {
		return b, fmt.Errorf("an earlier plan of batch %s: %w", id, ErrNotFound)
	}
	var plan Plan
	if err := a.getJSON(ctx, b.Undo[len(b.Undo)-1], &plan); err != nil {
		return b, err
	}
	return a.carryOut(ctx, id, seen, plan, actor, func(b *Batch) { b.Undo = b.Undo[:len(b.Undo)-1] }, true)
}

// mendable returns a batch with its images if it may be mended.
func (a *Archive) mendable(ctx context.Context, id scanstation.BatchID, seen int) (b Batch, images []Image, err error) {
	err = a.View(ctx, func(tx Tx) error {
		b, images, err = a.mending(ctx, tx, id, seen, false)
		return err
	})
	return b, images, err
}

func (a *Archive) mending(ctx context.Context, tx Tx, id scanstation.BatchID, seen int, lock bool) (Batch, []Image, error) {
	b, err := a.batch(ctx, tx, id, lock)
	if err != nil {
		return b, nil, err
	}
	if !b.Mendable() || b.Plan != seen {
		return b, nil, fmt.Errorf("mend batch %s, which is %s with plan %d, not %d: %w", id, b.State, b.Plan, seen, ErrConflict)
	}
	images, err := a.Ledger.Images(ctx, tx, ImageFilter{Batch: id})
	return b, images, err
}

// Mendable says whether people may change how b was cut: it waits for a person,
// or its letters are on their way after an earlier change.
func (b Batch) Mendable() bool {
	cut := b.Images > 0 && b.AddsUp()
	return cut && (b.State == BatchReview || b.State == BatchParked || b.State == BatchRead && b.Plan > 0)
}

// mend is one plan being carried out.
type mend struct {
	*Archive
	tx     Tx
	b      Batch
	images []Image
	docs   map[int]Document // by number, those that are kept
	actor  string
	again  []Document // to be routed again
	tied   ties
	body   Recutting
}

func (a *Archive) carryOut(ctx context.Context, id scanstation.BatchID, seen int, plan Plan, actor string, remember func(*Batch), undone bool) (out Batch, err error) {
	return out, a.Do(ctx, func(tx Tx) error {
		b, images, err := a.mending(ctx, tx, id, seen, true)
		if err != nil {
			return err
		}
		docs, err := a.letters(ctx, tx, b)
		if err != nil {
			return err
		}
		m := mend{Archive: a, tx: tx, b: b, images: images, docs: map[int]Document{}, actor: actor}
		for _, d := range docs {
			m.docs[d.Number] = d
		}
		plan, err := m.possible(plan, PlanOf(images), undone)
		if err != nil {
			return fmt.Errorf("mend batch %s: %w", id, err)
		}
		remember(&m.b)
		m.b.Plan++
		m.b.Passed = false
		m.b.Letters = b.numbers()
		m.body = Recutting{Plan: m.b.Plan, Undone: undone, Before: PlanOf(images)}
		err = m.run(ctx, plan)
		out = m.b
		return err
	})
}

// possible returns plan, or what is left of an earlier one, if it may follow.
func (m *mend) possible(plan, before Plan, undone bool) (Plan, error) {
	if len(plan) != len(before) {
		return nil, fmt.Errorf("plan of %d images for %d: %w", len(plan), len(before), ErrConflict)
	}
	if undone {
		plan = m.rebased(plan, before)
	}
	if err := m.spares(plan, before); err != nil {
		return nil, err
	}
	return plan, plan.follows(before)
}

// run writes all rows first and all events last.
func (m *mend) run(ctx context.Context, plan Plan) error {
	m.body.After = m.number(plan)
	if err := m.supersede(ctx); err != nil {
		return err
	}
	if err := m.place(ctx); err != nil {
		return err
	}
	if err := m.retie(ctx); err != nil {
		return err
	}
	if err := m.answer(ctx); err != nil {
		return err
	}
	if m.b.State == BatchParked {
		if err := m.resumeLetters(ctx, m.tx, m.b, m.images); err != nil {
			return err
		}
	}
	m.count()
	m.b.Reasons = nil
	if err := m.moveBatch(ctx, m.tx, &m.b, BatchRead, m.actor, EventRecut, m.body); err != nil {
		return err
	}
	for _, n := range m.body.Superseded {
		if _, kept := m.docs[n]; !kept {
			continue
		}
		body := map[string]int{"plan": m.b.Plan}
		if err := m.Record(ctx, m.tx, m.actor, EventSuperseded, string(NewDocumentID(m.b.ID, n)), body); err != nil {
			return err
		}
	}
	if err := m.tellWishes(ctx); err != nil {
		return err
	}
	if err := m.tellTies(ctx, m.tx, m.tied, m.actor); err != nil {
		return err
	}
	for _, d := range m.again {
		body := map[string][]scanstation.Reason{"doubts": d.Doubts}
		if err := m.Record(ctx, m.tx, m.actor, EventAgain, string(d.ID), body); err != nil {
			return err
		}
	}
	return m.settle(ctx, m.tx, &m.b)
}

// number gives the letters of plan the numbers of the letters that they are,
// or new ones. A letter that is not yet kept and whose doubts change is new: a
// repeated step must write the same bytes.
func (m *mend) number(plan Plan) Plan {
	old := map[string]int{}
	for _, pages := range m.body.Before.Letters() {
		old[form(pages)] = pages[0].Letter
	}
	stays, name := map[int]bool{}, map[int]int{}
	for _, pages := range plan.Letters() {
		n, same := old[form(pages)]
		if _, kept := m.docs[n]; same && (kept || !m.doubted(pages)) {
			stays[n] = true
		} else {
			m.b.Letters++
			n = m.b.Letters
			m.body.Cut = append(m.body.Cut, n)
		}
		name[pages[0].Letter] = n
	}
	for _, pages := range m.body.Before.Letters() {
		if n := pages[0].Letter; !stays[n] {
			m.body.Superseded = append(m.body.Superseded, n)
		}
	}
	out := make(Plan, len(plan))
	for i, l := range plan {
		l.Letter = name[l.Letter]
		out[i] = l
	}
	return out
}

// doubted says whether pages answer, or take up again, doubts about them.
func (m *mend) doubted(pages []Placement) bool {
	for _, l := range pages {
		if img := m.images[l.Image]; len(img.Doubts) > 0 && img.Sure != l.Sure {
			return true
		}
	}
	return false
}

// supersede takes letters out of use: they lose what was read on them at once,
// their objects after the release.
func (m *mend) supersede(ctx context.Context) error {
	for _, n := range m.body.Superseded {
		d, kept := m.docs[n]
		if !kept {
			continue
		}
		if err := mayMove(documentMoves, "document "+string(d.ID), d.State, Superseded); err != nil {
			return err
		}
		if own := m.own(n); d.Pages != own {
			return fmt.Errorf("document %s has %d pages, but %d of this stack: %w", d.ID, d.Pages, own, ErrConflict)
		}
		d.State, d.ChangedAt = Superseded, m.Now().UTC()
		d.Text, d.Findings, d.Barcodes, d.Doubts, d.Reasons = "", ocr.Findings{}, nil, nil, nil
		if err := m.saveMoved(ctx, m.tx, &d); err != nil {
			return err
		}
		papers, err := m.Ledger.Originals(ctx, m.tx, OriginalFilter{Document: d.ID, Limit: 1})
		if err != nil {
			return err
		}
		for _, o := range papers {
			if err := mayMove(originalMoves, "original of "+string(d.ID), o.State, Recut); err != nil {
				return err
			}
			o.State = Recut
			if err := m.Ledger.SaveOriginal(ctx, m.tx, o); err != nil {
				return err
			}
		}
	}
	return nil
}

// own is how many pages letter n has of this stack.
func (m *mend) own(n int) (pages int) {
	for _, l := range m.body.Before {
		if l.Letter == n {
			pages++
		}
	}
	return pages
}

// place gives every image its place and queues what is to be read and kept.
func (m *mend) place(ctx context.Context) error {
	now, fresh, unread := m.Now().UTC().Truncate(time.Microsecond), map[int]bool{}, map[int]bool{}
	for _, n := range m.body.Cut {
		fresh[n] = true
	}
	for i, l := range m.body.After {
		if l.Elsewhere {
			continue
		}
		img := &m.images[i]
		before := *img
		img.Fate, img.Reason, img.Rescan, img.Sure = l.Fate, l.Reason, l.Rescan, l.Sure
		img.Document, img.Number = "", l.Page
		if l.Letter > 0 {
			img.Document = NewDocumentID(m.b.ID, l.Letter)
		}
		if l.Letter == 0 || fresh[l.Letter] {
			img.Object, img.Offset, img.Length, img.CutAt = "", 0, 0, now
		}
		if m.reread(img, before, l) {
			unread[l.Letter] = true
			if err := m.tx.Enqueue(ctx, Job{Step: StepRead, Batch: m.b.ID, Number: i, Priority: urgent(m.b.Kind)}); err != nil {
				return err
			}
		}
	}
	for _, n := range m.body.Cut {
		if unread[n] {
			continue // queued by the last reading
		}
		if err := m.tx.Enqueue(ctx, Job{Step: StepKeep, Batch: m.b.ID, Number: n, Priority: urgent(m.b.Kind)}); err != nil {
			return err
		}
	}
	if err := m.wishes(ctx); err != nil {
		return err
	}
	return m.Ledger.SaveImages(ctx, m.tx, m.images)
}

// answer writes the doubts that are left on the letters that stay and has
// those routed again of which they changed.
func (m *mend) answer(ctx context.Context) error {
	for _, pages := range m.body.After.Letters() {
		d, kept := m.docs[pages[0].Letter]
		if !kept {
			continue
		}
		var images []Image
		changed := false
		for _, l := range pages {
			images = append(images, m.images[l.Image])
			changed = changed || len(m.images[l.Image].Doubts) > 0 && m.body.Before[l.Image].Sure != l.Sure
		}
		if !changed {
			continue
		}
		if d.State != Archived {
			if err := mayMove(documentMoves, "document "+string(d.ID), d.State, Archived); err != nil {
				return err
			}
		}
		d.Department = m.b.Department // what it was before it was routed
		d.State, d.Doubts, d.Reasons, d.ChangedAt = Archived, doubtsOf(images), nil, m.Now().UTC()
		if err := m.saveMoved(ctx, m.tx, &d); err != nil {
			return err
		}
		if err := m.tx.Enqueue(ctx, Job{Step: StepRoute, Batch: m.b.ID, Number: d.Number, Priority: urgent(m.b.Kind)}); err != nil {
			return err
		}
		m.again = append(m.again, d)
	}
	return nil
}

// count brings the numbers of the batch up to date.
func (m *mend) count() {
	b := &m.b
	b.Pages, b.Separators, b.Blanks, b.Rejected = m.body.After.Counts()
	b.Documents = len(m.body.After.Letters()) + m.apart()
	b.Accepted, b.Wanted = 0, 0
	for _, l := range m.body.After {
		if l.Fate == ocr.RejectedFate && l.Sure {
			b.Accepted++
		}
		if l.Rescan.Code != "" {
			b.Wanted++
		}
	}
}
