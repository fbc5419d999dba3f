package storage

import (
	"cmp"
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

// Keep writes one draft of a batch as a document: PDF/A, words, transfer note
// and manifest, then, in one transaction, the row, its paper and its event.
// find says what the pages say about where the letter belongs.
func (a *Archive) Keep(ctx context.Context, id scanstation.BatchID, number int, find func([]ocr.Reading) ocr.Findings) error {
	b, images, err := a.draft(ctx, id, number)
	if err != nil || b.State != BatchRead {
		return err
	}
	if len(images) == 0 { // mended before it was kept
		return a.eraseParts(ctx, NewDocumentID(id, number))
	}
	if slices.ContainsFunc(images, func(img Image) bool { return img.Reading == "" }) {
		return nil // Note queues it again, after the last
	}
	if images[0].Sheet != "" {
		if done, err := a.follow(ctx, b, number, images, find); done || err != nil {
			return err
		}
		// The doubt is on record now: every further attempt keeps the same letter.
		if b, images, err = a.draft(ctx, id, number); err != nil || b.State != BatchRead || len(images) == 0 {
			return err
		}
	}
	readings, err := a.Readings(ctx, images)
	if err != nil {
		return err
	}
	// The time of the cut, not of this attempt: a repeated step writes the same bytes.
	doc := Document{
		ID: NewDocumentID(id, number), Batch: id, Number: number, Kind: b.Kind, Class: b.Class, Department: b.Department,
		Pages: len(images), ReceivedOn: b.ReceivedOn, KeptAt: images[0].CutAt, Findings: find(readings), Version: 1,
	}
	doubtCut(images, readings, doc.Findings)
	doc.Doubts = doubtsOf(images)
	if doc.KeptAt.IsZero() {
		doc.KeptAt = b.ChangedAt
	}
	if d := dividerOf(images); d != nil {
		doc.Kind, doc.Class = cmp.Or(d.Kind, doc.Kind), cmp.Or(d.Class, doc.Class)
	}
	if err := a.bySheets(ctx, &doc, images); err != nil {
		return err
	}
	doc.Object = doc.ID.Key(PDFPart)
	doc.LetterDate = letterDate(doc.Findings)
	doc.Seal = a.Seals.of(doc, slices.ContainsFunc(images, func(img Image) bool { return img.Sealed }))
	describe(&doc, readings)
	extents, err := a.putPDF(ctx, stacks{b}, &doc, images, readings)
	if err != nil {
		return fmt.Errorf("keep document %s: %w", doc.ID, err)
	}
	for i := range images {
		images[i].Offset, images[i].Length = extents[i].Offset, extents[i].Length
		if doc.Pictures != nil {
			images[i].Object = doc.ImagesKey()
		}
	}
	if err := a.putOriginals(ctx, b, &doc, images); err != nil {
		return err
	}
	if doc.Manifest, err = a.putParts(ctx, b, doc, images, readings); err != nil {
		return fmt.Errorf("keep document %s: %w", doc.ID, err)
	}
	return a.enter(ctx, doc, images)
}

// doubtCut raises a doubt where another letter seems to begin by its number,
// unless a person has looked there, or there is one already.
func doubtCut(images []Image, readings []ocr.Reading, f ocr.Findings) {
	page, number := ocr.Another(readings, f)
	main := len(images) // the pages before the first enclosure
	if first := enclosuresOf(images); len(first) > 0 {
		main = first[0] - 1
	}
	if page == 0 || images[0].Volume != "" || page > main || images[page-1].Sure || len(images[page-1].Doubts) > 0 {
		return
	}
	images[page-1].Doubts = []scanstation.Reason{{Code: ocr.MissingSeparator, Detail: number}}
}

// doubtsOf are the doubts about the cut of a letter that nobody has answered.
func doubtsOf(images []Image) (out []scanstation.Reason) {
	for _, img := range images {
		out = append(out, img.Unanswered()...)
	}
	return out
}

// eraseParts erases all objects of a letter that is none any more.
func (a *Archive) eraseParts(ctx context.Context, id DocumentID) error {
	return a.erase(ctx, id.Key(""))
}

// draft returns the batch and the images of one of its drafts, which are none
// if the batch was mended meanwhile. The batch has no state if the draft is a
// document already.
func (a *Archive) draft(ctx context.Context, id scanstation.BatchID, number int) (b Batch, images []Image, err error) {
	err = a.View(ctx, func(tx Tx) error {
		if b, err = a.batch(ctx, tx, id, false); err != nil {
			return err
		}
		doc := NewDocumentID(id, number)
		kept, err := a.Ledger.Documents(ctx, tx, DocumentFilter{ID: doc, Limit: 1})
		if err != nil {
			return err
		}
		if len(kept) > 0 || slices.Contains(b.Amending, number) {
			b.State = ""
			return nil
		}
		if number < 1 || number > b.numbers() {
			return fmt.Errorf("draft %d of batch %s: %w", number, id, ErrNotFound)
		}
		images, err = a.Ledger.Images(ctx, tx, ImageFilter{Batch: id, Document: doc})
		return err
	})
	return b, images, err
}

func letterDate(f ocr.Findings) scanstation.Date {
	for _, d := range f.Dates {
		if d.Role == ocr.LetterDate {
			return d.Date
		}
	}
	return ""
}

// describe sets text and barcodes of doc from its readings.
func describe(doc *Document, readings []ocr.Reading) {
	texts := make([]string, len(readings))
	for i, r := range readings {
		texts[i] = r.Text()
		for _, c := range r.Barcodes {
			doc.Barcodes = append(doc.Barcodes, PageBarcode{Page: i + 1, Barcode: c})
		}
	}
	doc.Text = strings.Join(texts, "\f")
}

// putPDF writes the document's PDF/A and stores it: lifted from the PDF that came in
// where that can be, else of the pictures of its pages. It returns where the streams
// of these stand in the object at ImagesKey.
func (a *Archive) putPDF(ctx context.Context, from stacks, doc *Document, images []Image, readings []ocr.Reading) ([]Extent, error) {
	v := Volume{
		Document: doc.ID, Batch: doc.Batch, Title: titleOf(*doc), Language: "de",
		Created: cmp.Or(doc.AmendedAt, doc.KeptAt).UTC().Truncate(time.Second), Producer: a.Software,
		Marks: marksOf(enclosuresOf(images)),
	}
	doc.Inspections = nil // those of a version before
	lifted, err := a.lift(ctx, from, doc, v, images, readings)
	if err != nil {
		return nil, err
	}
	if lifted != nil {
		defer lifted.Close()
	} else if v.Attachments, err = a.attachments(from, *doc, images, readings); err != nil {
		return nil, err
	}
	if v.Leaves, err = a.leaves(ctx, images, readings); err != nil {
		return nil, err
	}
	pictures, extents, err := a.assemble(ctx, v)
	if err != nil {
		return nil, err
	}
	defer pictures.Close()
	if lifted == nil {
		if err := a.inspected(ctx, doc, pictures.copy()); err != nil {
			return nil, err
		}
		return extents, a.putFile(ctx, doc, pictures)
	}
	o := Object{Key: picturesKey(doc.Object), Size: pictures.n, Digest: pictures.digest()}
	if err := pictures.put(ctx, a.Blobs, o); err != nil {
		return nil, err
	}
	doc.Pictures = &o
	return extents, a.putFile(ctx, doc, lifted)
}

// leaves are the pages of images. The streams of those that stand in a PDF already
// come out of that.
func (a *Archive) leaves(ctx context.Context, images []Image, readings []ocr.Reading) (out []Leaf, err error) {
	for i, img := range images {
		page, err := a.streamOf(ctx, img)
		if err != nil {
			return nil, err
		}
		out = append(out, Leaf{Page: page, Reading: readings[i], Open: func(ctx context.Context) (io.ReadCloser, error) {
			return a.OpenStream(ctx, img)
		}})
	}
	return out, nil
}

// assemble writes a volume into a file without a name.
func (a *Archive) assemble(ctx context.Context, v Volume) (*written, []Extent, error) {
	var extents []Extent
	w, err := a.written(func(w io.Writer) (err error) {
		extents, err = a.Assembler.Assemble(ctx, w, v)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("assemble: %w", withoutRoom(err))
	}
	return w, extents, nil
}

// putFile stores the PDF/A of a document.
func (a *Archive) putFile(ctx context.Context, doc *Document, w *written) error {
	doc.Bytes, doc.Digest = w.n, w.digest()
	return w.put(ctx, a.Blobs, Object{Key: doc.Object, Size: doc.Bytes, Digest: doc.Digest})
}

func titleOf(d Document) string {
	return fmt.Sprintf("Brief %s, eingegangen am %s", d.ID, d.ReceivedOn)
}

// Manifest lists the objects of a document with their digests.
type Manifest struct {
	Document DocumentID          `json:"document"`
	Batch    scanstation.BatchID `json:"batch"`
	Version  int                 `json:"version"`
	Objects  []Object            `json:"objects"`
	Raw      []Object            `json:"raw"` // the files of the batches as received
	Images   []int               `json:"images"`
	// Enclosures are the pages of the document with which its enclosures begin.
	Enclosures []int `json:"enclosures,omitempty"`
	// Originals are those of Objects that came in as they are, where there is no
	// paper. Inspections are those of the PDF/A.
	Originals   []Object     `json:"originals,omitempty"`
	Inspections []Inspection `json:"inspections,omitempty"`
	// Pages names the images where some of them came with other batches, and
	// Previous the manifest before this one.
	Pages    []ImageRef   `json:"pages,omitempty"`
	Previous *Predecessor `json:"previous,omitempty"`
}

// Predecessor is the version of a manifest before another one. Versions that
// an attempt has left behind are no predecessors.
type Predecessor struct {
	Version int                `json:"version"`
	Digest  scanstation.Digest `json:"digest"`
}

// putParts stores words, transfer note and manifest beside the PDF and returns
// the manifest's digest.
func (a *Archive) putParts(ctx context.Context, b Batch, doc Document, images []Image, readings []ocr.Reading) (scanstation.Digest, error) {
	words, err := a.putWords(ctx, doc.WordsKey(), readings)
	if err != nil {
		return "", err
	}
	return a.putProof(ctx, stacks{b}, doc, a.note(stacks{b}, doc, images, readings), images, words, nil)
}

func (a *Archive) putWords(ctx context.Context, key string, readings []ocr.Reading) (Object, error) {
	data, err := deflateJSON(readings)
	if err != nil {
		return Object{}, err
	}
	return a.putBytes(ctx, key, data)
}

// putProof stores one version of the transfer note and of the manifest that
// names it beside the document's other objects. The first of from is the
// document's own batch.
func (a *Archive) putProof(ctx context.Context, from stacks, doc Document, n TransferNote, images []Image, words Object, previous *Predecessor) (scanstation.Digest, error) {
	text, err := n.Encode()
	if err != nil {
		return "", err
	}
	note, err := a.putBytes(ctx, doc.ID.Key(NotePart(n.Version)), text)
	if err != nil {
		return "", err
	}
	m := Manifest{Document: doc.ID, Batch: doc.Batch, Version: n.Version, Objects: []Object{{Key: doc.Object, Size: doc.Bytes, Digest: doc.Digest}}, Enclosures: doc.Enclosures, Originals: doc.Originals, Inspections: doc.Inspections, Previous: previous}
	parts := append([]Object{words, note}, doc.Originals...)
	if doc.Pictures != nil {
		parts = append(parts, *doc.Pictures)
	}
	for _, o := range parts {
		o.Version = "" // the store's own name for it would not be the same twice
		m.Objects = append(m.Objects, o)
	}
	for _, b := range from {
		for i, f := range b.Files {
			m.Raw = append(m.Raw, Object{Key: RawKey(b.ID, i), Size: f.Size, Digest: f.Digest})
		}
	}
	for _, img := range images {
		if img.Batch == doc.Batch {
			m.Images = append(m.Images, img.Image)
		}
		if len(from) > 1 {
			m.Pages = append(m.Pages, img.Ref())
		}
	}
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return "", err
	}
	o, err := a.putBytes(ctx, doc.ID.Key(ManifestPart(n.Version)), data)
	return o.Digest, err
}

// enter records a kept document with its paper, once. If its batch was mended
// meanwhile, its objects go.
func (a *Archive) enter(ctx context.Context, doc Document, images []Image) error {
	gone := false
	err := a.Do(ctx, func(tx Tx) error {
		gone = false
		b, err := a.batch(ctx, tx, doc.Batch, true)
		if err != nil || b.State != BatchRead {
			return err
		}
		kept, err := a.Ledger.Documents(ctx, tx, DocumentFilter{ID: doc.ID, Limit: 1})
		if err != nil || len(kept) > 0 {
			return err
		}
		now, err := a.Ledger.Images(ctx, tx, ImageFilter{Batch: doc.Batch, Document: doc.ID})
		if gone = len(now) == 0; err != nil || gone {
			return err
		}
		for i := range now {
			now[i].Object, now[i].Offset, now[i].Length = images[i].Object, images[i].Offset, images[i].Length
			now[i].Doubts = images[i].Doubts
		}
		images := now
		markPages(images, doc.Seal)
		doc.State, doc.ChangedAt = Archived, a.Now().UTC()
		if err := a.saveMoved(ctx, tx, &doc); err != nil {
			return err
		}
		if err := a.Ledger.SaveImages(ctx, tx, images); err != nil {
			return err
		}
		body := struct {
			Document
			Text     string    `json:"text"`
			Original *Original `json:"original,omitempty"`
		}{Document: doc, Text: doc.Text}
		if doc.Kind.HasOriginal() {
			o := a.original(b, doc, images)
			if err := a.Ledger.SaveOriginal(ctx, tx, o); err != nil {
				return err
			}
			body.Original = &o
		}
		if err := tx.Enqueue(ctx, Job{Step: StepRoute, Batch: doc.Batch, Number: doc.Number, Priority: turnOf(b.Kind, doc.Number-1)}); err != nil {
			return err
		}
		return a.Record(ctx, tx, System, EventArchived, string(doc.ID), body)
	})
	if err == nil && gone {
		return a.eraseParts(ctx, doc.ID)
	}
	return err
}

func (a *Archive) original(b Batch, doc Document, images []Image) Original {
	first, last := span(images)
	at := b.berth(first)
	o := Original{
		Document: doc.ID, Batch: b.ID, State: InBox, Class: doc.Class,
		First: first, Last: last, Box: at.Box, Place: at.Place, ScannedAt: b.ScannedAt,
	}
	o.DueOn = a.periodEnd(o)
	o.Imprint, o.Sheets = b.imprinted(first), b.sheets(first, last)
	return o
}
