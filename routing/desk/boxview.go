package desk

import (
	"context"
	"slices"
	"time"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// The lengths of the lists of boxes and of what lies in one.
const (
	boxesAPage   = 50
	lettersInBox = 200
	boxMoments   = 50
)

// MaySeeBoxes says whether who may see where any paper lies.
func (d *Desk) MaySeeBoxes(who routing.Clerk) bool {
	return May(who, SeeOriginals, Thing{}) || d.mayIn(who, SeeOriginals)
}

// BoxRow is a box in the list.
type BoxRow struct {
	storage.Box
	Count storage.BoxCount
}

// BoxList is a page of the list of boxes.
type BoxList struct {
	Boxes []BoxRow
	More  scanstation.BoxID // the next page begins behind it; empty: there is none
}

// Boxes lists boxes, the newest first: those that are ready, open or closed, or
// the emptied ones.
func (d *Desk) Boxes(ctx context.Context, who routing.Clerk, emptied bool, before scanstation.BoxID) (out BoxList, err error) {
	if !d.MaySeeBoxes(who) {
		return out, missing("boxes")
	}
	f := storage.BoxFilter{States: []storage.BoxState{storage.BoxReady, storage.BoxOpen, storage.BoxClosed}, Before: before, Limit: boxesAPage + 1}
	if emptied {
		f.States = []storage.BoxState{storage.BoxEmptied}
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		out = BoxList{}
		list, err := d.cfg.Archive.Ledger.Boxes(ctx, tx, f)
		if err != nil {
			return err
		}
		if len(list) > boxesAPage {
			list = list[:boxesAPage]
			out.More = list[boxesAPage-1].ID
		}
		out.Boxes, err = d.rows(ctx, tx, list)
		return err
	})
	return out, err
}

func (d *Desk) rows(ctx context.Context, tx storage.Tx, list []storage.Box) ([]BoxRow, error) {
	ids, out := make([]scanstation.BoxID, len(list)), make([]BoxRow, len(list))
	for i, b := range list {
		ids[i], out[i].Box = b.ID, b
	}
	counts, err := d.cfg.Archive.Ledger.CountBoxes(ctx, tx, ids)
	for i := range out {
		out[i].Count = counts[out[i].ID]
	}
	return out, err
}

// BoxLetter is the paper of a letter in its box.
type BoxLetter struct {
	storage.Original
	Department string
	Pages      int
	Sealed     bool
	Readable   bool                 // who may open the letter
	Against    []scanstation.Reason // why it must be pulled out before the box is destroyed
	Waits      []scanstation.Reason // only that its day has not come
	Recall     *storage.Recall
	Stack      int // which of the stacks in the box, from 1; 0: not known
	Image      int // at which image of the stack it begins
}

// BoxView is a box with what lies in it.
type BoxView struct {
	BoxRow
	Letters  []BoxLetter // those that who may see, as they lie
	Others   int         // those that are none of who's business
	Pull     int         // how many letters of the whole box, of those that who may see, must be pulled out first
	More     int         // the next page begins behind this place; 0: there is none
	Due      bool        // the day of some of its letters has come, and its own
	Acts     bool        // who may move boxes
	History  []BoxMoment
	Stations []string // at which it can be opened
}

// BoxMoment is one event of a box's life. Who it was stands in the events alone.
type BoxMoment struct {
	Time time.Time
	Kind string
}

// Box returns a box with its letters behind a place. A head sees the letters of
// the own department alone.
func (d *Desk) Box(ctx context.Context, who routing.Clerk, id scanstation.BoxID, after int) (BoxView, error) {
	v, err := d.boxPart(ctx, who, id, after)
	if err == nil {
		v.Pull, err = d.mustOut(ctx, who, v, after)
	}
	return v, err
}

// mustOut counts what must be pulled out of a whole box, of which v is the part
// behind a place.
func (d *Desk) mustOut(ctx context.Context, who routing.Clerk, v BoxView, after int) (n int, err error) {
	if after > 0 {
		if v, err = d.boxPart(ctx, who, v.ID, 0); err != nil {
			return 0, err
		}
	}
	for {
		for _, l := range v.Letters {
			if len(l.Against) > 0 {
				n++
			}
		}
		if v.More == 0 {
			return n, nil
		}
		if v, err = d.boxPart(ctx, who, v.ID, v.More); err != nil {
			return n, err
		}
	}
}

