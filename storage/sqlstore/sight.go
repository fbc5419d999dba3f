package sqlstore

import (
	"context"
	"fmt"

	"mailroom/storage"
)

// address keeps for whom a sealed document is; one that is for nobody yet has a
// row without a name.
func address(ctx context.Context, tx storage.Tx, d storage.Document) error {
	if _, err := tx.Exec(ctx, `DELETE FROM seals WHERE document = $1`, d.ID); err != nil || d.Seal == nil {
		return err
	}
	recipients := d.Seal.Recipients
	if len(recipients) == 0 {
		recipients = []string{""}
	}
	for _, login := range recipients {
		_, err := tx.Exec(ctx, `INSERT INTO seals (document, recipient) VALUES ($1, $2) ON CONFLICT DO NOTHING`, d.ID, login)
		if err != nil {
			return err
		}
	}
	return nil
}

// Hide implements storage.Ledger.
func (s *Store) Hide(ctx context.Context, tx storage.Tx, id storage.DocumentID, readers []string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM hidden WHERE document = $1`, id); err != nil {
		return fmt.Errorf("hide document %s: %w", id, err)
	}
	for _, reader := range readers {
		_, err := tx.Exec(ctx, `INSERT INTO hidden (reader, document) VALUES ($1, $2) ON CONFLICT DO NOTHING`, reader, id)
		if err != nil {
			return fmt.Errorf("hide document %s: %w", id, err)
		}
	}
	return nil
}

// visible is the condition that a document is not hidden from reader.
func (q *query) visible(reader, document string) string {
	return "NOT EXISTS (SELECT 1 FROM hidden h WHERE h.reader = " + q.arg(reader) + " AND h.document = " + document + ")"
}
