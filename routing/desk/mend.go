package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Mend is what a person does to an image of a stack before its release.
type Mend string

// The acts.
const (
	CutHere    Mend = "cut"    // a letter begins here
	JoinBefore Mend = "join"   // its letter and the one before are one
	TurnPage   Mend = "turn"   // a quarter turn clockwise
	BlankOrNot Mend = "blank"  // a page is blank, or what was none is a page
	RejectPage Mend = "reject" // with a reason
	MoveBefore Mend = "before" // before the page before it
	MoveAfter  Mend = "after"  // behind the page behind it
	WantAgain  Mend = "again"  // to be scanned again, with a reason; without one: no longer
	SureOf     Mend = "sure"   // it is right as it is
)

// The codes of Invalid for stacks.
const (
	MendUnfit      = "mend-unfit"      // the act does not fit this image
	StackOvertaken = "stack-overtaken" // the page was older than the stack
	LetterTaken    = "letter-taken"    // somebody already works on a letter that would change
	NothingMended  = "nothing-mended"  // there is nothing to take back
	CountDiffers   = "count-differs"   // another number was counted than lies in the stack
	StackHeld      = "stack-held"      // something still speaks against the release
)

// Mend carries out one act on an image of a stack. seen is the Plan of the
// stack as it was before the person.
func (d *Desk) Mend(ctx context.Context, who routing.Clerk, id scanstation.BatchID, seen, image int, act Mend, reason string) error {
	b, err := d.mendable(ctx, who, id)
	if err != nil {
		return err
	}
	images, err := d.cfg.Archive.Images(ctx, storage.ImageFilter{Batch: id})
	if err != nil {
		return err
	}
	if b.Plan != seen {
		return invalid(StackOvertaken, "")
	}
	edit, known := edits[act]
	if !known || image < 0 || image >= len(images) {
		return missing(fmt.Sprintf("image %d of stack %s, or act %q", image, id, act))
	}
	plan := storage.PlanOf(images)
	settled := settling(plan, images, image, act)
	if plan[image].Elsewhere || !edit(plan, image, reason) {
		return invalid(MendUnfit, "")
	}
	for _, i := range settled {
		plan[i].Sure = true
	}
	_, err = d.cfg.Archive.Recut(ctx, id, seen, plan, string(who.ID))
	return d.mended(ctx, id, seen, err)
}

// settling returns the images whose doubts an act answers by itself: where a
// cut is made that seemed to be missing, and those of the letter around the
// last image that could not be read.
func settling(p storage.Plan, images []storage.Image, at int, act Mend) (out []int) {
	switch {
	case act == CutHere:
		return only(images, at, ocr.MissingSeparator)
	case act != RejectPage && act != BlankOrNot, images[at].Fate != ocr.RejectedFate, unsettled(images, at):
		return nil
	}
	for _, by := range []int{-1, 1} {
		if near := p.Neighbour(at, by); near >= 0 {
			for _, l := range letterOf(p, near) {
				out = append(out, only(images, l.Image, ocr.UnreadImage)...)
			}
		}
	}
	return out
}

// only returns image at if it has doubts, all of that code.
func only(images []storage.Image, at int, code string) []int {
	doubts := images[at].Doubts
	if len(doubts) == 0 || slices.ContainsFunc(doubts, func(r scanstation.Reason) bool { return r.Code != code }) {
		return nil
	}
	return []int{at}
}

// unsettled says whether another image around at could not be read and nobody
// has looked at it: then the doubt about the letter stays.
func unsettled(images []storage.Image, at int) bool {
	for _, by := range []int{-1, 1} {
		for i := at + by; i >= 0 && i < len(images) && images[i].Fate != ocr.SeparatorFate; i += by {
			if images[i].Fate == ocr.RejectedFate && !images[i].Sure {
				return true
			}
		}
	}
	return false
}

// Unmend takes back what was done to a stack last.
func (d *Desk) Unmend(ctx context.Context, who routing.Clerk, id scanstation.BatchID, seen int) error {
	if _, err := d.mendable(ctx, who, id); err != nil {
		return err
	}
	_, err := d.cfg.Archive.Unmend(ctx, id, seen, string(who.ID))
	if isMissing(err) {
		return invalid(NothingMended, "")
	}
	return d.mended(ctx, id, seen, err)
}

// CountStack says how many images and letters were counted with the paper in
// hand. Another number than was found is no answer: then sheets are missing.
func (d *Desk) CountStack(ctx context.Context, who routing.Clerk, id scanstation.BatchID, seen, images, letters int) error {
	b, err := d.mendable(ctx, who, id)
	if err != nil {
		return err
	}
	if images != b.Images || letters != b.Documents {
		return invalid(CountDiffers, "%d / %d", images, letters)
	}
	_, err = d.cfg.Archive.Count(ctx, id, seen, storage.Count{Images: images, Documents: letters, By: string(who.ID)})
	return d.mended(ctx, id, seen, err)
}

// Release says that a stack is right as it is. If nobody is known to have
// scanned it, it is who from now on.
func (d *Desk) Release(ctx context.Context, who routing.Clerk, id scanstation.BatchID, seen int) error {
	b, err := d.mendable(ctx, who, id)
	if err != nil {
		return err
	}
	if b.Plan != seen {
		return invalid(StackOvertaken, "")
	}
	if b.State != storage.BatchReview || len(holding(b)) > 0 {
		return invalid(StackHeld, "")
	}
	if b.Kind.HasOriginal() && b.Operator == "" {
		if err := d.cfg.Archive.Confirm(ctx, id, who.Name, string(who.ID)); err != nil {
			return d.mended(ctx, id, seen, err)
		}
		if b, err = d.cfg.Archive.Batch(ctx, id); err != nil || b.State == storage.BatchReleased {
			return err
		}
	}
	_, err = d.cfg.Archive.Pass(ctx, id, seen, string(who.ID))
	return d.mended(ctx, id, seen, err)
}

// holding returns what a person must answer before b can be released. Letters
// in review do not hold the person, only the stack.
func holding(b storage.Batch) (out []scanstation.Reason) {
	for _, r := range b.Reasons {
		switch r.Code {
		case storage.Mended, storage.OpenDocuments, storage.OperatorMissing, storage.NothingInside:
		default:
			out = append(out, r)
		}
	}
	return out
}

// mendable returns a stack that who may mend.
func (d *Desk) mendable(ctx context.Context, who routing.Clerk, id scanstation.BatchID) (storage.Batch, error) {
	if !id.Valid() || !May(who, SeeStations, Thing{}) {
		return storage.Batch{}, missing("stack " + string(id))
	}
	b, err := d.cfg.Archive.Batch(ctx, id)
	if err != nil {
		return b, err
	}
	if !May(who, MendStacks, Thing{Released: b.State == storage.BatchReleased}) {
		return b, missing("stack " + string(id))
	}
	if !b.Mendable() {
		return b, invalid(StackOvertaken, "")
	}
	return b, nil
}

// mended says in words why a change of a stack came to nothing.
func (d *Desk) mended(ctx context.Context, id scanstation.BatchID, seen int, err error) error {
	if !errors.Is(err, storage.ErrConflict) {
		return err
	}
	b, e := d.cfg.Archive.Batch(ctx, id)
	switch {
	case e != nil:
		return e
	case b.Plan != seen || !b.Mendable():
		return invalid(StackOvertaken, "")
	}
	return invalid(LetterTaken, "")
}
