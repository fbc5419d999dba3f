package sqlstore

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// never is the day that sorts behind all others.
const never = "9999-12-31"

const handlingColumns = `document, department, state, received_on, due_on, late_on, follow_up, flags, weight, body`

// SaveHandling implements [routing.Handlings].
func (Store) SaveHandling(ctx context.Context, tx storage.Tx, h routing.Handling) error {
	row, err := handlingRow(h)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO handlings (`+handlingColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (document) DO UPDATE SET department = excluded.department, state = excluded.state, received_on = excluded.received_on,
			due_on = excluded.due_on, late_on = excluded.late_on, follow_up = excluded.follow_up, flags = excluded.flags,
			weight = excluded.weight, body = excluded.body`, row...)
	if err != nil {
		return fmt.Errorf("save handling of %s: %w", h.Document, err)
	}
	return nil
}

// handlingRow is h as it stands in its row.
func handlingRow(h routing.Handling) ([]any, error) {
	h.ChangedAt = fromMicros(micros(h.ChangedAt))
	body, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("encode handling of %s: %w", h.Document, err)
	}
	due, late, back, weight, flags := never, never, never, h.Priority, ","
	if next, ok := h.Next(); ok && routing.Open(h.State) {
		due = string(next.On)
	}
	if h.TargetOn != "" {
		late = string(h.TargetOn)
	}
	if late = min(late, due); h.State == storage.Review && h.Turns >= routing.MaxTurns {
		late = "" // before every day
	}
	if h.FollowUp != nil {
		back = string(h.FollowUp.On)
	}
	for _, f := range h.Flags {
		flags += string(f) + ","
	}
	if h.Has(routing.FlagUrgent) {
		weight++
	}
	return []any{string(h.Document), h.Department, string(h.State), string(h.ReceivedOn), due, late, back, flags, int64(weight), string(body)}, nil
}

// Handling implements [routing.Handlings].
func (Store) Handling(ctx context.Context, tx storage.Tx, id storage.DocumentID) (routing.Handling, error) {
	return scanHandling(tx.QueryRow(ctx, `SELECT body FROM handlings WHERE document = $1`, string(id)))
}

func scanHandling(row storage.Row) (h routing.Handling, err error) {
	var body string
	if err := row.Scan(&body); err != nil {
		return h, fmt.Errorf("handling: %w", err)
	}
	return h, decode(body, &h)
}

// HandlingsOf implements [routing.Handlings].
func (Store) HandlingsOf(ctx context.Context, tx storage.Tx, ids []storage.DocumentID) (map[storage.DocumentID]routing.Handling, error) {
	out := map[storage.DocumentID]routing.Handling{}
	ids = ids[:min(len(ids), 500)]
	if len(ids) == 0 {
		return out, nil
	}
	var w where
	marks := make([]string, len(ids))
	for i, id := range ids {
		marks[i] = w.mark(string(id))
	}
	list, err := handlings(ctx, tx, `SELECT body FROM handlings WHERE document IN (`+strings.Join(marks, ", ")+`)`, w.args)
	for _, h := range list {
		out[h.Document] = h
	}
	return out, err
}

// ListHandlings implements [routing.Handlings]. What is listed is found by the
// columns of an index; only then are whole rows read.
func (Store) ListHandlings(ctx context.Context, tx storage.Tx, f routing.HandlingFilter) ([]routing.Handling, error) {
	w := selected(f)
	order := "received_on, document"
	if f.LateOn != "" {
		order = "late_on, document"
	}
	if f.Today != "" {
		order = "CASE WHEN follow_up <= " + w.mark(string(f.Today)) + " THEN 0 ELSE 1 END, weight DESC, due_on, received_on, document"
	}
	sql := fmt.Sprintf(`SELECT body FROM handlings WHERE document IN (SELECT document FROM handlings%s ORDER BY %s LIMIT %d OFFSET %d) ORDER BY %s`,
		w.text(), order, cmp.Or(f.Limit, 100), f.Offset, order)
	return handlings(ctx, tx, sql, w.args)
}

// CountHandlings implements [routing.Handlings].
func (Store) CountHandlings(ctx context.Context, tx storage.Tx, f routing.HandlingFilter) (n int, err error) {
	w := selected(f)
	sql := fmt.Sprintf(`SELECT COUNT(*) FROM (SELECT 1 FROM handlings%s LIMIT %d) AS found`, w.text(), cmp.Or(f.Limit, 100))
	if err := tx.QueryRow(ctx, sql, w.args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("count handlings: %w", err)
	}
	return n, nil
}

// selected is the conditions of f.
func selected(f routing.HandlingFilter) (w where) {
	if f.Departments != nil {
		w.in("department", f.Departments)
	}
	if f.Reader != "" {
		w.and("NOT " + hiddenFrom("handlings.document", w.mark(f.Reader)))
	}
	if len(f.States) > 0 {
		states := make([]string, len(f.States))
		for i, s := range f.States {
			states[i] = string(s)
		}
		w.in("state", states)
	}
	if f.Flag != "" {
		w.and("flags LIKE " + w.mark("%,"+string(f.Flag)+",%"))
	}
	for column, by := range map[string]scanstation.Date{"due_on": f.DueBy, "follow_up": f.FollowUpBy} {
		if by != "" {
			w.and(column + " <= " + w.mark(string(by)))
		}
	}
	if f.LateOn != "" {
		w.and("late_on < " + w.mark(string(f.LateOn)))
	}
	if f.Urgent {
		// As the index of these says it, which engines compare word by word.
		w.and("(weight > 0 OR due_on < '9999-12-31' OR follow_up < '9999-12-31')")
		w.and("(weight > 0 OR due_on < '9999-12-31' OR follow_up <= " + w.mark(string(f.Today)) + ")")
	}
	return w
}

func handlings(ctx context.Context, tx storage.Tx, sql string, args []any) ([]routing.Handling, error) {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("list handlings: %w", err)
	}
	defer rows.Close()
	var out []routing.Handling
	for rows.Next() {
		h, err := scanHandling(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, rows.Err()
}

// where is the conditions of a statement with their values.
type where struct {
	conditions []string
	args       []any
}

func (w *where) mark(v any) string {
	w.args = append(w.args, v)
	return fmt.Sprintf("$%d", len(w.args))
}

func (w *where) and(condition string) { w.conditions = append(w.conditions, condition) }

// in asks for one of values; none of them is never true.
func (w *where) in(column string, values []string) {
	if len(values) == 0 {
		w.and("1 = 0")
		return
	}
	marks := make([]string, len(values))
	for i, v := range values {
		marks[i] = w.mark(v)
	}
	w.and(column + " IN (" + strings.Join(marks, ", ") + ")")
}

func (w *where) text() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conditions, " AND ")
}
