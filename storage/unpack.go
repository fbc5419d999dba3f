package storage

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"mailroom/ocr"
	"mailroom/scanstation"
)

// The pages, and the letters, of a stack stand behind those of others by where they
// lie in it, so that a short letter does not wait behind a long stack, nor behind
// many: the first few go first, the next ones second.
const (
	firstFew  = 4
	firstMany = 20
)

// turnOf is the priority of the page or letter that has i others before it in its stack.
func turnOf(k scanstation.Kind, i int) int {
	switch {
	case k == scanstation.Backlog:
		return priorityOf(k, false)
	case i < firstFew:
		return 1
	case i < firstMany:
		return 2
	}
	return 3
}

// PutStream keeps the stream of one page of batch id until the release.
func (a *Archive) PutStream(ctx context.Context, id scanstation.BatchID, p scanstation.Page, r io.Reader) (Image, error) {
	key := fmt.Sprintf("%sp/%05d-%.12s.%s", workPrefix(id), p.Image, p.Digest, p.Encoding)
	if _, err := a.Blobs.PutNew(ctx, key, r, p.Bytes, p.Digest); err != nil {
		return Image{}, fmt.Errorf("keep image %d of batch %s: %w", p.Image, id, err)
	}
	return Image{Batch: id, Page: p, Stream: key}, nil
}

// Unpack records the images of a batch, all of them at once, and queues the
// reading of each.
func (a *Archive) Unpack(ctx context.Context, id scanstation.BatchID, images []Image) error {
	return a.Do(ctx, func(tx Tx) error {
		b, err := a.batch(ctx, tx, id, true)
		if err != nil || b.State != BatchReceived || b.Images > 0 {
			return err
		}
		b.Images, b.ReadImages = len(images), 0
		if err := a.Ledger.SaveImages(ctx, tx, images); err != nil {
			return err
		}
		for i, img := range images {
			if err := tx.Enqueue(ctx, Job{Step: StepRead, Batch: id, Number: img.Image, Priority: turnOf(b.Kind, i)}); err != nil {
				return err
			}
		}
		if err := a.Ledger.SaveBatch(ctx, tx, b); err != nil {
			return err
		}
		return a.Record(ctx, tx, System, EventUnpacked, string(id), images)
	})
}

// Note keeps the reading of one image and, after the last, queues the cut.
func (a *Archive) Note(ctx context.Context, id scanstation.BatchID, r ocr.Reading) error {
	r.Steps = nil // what it cost is no fact about the page
	data, err := deflateJSON(r)
	if err != nil {
		return err
	}
	key := fmt.Sprintf("%sr/%05d-%.12s.json.gz", workPrefix(id), r.Image, scanstation.DigestOf(data))
	if _, err := a.putBytes(ctx, key, data); err != nil {
		return fmt.Errorf("keep reading of image %d of batch %s: %w", r.Image, id, err)
	}
	return a.Do(ctx, func(tx Tx) error {
		b, err := a.batch(ctx, tx, id, true)
		if err != nil || b.State != BatchReceived && b.State != BatchRead {
			return err
		}
		found, err := a.Ledger.Images(ctx, tx, ImageFilter{Batch: id, Image: &r.Image, Limit: 1})
		if err != nil {
			return err
		}
		if len(found) == 0 || found[0].Reading != "" {
			return nil // read before
		}
		img := found[0]
		m := Made{Reading: key, Rotation: r.Rotation, Skew: r.Skew, Confidence: r.Confidence, Language: r.Language}
		if b.State == BatchRead {
			img.Placeholder = cmp.Or(r.Placeholder, img.Placeholder)
			return a.noteAgain(ctx, tx, b, img, m, r.Failed)
		}
		m.Text = !r.Blank && !r.Separator && r.Failed.Code == ""
		img.Made, img.Streaks = []Made{m}, r.Quality.Streaks
		img.take(m)
		if err := a.Ledger.SaveImages(ctx, tx, []Image{img}); err != nil {
			return err
		}
		b.ReadImages++
		b.ChangedAt = a.Now().UTC()
		if b.ReadImages == b.Images {
			if err := tx.Enqueue(ctx, Job{Step: StepCut, Batch: id, Priority: urgent(b.Kind)}); err != nil {
				return err
			}
		}
		return a.Ledger.SaveBatch(ctx, tx, b)
	})
}

