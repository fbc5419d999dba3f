package storage

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Completeness is what the case worker says about a letter as a whole (A.NB.3).
type Completeness struct {
	Complete bool      `json:"complete"`
	By       string    `json:"by"` // an actor
	Name     string    `json:"name"`
	At       time.Time `json:"at"`
}

// Complete records whether a letter is complete, as a person who works on it
// says. A letter that has no paper, or of which that person has said the same,
// stays as it is. It must be the last thing done in the transaction.
func (a *Archive) Complete(ctx context.Context, tx Tx, id DocumentID, said Completeness) error {
	b, err := a.batch(ctx, tx, id.Batch(), true)
	if err != nil {
		return err
	}
	draws, err := a.Ledger.Draws(ctx, tx, DrawFilter{Batch: b.ID, Lock: true, Limit: 1})
	if err != nil {
		return err
	}
	docs, err := a.Ledger.Documents(ctx, tx, DocumentFilter{ID: id, Lock: true, Limit: 1})
	if err != nil || len(docs) == 0 {
		return errors.Join(err, fmt.Errorf("document %s: %w", id, ErrNotFound))
	}
	doc := docs[0]
	if b.State != BatchReleased || !b.Kind.HasOriginal() || doc.Complete != nil && doc.Complete.Complete == said.Complete {
		return nil
	}
	said.At = a.Now().UTC()
	doc.Complete = &said
	q, err := a.quality(ctx, tx, b.Station, classOf(doc))
	if err != nil {
		return err
	}
	q = q.told(said.At.In(a.Zone), a.share(classOf(doc)), said.Complete)
	if err := errors.Join(a.Ledger.SaveQuality(ctx, tx, q), a.Ledger.SaveDocument(ctx, tx, doc)); err != nil {
		return err
	}
	if len(draws) > 0 {
		if err := a.saveDraw(ctx, tx, &draws[0]); err != nil {
			return err
		}
	}
	body := struct {
		Completeness
		Quality Quality `json:"quality"`
	}{said, q}
	return a.Record(ctx, tx, said.By, EventCompleted, string(id), body)
}
