package sqlstore

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"mailroom/storage"
)

// SaveDocument implements storage.Ledger. An empty text leaves the one that is
// kept as it is, for lists come without their texts; a superseded document
// loses it.
func (s *Store) SaveDocument(ctx context.Context, tx storage.Tx, d storage.Document) error {
	micro(&d.KeptAt, &d.ChangedAt)
	body, err := encoded(d)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO documents (id, batch, number, state, department, turn, body) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET batch = excluded.batch, number = excluded.number, state = excluded.state,
			department = excluded.department, turn = excluded.turn, body = excluded.body`,
		d.ID, d.Batch, d.Number, d.State, d.Department, d.Turn(), body)
	switch {
	case err != nil:
	case d.State == storage.Superseded || d.State == storage.Erased:
		_, err = tx.Exec(ctx, `DELETE FROM document_texts WHERE document = $1`, d.ID)
	case d.Text != "":
		_, err = tx.Exec(ctx, `INSERT INTO document_texts (document, text) VALUES ($1, $2)
			ON CONFLICT (document) DO UPDATE SET text = excluded.text`, d.ID, []byte(d.Text))
	}
	if err == nil {
		_, err = tx.Exec(ctx, `UPDATE paper_now SET department = $2 WHERE document = $1 AND department <> $2`, d.ID, d.Department)
	}
	if err == nil && d.Gone == nil && d.State != storage.Superseded {
		err = addCopy(ctx, tx, string(d.ID), false, cmp.Or(d.Class, storage.DefaultClass))
	}
	if err == nil {
		err = address(ctx, tx, d)
	}
	if err == nil {
		err = s.index(ctx, tx, d)
	}
	if err != nil {
		return fmt.Errorf("save document %s: %w", d.ID, err)
	}
	return nil
}

// maxIDs is how many documents may be asked for by name at once.
const maxIDs = 500

// Documents implements storage.Ledger.
func (s *Store) Documents(ctx context.Context, tx storage.Tx, f storage.DocumentFilter) ([]storage.Document, error) {
	q := &query{table: "documents", columns: "body", key: "id", order: []string{"id"}, desc: true, before: string(f.Before), limit: bounded(f.Limit, 100)}
	if f.WithText {
		q.columns += ", (SELECT text FROM document_texts WHERE document_texts.document = documents.id)"
	}
	if f.Waiting {
		list, err := s.waiting(ctx, tx, q, f)
		if err != nil {
			return nil, fmt.Errorf("list waiting documents: %w", err)
		}
		return list, nil
	}
	chosen(q, "id =", f.ID)
	if f.Recipient != "" {
		q.where = append(q.where, "id IN (SELECT document FROM seals WHERE recipient = "+q.arg(f.Recipient)+")")
	}
	q.reader = f.Reader
	if f.IDs != nil {
		in(q, "id", f.IDs[:min(len(f.IDs), maxIDs)])
	}
	switch {
	case f.Batch != "":
		q.and("batch =", f.Batch)
		chosen(q, "department =", f.Department)
		chosen(q, "id <", f.Before)
		q.order, q.desc, q.before = []string{"number"}, false, ""
	case f.Department != "":
		q.lead, q.values = []string{"department"}, []any{f.Department}
	}
	scan := body[storage.Document]
	if f.WithText {
		scan = bodyAndText
	}
	list, err := collect(ctx, tx, text(q, f.States, s.lock(f.Lock)), q.args, scan)
	if err != nil {
		return nil, fmt.Errorf("list documents: %w", err)
	}
	return list, nil
}

func bodyAndText(r storage.Row) (d storage.Document, err error) {
	var body, text []byte
	if err := r.Scan(&body, &text); err != nil {
		return d, err
	}
	if err := json.Unmarshal(body, &d); err != nil {
		return d, fmt.Errorf("decode document: %w: %w", storage.ErrBroken, err)
	}
	d.Text = string(text)
	return d, nil
}
