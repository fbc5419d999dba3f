package sqlstore

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"mailroom/storage"
)

// SaveImages implements storage.Ledger.
func (s *Store) SaveImages(ctx context.Context, tx storage.Tx, images []storage.Image) error {
	for some := range slices.Chunk(images, 500) {
		q := &query{}
		values := make([]string, len(some))
		for i, m := range some {
			body, err := encoded(m)
			if err != nil {
				return err
			}
			values[i] = "(" + strings.Join([]string{
				q.arg(m.Batch), q.arg(m.Image), q.arg(m.Document), q.arg(m.Reading == ""), q.arg(body)}, ", ") + ")"
		}
		_, err := tx.Exec(ctx, `INSERT INTO images (batch, image, document, unread, body) VALUES `+strings.Join(values, ", ")+`
			ON CONFLICT (batch, image) DO UPDATE SET document = excluded.document, unread = excluded.unread, body = excluded.body`,
			q.args...)
		if err != nil {
			return fmt.Errorf("save images of batch %s: %w", some[0].Batch, err)
		}
	}
	return nil
}

// Images implements storage.Ledger.
func (s *Store) Images(ctx context.Context, tx storage.Tx, f storage.ImageFilter) ([]storage.Image, error) {
	q := &query{table: "images", columns: "body", order: []string{"batch", "image"}, limit: bounded(f.Limit, 10_000)}
	chosen(q, "batch =", f.Batch)
	if f.Document != "" { // the index holds only images that stand in a document
		q.where = append(q.where, "document <> ''")
		q.and("document =", f.Document)
		q.order = []string{"document", "image"}
	}
	if f.Image != nil {
		q.and("image =", *f.Image)
	}
	if f.Unread {
		q.where = append(q.where, "unread")
	}
	list, err := collect(ctx, tx, text[string](q, nil, ""), q.args, body[storage.Image])
	if err != nil {
		return nil, fmt.Errorf("list images: %w", err)
	}
	if f.Document != "" {
		slices.SortStableFunc(list, func(a, b storage.Image) int { return a.Number - b.Number })
	}
	return list, nil
}
