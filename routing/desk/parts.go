package desk

import (
	"context"
	"errors"
	"io"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/scanstation"
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

// Notes returns the letter's transfer notes, the version in force first and each
// followed by the one that it names. The list ends where one is not the one named.
func (d *Desk) Notes(ctx context.Context, who routing.Clerk, id storage.DocumentID) (out []storage.TransferNote, err error) {
	doc, err := d.look(ctx, who, id, routing.WayNote)
	if err != nil {
		return nil, err
	}
	named := scanstation.Digest("")
	for version := doc.Version; version > 0; version-- {
		b, err := d.wholePart(ctx, id, storage.NotePart(version))
		if errors.Is(err, storage.ErrNotFound) || err == nil && named != "" && scanstation.DigestOf(b) != named {
			continue // left behind by an attempt
		}
		if err != nil {
			return nil, err
		}
		n, err := storage.ParseNote(b)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
		if named = scanstation.Digest(n.Previous); named == "" {
			break
		}
	}
	return out, nil
}

// maxNote is the most that a transfer note may take: a thousand pages take a megabyte.
const maxNote = 64 << 20

func (d *Desk) wholePart(ctx context.Context, id storage.DocumentID, part string) ([]byte, error) {
	r, err := d.cfg.Archive.OpenPart(ctx, id, part)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, maxNote))
}