// Readings returns the readings of these images, in their order.
func (a *Archive) Readings(ctx context.Context, images []Image) ([]ocr.Reading, error) {
	out := make([]ocr.Reading, len(images))
	for i, img := range images {
		if img.Reading == "" {
			return nil, fmt.Errorf("image %d of batch %s is not yet read: %w", img.Image, img.Batch, ErrConflict)
		}
		if err := a.getJSON(ctx, img.Reading, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Glass returns the streaks of the last images that the station of a batch made
// before it, as Cut takes them; an image that is not yet read shows none.
func (a *Archive) Glass(ctx context.Context, id scanstation.BatchID) (out [][]float64, err error) {
	return out, a.View(ctx, func(tx Tx) error {
		b, err := a.batch(ctx, tx, id, false)
		if err != nil || !b.Kind.HasOriginal() {
			return err
		}
		earlier, err := a.Ledger.Batches(ctx, tx, BatchFilter{Station: b.Station}) // those of a day have no order
		if err != nil {
			return err
		}
		earlier = slices.DeleteFunc(earlier, func(o Batch) bool { return !o.ClaimedAt.Before(b.ClaimedAt) || !o.Kind.HasOriginal() })
		slices.SortFunc(earlier, func(x, y Batch) int { return y.ClaimedAt.Compare(x.ClaimedAt) })
		for _, o := range earlier {
			for n := o.Images - 1; n >= 0 && len(out) < ocr.StreakReach; n-- {
				found, err := a.Ledger.Images(ctx, tx, ImageFilter{Batch: o.ID, Image: &n, Limit: 1})
				if err != nil {
					return err
				}
				for _, img := range found {
					out = append(out, img.Streaks)
				}
			}
		}
		slices.Reverse(out)
		return nil
	})
}

// Apportion gives every image of a batch its fate and queues the keeping of
// every draft. A cutting that does not name each image exactly once is an error.
func (a *Archive) Apportion(ctx context.Context, id scanstation.BatchID, c ocr.Cutting) error {
	return a.Do(ctx, func(tx Tx) error {
		b, err := a.batch(ctx, tx, id, true)
		if err != nil || b.State != BatchReceived {
			return err
		}
		images, err := a.Ledger.Images(ctx, tx, ImageFilter{Batch: id})
		if err != nil {
			return err
		}
		if len(c.Fates) != len(images) {
			return fmt.Errorf("batch %s: %d fates for %d images: %w", id, len(c.Fates), len(images), ErrConflict)
		}
		now, drafts := a.Now().UTC().Truncate(time.Microsecond), map[int]ocr.Draft{}
		of, later := map[int]ocr.Draft{}, map[int]scanstation.PlaceholderID{}
		for _, d := range c.Drafts {
			drafts[d.Images[0]], later[d.Images[0]] = d, d.Later
			for _, i := range d.Images {
				of[i] = d
			}
		}
		boxless, opened, err := a.followBoxes(ctx, tx, &b, c.Fates)
		if err != nil {
			return err
		}
		unclear, used, err := a.useSheets(ctx, tx, &b, c.Fates)
		if err != nil {
			return err
		}
		for i, f := range c.Fates {
			img := &images[i]
			if f.Image != img.Image {
				return fmt.Errorf("batch %s: fate of image %d at the place of image %d: %w", id, f.Image, img.Image, ErrConflict)
			}
			img.Fate, img.Reason, img.Number = f.Fate, f.Reason, f.Page
			img.Doubts, img.Sheet = slices.Concat(drafts[img.Image].Doubts, f.Doubts), drafts[img.Image].Sheet
			img.Sealed, img.Volume, img.Placeholder = of[img.Image].Sealed, of[img.Image].Volume, f.Placeholder
			img.Divider, img.Enclosure = of[img.Image].Divider, f.Enclosure
			if f.Draft > 0 {
				img.Document, img.CutAt = NewDocumentID(id, f.Draft), now
			}
		}
		beside(images, boxless)
		beside(images, doubtBehind(images, c.Fates, unclear))
		doubtFiles(images)
		bound, err := a.bind(ctx, tx, images, later)
		if err == nil {
			err = a.saveTies(ctx, tx, bound)
		}
		if err != nil {
			return err
		}
		volumes, err := a.bindVolumes(ctx, tx, id, images)
		if err != nil {
			return err
		}
		b.Volumes = len(volumes)
		if err := a.Ledger.SaveImages(ctx, tx, images); err != nil {
			return err
		}
		for _, d := range c.Drafts {
			if err := tx.Enqueue(ctx, Job{Step: StepKeep, Batch: id, Number: d.Number, Priority: turnOf(b.Kind, d.Number-1)}); err != nil {
				return err
			}
		}
		b.Pages, b.Separators, b.Blanks, b.Rejected = c.Counts()
		b.Documents, b.Letters = len(c.Drafts), len(c.Drafts)
		if err := a.moveBatch(ctx, tx, &b, BatchRead, System, EventCut, c.Fates); err != nil {
			return err
		}
		if err := a.tellTies(ctx, tx, bound, System); err != nil {
			return err
		}
		for _, box := range opened {
			if err := a.recordBox(ctx, tx, box, EventBoxOpened, System); err != nil {
				return err
			}
		}
		for _, s := range used {
			if err := a.Record(ctx, tx, System, EventBatchSheetUsed, string(id), s); err != nil {
				return err
			}
		}
		for _, v := range volumes {
			if err := a.Record(ctx, tx, System, EventVolumeScanned, string(v.ID), v); err != nil {
				return err
			}
		}
		return a.settle(ctx, tx, &b)
	})
}

// doubtFiles doubts the pages that stand for a file that could not be opened.
func doubtFiles(images []Image) {
	for i := range images {
		for _, l := range images[i].Left {
			if l.Code == scanstation.LeftUnread && images[i].Document != "" {
				images[i].Doubts = append(images[i].Doubts, l)
			}
		}
	}
}

func newBytesReader(b []byte) io.Reader { return bytes.NewReader(b) }

func deflateJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	if err := json.NewEncoder(w).Encode(v); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return b.Bytes(), nil
}

// inflate undoes gzip if the key says that it was applied.
func inflate(key string, r io.Reader) (io.Reader, error) {
	if !strings.HasSuffix(key, ".gz") {
		return r, nil
	}
	return gzip.NewReader(r)
}
