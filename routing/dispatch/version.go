package dispatch

import (
	"context"
	"errors"
	"fmt"

	"mailroom/routing"
	"mailroom/storage"
)

// Renew brings the letters of which pages were scanned again, or cut otherwise,
// into the e-files that have an earlier version. What a system does not take is
// left to a person.
func (d *Dispatch) Renew(ctx context.Context) error {
	waiting, err := d.Cabinet.Archive.Rescans(ctx, storage.RescanFilter{State: storage.RescanSupplement})
	if err != nil {
		return err
	}
	var wrong []error
	seen := map[storage.DocumentID]bool{}
	for _, w := range waiting {
		if !seen[w.Document] {
			seen[w.Document] = true
			wrong = append(wrong, d.renew(ctx, w.Document))
		}
	}
	return errors.Join(wrong...)
}

// renew begins what is not begun for a letter, and sends what is due.
func (d *Dispatch) renew(ctx context.Context, id storage.DocumentID) error {
	var f routing.Folder
	err := d.Cabinet.Archive.View(ctx, func(tx storage.Tx) (err error) {
		f, _, err = d.look(ctx, tx, id, 1)
		return err
	})
	if errors.Is(err, storage.ErrNotFound) {
		return nil // it was erased meanwhile
	}
	for _, r := range f.Filings {
		if err != nil {
			return err
		}
		if _, old := r.Renew(f.Doc, d.now()); old {
			r, err = d.beginVersion(ctx, f.Doc, r)
		}
		if err == nil && r.New != nil && r.New.State == routing.ErrandHanding && !r.New.DueAt.After(d.now()) && !d.isAway(r.System) {
			err = d.sendVersion(ctx, f.Doc, r)
		}
	}
	return err
}

func (d *Dispatch) beginVersion(ctx context.Context, doc storage.Document, of routing.Record) (r routing.Record, err error) {
	return r, d.locked(ctx, doc.ID, of.Number, func(tx storage.Tx, f routing.Folder, now routing.Record) error {
		var old bool
		if r, old = now.Renew(f.Doc, d.now()); !old {
			return nil
		}
		return d.Cabinet.KeepVersion(ctx, tx, storage.System, f, r)
	})
}

// sendVersion sends the version of r; doc is the letter as it was looked at.
func (d *Dispatch) sendVersion(ctx context.Context, doc storage.Document, r routing.Record) error {
	if doc.Digest != r.New.Edition {
		return nil // it went on meanwhile: the next round sees that
	}
	err := d.handVersion(ctx, doc, r)
	switch {
	case err == nil:
		return d.noteVersion(ctx, r, r.VersionSent(d.now()))
	case errors.Is(err, storage.ErrUnavailable) || ctx.Err() != nil:
		return fmt.Errorf("send %s: %w", r.VersionID(), err)
	}
	code, words := d.unsent(r.VersionID(), r.System, err)
	return d.noteVersion(ctx, r, r.VersionRefused(code, words, d.now()))
}

func (d *Dispatch) handVersion(ctx context.Context, doc storage.Document, r routing.Record) error {
	c, err := d.connector(r.System)
	if err != nil {
		return err
	}
	h, err := d.handover(ctx, doc, r, "")
	if err != nil {
		return err
	}
	h.ID, h.Version = r.VersionID(), doc.Version
	return c.Renew(ctx, h, r.Receipt)
}

// noteVersion keeps what became of a sending, unless that was overtaken.
func (d *Dispatch) noteVersion(ctx context.Context, of, next routing.Record) error {
	return d.locked(ctx, of.Document, of.Number, func(tx storage.Tx, f routing.Folder, r routing.Record) error {
		if r.VersionID() != of.VersionID() || r.New.State != routing.ErrandHanding {
			return nil
		}
		r.New = next.New
		return d.Cabinet.KeepVersion(ctx, tx, storage.System, f, r)
	})
}
