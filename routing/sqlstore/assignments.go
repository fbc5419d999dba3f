package sqlstore

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

const assignmentColumns = `document, worker, department, by_clerk, at, remark, state, received_on, changed_at`

// SaveAssignment implements [routing.Assignments].
func (Store) SaveAssignment(ctx context.Context, tx storage.Tx, a routing.Assignment) error {
	_, err := tx.Exec(ctx, `INSERT INTO assignments (`+assignmentColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (document) DO UPDATE SET worker = excluded.worker, department = excluded.department, by_clerk = excluded.by_clerk,
			at = excluded.at, remark = excluded.remark, state = excluded.state, received_on = excluded.received_on, changed_at = excluded.changed_at`, assignmentRow(a)...)
	if err != nil {
		return fmt.Errorf("save assignment of %s: %w", a.Document, err)
	}
	return nil
}

func assignmentRow(a routing.Assignment) []any {
	return []any{string(a.Document), a.Worker, a.Department, string(a.By), micros(a.At), a.Remark, string(a.State), string(a.ReceivedOn), micros(a.ChangedAt)}
}

// DropAssignment implements [routing.Assignments].
func (Store) DropAssignment(ctx context.Context, tx storage.Tx, id storage.DocumentID) error {
	if _, err := tx.Exec(ctx, `DELETE FROM assignments WHERE document = $1`, string(id)); err != nil {
		return fmt.Errorf("drop assignment of %s: %w", id, err)
	}
	return nil
}

// Assignment implements [routing.Assignments].
func (Store) Assignment(ctx context.Context, tx storage.Tx, id storage.DocumentID) (routing.Assignment, error) {
	return scanAssignment(tx.QueryRow(ctx, `SELECT `+assignmentColumns+` FROM assignments WHERE document = $1`, string(id)))
}

// ListAssignments implements [routing.Assignments].
func (Store) ListAssignments(ctx context.Context, tx storage.Tx, f routing.AssignmentFilter) ([]routing.Assignment, error) {
	var where []string
	var args []any
	mark := func(v string) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	for _, c := range [][2]string{{"worker", f.Worker}, {"department", f.Department}, {"by_clerk", string(f.By)}} {
		if c[1] != "" {
			where = append(where, c[0]+" = "+mark(c[1]))
		}
	}
	if f.Reader != "" {
		where = append(where, openTo("assignments.document", mark(f.Reader)))
	}
	if f.HiddenFrom != "" {
		where = append(where, "document IN (SELECT document FROM hidden WHERE reader = "+mark(f.HiddenFrom)+")") // few, of however many
	}
	if len(f.States) > 0 {
		marks := make([]string, len(f.States))
		for i, s := range f.States {
			marks[i] = mark(string(s))
		}
		where = append(where, "state IN ("+strings.Join(marks, ", ")+")")
	}
	if f.After != "" {
		where = append(where, fmt.Sprintf("(received_on > %[1]s OR received_on = %[1]s AND document > %[2]s)", mark(string(f.AfterDay)), mark(string(f.After))))
	}
	sql := `SELECT ` + assignmentColumns + ` FROM assignments`
	if len(where) > 0 {
		sql += " WHERE " + strings.Join(where, " AND ")
	}
	order := "received_on, document"
	if f.Newest {
		order = "changed_at DESC, document DESC"
	}
	rows, err := tx.Query(ctx, fmt.Sprintf("%s ORDER BY %s LIMIT %d", sql, order, cmp.Or(f.Limit, 100)), args...)
	if err != nil {
		return nil, fmt.Errorf("list assignments: %w", err)
	}
	defer rows.Close()
	var out []routing.Assignment
	for rows.Next() {
		a, err := scanAssignment(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, rows.Err()
}

func scanAssignment(row storage.Row) (a routing.Assignment, err error) {
	var document, by, state, received string
	var at, changed int64
	if err := row.Scan(&document, &a.Worker, &a.Department, &by, &at, &a.Remark, &state, &received, &changed); err != nil {
		return a, fmt.Errorf("assignment: %w", err)
	}
	a.Document, a.By, a.State = storage.DocumentID(document), routing.ClerkID(by), storage.DocumentState(state)
	a.ReceivedOn, a.At, a.ChangedAt = scanstation.Date(received), fromMicros(at), fromMicros(changed)
	return a, nil
}

// OpenByWorker implements [routing.Assignments]. The register's workers are
// found by leaping from one to the next, for it may hold many cases of few.
func (Store) OpenByWorker(ctx context.Context, tx storage.Tx, department string) (map[string]int, error) {
	rows, err := tx.Query(ctx, `WITH RECURSIVE w (name) AS (
			SELECT MIN(worker) FROM cases WHERE department = $1 AND worker > ''
			UNION ALL
			SELECT (SELECT MIN(worker) FROM cases WHERE department = $1 AND worker > w.name) FROM w WHERE w.name IS NOT NULL)
		SELECT name, 0 FROM (SELECT name FROM w WHERE name IS NOT NULL LIMIT 500) AS known
		UNION ALL
		SELECT worker, open FROM (SELECT worker, COUNT(*) AS open FROM assignments
			WHERE department = $1 AND state IN ('assigned', 'filing', 'filed', 'in-work') GROUP BY worker ORDER BY worker LIMIT 500) AS busy`, department)
	if err != nil {
		return nil, fmt.Errorf("count open letters: %w", err)
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var worker string
		var n int64
		if err := rows.Scan(&worker, &n); err != nil {
			return nil, fmt.Errorf("count open letters: %w", err)
		}
		out[worker] += int(n)
	}
	return out, rows.Err()
}
