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
	doc, _, err := d.read(ctx, who, id, ReadLetters)
	if err != nil {
		return nil, err
	}
	return d.cfg.Archive.OpenPDF(ctx, doc)
}

// Note opens the letter's transfer note.
func (d *Desk) Note(ctx context.Context, who routing.Clerk, id storage.DocumentID) (io.ReadSeekCloser, error) {
	doc, _, err := d.read(ctx, who, id, ReadLetters)
	if err != nil {
		return nil, err
	}
	return d.cfg.Archive.OpenPart(ctx, id, storage.NotePart(doc.Version))
}

// Text returns what was read on the pages, form feed between them.
func (d *Desk) Text(ctx context.Context, who routing.Clerk, id storage.DocumentID) (string, error) {
	doc, _, err := d.read(ctx, who, id, ReadLetters)
	return doc.Text, err
}

// Words returns the readings of the letter's pages.
func (d *Desk) Words(ctx context.Context, who routing.Clerk, id storage.DocumentID) ([]ocr.Reading, error) {
	doc, _, err := d.read(ctx, who, id, ReadLetters)
	if err != nil {
		return nil, err
	}
	return d.cfg.Archive.Words(ctx, doc)
}
