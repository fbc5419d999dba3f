package sqlstore

import (
	"context"
	"fmt"

	"mailroom/storage"
)

// addCopy puts what is kept the first time among our own copies.
func addCopy(ctx context.Context, tx storage.Tx, object string, raw bool, class string) error {
	_, err := tx.Exec(ctx, `INSERT INTO copies (object, raw, class, look_on, ends_on, against, wiping) VALUES ($1, $2, $3, '', '', '', $4)
		ON CONFLICT (object) DO UPDATE SET class = excluded.class, look_on = '' WHERE copies.class <> excluded.class`, object, raw, class, false)
	return err
}

// SaveCopy implements storage.Ledger.
func (s *Store) SaveCopy(ctx context.Context, tx storage.Tx, c storage.OwnCopy) error {
	_, err := tx.Exec(ctx, `INSERT INTO copies (object, raw, class, look_on, ends_on, against, wiping) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (object) DO UPDATE SET look_on = excluded.look_on, ends_on = excluded.ends_on, against = excluded.against, wiping = excluded.wiping`,
		c.Object, c.Raw, c.Class, c.LookOn, c.EndsOn, c.Against, c.Wiping)
	if err != nil {
		return fmt.Errorf("save copy of %s: %w", c.Object, err)
	}
	return nil
}

// CopyWiped implements storage.Ledger.
func (s *Store) CopyWiped(ctx context.Context, tx storage.Tx, object string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM copies WHERE object = $1`, object); err != nil {
		return fmt.Errorf("drop copy of %s: %w", object, err)
	}
	return nil
}

// Copies implements storage.Ledger.
func (s *Store) Copies(ctx context.Context, tx storage.Tx, f storage.CopyFilter) ([]storage.OwnCopy, error) {
	q := &query{
		table: "copies", columns: "object, raw, class, look_on, ends_on, against, wiping", key: "object",
		order: []string{"look_on", "object"}, limit: bounded(f.Limit, 500),
	}
	if f.EndBy != "" {
		q.and("ends_on >", "")
		q.and("ends_on <=", f.EndBy)
		q.order = []string{"ends_on", "object"}
	} else {
		q.and("wiping =", f.Wiping)
	}
	chosen(q, "class =", f.Class)
	chosen(q, "look_on <=", f.LookBy)
	list, err := collect(ctx, tx, text[string](q, nil, ""), q.args, func(r storage.Row) (c storage.OwnCopy, err error) {
		err = r.Scan(&c.Object, &c.Raw, &c.Class, &c.LookOn, &c.EndsOn, &c.Against, &c.Wiping)
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("list copies: %w", err)
	}
	return list, nil
}

// CountCopies implements storage.Ledger.
func (s *Store) CountCopies(ctx context.Context, tx storage.Tx) ([]storage.CopyCount, error) {
	list, err := collect(ctx, tx, `SELECT class, raw, against, MIN(ends_on), COUNT(*) FROM copies
		GROUP BY class, raw, against ORDER BY class, raw, against LIMIT 1000`, nil, func(r storage.Row) (c storage.CopyCount, err error) {
		err = r.Scan(&c.Class, &c.Raw, &c.Against, &c.Next, &c.N)
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("count copies: %w", err)
	}
	return list, nil
}

// SaveCopyNight implements storage.Ledger.
func (s *Store) SaveCopyNight(ctx context.Context, tx storage.Tx, n storage.CopyNight) error {
	data, err := encoded(n)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO copy_nights (day, body) VALUES ($1, $2) ON CONFLICT (day) DO UPDATE SET body = excluded.body`, n.Day, data)
	if err != nil {
		return fmt.Errorf("save what the night of %s did to copies: %w", n.Day, err)
	}
	return nil
}

// CopyNights implements storage.Ledger.
func (s *Store) CopyNights(ctx context.Context, tx storage.Tx, limit int) ([]storage.CopyNight, error) {
	q := &query{table: "copy_nights", columns: "body", key: "day", order: []string{"day"}, desc: true, limit: bounded(limit, 30)}
	list, err := collect(ctx, tx, text[string](q, nil, ""), q.args, body[storage.CopyNight])
	if err != nil {
		return nil, fmt.Errorf("list what nights did to copies: %w", err)
	}
	return list, nil
}
