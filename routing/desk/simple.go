package desk

import (
	"context"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Task is one stack that waits for the scan room, with the one thing that is
// asked about it (Einfache Ansicht).
type Task struct {
	Stack
	Reason scanstation.Reason
	Image  *storage.Image     // to be looked at; nil: there is none to show
	Letter storage.DocumentID // that may be scanned again; empty: none
	Left   int                // tasks behind this one
}

// Acts says whether going on does something, or leaves the stack to others.
func (t Task) Acts() bool { return t.Confirm || t.Retry }

// NextTask returns the task behind the one about after, the oldest first. If
// there is none, its id is empty.
func (d *Desk) NextTask(ctx context.Context, who routing.Clerk, after scanstation.BatchID) (t Task, err error) {
	if !May(who, RunStations, Thing{}) {
		return t, missing("tasks")
	}
	all, err := d.Stacks(ctx, who)
	if err != nil {
		return t, err
	}
	waiting := all.Review
	for i, b := range waiting {
		if b.ID == after {
			waiting = waiting[i+1:]
			break
		}
	}
	if len(waiting) == 0 {
		return t, nil
	}
	t.Left = len(waiting) - 1
	if t.Stack, err = d.Stack(ctx, who, waiting[0].ID); err != nil {
		return t, err
	}
	if len(t.Reasons) > 0 {
		t.Reason = t.Reasons[0]
	}
	t.look()
	return t, nil
}

// look chooses what is shown: what could not be read, else the first page of a
// letter that waits, else the first page.
func (t *Task) look() {
	if !t.Pictures {
		return
	}
	inReview := map[storage.DocumentID]bool{}
	for _, d := range t.Documents {
		inReview[d.ID] = d.State == storage.Review
	}
	best := 0
	for i := range t.Images {
		img, rank := &t.Images[i], 0
		switch {
		case img.Fate == ocr.RejectedFate && !img.Sure:
			rank = 3
		case inReview[img.Document]:
			rank = 2
		case img.Fate == ocr.PageFate:
			rank = 1
		}
		if rank > best {
			best, t.Image = rank, img
			t.Letter = img.Document
		}
	}
	if t.Image == nil || t.Letter != "" {
		return
	}
	for _, img := range t.Images { // the letter in which the unread image lies
		if img.Document != "" && img.Image < t.Image.Image {
			t.Letter = img.Document
		}
	}
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
