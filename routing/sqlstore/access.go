package sqlstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// AddAccess implements [routing.Accesses], a hundred rows a statement.
func (Store) AddAccess(ctx context.Context, tx storage.Tx, rows []routing.Access) error {
	for some := range slices.Chunk(rows, 100) {
		var values []string
		var args []any
		for i, a := range some {
			k := 6 * i
			values = append(values, fmt.Sprintf("($%d, $%d, $%d, $%d, $%d, $%d)", k+1, k+2, k+3, k+4, k+5, k+6))
			args = append(args, string(a.Day), micros(a.At), string(a.Clerk), string(a.Document), string(a.Way), string(a.Role))
		}
		if _, err := tx.Exec(ctx, `INSERT INTO access_log (day, at, clerk, document, way, role) VALUES `+strings.Join(values, ", "), args...); err != nil {
			return fmt.Errorf("log access: %w", err)
		}
	}
	return nil
}

// ListAccess implements [routing.Accesses].
func (Store) ListAccess(ctx context.Context, tx storage.Tx, f routing.AccessFilter) ([]routing.Access, error) {
	var where []string
	var args []any
	and := func(condition string, v any) {
		args = append(args, v)
		where = append(where, fmt.Sprintf("%s $%d", condition, len(args)))
	}
	order := "n DESC"
	switch {
	case f.Document != "":
		and("document =", string(f.Document))
	case f.Clerk != "":
		and("clerk =", string(f.Clerk))
	case f.Day != "":
		and("day =", string(f.Day))
		and("n >", f.After)
		order = "n"
	default:
		return nil, nil
	}
	if f.Before > 0 {
		and("n <", f.Before)
	}
	if f.Since != "" {
		and("day >=", string(f.Since))
	}
	rows, err := tx.Query(ctx, fmt.Sprintf(`SELECT n, day, at, clerk, document, way, role FROM access_log WHERE %s ORDER BY %s LIMIT %d`,
		strings.Join(where, " AND "), order, cmp.Or(f.Limit, 200)), args...)
	if err != nil {
		return nil, fmt.Errorf("list access: %w", err)
	}
	defer rows.Close()
	var out []routing.Access
	for rows.Next() {
		var a routing.Access
		var day, clerk, document, way, role string
		var at int64
		if err := rows.Scan(&a.N, &day, &at, &clerk, &document, &way, &role); err != nil {
			return nil, fmt.Errorf("list access: %w", err)
		}
		a.Day, a.At, a.Clerk, a.Document = scanstation.Date(day), fromMicros(at), routing.ClerkID(clerk), storage.DocumentID(document)
		a.Way, a.Role = routing.Way(way), routing.Role(role)
		out = append(out, a)
	}
	return out, rows.Err()
}

// OpenDays implements [routing.Accesses]: it leaps from one day to the next.
func (Store) OpenDays(ctx context.Context, tx storage.Tx, today scanstation.Date) ([]scanstation.Date, error) {
	return days(ctx, tx, `WITH RECURSIVE d (day) AS (
			SELECT MIN(day) FROM access_log
			UNION ALL
			SELECT (SELECT MIN(day) FROM access_log WHERE day > d.day) FROM d WHERE d.day IS NOT NULL)
		SELECT day FROM d WHERE day < $1 AND NOT EXISTS (SELECT 1 FROM access_days a WHERE a.day = d.day) ORDER BY day LIMIT 400`, string(today))
}

func days(ctx context.Context, tx storage.Tx, text string, args ...any) ([]scanstation.Date, error) {
	rows, err := tx.Query(ctx, text, args...)
	if err != nil {
		return nil, fmt.Errorf("list days of access: %w", err)
	}
	defer rows.Close()
	var out []scanstation.Date
	for rows.Next() {
		var day string
		if err := rows.Scan(&day); err != nil {
			return nil, fmt.Errorf("list days of access: %w", err)
		}
		out = append(out, scanstation.Date(day))
	}
	return out, rows.Err()
}

// CloseDay implements [routing.Accesses].
func (Store) CloseDay(ctx context.Context, tx storage.Tx, d routing.AccessDay) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO access_days (day, row_count, digest) VALUES ($1, $2, $3) ON CONFLICT (day) DO NOTHING`,
		string(d.Day), int64(d.Rows), string(d.Digest))
	if err != nil {
		return false, fmt.Errorf("close day %s of access: %w", d.Day, err)
	}
	return n == 1, nil
}

// DropAccess implements [routing.Accesses].
func (Store) DropAccess(ctx context.Context, tx storage.Tx, before scanstation.Date) (int64, error) {
	n, err := tx.Exec(ctx, `DELETE FROM access_log WHERE day < $1 AND day IN (SELECT day FROM access_days WHERE day < $1)`, string(before))
	if err != nil {
		return 0, fmt.Errorf("drop access before %s: %w", before, err)
	}
	return n, nil
}
