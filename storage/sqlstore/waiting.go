package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"mailroom/storage"
)

var errStates = errors.New("a list of what waits needs states")

// waiting lists documents by their turn. Each department and state is a range
// of an index of its own, of which no more is read than the list is long.
func (s *Store) waiting(ctx context.Context, tx storage.Tx, q *query, f storage.DocumentFilter) ([]storage.Document, error) {
	parts, err := ranges(q, f, "id, turn")
	if err != nil || len(parts) == 0 {
		return nil, err
	}
	limit := strconv.Itoa(q.limit)
	for i, p := range parts {
		parts[i] = fmt.Sprintf("SELECT id, turn FROM (%s LIMIT %s) AS r%d", p, limit, i)
	}
	scan := body[storage.Document]
	if f.WithText {
		scan = bodyAndText
	}
	text := "SELECT " + q.columns + " FROM documents WHERE id IN (SELECT id FROM (" + strings.Join(parts, " UNION ALL ") +
		") AS r ORDER BY turn, id LIMIT " + limit + ") ORDER BY turn, id LIMIT " + limit + s.lock(f.Lock)
	return collect(ctx, tx, text, q.args, scan)
}

// CountDocuments implements storage.Ledger.
func (s *Store) CountDocuments(ctx context.Context, tx storage.Tx, f storage.DocumentFilter) (map[string]int, error) {
	q, out := &query{}, map[string]int{}
	f.After = ""
	departments := f.Departments
	if departments == nil {
		departments = []string{""}
	}
	var parts []string
	for i, d := range departments {
		if f.Departments != nil {
			f.Departments = []string{d}
		}
		some, err := ranges(q, f, "1 AS one")
		if err != nil {
			return nil, fmt.Errorf("count documents: %w", err)
		}
		limit := strconv.Itoa(bounded(f.Limit, 100))
		for k, p := range some {
			some[k] = fmt.Sprintf("SELECT one FROM (%s LIMIT %s) AS c%d", p, limit, k)
		}
		parts = append(parts, fmt.Sprintf("SELECT %d AS place, count(*) AS n FROM (SELECT one FROM (%s) AS a LIMIT %s) AS d%d", i, strings.Join(some, " UNION ALL "), limit, i))
	}
	if len(parts) == 0 {
		return out, nil
	}
	_, err := collect(ctx, tx, strings.Join(parts, " UNION ALL "), q.args, func(r storage.Row) (_ struct{}, err error) {
		var place, n int
		if err = r.Scan(&place, &n); err == nil {
			out[departments[place]] = n
		}
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("count documents: %w", err)
	}
	return out, nil
}

// ranges returns a SELECT for each department and state of f, in order of the
// index that serves it: a range, not equal columns, see query.from.
func ranges(q *query, f storage.DocumentFilter, columns string) (parts []string, err error) {
	if len(f.States) == 0 {
		return nil, errStates
	}
	turn, id := f.After.Parts()
	after, end := q.arg(turn)+", "+q.arg(id), q.arg(last)
	hidden := ""
	if f.Reader != "" {
		hidden = " AND " + q.visible(f.Reader, "documents.id")
	}
	add := func(lead, values string) {
		order := lead + ", turn, id"
		parts = append(parts, "SELECT "+columns+" FROM documents WHERE ("+order+") > ("+values+", "+after+") AND ("+order+") < ("+values+", "+end+", "+end+")"+hidden+" ORDER BY "+order)
	}
	for _, state := range f.States {
		in := q.arg(state)
		if f.Departments == nil {
			add("state", in)
		}
		for _, d := range f.Departments {
			add("department, state", q.arg(d)+", "+in)
		}
	}
	return parts, nil
}
