package desk

import (
	"context"
	"io"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/storage"
)

// PDF opens the letter's PDF/A; the caller closes it.
func (d *Desk) PDF(ctx context.Context, who routing.Clerk, id storage.DocumentID) (io.ReadSeekCloser, error) {
	doc, err := d.look(ctx, who, id, routing.WayPDF)
	if err != nil {
		return nil, err
	}
	return d.cfg.Archive.OpenPDF(ctx, doc)
}

// Note opens the letter's transfer note.
func (d *Desk) Note(ctx context.Context, who routing.Clerk, id storage.DocumentID) (io.ReadSeekCloser, error) {
	return d.part(ctx, who, id, routing.WayNote, func(doc storage.Document) string { return storage.NotePart(doc.Version) })
}

func (d *Desk) part(ctx context.Context, who routing.Clerk, id storage.DocumentID, way routing.Way, part func(storage.Document) string) (io.ReadSeekCloser, error) {
	doc, err := d.look(ctx, who, id, way)
	if err != nil {
		return nil, err
	}
	return d.cfg.Archive.OpenPart(ctx, id, part(doc))
}

// look is the one way to what stands in a letter: it is the reader's to see, and
// it is noted that they did.
func (d *Desk) look(ctx context.Context, who routing.Clerk, id storage.DocumentID, way routing.Way) (storage.Document, error) {
	doc, b, err := d.read(ctx, who, id, ReadLetters)
	if err != nil {
		return doc, err
	}
	what, err := d.thing(ctx, doc, b)
	if err != nil {
		return storage.Document{}, err
	}
	if err := d.seen(ctx, who, id, way, what); err != nil {
		return storage.Document{}, err
	}
	return doc, nil
}

// Text returns what was read on the pages, form feed between them.
func (d *Desk) Text(ctx context.Context, who routing.Clerk, id storage.DocumentID) (string, error) {
	doc, err := d.look(ctx, who, id, routing.WayText)
	return doc.Text, err
}

// Words returns the readings of the letter's pages.
func (d *Desk) Words(ctx context.Context, who routing.Clerk, id storage.DocumentID) ([]ocr.Reading, error) {
	doc, err := d.look(ctx, who, id, routing.WayPage)
	if err != nil {
		return nil, err
	}
	return d.cfg.Archive.Words(ctx, doc)
}
