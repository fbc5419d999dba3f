package sqlstore

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"mailroom/routing"
	"mailroom/storage"
)

// SaveFiling implements [routing.Filings].
func (Store) SaveFiling(ctx context.Context, tx storage.Tx, r routing.Record) error {
	body, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode filing %d of %s: %w", r.Number, r.Document, err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO filings (document, number, received_on, department, worker, state, system, due_at, ended_at, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (document, number) DO UPDATE SET received_on = excluded.received_on, department = excluded.department, worker = excluded.worker,
			state = excluded.state, system = excluded.system, due_at = excluded.due_at, ended_at = excluded.ended_at, body = excluded.body`,
		string(r.Document), r.Number, string(r.ReceivedOn), r.Department, r.Worker, string(r.State), r.System, micros(r.DueAt), micros(r.EndedAt), string(body))
	if err != nil {
		return fmt.Errorf("save filing %d of %s: %w", r.Number, r.Document, err)
	}
	return nil
}

// FilingsOf implements [routing.Filings].
func (Store) FilingsOf(ctx context.Context, tx storage.Tx, ids []storage.DocumentID) (map[storage.DocumentID][]routing.Record, error) {
	out := map[storage.DocumentID][]routing.Record{}
	if len(ids) == 0 {
		return out, nil
	}
	var q conditions
	list, err := filings(ctx, tx, `SELECT body FROM filings WHERE document IN (`+marks(&q, ids[:min(len(ids), 500)])+`) ORDER BY document, number LIMIT 10000`, q.args)
	for _, r := range list {
		out[r.Document] = append(out[r.Document], r)
	}
	return out, err
}

// ListFilings implements [routing.Filings].
func (Store) ListFilings(ctx context.Context, tx storage.Tx, f routing.FilingFilter) ([]routing.Record, error) {
	var q conditions
	for _, c := range [][2]string{{"worker =", f.Worker}, {"department =", f.Department}, {"system =", f.System}, {"document >", string(f.After)}} {
		if c[1] != "" {
			q.and(c[0]+" %s", c[1])
		}
	}
	if f.Reader != "" {
		q.where = append(q.where, openTo("filings.document", q.mark(f.Reader)))
	}
	if !f.Due.IsZero() {
		q.and("due_at <= %s", f.Due.UnixMicro())
	}
	if f.Further {
		q.where = append(q.where, "number > 1")
	}
	if len(f.States) > 0 {
		q.where = append(q.where, "state IN ("+marks(&q, f.States)+")")
	}
	order := "received_on, document, number"
	if f.After != "" {
		order = "document, number"
	}
	return filings(ctx, tx, fmt.Sprintf(`SELECT body FROM filings%s ORDER BY %s LIMIT %d`, q.text(), order, cmp.Or(f.Limit, 100)), q.args)
}

// FiledInto implements [routing.Filings].
func (Store) FiledInto(ctx context.Context, tx storage.Tx, departments []string, limit int) (out []storage.DocumentID, err error) {
	if len(departments) == 0 {
		return nil, nil
	}
	var q conditions
	rows, err := tx.Query(ctx, `SELECT DISTINCT document FROM filings WHERE department IN (`+marks(&q, departments)+`) AND number > 1 AND state <> 'withdrawn'
		ORDER BY document DESC LIMIT `+strconv.Itoa(limit), q.args...)
	if err != nil {
		return nil, fmt.Errorf("list documents of further filings: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("list documents of further filings: %w", err)
		}
		out = append(out, storage.DocumentID(id))
	}
	return out, rows.Err()
}

// conditions gathers the conditions of a statement with their values.
type conditions struct {
	where []string
	args  []any
}

func (q *conditions) mark(v any) string {
	q.args = append(q.args, v)
	return fmt.Sprintf("$%d", len(q.args))
}

func (q *conditions) and(form string, v any) {
	q.where = append(q.where, fmt.Sprintf(form, q.mark(v)))
}

func (q *conditions) text() string {
	if len(q.where) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(q.where, " AND ")
}

func marks[S ~string](q *conditions, list []S) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = q.mark(string(s))
	}
	return strings.Join(out, ", ")
}

func filings(ctx context.Context, tx storage.Tx, sql string, args []any) (out []routing.Record, err error) {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("list filings: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var body string
		var r routing.Record
		if err := rows.Scan(&body); err != nil {
			return nil, fmt.Errorf("list filings: %w", err)
		}
		if err := json.Unmarshal([]byte(body), &r); err != nil {
			return nil, fmt.Errorf("decode filing: %w: %w", storage.ErrBroken, err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// SaveEFileStatus implements [routing.Filings].
func (Store) SaveEFileStatus(ctx context.Context, tx storage.Tx, s routing.EFileStatus) error {
	_, err := tx.Exec(ctx, `INSERT INTO efile_status (system, node, checked_at, code, trouble, since) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (system, node) DO UPDATE SET checked_at = excluded.checked_at, code = excluded.code, trouble = excluded.trouble, since = excluded.since`,
		s.System, s.Node, micros(s.CheckedAt), s.Trouble.Code, s.Trouble.Detail, micros(s.Since))
	if err != nil {
		return fmt.Errorf("save status of e-file system %s: %w", s.System, err)
	}
	return nil
}

// EFileStatuses implements [routing.Filings].
func (Store) EFileStatuses(ctx context.Context, tx storage.Tx) (list []routing.EFileStatus, counts []routing.FilingCount, err error) {
	rows, err := tx.Query(ctx, `SELECT s.system, s.node, s.checked_at, s.code, s.trouble, s.since,
			COALESCE((SELECT MAX(f.ended_at) FROM filings f WHERE f.system = s.system AND f.state = 'filed'), 0)
		FROM efile_status s ORDER BY s.system, s.node LIMIT 200`)
	if err != nil {
		return nil, nil, fmt.Errorf("list e-file systems: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var s routing.EFileStatus
		var checked, since, last int64
		if err := rows.Scan(&s.System, &s.Node, &checked, &s.Trouble.Code, &s.Trouble.Detail, &since, &last); err != nil {
			return nil, nil, fmt.Errorf("list e-file systems: %w", err)
		}
		s.CheckedAt, s.Since, s.LastReceipt = fromMicros(checked), fromMicros(since), fromMicros(last)
		list = append(list, s)
	}
	if err := rows.Err(); err != nil {
		return nil, nil, err
	}
	if err := rows.Close(); err != nil {
		return nil, nil, err
	}
	counts, err = filingCounts(ctx, tx)
	return list, counts, err
}

func filingCounts(ctx context.Context, tx storage.Tx) (counts []routing.FilingCount, err error) {
	rows, err := tx.Query(ctx, `SELECT system, state, COUNT(*) FROM filings WHERE state IN ('handing', 'handed', 'arrived', 'failed')
		GROUP BY system, state ORDER BY system, state LIMIT 1000`)
	if err != nil {
		return nil, fmt.Errorf("count filings: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c routing.FilingCount
		var state string
		var n int64
		if err := rows.Scan(&c.System, &state, &n); err != nil {
			return nil, fmt.Errorf("count filings: %w", err)
		}
		c.State, c.Count = routing.FilingState(state), int(n)
		counts = append(counts, c)
	}
	return counts, rows.Err()
}
