package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Task is one stack that waits for the scan room, with the one thing that is
// asked about it (Einfache Ansicht).
type Task struct {
	Stack
	Asks  *Question      // nil: nothing is asked but what Confirm, Retry, Release say
	Image *storage.Image // to be looked at; nil: there is none to show
	Again bool           // the image may be scanned again
	Left  int            // stacks behind this one
}

// Prints says whether nothing is left to be said about the stack but that
// sheets are to be printed and scanned.
func (t Task) Prints() bool { return t.Asks != nil && t.Asks.Code == storage.RescanWanted }

// NextTask returns the task behind the one about the stack after, in the order
// of their ids. If there is none, its id is empty.
func (d *Desk) NextTask(ctx context.Context, who routing.Clerk, after scanstation.BatchID) (t Task, err error) {
	if !May(who, RunStations, Thing{}) {
		return t, missing("tasks")
	}
	all, err := d.Stacks(ctx, who)
	if err != nil {
		return t, err
	}
	waiting := slices.DeleteFunc(slices.Concat(all.Review, all.Working), func(b storage.Batch) bool { return !asks(b) || b.ID <= after })
	slices.SortFunc(waiting, func(a, b storage.Batch) int { return cmp.Compare(a.ID, b.ID) })
	for i, b := range waiting {
		if t.Stack, err = d.Stack(ctx, who, b.ID); err != nil {
			return t, err
		}
		if t.choose() {
			t.Left = len(waiting) - 1 - i
			return t, nil
		}
	}
	return Task{}, nil
}

// asks says whether b may ask something of the scan room. That of a stack whose
// letters are being kept is only seen in its images.
func asks(b storage.Batch) bool {
	switch b.State {
	case storage.BatchParked:
		return true
	case storage.BatchReview:
		return len(holding(b)) > 0 || b.Operator == "" || !b.Passed && b.Mendable()
	}
	return b.Mendable()
}

// choose picks what is asked: the first question that nobody has left to
// others; what is only to be printed and scanned comes last. It returns false
// if nothing is left to be asked.
func (t *Task) choose() bool {
	for i := range t.Questions {
		q := &t.Questions[i]
		if q.Unclear != nil {
			continue
		}
		if t.Asks == nil || t.Prints() && q.Code != storage.RescanWanted {
			t.Asks = q
		}
	}
	if t.Asks == nil && !t.Retry && !t.Confirm && !t.Release {
		return false
	}
	t.look()
	return true
}

// look shows the image that is asked about, else the first page.
func (t *Task) look() {
	if !t.Pictures {
		return
	}
	for i := range t.Images {
		img := &t.Images[i]
		if t.Asks != nil && t.Asks.Image == img.Image {
			if t.Image = nil; !t.Shut[img.Image] {
				t.Image = img
			}
			break
		}
		if t.Image == nil && img.Fate == ocr.PageFate && !t.Shut[img.Image] {
			t.Image = img
		}
	}
	if t.Asks != nil && t.Asks.Image >= 0 && !t.Prints() {
		t.Again = storage.PlanOf(t.Images).Wishable(t.Asks.Image)
	}
}

// Answer is what a person says to the task about a stack.
type Answer struct {
	Do    Mend // an act on Image, or one of those below; empty: what one key does
	Seen  int  // the Plan of the stack as it was before the person
	Image int
	// Why is the reason of an act, or the code of the question that is left to
	// others; Words go with it.
	Why, Words string
	Images     int // counted
	Letters    int
}

// The answers that are no acts on an image.
const (
	LeaveIt   Mend = "unclear" // somebody else is to look
	CountIt   Mend = "count"
	ReleaseIt Mend = "release"
)

// AnswerTask does what a person answers to a task.
func (d *Desk) AnswerTask(ctx context.Context, who routing.Clerk, id scanstation.BatchID, a Answer) error {
	switch a.Do {
	case "":
		return d.GoOn(ctx, who, id)
	case LeaveIt:
		return d.LeaveUnclear(ctx, who, id, a.Image, a.Why, a.Words)
	case CountIt:
		return d.CountStack(ctx, who, id, a.Seen, a.Images, a.Letters)
	case ReleaseIt:
		return d.Release(ctx, who, id, a.Seen)
	}
	return d.Mend(ctx, who, id, a.Seen, a.Image, a.Do, a.Why)
}

// GoOn does what the task about a stack asks for, if one key can do it: it
// puts the name of who on the stack, or has a file tried again.
func (d *Desk) GoOn(ctx context.Context, who routing.Clerk, id scanstation.BatchID) error {
	s, err := d.Stack(ctx, who, id)
	switch {
	case err != nil:
		return err
	case !May(who, RunStations, Thing{}):
		return missing("stack " + string(id))
	case s.Confirm:
		return d.Confirm(ctx, who, id)
	case s.Retry:
		return d.Retry(ctx, who, id)
	}
	return nil
}

// LeaveUnclear leaves a question about a stack to somebody else, with words. It
// stays open; the stack's page shows that somebody could not answer it.
func (d *Desk) LeaveUnclear(ctx context.Context, who routing.Clerk, id scanstation.BatchID, image int, code, words string) error {
	if _, err := d.mendable(ctx, who, id); err != nil {
		return err
	}
	said, err := textOf(words)
	if err != nil {
		return err
	}
	s, err := d.Stack(ctx, who, id)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(s.Questions, func(q Question) bool { return q.Image == image && q.Code == code }) {
		return invalid(StackOvertaken, "")
	}
	err = d.cfg.Archive.LeaveUnclear(ctx, id, storage.LeftOpen{Image: image, Code: code, Words: said}, string(who.ID))
	if errors.Is(err, storage.ErrConflict) {
		return invalid(StackOvertaken, "")
	}
	return err
}