func (d *Desk) boxPart(ctx context.Context, who routing.Clerk, id scanstation.BoxID, after int) (v BoxView, err error) {
	if !d.MaySeeBoxes(who) {
		return v, missing("box " + string(id))
	}
	if v.BoxRow.Box, err = d.cfg.Archive.Box(ctx, id); err != nil {
		return v, err
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		rows, err := d.rows(ctx, tx, []storage.Box{v.BoxRow.Box})
		if err != nil {
			return err
		}
		v = BoxView{BoxRow: rows[0], Acts: May(who, MoveBoxes, Thing{})}
		papers, err := d.cfg.Archive.Ledger.Originals(ctx, tx, storage.OriginalFilter{
			Box: id, After: after, States: storage.PresentStates(), Limit: lettersInBox + 1,
		})
		if err != nil {
			return err
		}
		if len(papers) > lettersInBox {
			papers = papers[:lettersInBox]
			v.More = papers[lettersInBox-1].Place
		}
		v.Letters, v.Others, err = d.boxLetters(ctx, tx, who, papers)
		return err
	})
	if err != nil {
		return v, err
	}
	v.Due = v.Count.First != "" && v.Count.First <= d.today() && v.DueOn <= d.today()
	for _, s := range d.cfg.Stations {
		if s.Kind.HasOriginal() && v.Kind == storage.DailyBox {
			v.Stations = append(v.Stations, s.Name)
		}
	}
	v.History, err = d.boxLife(ctx, id)
	return v, err
}

func (d *Desk) boxLife(ctx context.Context, id scanstation.BoxID) (out []BoxMoment, err error) {
	events, err := d.cfg.Archive.Events(ctx, storage.EventFilter{Object: string(id), Newest: true, Limit: boxMoments})
	for _, e := range events {
		out = append(out, BoxMoment{e.Time, e.Kind})
	}
	return out, err
}

// boxLetters fills in what there is to say about papers, which are at most 500.
func (d *Desk) boxLetters(ctx context.Context, tx storage.Tx, who routing.Clerk, papers []storage.Original) (out []BoxLetter, others int, err error) {
	ids := make([]storage.DocumentID, len(papers))
	for i, o := range papers {
		ids[i] = o.Document
	}
	if len(ids) == 0 {
		return nil, 0, nil
	}
	docs, err := d.cfg.Archive.Ledger.Documents(ctx, tx, storage.DocumentFilter{IDs: ids, Reader: who.Login, Limit: len(ids)})
	if err != nil {
		return nil, 0, err
	}
	byID := map[storage.DocumentID]storage.Document{}
	for _, doc := range docs {
		byID[doc.ID] = doc
	}
	for _, o := range papers {
		doc, seen := byID[o.Document]
		if !seen || !May(who, SeeOriginals, released(doc)) {
			others++
			continue
		}
		l, err := d.boxLetter(ctx, tx, who, o, doc)
		if err != nil {
			return nil, 0, err
		}
		out = append(out, l)
	}
	return out, others, nil
}

func (d *Desk) boxLetter(ctx context.Context, tx storage.Tx, who routing.Clerk, o storage.Original, doc storage.Document) (BoxLetter, error) {
	l := BoxLetter{Original: o, Department: doc.Department, Pages: doc.Pages, Sealed: doc.Seal != nil, Readable: May(who, SeeFacts, released(doc))}
	l.Stack, l.Image = o.Spot()
	reasons, err := d.cfg.Archive.MayDestroy(ctx, tx, o)
	if err != nil {
		return l, err
	}
	for _, r := range reasons {
		if waits(r.Code) {
			l.Waits = append(l.Waits, r)
		} else {
			l.Against = append(l.Against, r)
		}
	}
	open, err := d.cfg.Archive.Ledger.Recalls(ctx, tx, storage.RecallFilter{Document: o.Document, States: storage.OpenRecalls(), Limit: 1})
	if len(open) > 0 {
		l.Recall = &open[0]
	}
	return l, err
}

// waits says whether a reason against the destruction goes by itself with time.
func waits(code string) bool {
	return slices.Contains([]string{storage.AgainstDay, storage.AgainstFilingDays, storage.AgainstBoxDay}, code)
}
