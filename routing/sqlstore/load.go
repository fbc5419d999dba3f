package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"mailroom/routing"
	"mailroom/storage"
)

// LoadDecisions saves decisions of which none is there yet, many at a time.
func (Store) LoadDecisions(ctx context.Context, tx storage.Tx, list []routing.Decision) error {
	return load(ctx, tx, "decisions (document, decided_at, sure, department, body)", list, func(d routing.Decision) ([]any, error) {
		body, err := json.Marshal(d)
		return []any{string(d.Document), micros(d.DecidedAt), flag(d.Sure), d.Department, string(body)}, err
	})
}

// LoadHandlings saves handlings of which none is there yet, many at a time.
func (Store) LoadHandlings(ctx context.Context, tx storage.Tx, list []routing.Handling) error {
	return load(ctx, tx, "handlings ("+handlingColumns+")", list, handlingRow)
}

// LoadAssignments saves assignments of which none is there yet, many at a time.
func (Store) LoadAssignments(ctx context.Context, tx storage.Tx, list []routing.Assignment) error {
	return load(ctx, tx, "assignments ("+assignmentColumns+")", list, func(a routing.Assignment) ([]any, error) { return assignmentRow(a), nil })
}

// load puts nouns into a table, as row says.
func load[T any](ctx context.Context, tx storage.Tx, table string, list []T, row func(T) ([]any, error)) error {
	for some := range slices.Chunk(list, 400) {
		var rows []string
		var args []any
		for _, noun := range some {
			values, err := row(noun)
			if err != nil {
				return fmt.Errorf("load %T: %w", noun, err)
			}
			marks := make([]string, len(values))
			for i := range values {
				marks[i] = fmt.Sprintf("$%d", len(args)+i+1)
			}
			args = append(args, values...)
			rows = append(rows, "("+strings.Join(marks, ", ")+")")
		}
		if _, err := tx.Exec(ctx, "INSERT INTO "+table+" VALUES "+strings.Join(rows, ", "), args...); err != nil {
			return fmt.Errorf("load rows of %s: %w", table, err)
		}
	}
	return nil
}
