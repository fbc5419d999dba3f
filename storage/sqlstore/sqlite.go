package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"mailroom/storage"
)

// lite is a ledger in a SQLite file.
type lite struct {
	path    string
	dialect dialect
	write   *sql.DB // one connection
	read    *sql.DB
	line    *line[*sql.Tx]
}

func openSQLite(ctx context.Context, c Config, d dialect, log *slog.Logger) (engine, error) {
	if err := os.MkdirAll(filepath.Dir(c.Path), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(c.Path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	f.Close()
	l := &lite{path: c.Path, dialect: d}
	if l.write, err = sql.Open("sqlite3", dsn(c.Path, url.Values{"_txlock": {"immediate"}, "_secure_delete": {"on"}})); err != nil {
		return nil, err
	}
	l.write.SetMaxOpenConns(1)
	if l.read, err = sql.Open("sqlite3", dsn(c.Path, url.Values{"_query_only": {"on"}})); err != nil {
		return nil, errors.Join(err, l.write.Close())
	}
	l.read.SetMaxOpenConns(8)
	l.read.SetMaxIdleConns(8)
	l.line = &line[*sql.Tx]{
		node: c.Node, dialect: d, driver: riversqlite.New(l.write), log: quiet(log), begin: l.begin,
		// Asking costs one look at an index; other processes put jobs in, too.
		poll: 100 * time.Millisecond, pollOnly: true,
	}
	// Turning a new file to the write-ahead log does not wait for others who do
	// the same, so the first touch is under the lock, too.
	err = l.exclusively(".migrate", syscall.LOCK_EX, func() error {
		if err := l.write.PingContext(ctx); err != nil {
			return err
		}
		if err := l.line.open(); err != nil {
			return err
		}
		return migrateRiver(ctx, l.line)
	})
	if err != nil {
		return nil, errors.Join(err, l.close())
	}
	return l, nil
}

func dsn(path string, more url.Values) string {
	more.Set("_journal_mode", "WAL")
	more.Set("_synchronous", "FULL")
	more.Set("_busy_timeout", "5000")
	more.Set("_foreign_keys", "on")
	more.Set("_stmt_cache_size", "200") // a page asks some forty questions, the same ones each time
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + more.Encode()
}

func (l *lite) begin(ctx context.Context, f func(*sql.Tx, storage.Tx) error) error {
	tx, err := l.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := f(tx, liteTx{tx, l.line}); err != nil {
		return err
	}
	return tx.Commit()
}

func (l *lite) do(ctx context.Context, f func(storage.Tx) error) error {
	return l.begin(ctx, func(_ *sql.Tx, tx storage.Tx) error { return f(tx) })
}

func (l *lite) view(ctx context.Context, f func(storage.Tx) error) error {
	tx, err := l.read.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	return f(liteTx{tx: tx})
}

func (l *lite) migrate(ctx context.Context, files fs.FS, table string) error {
	return l.exclusively(".migrate", syscall.LOCK_EX, func() error {
		return migrateGoose(ctx, l.dialect, l.write, files, table)
	})
}

func (l *lite) work(ctx context.Context, w storage.Work) error {
	return l.exclusively(".work", syscall.LOCK_EX|syscall.LOCK_NB, func() error {
		if err := l.line.giveBack(ctx, l.line.node); err != nil {
			return err
		}
		return l.line.work(ctx, w)
	})
}

// exclusively runs f while no other process, and nobody else in this one, does
// so for the same file. The lock ends with the process, however that ends.
func (l *lite) exclusively(suffix string, how int, f func() error) error {
	file, err := os.OpenFile(l.path+suffix, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := syscall.Flock(int(file.Fd()), how); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return fmt.Errorf("another process holds %s: %w", file.Name(), storage.ErrConflict)
		}
		return fmt.Errorf("lock %s: %w", file.Name(), err)
	}
	return f()
}

// scrub empties the log that stands beside the file. In the file itself what is
// deleted is written over at once.
func (l *lite) scrub(ctx context.Context) error {
	var busy, frames, done int
	if err := l.write.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &done); err != nil {
		return err
	}
	if busy != 0 {
		return fmt.Errorf("somebody reads: %w", storage.ErrUnavailable)
	}
	return nil
}

func (l *lite) close() error { return errors.Join(l.read.Close(), l.write.Close()) }

// migrateGoose runs the migrations in files.
func migrateGoose(ctx context.Context, d dialect, db *sql.DB, files fs.FS, table string) error {
	p, err := goose.NewProvider(d.goose, db, files, goose.WithTableName(table), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// migrateRiver runs River's own migrations.
func migrateRiver[T any](ctx context.Context, l *line[T]) error {
	m, err := rivermigrate.New(l.driver, &rivermigrate.Config{Logger: l.log})
	if err != nil {
		return err
	}
	if _, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate queue: %w", err)
	}
	return nil
}
