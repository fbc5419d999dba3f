package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/mattn/go-sqlite3"
	"github.com/pressly/goose/v3"

	"mailroom/storage"
)

// dialect is all that differs between the engines in SQL.
type dialect struct {
	folder string // of the migrations
	goose  goose.Dialect
	// lock ends a SELECT whose rows no other transaction may lock. SQLite needs
	// none: its writing transactions come one after the other.
	lock string
	// giveBack lets the jobs of a dead process start again; $1 is the node. On
	// SQLite no other process can be at work, so it takes them all.
	giveBack string
	// numbered turns $1 into what the driver takes.
	numbered func(string) string
	// columns lists the columns of the table $1, with their types, in order.
	columns string
	// args are the arguments of a job as text.
	args string
	// triggers has the changes of a table's rows noted; noted notes rows now.
	triggers func(watched) []string
	noted    func(w watched, row string) string
	// growing has the rest of a transaction planned anew at each statement, for it
	// fills tables that were empty; empty: the engine needs nothing for it.
	growing string
}

const giveBack = `UPDATE river_job SET state = 'available',
	attempt = CASE WHEN attempt > 0 THEN attempt - 1 ELSE 0 END
	WHERE state = 'running' AND `

func sqliteDialect() dialect {
	return dialect{
		folder: "sqlite", goose: goose.DialectSQLite3,
		giveBack: giveBack + `$1 <> ''`, numbered: questionMarks,
		columns: `SELECT name, type FROM pragma_table_info($1) ORDER BY cid`, args: "json(args)",
		triggers: liteTriggers, noted: liteNoted,
	}
}

func postgresDialect() dialect {
	return dialect{
		folder: "postgres", goose: goose.DialectPostgres, lock: " FOR UPDATE",
		giveBack: giveBack + `attempted_by[cardinality(attempted_by)] = $1`,
		numbered: func(s string) string { return s },
		columns: `SELECT column_name, data_type FROM information_schema.columns
			WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position`, args: "args::text",
		triggers: postTriggers, noted: postNoted, growing: "SET LOCAL plan_cache_mode = force_custom_plan",
	}
}

// questionMarks turns $1 into ?1 outside of strings, quoted names and comments.
// SQLite takes $1 too, but as a name, and the driver binds names in the order
// in which they first appear: silently wrong.
func questionMarks(s string) string {
	b := []byte(s)
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == '\'' || b[i] == '"':
			i += skip(s[i+1:], s[i:i+1]) // a doubled quote opens the next string at once
		case strings.HasPrefix(s[i:], "--"):
			i += skip(s[i+1:], "\n")
		case strings.HasPrefix(s[i:], "/*"):
			i += 1 + skip(s[i+2:], "*/")
		case b[i] == '$' && i+1 < len(b) && '1' <= b[i+1] && b[i+1] <= '9':
			b[i] = '?'
		}
	}
	return string(b)
}

// skip returns how many bytes of s lie up to the end of mark.
func skip(s, mark string) int {
	if i := strings.Index(s, mark); i >= 0 {
		return i + len(mark)
	}
	return len(s)
}

// classed wraps err in the error of storage that callers act on.
func classed(err error) error {
	var (
		lite sqlite3.Error
		post *pgconn.PgError
		dial *pgconn.ConnectError
		wire net.Error
		as   error
	)
	switch {
	case err == nil, errors.Is(err, storage.ErrUnavailable), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, sql.ErrNoRows), errors.Is(err, pgx.ErrNoRows):
		return storage.ErrNotFound
	case errors.As(err, &lite):
		as = sqliteClass(lite)
	case errors.As(err, &post):
		as = postgresClass(post.Code)
	case errors.As(err, &dial), errors.As(err, &wire), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		pgconn.SafeToRetry(err), strings.HasSuffix(err.Error(), "conn closed"), strings.HasSuffix(err.Error(), "closed pool"):
		as = storage.ErrUnavailable
	}
	if as == nil {
		return err
	}
	return fmt.Errorf("%w: %w", as, err)
}

func sqliteClass(err sqlite3.Error) error {
	switch err.Code {
	case sqlite3.ErrBusy, sqlite3.ErrLocked, sqlite3.ErrFull, sqlite3.ErrIoErr, sqlite3.ErrCantOpen, sqlite3.ErrReadonly, sqlite3.ErrNomem:
		return storage.ErrUnavailable
	case sqlite3.ErrCorrupt, sqlite3.ErrNotADB:
		return storage.ErrBroken
	}
	switch err.ExtendedCode {
	case sqlite3.ErrConstraintUnique, sqlite3.ErrConstraintPrimaryKey:
		return storage.ErrConflict
	}
	return nil
}

// postgresClass goes by SQLSTATE: 08 connection, 40 rolled back, 53 resources
// (disk full, too many connections), 57P shut down or starting, 58 the disk.
func postgresClass(code string) error {
	for _, class := range []string{"08", "40", "53", "57P", "58", "55P03", "25006"} {
		if strings.HasPrefix(code, class) {
			return storage.ErrUnavailable
		}
	}
	switch code {
	case "23505":
		return storage.ErrConflict
	case "XX001", "XX002":
		return storage.ErrBroken
	}
	return nil
}

// again says whether the engine asks for the transaction to be run once more.
func again(err error) bool {
	var (
		lite sqlite3.Error
		post *pgconn.PgError
	)
	switch {
	case errors.As(err, &lite):
		return lite.Code == sqlite3.ErrBusy || lite.Code == sqlite3.ErrLocked
	case errors.As(err, &post):
		return post.Code == "40001" || post.Code == "40P01"
	}
	return false
}
