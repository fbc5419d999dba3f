package storage

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"mailroom/scanstation"
)

// stacks are the batches that the pages of a document came with; the first is
// the document's own.
type stacks []Batch

func (s stacks) named(id scanstation.BatchID) Batch {
	for _, b := range s {
		if b.ID == id {
			return b
		}
	}
	return Batch{}
}

// stacksOf returns the batches of pages, own first, the others by id.
func (a *Archive) stacksOf(ctx context.Context, tx Tx, own scanstation.BatchID, pages []Image) (stacks, error) {
	ids := []scanstation.BatchID{}
	for _, p := range pages {
		if p.Batch != own {
			ids = append(ids, p.Batch)
		}
	}
	slices.Sort(ids)
	var out stacks
	for _, id := range append([]scanstation.BatchID{own}, slices.Compact(ids)...) {
		b, err := a.batch(ctx, tx, id, false)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

// ownPages are the pages of doc that came with its own batch.
func ownPages(doc Document, images []Image) (out []Image) {
	for _, img := range images {
		if img.Batch == doc.Batch {
			out = append(out, img)
		}
	}
	return out
}

// anomaly is what the transfer note says of r.
func (r Rescan) anomaly() Attribute {
	switch r.Kind {
	case SplitLetter:
		return Attribute{Name: "Schnitt berichtigt", Anomaly: true, Value: fmt.Sprintf("Ab Seite %d war es ein anderer Brief; er steht jetzt für sich.", r.Pages[0])}
	case JoinLetters:
		return Attribute{Name: "Schnitt berichtigt", Anomaly: true, Value: fmt.Sprintf("Mit den Seiten des Briefs %s zusammengeführt.", r.Other)}
	}
	return Attribute{Name: "Nachscan", Anomaly: true, Value: r.inWords()}
}

// inWords says in the transfer note what was scanned again, and why.
func (r Rescan) inWords() string {
	what := "ersetzt " + pageWords(r.Pages)
	if r.Kind == AddPages {
		what = "ergänzt nach " + pageWords(r.Pages)
		if len(r.Images) == 0 {
			what = "ergänzt vor Seite 1"
		}
	}
	if r.Placeholder != "" {
		return fmt.Sprintf("Ersatzbeleg %s: %s (nachträglich gescannt).", r.Placeholder, what)
	}
	return fmt.Sprintf("Auftrag %s: %s (%s).", r.ID, what, complaintWords[r.Complaint])
}

func pageWords(pages []int) string {
	numbers := make([]string, len(pages))
	for i, n := range pages {
		numbers[i] = fmt.Sprint(n)
	}
	if len(numbers) == 1 {
		return "Seite " + numbers[0]
	}
	return "Seiten " + strings.Join(numbers, ", ")
}
