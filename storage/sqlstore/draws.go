package sqlstore

import (
	"context"
	"fmt"
	"time"

	"mailroom/storage"
)

// SaveDraw implements storage.Ledger.
func (s *Store) SaveDraw(ctx context.Context, tx storage.Tx, d storage.Draw) error {
	micro(&d.At, &d.EndedAt)
	body, err := encoded(d)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO draws (batch, state, station, class, operator, at, waiting, letters, drawn, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (batch) DO UPDATE SET state = excluded.state, station = excluded.station, class = excluded.class, operator = excluded.operator,
			at = excluded.at, waiting = excluded.waiting, letters = excluded.letters, drawn = excluded.drawn, body = excluded.body`,
		d.Batch, d.State, d.Station, d.Class, d.Operator, d.At, d.Waiting(), len(d.Letters), d.Drawn(), body)
	if err != nil {
		return fmt.Errorf("save draw of batch %s: %w", d.Batch, err)
	}
	return nil
}

// Draws implements storage.Ledger.
func (s *Store) Draws(ctx context.Context, tx storage.Tx, f storage.DrawFilter) ([]storage.Draw, error) {
	q := drawQuery(f)
	q.columns, q.limit = "body", bounded(f.Limit, 100)
	list, err := collect(ctx, tx, text[string](q, nil, s.lock(f.Lock)), q.args, body[storage.Draw])
	if err != nil {
		return nil, fmt.Errorf("list draws: %w", err)
	}
	return list, nil
}

// CountDraws implements storage.Ledger.
func (s *Store) CountDraws(ctx context.Context, tx storage.Tx, f storage.DrawFilter) (n int, err error) {
	q := drawQuery(f)
	q.columns, q.limit = "waiting", bounded(f.Limit, 100)
	err = tx.QueryRow(ctx, "SELECT CAST(coalesce(sum(waiting), 0) AS bigint) FROM ("+text[string](q, nil, "")+") AS d", q.args...).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count draws: %w", err)
	}
	return n, nil
}

func drawQuery(f storage.DrawFilter) *query {
	q := &query{table: "draws", key: "batch", order: []string{"at", "batch"}}
	chosen(q, "batch =", f.Batch)
	if f.Waiting {
		q.where = append(q.where, "waiting > 0") // as it stands in the index
	}
	if len(f.States) > 0 {
		in(q, "state", f.States)
	}
	chosen(q, "operator <>", f.Except)
	return q
}

// maxQualities bounds the rows of stations and classes.
const maxQualities = 500

// SumDraws implements storage.Ledger.
func (s *Store) SumDraws(ctx context.Context, tx storage.Tx, since time.Time) ([]storage.DrawSum, error) {
	list, err := collect(ctx, tx, fmt.Sprintf(`SELECT station, class, COUNT(*), CAST(SUM(letters) AS bigint), CAST(SUM(drawn) AS bigint)
			FROM draws WHERE at >= $1 GROUP BY station, class ORDER BY station, class LIMIT %d`, maxQualities), []any{since},
		func(r storage.Row) (d storage.DrawSum, err error) {
			return d, r.Scan(&d.Station, &d.Class, &d.Stacks, &d.Letters, &d.Drawn)
		})
	if err != nil {
		return nil, fmt.Errorf("sum draws: %w", err)
	}
	return list, nil
}

// SaveQuality implements storage.Ledger.
func (s *Store) SaveQuality(ctx context.Context, tx storage.Tx, q storage.Quality) error {
	body, err := encoded(q)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO qualities (station, class, body) VALUES ($1, $2, $3)
		ON CONFLICT (station, class) DO UPDATE SET body = excluded.body`, q.Station, q.Class, body)
	if err != nil {
		return fmt.Errorf("save quality of station %s, class %s: %w", q.Station, q.Class, err)
	}
	return nil
}

// Qualities implements storage.Ledger. What is to be locked must be there.
func (s *Store) Qualities(ctx context.Context, tx storage.Tx, f storage.QualityFilter) ([]storage.Quality, error) {
	if f.Lock && f.Station != "" && f.Class != "" {
		fresh, err := encoded(storage.Quality{Station: f.Station, Class: f.Class})
		if err != nil {
			return nil, err
		}
		_, err = tx.Exec(ctx, `INSERT INTO qualities (station, class, body) VALUES ($1, $2, $3) ON CONFLICT (station, class) DO NOTHING`, f.Station, f.Class, fresh)
		if err != nil {
			return nil, fmt.Errorf("add quality of station %s, class %s: %w", f.Station, f.Class, err)
		}
	}
	q := &query{table: "qualities", columns: "body", key: "station", order: []string{"station", "class"}, limit: maxQualities}
	chosen(q, "station =", f.Station)
	chosen(q, "class =", f.Class)
	list, err := collect(ctx, tx, text[string](q, nil, s.lock(f.Lock)), q.args, body[storage.Quality])
	if err != nil {
		return nil, fmt.Errorf("list qualities: %w", err)
	}
	return list, nil
}
