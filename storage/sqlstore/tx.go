package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/jackc/pgx/v5"

	"mailroom/storage"
)

var errViewOnly = errors.New("a view cannot put jobs into the queue")

// liteTx is a transaction of SQLite; line is nil in a view.
type liteTx struct {
	tx   *sql.Tx
	line *line[*sql.Tx]
}

func (t liteTx) Exec(ctx context.Context, text string, args ...any) (int64, error) {
	res, err := t.tx.ExecContext(ctx, questionMarks(text), bound(args)...)
	if err != nil {
		return 0, classed(err)
	}
	n, err := res.RowsAffected()
	return n, classed(err)
}

func (t liteTx) Query(ctx context.Context, text string, args ...any) (storage.Rows, error) {
	r, err := t.tx.QueryContext(ctx, questionMarks(text), bound(args)...)
	if err != nil {
		return nil, classed(err)
	}
	return liteRows{r}, nil
}

func (t liteTx) QueryRow(ctx context.Context, text string, args ...any) storage.Row {
	return row{t.tx.QueryRowContext(ctx, questionMarks(text), bound(args)...)}
}

func (t liteTx) Enqueue(ctx context.Context, j storage.Job) error {
	if t.line == nil {
		return errViewOnly
	}
	return t.line.enqueue(ctx, t.tx, t, j)
}

// postTx is a transaction of PostgreSQL; line is nil in a view.
type postTx struct {
	tx   pgx.Tx
	line *line[pgx.Tx]
}

func (t postTx) Exec(ctx context.Context, text string, args ...any) (int64, error) {
	tag, err := t.tx.Exec(ctx, text, bound(args)...)
	return tag.RowsAffected(), classed(err)
}

func (t postTx) Query(ctx context.Context, text string, args ...any) (storage.Rows, error) {
	r, err := t.tx.Query(ctx, text, bound(args)...)
	if err != nil {
		return nil, classed(err)
	}
	return postRows{r}, nil
}

func (t postTx) QueryRow(ctx context.Context, text string, args ...any) storage.Row {
	return row{t.tx.QueryRow(ctx, text, bound(args)...)}
}

func (t postTx) Enqueue(ctx context.Context, j storage.Job) error {
	if t.line == nil {
		return errViewOnly
	}
	return t.line.enqueue(ctx, t.tx, t, j)
}

// row is a row of either engine.
type row struct{ storage.Row }

func (r row) Scan(dest ...any) error { return classed(r.Row.Scan(targets(dest)...)) }

type liteRows struct{ *sql.Rows }

func (r liteRows) Scan(dest ...any) error { return classed(r.Rows.Scan(targets(dest)...)) }
func (r liteRows) Err() error             { return classed(r.Rows.Err()) }
func (r liteRows) Close() error           { return classed(r.Rows.Close()) }

type postRows struct{ pgx.Rows }

func (r postRows) Scan(dest ...any) error { return classed(r.Rows.Scan(targets(dest)...)) }
func (r postRows) Err() error             { return classed(r.Rows.Err()) }
func (r postRows) Close() error           { r.Rows.Close(); return classed(r.Rows.Err()) }

// bound returns args in the few types that both drivers take alike.
func bound(args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		out[i] = plain(a)
	}
	return out
}

func plain(a any) any {
	switch a := a.(type) {
	case nil:
		return nil
	case time.Time:
		return a.UnixMicro()
	}
	v := reflect.ValueOf(a)
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return plain(v.Elem().Interface())
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return v.Bool()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int()
	case reflect.Float32, reflect.Float64:
		return v.Float()
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return v.Bytes()
		}
	}
	return a
}

// targets returns dest with times and named byte slices as both drivers fill them.
func targets(dest []any) []any {
	out := make([]any, len(dest))
	for i, d := range dest {
		out[i] = target(d)
	}
	return out
}

func target(d any) any {
	switch d := d.(type) {
	case *time.Time:
		return micros{func(t *time.Time) {
			if t == nil {
				t = &time.Time{}
			}
			*d = *t
		}}
	case **time.Time:
		return micros{func(t *time.Time) { *d = t }}
	}
	if t := reflect.TypeOf(d); t != nil && t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Slice && t.Elem().Elem().Kind() == reflect.Uint8 {
		return reflect.ValueOf(d).Convert(reflect.TypeFor[*[]byte]()).Interface()
	}
	return d
}

// micros scans microseconds since 1970 as a time in UTC.
type micros struct{ set func(*time.Time) }

// Scan implements sql.Scanner.
func (m micros) Scan(src any) error {
	switch n := src.(type) {
	case nil:
		m.set(nil)
	case int64:
		t := time.UnixMicro(n).UTC()
		m.set(&t)
	default:
		return fmt.Errorf("scan time from %T: want microseconds", src)
	}
	return nil
}
