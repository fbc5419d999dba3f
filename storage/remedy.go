package storage

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// MendCheck asks for all that a failed check found to be scanned again. What
// was asked for before is not asked again; if that is everything, it is
// ErrConflict.
func (a *Archive) MendCheck(ctx context.Context, id DocumentID, actor string) (asked []Rescan, err error) {
	return asked, a.Do(ctx, func(tx Tx) error {
		asked = nil
		c, err := a.checking(ctx, tx, id)
		if err != nil {
			return err
		}
		for i := range c.check.Verdicts {
			v := &c.check.Verdicts[i]
			if v.Defect == "" || v.Past || v.Rescan != "" {
				continue
			}
			page := slices.IndexFunc(c.pages, func(p Image) bool { return p.Ref() == v.ImageRef }) + 1
			kind, pages := remedy(v.Defect, page, len(c.pages))
			r, err := a.AskRescan(ctx, tx, Rescan{Document: id, Kind: kind, Complaint: v.Defect, Words: v.Words}, pages, actor)
			if err != nil {
				return err
			}
			v.Rescan = r.ID
			asked = append(asked, r)
		}
		if len(asked) == 0 || c.check.State != CheckFailed {
			return fmt.Errorf("nothing to be scanned again of document %s: %w", id, ErrConflict)
		}
		return a.Ledger.SaveDraw(ctx, tx, c.draw)
	})
}

// remedy says what is to be scanned again for a defect at a page of so many.
func remedy(defect string, page, of int) (RescanKind, []int) {
	switch defect {
	case MissingPage:
		return AddPages, []int{page}
	case WrongBoundary, TwoLetters:
		return SplitLetter, nil
	case WrongOrder:
		all := make([]int, of)
		for i := range all {
			all[i] = i + 1
		}
		return ReplacePages, all
	}
	return ReplacePages, []int{page}
}

// SettleCheck says, with the reason, that the defects of a letter are gone, or
// were none, without a rescan. The check is made again. While a rescan is open
// it is ErrConflict.
func (a *Archive) SettleCheck(ctx context.Context, id DocumentID, words, actor string) error {
	return a.Do(ctx, func(tx Tx) error {
		c, err := a.checking(ctx, tx, id)
		if err != nil {
			return err
		}
		open, err := a.faults(ctx, tx, id)
		if err != nil {
			return err
		}
		if c.check.State != CheckFailed || len(open) > 0 {
			return fmt.Errorf("check document %s again, whose check is %s with %d open rescans: %w", id, c.check.State, len(open), ErrConflict)
		}
		c.check.Answer = words
		c.check.again(c.pages)
		if err := a.saveDraw(ctx, tx, &c.draw); err != nil {
			return err
		}
		c.doc.Checked = c.draw.resultOf(c.doc)
		if err := a.Ledger.SaveDocument(ctx, tx, c.doc); err != nil {
			return err
		}
		return a.Record(ctx, tx, actor, EventRecheck, string(id), Checking{*c.check, c.draw.State, c.draw.Changes, nil})
	})
}

// again begins a failed check of a letter that has these pages by now anew:
// sheets that were right stay so.
func (c *Check) again(pages []Image) {
	for i := range c.Verdicts {
		if c.Verdicts[i].Defect != "" {
			c.Verdicts[i].Past = true
		}
	}
	c.State, c.Round = CheckAgain, c.Round+1
	c.ask(pages)
}

// ask has the last page looked at once more where otherwise nobody would look at
// the letter again: the sheet with the defect may stand in another one by now.
func (c *Check) ask(pages []Image) {
	if len(pages) == 0 || slices.ContainsFunc(pages, func(p Image) bool { return !c.Done(p.Ref()) }) {
		return
	}
	for i := range c.Verdicts {
		if c.Verdicts[i].ImageRef == pages[len(pages)-1].Ref() {
			c.Verdicts[i].Past = true
		}
	}
}

