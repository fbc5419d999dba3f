package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// FiguresUntil implements [routing.Figures].
func (Store) FiguresUntil(ctx context.Context, tx storage.Tx, version int) (seq int64, at time.Time, err error) {
	var counted, micros int64
	if err := tx.QueryRow(ctx, `SELECT version, seq, at FROM figures_until WHERE one = 1`).Scan(&counted, &seq, &micros); err != nil {
		return 0, at, fmt.Errorf("figures: %w", err)
	}
	if counted != int64(version) {
		return 0, at, nil
	}
	return seq, fromMicros(micros), nil
}

// AddFigures implements [routing.Figures].
func (s Store) AddFigures(ctx context.Context, tx storage.Tx, version int, from int64, to storage.Event, list []routing.Figure) error {
	rows, err := tx.Exec(ctx, `UPDATE figures_until SET seq = $1, at = $2 WHERE one = 1 AND version = $3 AND seq = $4`,
		to.Seq, micros(to.Time), int64(version), from)
	if err == nil && rows == 0 && from == 0 {
		if rows, err = tx.Exec(ctx, `UPDATE figures_until SET seq = $1, at = $2, version = $3 WHERE one = 1 AND version <> $3`,
			to.Seq, micros(to.Time), int64(version)); err == nil && rows > 0 {
			_, err = tx.Exec(ctx, `DELETE FROM figures`)
		}
	}
	switch {
	case err != nil:
		return fmt.Errorf("add figures: %w", err)
	case rows == 0:
		return fmt.Errorf("figures do not stand at event %d: %w", from, storage.ErrConflict)
	}
	for some := range slices.Chunk(list, 500) {
		if err := addFigures(ctx, tx, some); err != nil {
			return fmt.Errorf("add figures: %w", err)
		}
	}
	if _, err := tx.Exec(ctx, `DELETE FROM figures WHERE grain = $1 AND n = 0`, string(routing.Now)); err != nil {
		return fmt.Errorf("drop figures: %w", err)
	}
	return nil
}

func addFigures(ctx context.Context, tx storage.Tx, list []routing.Figure) error {
	var rows []string
	var args []any
	for _, f := range list {
		at := len(args)
		rows = append(rows, fmt.Sprintf("($%d, $%d, $%d, $%d, $%d, $%d, $%d)", at+1, at+2, at+3, at+4, at+5, at+6, at+7))
		args = append(args, string(f.Grain), f.What, string(f.Day), f.Department, f.Station, int64(f.Bucket), f.N)
	}
	_, err := tx.Exec(ctx, `INSERT INTO figures (grain, what, day, department, station, bucket, n) VALUES `+strings.Join(rows, ", ")+`
		ON CONFLICT (grain, what, day, department, station, bucket) DO UPDATE SET n = figures.n + excluded.n`, args...)
	return err
}

// figureColumns are those by which figures may be kept apart, and what stands
// in their place when they are added up.
var figureColumns = [][2]string{{"day", "''"}, {"department", "''"}, {"station", "''"}, {"bucket", "0"}}

// SumFigures implements [routing.Figures].
func (Store) SumFigures(ctx context.Context, tx storage.Tx, f routing.FigureFilter) ([]routing.Figure, error) {
	var err error
	if f.Whats, err = whats(ctx, tx, f); err != nil || len(f.Whats) == 0 {
		return nil, err
	}
	sql, args := sumOf(f)
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("sum figures: %w", err)
	}
	defer rows.Close()
	var out []routing.Figure
	for rows.Next() {
		var day string
		var bucket int64
		one := routing.Figure{Grain: f.Grain}
		if err := rows.Scan(&one.What, &day, &one.Department, &one.Station, &bucket, &one.N); err != nil {
			return nil, fmt.Errorf("sum figures: %w", err)
		}
		one.Day, one.Bucket = scanstation.Date(day), int(bucket)
		out = append(out, one)
	}
	return out, rows.Err()
}

// whats are f.Whats with what there is in place of a prefix, found by leaping
// from one to the next: of each, only the days asked for are read then.
func whats(ctx context.Context, tx storage.Tx, f routing.FigureFilter) (out []string, err error) {
	for _, what := range f.Whats {
		if !strings.HasSuffix(what, ".") {
			out = append(out, what)
			continue
		}
		rows, err := tx.Query(ctx, `WITH RECURSIVE leap (what) AS (
				SELECT MIN(what) FROM figures WHERE grain = $1 AND what > $2 AND what < $3
				UNION ALL
				SELECT (SELECT MIN(what) FROM figures WHERE grain = $1 AND what > leap.what AND what < $3) FROM leap WHERE leap.what IS NOT NULL)
			SELECT what FROM leap WHERE what IS NOT NULL LIMIT 200`, string(f.Grain), what, strings.TrimSuffix(what, ".")+"/") // "/" follows "."
		if err != nil {
			return nil, fmt.Errorf("list figures: %w", err)
		}
		for rows.Next() {
			var one string
			if err := rows.Scan(&one); err != nil {
				rows.Close()
				return nil, fmt.Errorf("list figures: %w", err)
			}
			out = append(out, one)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return nil, fmt.Errorf("list figures: %w", err)
		}
	}
	return out, nil
}

// sumOf writes a range of the primary key for everything that is asked for.
func sumOf(f routing.FigureFilter) (sql string, args []any) {
	mark := func(v string) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	columns, group := []string{"what"}, []string{"what"}
	for _, c := range figureColumns {
		if slices.Contains(f.By, c[0]) {
			columns, group = append(columns, c[0]), append(group, c[0])
		} else {
			columns = append(columns, c[1])
		}
	}
	grain := mark(string(f.Grain))
	rest := ""
	if f.From != "" {
		rest += " AND day >= " + mark(string(f.From))
	}
	if f.To != "" {
		rest += " AND day <= " + mark(string(f.To))
	}
	if f.Departments != nil {
		marks := []string{}
		for _, d := range f.Departments {
			marks = append(marks, mark(d))
		}
		rest += " AND department IN (" + strings.Join(append(marks, "NULL"), ", ") + ")"
	}
	var parts []string
	for _, what := range f.Whats {
		parts = append(parts, "what = "+mark(what))
	}
	for i, p := range parts {
		parts[i] = "SELECT " + strings.Join(columns, ", ") + ", CAST(SUM(n) AS bigint) FROM figures WHERE grain = " + grain + " AND " + p + rest + " GROUP BY " + strings.Join(group, ", ")
	}
	return strings.Join(parts, " UNION ALL ") + " ORDER BY 1, 2, 3, 4, 5 LIMIT 50000", args
}
