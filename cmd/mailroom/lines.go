package main

import (
	"context"
	"encoding/json"
	"io"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// batchLine is the line of a batch in ingest --json; its keys are a contract.
type batchLine struct {
	Type       string              `json:"type"`
	Batch      scanstation.BatchID `json:"batch"`
	Source     string              `json:"source"`
	SHA256     scanstation.Digest  `json:"sha256"`
	Station    string              `json:"station"`
	Kind       scanstation.Kind    `json:"kind"`
	Operator   string              `json:"operator"`
	ReceivedOn scanstation.Date    `json:"received_on"`
	Images     int                 `json:"images"`
	Pages      int                 `json:"pages"`
	Separators int                 `json:"separators"`
	Blanks     int                 `json:"blanks"`
	Rejected   int                 `json:"rejected"`
	Documents  int                 `json:"documents"`
	State      storage.BatchState  `json:"state"`
	Reasons    []string            `json:"reasons"`
	SameAs     scanstation.BatchID `json:"same_as,omitempty"`
}

// documentLine is the line of a document; its keys are a contract.
type documentLine struct {
	Type       string                `json:"type"`
	Batch      scanstation.BatchID   `json:"batch"`
	Source     string                `json:"source"`
	Document   storage.DocumentID    `json:"document"`
	State      string                `json:"state"` // routed or review
	Stage      storage.DocumentState `json:"stage"` // the state in full
	Department string                `json:"department"`
	Worker     string                `json:"worker"`
	CaseNumber *routing.CaseNumber   `json:"case_number"`
	CaseSource string                `json:"case_source"`
	Confidence float64               `json:"confidence"`
	Evidence   *ocr.Evidence         `json:"evidence"`
	Pages      []pageLine            `json:"pages"`
	Barcodes   []barcodeLine         `json:"barcodes"`
	LetterDate scanstation.Date      `json:"letter_date"`
	ReceivedOn scanstation.Date      `json:"received_on"`
	Filings    []routing.Filing      `json:"filings"`
	Reasons    []string              `json:"reasons"`
	Text       string                `json:"text"`
	Object     string                `json:"object"`
	SHA256     scanstation.Digest    `json:"object_sha256"`
	Bytes      int64                 `json:"bytes"`
	Enclosures []int                 `json:"enclosures,omitempty"` // the pages with which they begin
}

type pageLine struct {
	Batch      scanstation.BatchID `json:"batch,omitempty"` // where it is another one than the document's
	Image      int                 `json:"image"`           // from 0 within the source file, or within the other batch
	Rotation   int                 `json:"rotation"`
	Skew       float64             `json:"skew"`
	Confidence float64             `json:"confidence"`
	Language   string              `json:"language"`
}

type barcodeLine struct {
	Page   int     `json:"page"`
	Format string  `json:"format"`
	Text   string  `json:"text"`
	Box    ocr.Box `json:"box"`
}

func lineOfBatch(b storage.Batch) batchLine {
	return batchLine{
		Type: "batch", Batch: b.ID, Source: b.Name, SHA256: b.Digest, Station: b.Station, Kind: b.Kind,
		Operator: b.Operator, ReceivedOn: b.ReceivedOn, Images: b.Images, Pages: b.Pages, Separators: b.Separators,
		Blanks: b.Blanks, Rejected: b.Rejected, Documents: b.Documents, State: b.State, Reasons: words(b.Reasons), SameAs: b.SameAs,
	}
}

func words(reasons []scanstation.Reason) []string {
	out := make([]string, len(reasons))
	for i, r := range reasons {
		out[i] = r.String()
	}
	return out
}

// lineOfDocument gathers all that the contract says of a document.
func (h *house) lineOfDocument(ctx context.Context, b storage.Batch, d storage.Document, decision routing.Decision) (documentLine, error) {
	l := documentLine{
		Type: "document", Batch: d.Batch, Source: b.Name, Document: d.ID, State: "review", Stage: d.State,
		Department: d.Department, Worker: decision.Worker, CaseSource: decision.Source, Confidence: decision.Confidence,
		Evidence: decision.Evidence, LetterDate: d.LetterDate, ReceivedOn: d.ReceivedOn,
		Pages: []pageLine{}, Barcodes: []barcodeLine{}, Filings: decision.Filings, Reasons: words(d.Reasons),
		Text: d.Text, Object: d.Object, SHA256: d.Digest, Bytes: d.Bytes, Enclosures: d.Enclosures,
	}
	if d.State.Routed() {
		l.State = "routed"
	}
	if decision.CaseNumber != "" && decision.Sure {
		l.CaseNumber = &decision.CaseNumber
	}
	if l.Filings == nil {
		l.Filings = []routing.Filing{}
	}
	for _, c := range d.Barcodes {
		l.Barcodes = append(l.Barcodes, barcodeLine{Page: c.Page, Format: c.Format, Text: c.Text, Box: c.Box})
	}
	images, err := h.archive.Pages(ctx, d.ID)
	if err != nil {
		return l, err
	}
	firsts, err := h.firstImages(ctx, b)
	if err != nil {
		return l, err
	}
	for _, img := range images {
		if img.Batch != d.Batch { // scanned again, with another stack
			l.Pages = append(l.Pages, pageLine{Batch: img.Batch, Image: img.Image, Rotation: img.Rotation, Skew: img.Skew, Confidence: img.Confidence, Language: img.Language})
			continue
		}
		l.Pages = append(l.Pages, pageLine{Image: img.Image - firsts[img.File], Rotation: img.Rotation, Skew: img.Skew, Confidence: img.Confidence, Language: img.Language})
		if len(b.Files) > 1 {
			l.Source = b.Files[img.File].Name
		}
	}
	return l, nil
}

// firstImages returns for each file of b the index of its first image.
func (h *house) firstImages(ctx context.Context, b storage.Batch) ([]int, error) {
	firsts := make([]int, max(len(b.Files), 1))
	if len(b.Files) < 2 {
		return firsts, nil
	}
	images, err := h.archive.Images(ctx, storage.ImageFilter{Batch: b.ID})
	for i := len(images) - 1; i >= 0; i-- {
		firsts[images[i].File] = images[i].Image
	}
	return firsts, err
}

// decision returns the last decision on a document, an empty one if there is none yet.
func (h *house) decision(ctx context.Context, id storage.DocumentID) (d routing.Decision, err error) {
	err = h.archive.View(ctx, func(tx storage.Tx) error {
		found, err := h.rows.DecisionsOf(ctx, tx, []storage.DocumentID{id})
		d = found[id]
		return err
	})
	return d, err
}

func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
