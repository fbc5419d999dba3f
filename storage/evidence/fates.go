package evidence

import (
	"context"
	"encoding/json"
	"slices"

	"mailroom/ocr"
	"mailroom/storage"
)

// counts is what became of the images of a stack.
type counts struct{ Images, Pages, Separators, Blanks, Rejected int }

// counted notes the counts that the last event about a stack names.
func (h *said) counted(e storage.Event) error {
	if e.Kind != storage.EventReleased && e.Kind != storage.EventHeld {
		return nil
	}
	var b storage.Batch
	if err := json.Unmarshal(e.Body, &b); err != nil {
		return err
	}
	h.counts = &counts{b.Images, b.Pages, b.Separators, b.Blanks, b.Rejected}
	return nil
}

// fates holds the fates of a stack's images against its counts, and these
// against those on record, unless pages came or went since.
func (v Verifier) fates(ctx context.Context, b storage.Batch, h *said) error {
	if b.State != storage.BatchReleased {
		return nil
	}
	var images []storage.Image
	err := v.Archive.View(ctx, func(tx storage.Tx) (err error) {
		images, err = v.Archive.Ledger.Images(ctx, tx, storage.ImageFilter{Batch: b.ID})
		return err
	})
	if err != nil {
		return err
	}
	got := counts{Images: len(images)}
	for _, img := range images {
		switch img.Fate {
		case ocr.PageFate:
			got.Pages++
		case ocr.SeparatorFate:
			got.Separators++
		case ocr.BlankFate:
			got.Blanks++
		case ocr.RejectedFate:
			got.Rejected++
		}
	}
	want := counts{b.Images, b.Pages, b.Separators, b.Blanks, b.Rejected}
	if got != want || !b.AddsUp() {
		return faultf("its images have fates %+v, its counts say %+v", got, want)
	}
	if h.counts != nil && *h.counts != want && b.Amended == 0 && len(b.Amending) == 0 {
		return faultf("its counts say %+v, the event says %+v", want, *h.counts)
	}
	return nil
}

// images holds the images that stand in a letter against its manifest.
func (v Verifier) images(ctx context.Context, d storage.Document, m storage.Manifest) error {
	if len(m.Pages) > 0 { // some came with other stacks
		return nil
	}
	var images []storage.Image
	err := v.Archive.View(ctx, func(tx storage.Tx) (err error) {
		images, err = v.Archive.Ledger.Images(ctx, tx, storage.ImageFilter{Document: d.ID})
		return err
	})
	if err != nil {
		return err
	}
	var got []int
	for _, img := range images {
		if img.Batch == d.Batch {
			got = append(got, img.Image)
		}
	}
	slices.Sort(got)
	want := slices.Clone(m.Images)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		return faultf("the ledger says that it has images %v, its manifest %v", got, want)
	}
	return nil
}
