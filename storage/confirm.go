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
	Operator  string    `json:"operator"`
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
	b.Operator, b.OperatorAssumed = operator, false
	docs, err := a.Letters(ctx, b, true)
	if err != nil {
		return err
	}
	for i := range docs {
		if err := a.amend(ctx, b, &docs[i]); err != nil {
			return fmt.Errorf("amend transfer note of %s: %w", docs[i].ID, err)
		}
	}
	return a.Do(ctx, func(tx Tx) error { return a.confirm(ctx, tx, b, docs, actor) })
}

// amend stores the next version of a document's note and manifest. A version
// that an earlier attempt has left behind is passed over.
func (a *Archive) amend(ctx context.Context, b Batch, doc *Document) error {
	images, err := a.Images(ctx, ImageFilter{Batch: b.ID, Document: doc.ID})
	if err != nil {
		return err
	}
	readings, err := a.Words(ctx, doc.ID)
	if err != nil {
		return err
	}
	previous, err := a.Blobs.Stat(ctx, doc.ID.Key(NotePart(doc.Version)))
	if err != nil {
		return err
	}
	words, err := a.Blobs.Stat(ctx, doc.ID.Key(WordsPart))
	if err != nil {
		return err
	}
	for {
		doc.Version++
		n := a.note(b, *doc, images, readings)
		n.Created, n.Previous = a.Now().UTC(), string(previous.Digest)
		digest, err := a.putProof(ctx, b, *doc, n, images, words)
		if errors.Is(err, ErrConflict) {
			continue
		}
		doc.Manifest = digest
		return err
	}
}

func (a *Archive) confirm(ctx context.Context, tx Tx, b Batch, docs []Document, actor string) error {
	now, err := a.batch(ctx, tx, b.ID, true)
	if err != nil {
		return err
	}
	if now.State != BatchReview || now.Plan != b.Plan {
		return fmt.Errorf("confirm batch %s, which is %s: %w", b.ID, now.State, ErrConflict)
	}
	now.Operator, now.OperatorAssumed = b.Operator, false
	body := Confirmation{Operator: b.Operator}
	for _, d := range docs {
		found, err := a.Ledger.Documents(ctx, tx, DocumentFilter{ID: d.ID, Lock: true, WithText: true, Limit: 1})
		if err != nil || len(found) == 0 {
			return errors.Join(err, ErrNotFound)
		}
		row := found[0]
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
