package storage

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"

	"mailroom/ocr"
	"mailroom/scanstation"
)

// Batch returns one batch; ErrNotFound.
func (a *Archive) Batch(ctx context.Context, id scanstation.BatchID) (b Batch, err error) {
	err = a.View(ctx, func(tx Tx) error {
		b, err = a.batch(ctx, tx, id, false)
		return err
	})
	return b, err
}

// Batches lists batches.
func (a *Archive) Batches(ctx context.Context, f BatchFilter) (out []Batch, err error) {
	err = a.View(ctx, func(tx Tx) error {
		out, err = a.Ledger.Batches(ctx, tx, f)
		return err
	})
	return out, err
}

// Images lists images.
func (a *Archive) Images(ctx context.Context, f ImageFilter) (out []Image, err error) {
	err = a.View(ctx, func(tx Tx) error {
		out, err = a.Ledger.Images(ctx, tx, f)
		return err
	})
	return out, err
}

// Document returns one document with its text; ErrNotFound.
func (a *Archive) Document(ctx context.Context, id DocumentID) (Document, error) {
	if !id.Valid() {
		return Document{}, fmt.Errorf("document %q: %w", id, ErrNotFound)
	}
	found, err := a.Documents(ctx, DocumentFilter{ID: id, WithText: true, Limit: 1})
	if err != nil {
		return Document{}, err
	}
	if len(found) == 0 {
		return Document{}, fmt.Errorf("document %s: %w", id, ErrNotFound)
	}
	return found[0], nil
}

// Documents lists documents.
func (a *Archive) Documents(ctx context.Context, f DocumentFilter) (out []Document, err error) {
	err = a.View(ctx, func(tx Tx) error {
		out, err = a.Ledger.Documents(ctx, tx, f)
		return err
	})
	return out, err
}

// CountDocuments counts documents by department, none further than f.Limit.
func (a *Archive) CountDocuments(ctx context.Context, f DocumentFilter) (out map[string]int, err error) {
	err = a.View(ctx, func(tx Tx) error {
		out, err = a.Ledger.CountDocuments(ctx, tx, f)
		return err
	})
	return out, err
}

// Original returns the paper of a document; ErrNotFound if it never had any.
func (a *Archive) Original(ctx context.Context, id DocumentID) (o Original, err error) {
	err = a.View(ctx, func(tx Tx) error {
		found, err := a.Ledger.Originals(ctx, tx, OriginalFilter{Document: id, Limit: 1})
		if err == nil && len(found) == 0 {
			err = fmt.Errorf("original of %s: %w", id, ErrNotFound)
		}
		if err == nil {
			o = found[0]
		}
		return err
	})
	return o, err
}

// Events lists events.
func (a *Archive) Events(ctx context.Context, f EventFilter) (out []Event, err error) {
	err = a.View(ctx, func(tx Tx) error {
		out, err = a.Ledger.Events(ctx, tx, f)
		return err
	})
	return out, err
}

// Letters lists the documents of a batch in their order, without those that
// were superseded.
func (a *Archive) Letters(ctx context.Context, b Batch, withText bool) ([]Document, error) {
	docs, err := a.Documents(ctx, DocumentFilter{Batch: b.ID, WithText: withText, Limit: b.numbers() + 1})
	return slices.DeleteFunc(docs, func(d Document) bool { return d.State == Superseded }), err
}

// OpenPart opens a stored part of a document, such as PDFPart.
func (a *Archive) OpenPart(ctx context.Context, id DocumentID, part string) (io.ReadSeekCloser, error) {
	return a.Blobs.Get(ctx, id.Key(part))
}

// OpenRaw opens the i-th file of a batch as it was received.
func (a *Archive) OpenRaw(ctx context.Context, id scanstation.BatchID, i int) (io.ReadSeekCloser, error) {
	return a.Blobs.Get(ctx, RawKey(id, i))
}

// OpenPDF opens the PDF/A of the version of d that is in force.
func (a *Archive) OpenPDF(ctx context.Context, d Document) (io.ReadSeekCloser, error) {
	return a.Blobs.Get(ctx, d.Object)
}

// Words returns the readings of the pages of d.
func (a *Archive) Words(ctx context.Context, d Document) (out []ocr.Reading, err error) {
	return out, a.getJSON(ctx, d.WordsKey(), &out)
}

// Pages returns the images of a document in the order of its pages, whichever
// stacks they came with.
func (a *Archive) Pages(ctx context.Context, id DocumentID) (out []Image, err error) {
	err = a.View(ctx, func(tx Tx) error {
		out, err = a.pages(ctx, tx, id)
		return err
	})
	return out, err
}

func (a *Archive) pages(ctx context.Context, tx Tx, id DocumentID) ([]Image, error) {
	images, err := a.Ledger.Images(ctx, tx, ImageFilter{Document: id})
	slices.SortFunc(images, func(a, b Image) int { return cmp.Compare(a.Number, b.Number) })
	return images, err
}

// OpenStream opens the stream of an image: from its document's PDF where it
// stands in one, else from the work objects, which a release erases. Of a PNG
// the PDF holds the pixels only: its frame is put around them again, and the page is
// then [Image.Delivered].
func (a *Archive) OpenStream(ctx context.Context, img Image) (io.ReadCloser, error) {
	if img.Length == 0 {
		return a.Blobs.Get(ctx, img.Stream)
	}
	r, err := a.Blobs.Get(ctx, cmp.Or(img.Object, img.Document.Key(PDFPart)))
	if err != nil {
		return nil, err
	}
	if _, err := r.Seek(img.Offset, io.SeekStart); err != nil {
		r.Close()
		return nil, fmt.Errorf("find image %d in %s: %w", img.Image, img.Document, err)
	}
	var stream io.Reader = io.LimitReader(r, img.Length)
	if img.Encoding == scanstation.PNG {
		stream = framePNG(img.Page, stream, img.Length)
	}
	return struct {
		io.Reader
		io.Closer
	}{stream, r}, nil
}
