package sqlstore

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailroom/storage"
)

// last is greater than every key.
const last = "\U0010FFFF"

// query is a SELECT over one table that is being put together.
type query struct {
	table, columns string
	key            string   // the primary key
	order          []string // columns, as they end every index that is to serve
	desc           bool
	where          []string // conditions that leave few rows
	lead           []string // columns with one value each, as they begin an index
	values         []any    // of lead
	before         string   // of the first column of order; empty: no bound
	reader         string   // from whom none of the rows is hidden; empty: not asked
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
	switch {
	case len(states) == 0:
		return q.from(q.columns, q.lead, q.values) + lock
	case len(q.where) > 0: // few rows
		marks := make([]string, len(states))
		for i, s := range states {
			marks[i] = q.arg(string(s))
		}
		q.where = append(q.where, "state IN ("+strings.Join(marks, ", ")+")")
		return q.from(q.columns, q.lead, q.values) + lock
	}
	// Each state by its own index, then merged: an index on (state, id) cannot
	// give two states in order of id.
	parts := make([]string, len(states))
	for i, s := range states {
		lead, values := append(slices.Clone(q.lead), "state"), append(slices.Clone(q.values), any(string(s)))
		parts[i] = fmt.Sprintf("SELECT %s FROM (%s) AS s%d", q.key, q.from(q.key, lead, values), i)
	}
	return fmt.Sprintf("SELECT %s FROM %s WHERE %s IN (%s) ORDER BY %s LIMIT %d",
		q.columns, q.table, q.key, strings.Join(parts, " UNION ALL "), q.direction(q.order), q.limit) + lock
}

// from selects the rows in which the columns of lead have values. It asks for
// a range of the index, not for equal columns: after equal ones PostgreSQL may
// prefer to walk the primary key, for a million rows if few of them fit.
func (q *query) from(columns string, lead []string, values []any) string {
	where, order := slices.Clone(q.where), slices.Concat(lead, q.order)
	switch {
	case len(lead) > 0:
		var low, high []string
		for _, v := range values {
			mark := q.arg(v)
			low, high = append(low, mark), append(high, mark)
		}
		for i := range q.order {
			end := last
			if i == 0 {
				end = cmp.Or(q.before, last)
			}
			low, high = append(low, "''"), append(high, q.arg(end))
		}
		row := "(" + strings.Join(order, ", ") + ")"
		where = append(where, row+" > ("+strings.Join(low, ", ")+")", row+" < ("+strings.Join(high, ", ")+")")
	case q.before != "":
		where = append(where, q.order[0]+" < "+q.arg(q.before))
	}
	if q.reader != "" {
		where = append(where, q.visible(q.reader, q.table+"."+q.key))
	}
	s := "SELECT " + columns + " FROM " + q.table
	if len(where) > 0 {
		s += " WHERE " + strings.Join(where, " AND ")
	}
	return s + " ORDER BY " + q.direction(order) + " LIMIT " + strconv.Itoa(q.limit)
}

func (q *query) direction(columns []string) string {
	if !q.desc {
		return strings.Join(columns, ", ")
	}
	return strings.Join(columns, " DESC, ") + " DESC"
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
