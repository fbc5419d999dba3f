package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"mailroom/storage"
)

// query is a SELECT over one table that is being put together.
type query struct {
	table, columns string
	key            string // the primary key, or the last column of order
	order          string
	where          []string
	args           []any
	limit          int
}

// arg adds a value and returns its place holder.
func (q *query) arg(v any) string {
	q.args = append(q.args, v)
	return "$" + strconv.Itoa(len(q.args))
}

// and adds a condition such as "id =" with its value.
func (q *query) and(condition string, v any) { q.where = append(q.where, condition+" "+q.arg(v)) }

// chosen is and for a value that, when empty, means any.
func chosen[T ~string](q *query, condition string, v T) {
	if v != "" {
		q.and(condition, string(v))
	}
}

// text returns the SELECT of rows in one of states; none: in any.
func text[S ~string](q *query, states []S, lock string) string {
	if len(states) == 1 {
		q.and("state =", string(states[0]))
	}
	if len(states) < 2 {
		return q.from(q.columns, q.where) + lock
	}
	// Each state by its own index, then merged: an index on (state, id) cannot
	// give two states in order of id.
	parts := make([]string, len(states))
	for i, s := range states {
		where := append(append([]string{}, q.where...), "state = "+q.arg(string(s)))
		parts[i] = fmt.Sprintf("SELECT %s FROM (%s) AS s%d", q.key, q.from(q.key, where), i)
	}
	in := q.key + " IN (" + strings.Join(parts, " UNION ALL ") + ")"
	return q.from(q.columns, []string{in}) + lock
}

func (q *query) from(columns string, where []string) string {
	s := "SELECT " + columns + " FROM " + q.table
	if len(where) > 0 {
		s += " WHERE " + strings.Join(where, " AND ")
	}
	return s + " ORDER BY " + q.order + " LIMIT " + strconv.Itoa(q.limit)
}

// bounded returns n, or without one the default.
func bounded(n, byDefault int) int {
	if n <= 0 {
		return byDefault
	}
	return n
}

// collect runs a query and scans its rows one by one.
func collect[T any](ctx context.Context, tx storage.Tx, text string, args []any, scan func(storage.Row) (T, error)) (list []T, err error) {
	rows, err := tx.Query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		item, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, item)
	}
	return list, rows.Err()
}

// body scans a row whose one column is a noun as JSON.
func body[T any](r storage.Row) (T, error) {
	var (
		noun T
		b    []byte
	)
	if err := r.Scan(&b); err != nil {
		return noun, err
	}
	if err := json.Unmarshal(b, &noun); err != nil {
		return noun, fmt.Errorf("decode %T: %w: %w", noun, storage.ErrBroken, err)
	}
	return noun, nil
}

// encoded returns a noun as it stands in its row.
func encoded(noun any) ([]byte, error) {
	b, err := json.Marshal(noun)
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", noun, err)
	}
	return b, nil
}

// micro cuts times to what the ledger keeps: microseconds, in UTC.
func micro(times ...*time.Time) {
	for _, t := range times {
		*t = t.UTC().Truncate(time.Microsecond)
	}
}
