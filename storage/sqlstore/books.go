package sqlstore

import (
	"context"
	"fmt"

	"mailroom/scanstation"
	"mailroom/storage"
)

// CountMove implements storage.Ledger.
func (s *Store) CountMove(ctx context.Context, tx storage.Tx, m storage.PaperMove) error {
	_, err := tx.Exec(ctx, `INSERT INTO paper_moves (day, class, from_state, to_state, n) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (day, class, from_state, to_state) DO UPDATE SET n = paper_moves.n + excluded.n`, m.Day, m.Class, m.From, m.To, m.N)
	if err != nil {
		return fmt.Errorf("count a move of paper: %w", err)
	}
	return nil
}

// PaperMoves implements storage.Ledger.
func (s *Store) PaperMoves(ctx context.Context, tx storage.Tx, from, to scanstation.Date) ([]storage.PaperMove, error) {
	list, err := collect(ctx, tx, `SELECT day, class, from_state, to_state, n FROM paper_moves WHERE day >= $1 AND day <= $2
		ORDER BY day, class, from_state, to_state LIMIT 100000`, []any{from, to}, func(r storage.Row) (m storage.PaperMove, err error) {
		err = r.Scan(&m.Day, &m.Class, &m.From, &m.To, &m.N)
		return m, err
	})
	if err != nil {
		return nil, fmt.Errorf("list moves of paper: %w", err)
	}
	return list, nil
}

// CountStates implements storage.Ledger. It reads the index alone.
func (s *Store) CountStates(ctx context.Context, tx storage.Tx) ([]storage.PaperStock, error) {
	list, err := collect(ctx, tx, `SELECT state, count(*) FROM originals GROUP BY state ORDER BY state`, nil, func(r storage.Row) (c storage.PaperStock, err error) {
		err = r.Scan(&c.State, &c.N)
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("count originals: %w", err)
	}
	return list, nil
}

// SaveBooks implements storage.Ledger.
func (s *Store) SaveBooks(ctx context.Context, tx storage.Tx, b storage.Books) error {
	micro(&b.At, &b.Checkpoint.At)
	data, err := encoded(b)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO paper_books (day, body) VALUES ($1, $2) ON CONFLICT (day) DO UPDATE SET body = excluded.body`, b.Day, data)
	if err != nil {
		return fmt.Errorf("save books of %s: %w", b.Day, err)
	}
	return nil
}

// Books implements storage.Ledger.
func (s *Store) Books(ctx context.Context, tx storage.Tx, f storage.BooksFilter) ([]storage.Books, error) {
	q := &query{table: "paper_books", columns: "body", key: "day", order: []string{"day"}, desc: f.Newest, limit: bounded(f.Limit, 400)}
	chosen(q, "day >=", f.From)
	chosen(q, "day <=", f.To)
	list, err := collect(ctx, tx, text[string](q, nil, ""), q.args, body[storage.Books])
	if err != nil {
		return nil, fmt.Errorf("list books: %w", err)
	}
	return list, nil
}
