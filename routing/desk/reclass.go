package desk

import (
	"context"
	"errors"
	"slices"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// What has to be answered differently about classes and late draws.
const (
	ClassWrong = "class-wrong" // no class, the one it has, or its paper is on its way out
	DrawnTwice = "drawn-twice" // the stack has its draw
)

// ClassName is the name of a class as the office wrote it, or its id.
func (d *Desk) ClassName(id string) string {
	if c, ok := d.cfg.Archive.Classes.Find(id); ok && c.Name != "" {
		return c.Name
	}
	return id
}

// Reclass puts a letter with its paper into another class, for a reason: the
// scan room before its stack is released, records managers also after that.
func (d *Desk) Reclass(ctx context.Context, who routing.Clerk, id storage.DocumentID, class, why string) error {
	doc, err := d.paperDoc(ctx, who, id)
	if err != nil {
		return err
	}
	b, err := d.cfg.Archive.Batch(ctx, doc.Batch)
	if err != nil {
		return err
	}
	if !May(who, ReclassLetters, thing(doc, b)) {
		return missing("class of " + string(id))
	}
	if why, err = textOf(why); err != nil {
		return err
	}
	if why == "" {
		return invalid(ReasonMissing, "")
	}
	err = d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		now, err := d.cfg.Archive.Ledger.Batches(ctx, tx, storage.BatchFilter{ID: b.ID, Lock: true, Limit: 1})
		if err != nil || len(now) == 0 || now[0].State != b.State {
			return errors.Join(err, storage.ErrConflict) // it was released meanwhile
		}
		_, err = d.cfg.Archive.Reclass(ctx, tx, id, class, why, string(who.ID))
		return err
	})
	if errors.Is(err, storage.ErrConflict) {
		return invalid(ClassWrong, "")
	}
	return err
}

// maxUndrawn is how many stacks without a draw are shown.
const maxUndrawn = 50

// Undrawn returns stacks that closed without a draw and whose paper lies here,
// those that are due first, for who may draw them afterwards.
func (d *Desk) Undrawn(ctx context.Context, who routing.Clerk) (out []scanstation.BatchID, err error) {
	if !May(who, DrawLate, Thing{}) {
		return nil, nil
	}
	return out, d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		out = nil
		ledger := d.cfg.Archive.Ledger
		lines, err := ledger.PaperLines(ctx, tx, storage.PaperFilter{Against: storage.CheckMissing, Limit: 500})
		if err != nil {
			return err
		}
		for _, l := range lines {
			id := l.Document.Batch()
			if slices.Contains(out, id) || len(out) == maxUndrawn {
				continue
			}
			draws, err := ledger.Draws(ctx, tx, storage.DrawFilter{Batch: id, Limit: 1})
			if err != nil {
				return err
			}
			if len(draws) == 0 { // what stands in the list may be hours old
				out = append(out, id)
			}
		}
		return nil
	})
}

// DrawLate has the draw made of a stack that closed without one.
func (d *Desk) DrawLate(ctx context.Context, who routing.Clerk, id scanstation.BatchID) error {
	if !May(who, DrawLate, Thing{}) || !id.Valid() {
		return missing("stack " + string(id))
	}
	err := d.cfg.Archive.DrawLate(ctx, id, string(who.ID))
	if errors.Is(err, storage.ErrConflict) {
		return invalid(DrawnTwice, "%s", id)
	}
	return err
}
