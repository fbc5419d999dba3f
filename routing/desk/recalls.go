package desk

import (
	"context"
	"errors"

	"mailroom/routing"
	"mailroom/storage"
)

// maxRecalls is how many open recalls are listed.
const maxRecalls = 200

// RecallTask is an open recall with where its paper lies.
type RecallTask struct {
	storage.Recall
	BoxLetter BoxLetter
	Location  string // where its box stands
	Offers    []storage.RecallState
}

// MaySeeRecalls says whether who carries recalls out, or may ask for the paper
// of any letter.
func (d *Desk) MaySeeRecalls(who routing.Clerk) bool {
	return May(who, MoveBoxes, Thing{}) || d.mayIn(who, RecallPaper)
}

// Recalls lists the open recalls: all of them for those who carry them out, those
// of the own departments for those who asked.
func (d *Desk) Recalls(ctx context.Context, who routing.Clerk) (out []RecallTask, err error) {
	if !d.MaySeeRecalls(who) {
		return nil, missing("recalls")
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		out = nil
		open, err := d.cfg.Archive.Ledger.Recalls(ctx, tx, storage.RecallFilter{States: storage.OpenRecalls(), Limit: maxRecalls})
		if err != nil {
			return err
		}
		for _, r := range open {
			t, ok, err := d.recallTask(ctx, tx, who, r)
			if err != nil {
				return err
			}
			if ok {
				out = append(out, t)
			}
		}
		return nil
	})
	return out, err
}

// recallTask is r as who sees it; false if it is none of their business.
func (d *Desk) recallTask(ctx context.Context, tx storage.Tx, who routing.Clerk, r storage.Recall) (t RecallTask, ok bool, err error) {
	docs, err := d.cfg.Archive.Ledger.Documents(ctx, tx, storage.DocumentFilter{ID: r.Document, Reader: who.Login, Limit: 1})
	if err != nil || len(docs) == 0 {
		return t, false, err
	}
	doc := docs[0]
	acts, asks := May(who, MoveBoxes, released(doc)), May(who, RecallPaper, released(doc))
	if !acts && !asks {
		return t, false, nil
	}
	o, err := d.cfg.Archive.Paper(ctx, tx, r.Document, false)
	if err != nil {
		return t, false, err
	}
	t = RecallTask{Recall: r, Offers: r.Next(acts, asks)}
	l := &t.BoxLetter
	l.Original, l.Department, l.Pages, l.Sealed, l.Readable = o, doc.Department, doc.Pages, doc.Seal != nil, May(who, SeeFacts, released(doc))
	l.Stack, l.Image = o.Spot()
	if o.Box != "" {
		found, err := d.cfg.Archive.Ledger.Boxes(ctx, tx, storage.BoxFilter{ID: o.Box, Limit: 1})
		if err != nil {
			return t, false, err
		}
		if len(found) > 0 {
			t.Location = found[0].Location
		}
	}
	return t, true, nil
}

// AskRecall asks for the paper of a letter.
func (d *Desk) AskRecall(ctx context.Context, who routing.Clerk, id storage.DocumentID, words string) error {
	if _, _, err := d.read(ctx, who, id, RecallPaper); err != nil {
		return err
	}
	words, err := textOf(words)
	if err != nil {
		return err
	}
	return d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		_, err := d.cfg.Archive.AskRecall(ctx, tx, id, words, string(who.ID))
		if errors.Is(err, storage.ErrConflict) {
			return invalid(RecallTwice, "%s", id)
		}
		return err
	})
}

// StepRecall takes a recall one step on: it was found, or not; it was handed out
// to somebody, which words name; it is back; or it is no longer wanted.
func (d *Desk) StepRecall(ctx context.Context, who routing.Clerk, id storage.RecallID, to storage.RecallState, words string) error {
	words, err := textOf(words)
	if err != nil {
		return err
	}
	return d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		gone := missing("recall " + string(id))
		if !id.Valid() {
			return gone
		}
		found, err := d.cfg.Archive.Ledger.Recalls(ctx, tx, storage.RecallFilter{ID: id, Limit: 1})
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return gone
		}
		t, ok, err := d.recallTask(ctx, tx, who, found[0])
		if err != nil {
			return err
		}
		if !ok {
			return gone
		}
		return d.stepRecall(ctx, tx, who, t, to, words)
	})
}

func (d *Desk) stepRecall(ctx context.Context, tx storage.Tx, who routing.Clerk, t RecallTask, to storage.RecallState, words string) error {
	// What this person may do at some time, but not now, was done by another.
	acts := May(who, MoveBoxes, Thing{})
	switch to {
	case storage.RecallFound, storage.RecallMissing, storage.RecallOut, storage.RecallBack:
		if !acts {
			return missing("recall " + string(t.ID))
		}
	case storage.RecallWithdrawn:
	default:
		return missing("recall step " + string(to))
	}
	if to == storage.RecallOut {
		if words = nameIn(words, 100); words == "" {
			return invalid(RecallName, "")
		}
	}
	_, err := d.cfg.Archive.Recall(ctx, tx, t.ID, to, words, string(who.ID))
	if errors.Is(err, storage.ErrConflict) {
		return invalid(Overtaken, "%s", t.ID)
	}
	return err
}

// recalled fills in where the paper of a letter lies and whether it is wanted.
func (d *Desk) recalled(ctx context.Context, tx storage.Tx, who routing.Clerk, l *Letter) error {
	if l.Original == nil {
		return nil
	}
	if id := l.Original.Box; id != "" {
		found, err := d.cfg.Archive.Ledger.Boxes(ctx, tx, storage.BoxFilter{ID: id, Limit: 1})
		if err != nil {
			return err
		}
		if len(found) > 0 {
			l.Box = &found[0]
		}
	}
	open, err := d.cfg.Archive.Ledger.Recalls(ctx, tx, storage.RecallFilter{Document: l.ID, States: storage.OpenRecalls(), Limit: 1})
	if err != nil {
		return err
	}
	if len(open) > 0 {
		l.Recalled = &open[0]
	}
	l.SeesBoxes = d.MaySeeBoxes(who)
	l.AskPaper = l.Recalled == nil && l.Original.State.Present() && May(who, RecallPaper, released(l.Document))
	return nil
}
