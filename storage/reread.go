package storage

import (
	"context"
	"slices"

	"mailroom/ocr"
	"mailroom/scanstation"
)

// reread turns img as l says and says whether it must be read for that: a page
// is to have the words that stand on it upright.
func (m *mend) reread(img *Image, before Image, l Placement) bool {
	if l.Fate != ocr.PageFate {
		img.Rotation = l.Rotation
		if img.Reading == "" && len(img.Made) > 0 {
			rotation := img.Rotation
			img.take(img.Made[0]) // a reading that was wanted is no more
			img.Rotation = rotation
		}
		return false
	}
	if before.Fate == ocr.PageFate && before.Rotation == l.Rotation {
		return img.Reading == ""
	}
	if made, ok := img.made(l.Rotation); ok {
		img.take(made)
		return false
	}
	img.Reading, img.Rotation = "", l.Rotation
	return true
}

// noteAgain keeps the reading of an image that was read because a person said
// what it is, and queues the keeping of its letter after the last of them.
func (a *Archive) noteAgain(ctx context.Context, tx Tx, b Batch, img Image, r Made, failed scanstation.Reason) error {
	r.Text = true // as far as it can be read at all
	if _, known := img.made(r.Rotation); !known {
		img.Made = append(img.Made, r)
	}
	if img.Fate != ocr.PageFate || img.Rotation != r.Rotation {
		return a.Ledger.SaveImages(ctx, tx, []Image{img}) // mended meanwhile
	}
	img.take(r)
	found := []Image{img}
	bound, err := a.bind(ctx, tx, found, nil)
	if err == nil {
		err = a.saveTies(ctx, tx, bound)
	}
	if err != nil {
		return err
	}
	img = found[0]
	if failed.Code != "" {
		img.Doubts = append(img.Doubts, scanstation.Reason{Code: ocr.UnreadImage, Detail: failed.String()})
	}
	if err := a.Ledger.SaveImages(ctx, tx, []Image{img}); err != nil {
		return err
	}
	pages, err := a.Ledger.Images(ctx, tx, ImageFilter{Batch: b.ID, Document: img.Document})
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(pages, func(p Image) bool { return p.Reading == "" }) {
		if err := tx.Enqueue(ctx, Job{Step: StepKeep, Batch: b.ID, Number: img.Document.Number(), Priority: urgent(b.Kind)}); err != nil {
			return err
		}
	}
	return a.tellTies(ctx, tx, bound, System)
}
