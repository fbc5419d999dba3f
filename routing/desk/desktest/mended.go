package desktest

import (
	"context"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/sqlstore"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Carry does what is left to be done for a mended stack: pages are read again
// with the words of lines, letters are kept, and those without a doubt go to
// the inbox of wohngeld.
func (o *Office) Carry(id scanstation.BatchID, lines ...string) {
	o.t.Helper()
	ctx := context.Background()
	images, err := o.Archive.Images(ctx, storage.ImageFilter{Batch: id})
	o.must(err)
	letters := map[int]bool{}
	for _, img := range images {
		if img.Reading == "" {
			_, _, r, err := drawPage(lines, false)
			o.must(err)
			r.Image, r.Rotation = img.Image, img.Rotation
			if img.Rotation%180 != 0 {
				r.Width, r.Height = r.Height, r.Width
			}
			o.must(o.Archive.Note(ctx, id, r))
		}
		if n := img.Document.Number(); n > 0 {
			letters[n] = true
		}
	}
	for n := range letters {
		o.must(o.Archive.Keep(ctx, id, n, func([]ocr.Reading) ocr.Findings { return ocr.Findings{} }))
	}
	b, err := o.Archive.Batch(ctx, id)
	o.must(err)
	docs, err := o.Archive.Letters(ctx, b, false)
	o.must(err)
	for _, d := range docs {
		if d.State != storage.Archived {
			continue
		}
		to, dec := storage.Inbox, routing.Decision{Document: d.ID, Sure: true, Department: "wohngeld", Actor: storage.System, DecidedAt: o.Clock.Now()}
		if len(d.Doubts) > 0 {
			to, dec.Sure, dec.Reasons = storage.Review, false, []scanstation.Reason{{Code: routing.DoubtfulCut}}
		}
		o.must(o.Archive.Do(ctx, func(tx storage.Tx) error {
			if err := (sqlstore.Store{}).SaveDecision(ctx, tx, dec); err != nil {
				return err
			}
			_, err := o.Archive.Move(ctx, tx, d.ID, to, storage.System, storage.Change{Department: dec.Department, Reasons: dec.Reasons, Body: dec})
			return err
		}))
	}
}