// checkAgain begins the failed check of doc anew once no rescan of it is open any
// more, and notes that on doc, which the caller has locked with its stack and
// saves. pages are those that it has by now. It returns the check if it did.
func (a *Archive) checkAgain(ctx context.Context, tx Tx, doc *Document, pages []Image) (*Check, error) {
	draws, err := a.Ledger.Draws(ctx, tx, DrawFilter{Batch: doc.ID.Batch(), Lock: true, Limit: 1})
	if err != nil || len(draws) == 0 {
		return nil, err
	}
	c := draws[0].Find(doc.ID)
	if c == nil || c.State != CheckFailed {
		return nil, nil
	}
	open, err := a.faults(ctx, tx, doc.ID)
	if err != nil || len(open) > 0 {
		return nil, err
	}
	if c.again(pages); doc.Seal != nil {
		c.seal(a.Now().UTC())
	}
	if err := a.saveDraw(ctx, tx, &draws[0]); err != nil {
		return nil, err
	}
	doc.Checked = draws[0].resultOf(*doc)
	return c, nil
}

// seal ends a check because the letter was sealed.
func (c *Check) seal(now time.Time) { c.State, c.EndedAt = CheckSealed, now }

// sealCheck ends the check of a letter that is sealed by now, for whoever makes
// it may no longer see the letter, and begins it anew once the letter is open
// again and its paper still lies here. A defect that was found stays found: the
// recipients can have pages scanned again. It returns the check if it changed.
// The caller has locked the stack and the letter.
func (a *Archive) sealCheck(ctx context.Context, tx Tx, doc Document) (*Check, error) {
	draw, c, err := a.checkOf(ctx, tx, doc.ID)
	if err != nil || c == nil {
		return nil, err
	}
	switch {
	case doc.Seal != nil && (c.State == CheckOpen || c.State == CheckAgain):
		c.seal(a.Now().UTC())
	case doc.Seal == nil && c.State == CheckSealed:
		paper, err := a.paper(ctx, tx, doc.ID)
		if err != nil || paper == nil || !paper.State.InHouse() {
			return nil, err
		}
		c.State, c.EndedAt = CheckOpen, time.Time{}
	default:
		return nil, nil
	}
	return c, a.saveDraw(ctx, tx, draw)
}

// carryCheck lets the check of a letter follow its pages into another letter: it
// is not done while they are not compared. What was right stays so. pages are
// those of the other by now; gone says that nothing is left of the first. The caller has locked both stacks. It
// returns the checks that changed.
func (a *Archive) carryCheck(ctx context.Context, tx Tx, from, to Document, pages []Image, gone bool) (changed []Check, err error) {
	draw, c, err := a.checkOf(ctx, tx, from.ID)
	if err != nil || c == nil || !c.Pending() {
		return nil, err
	}
	next := Check{Document: to.ID, Class: classOf(to), State: CheckOpen, Needs: a.eyes(classOf(to)), Verdicts: []Verdict{}}
	for _, v := range c.Verdicts {
		if v.Defect == "" {
			next.Verdicts = append(next.Verdicts, v)
		}
	}
	if gone {
		c.State, c.EndedAt = CheckGone, a.Now().UTC()
	}
	changed = append(changed, *c)
	if err := a.saveDraw(ctx, tx, draw); err != nil {
		return nil, err
	}
	other, known, err := a.checkOf(ctx, tx, to.ID)
	switch {
	case err != nil || other == nil:
		return changed, err
	case known == nil:
		other.Checks = append(other.Checks, next)
		known = &other.Checks[len(other.Checks)-1]
	case known.State == CheckPassed:
		known.State, known.EndedAt = CheckOpen, time.Time{}
		known.Verdicts = append(known.Verdicts, next.Verdicts...)
	default:
		known.Verdicts = append(known.Verdicts, next.Verdicts...)
	}
	known.ask(pages)
	return append(changed, *known), a.saveDraw(ctx, tx, other)
}

// checkOf returns the draw of a letter's stack, locked, with the letter's check;
// nil where there is none.
func (a *Archive) checkOf(ctx context.Context, tx Tx, id DocumentID) (*Draw, *Check, error) {
	draws, err := a.Ledger.Draws(ctx, tx, DrawFilter{Batch: id.Batch(), Lock: true, Limit: 1})
	if err != nil || len(draws) == 0 {
		return nil, nil, err
	}
	return &draws[0], draws[0].Find(id), nil
}
