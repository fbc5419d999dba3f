package storage

import (
	"context"
	"errors"
	"fmt"

	"mailroom/scanstation"
)

// EventConfirmed: a person says that the stack is theirs (Stapel geprüft).
const EventConfirmed = "confirmed"

// Confirmation is the body of that event.
type Confirmation struct {
	Operator  string    `json:"operator"` // who it is, is the event's actor
	Documents []Amended `json:"documents"`
}

// Amended is a document whose transfer note has a further version.
type Amended struct {
	Document DocumentID         `json:"document"`
	Version  int                `json:"version"`
	Manifest scanstation.Digest `json:"manifest"`
}

// Confirm writes operator, a natural person, on a batch as the one who scanned
// it, amends the transfer notes of its documents with a further version, and
// settles the batch. A batch that is still on its way, parked or released
// already is ErrConflict.
func (a *Archive) Confirm(ctx context.Context, id scanstation.BatchID, operator, actor string) error {
	if operator == "" {
		return fmt.Errorf("confirm batch %s without a name: %w", id, ErrConflict)
	}
	b, err := a.Batch(ctx, id)
	if err != nil {
		return err
	}
	if b.State != BatchReview {
		return fmt.Errorf("confirm batch %s, which is %s: %w", id, b.State, ErrConflict)
	}
	b.OperatorID, b.Operator, b.OperatorAssumed = actor, operator, false
	docs, err := a.touched(ctx, b)
	if err != nil {
		return err
	}
	before := map[DocumentID]int{}
	for i := range docs {
		before[docs[i].ID] = docs[i].Version
		if err := a.amend(ctx, b, &docs[i]); err != nil {
			return fmt.Errorf("amend transfer note of %s: %w", docs[i].ID, err)
		}
	}
	return a.Do(ctx, func(tx Tx) error { return a.confirm(ctx, tx, b, docs, before, actor) })
}

// touched returns the documents whose transfer notes name who scanned b: its
// own, and those of other batches that pages of it went into.
func (a *Archive) touched(ctx context.Context, b Batch) ([]Document, error) {
	docs, err := a.Letters(ctx, b, true)
	if err != nil || len(b.Amending) == 0 {
		return docs, err
	}
	images, err := a.Images(ctx, ImageFilter{Batch: b.ID})
	if err != nil {
		return nil, err
	}
	seen := map[DocumentID]bool{"": true}
	for _, img := range images {
		if img.Document.Batch() == b.ID || seen[img.Document] {
			continue
		}
		seen[img.Document] = true
		doc, err := a.Document(ctx, img.Document)
		if err != nil {
			return nil, err
		}
		docs = append(docs, doc)
	}
	return docs, nil
}

// amend stores the next version of a document's note and manifest, with b as it
// will be. A version that an earlier attempt has left behind is passed over.
func (a *Archive) amend(ctx context.Context, b Batch, doc *Document) error {
	images, err := a.Pages(ctx, doc.ID)
	if err != nil {
		return err
	}
	var from stacks
	if err := a.View(ctx, func(tx Tx) error {
		from, err = a.stacksOf(ctx, tx, doc.Batch, images)
		return err
	}); err != nil {
		return err
	}
	for i := range from {
		if from[i].ID == b.ID {
			from[i] = b
		}
	}
	readings, err := a.Words(ctx, *doc)
	if err != nil {
		return err
	}
	previous, err := a.Blobs.Stat(ctx, doc.ID.Key(NotePart(doc.Version)))
	if err != nil {
		return err
	}
	words, err := a.Blobs.Stat(ctx, doc.WordsKey())
	if err != nil {
		return err
	}
	before := Predecessor{doc.Version, doc.Manifest}
	for {
		doc.Version++
		n := a.note(from, *doc, images, readings)
		n.Created, n.Previous = a.Now().UTC(), string(previous.Digest)
		digest, err := a.putProof(ctx, from, *doc, n, images, words, &before)
		if errors.Is(err, ErrConflict) {
			continue
		}
		doc.Manifest = digest
		return err
	}
}

func (a *Archive) confirm(ctx context.Context, tx Tx, b Batch, docs []Document, before map[DocumentID]int, actor string) error {
	now, err := a.batch(ctx, tx, b.ID, true)
	if err != nil {
		return err
	}
	if now.State != BatchReview || now.Plan != b.Plan {
		return fmt.Errorf("confirm batch %s, which is %s: %w", b.ID, now.State, ErrConflict)
	}
	now.OperatorID, now.Operator, now.OperatorAssumed = b.OperatorID, b.Operator, false
	body := Confirmation{Operator: b.Operator}
	for _, d := range docs {
		found, err := a.Ledger.Documents(ctx, tx, DocumentFilter{ID: d.ID, Lock: true, WithText: true, Limit: 1})
		if err != nil || len(found) == 0 {
			return errors.Join(err, ErrNotFound)
		}
		row := found[0]
		if row.Version != before[row.ID] {
			return fmt.Errorf("confirm batch %s, whose letter %s has a new version: %w", b.ID, row.ID, ErrConflict)
		}
		row.Version, row.Manifest = d.Version, d.Manifest
		if err := a.Ledger.SaveDocument(ctx, tx, row); err != nil {
			return err
		}
		body.Documents = append(body.Documents, Amended{d.ID, d.Version, d.Manifest})
	}
	if err := a.Ledger.SaveBatch(ctx, tx, now); err != nil {
		return err
	}
	if err := a.Record(ctx, tx, actor, EventConfirmed, string(b.ID), body); err != nil {
		return err
	}
	return a.settle(ctx, tx, &now)
}
