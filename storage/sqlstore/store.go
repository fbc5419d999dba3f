package sqlstore

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"

	"mailroom/storage"
)

//go:embed migrations
var migrations embed.FS

// Config says where the ledger lies. Exactly one of Path and PostgresURL is set.
type Config struct {
	Path        string // of the SQLite file; folders above it are made
	PostgresURL string // postgres://user@host/database
	// Node names this machine among all that work on the same ledger; empty: the
	// host's name. A restarted node must have the name that it had before.
	Node string
}

// Validate returns an error naming the key that is wrong.
func (c Config) Validate() error {
	switch {
	case c.Path == "" && c.PostgresURL == "":
		return errors.New("database: neither a file nor an address is given")
	case c.Path != "" && c.PostgresURL != "":
		return errors.New("database: both a file and an address are given")
	case c.PostgresURL != "" && !strings.HasPrefix(c.PostgresURL, "postgres://") && !strings.HasPrefix(c.PostgresURL, "postgresql://"):
		return errors.New("database: the address does not start with postgres://")
	case len(c.Node) > 100:
		return errors.New("node: is longer than 100 characters")
	}
	return nil
}

// Store is a ledger and its queue. It implements storage.Ledger and
// storage.Queue and may be used by several goroutines at once.
type Store struct {
	engine
	dialect dialect
	kept    map[string]*watched // tables that come back; set before the store is used
}

// engine is a database with its transactions and its queue.
type engine interface {
	do(ctx context.Context, f func(storage.Tx) error) error
	view(ctx context.Context, f func(storage.Tx) error) error
	migrate(ctx context.Context, files fs.FS, table string) error
	work(ctx context.Context, w storage.Work) error
	scrub(ctx context.Context) error
	close() error
}

// Open opens the ledger and brings its tables up to date.
func Open(ctx context.Context, c Config, log *slog.Logger) (*Store, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if c.Node == "" {
		name, err := os.Hostname()
		if err != nil {
			return nil, fmt.Errorf("node: %w", err)
		}
		c.Node = name[:min(len(name), 100)]
	}
	var (
		s   = &Store{dialect: sqliteDialect(), kept: map[string]*watched{}}
		err error
	)
	if c.PostgresURL != "" {
		s.dialect = postgresDialect()
		s.engine, err = openPostgres(ctx, c, s.dialect, log)
	} else {
		s.engine, err = openSQLite(ctx, c, s.dialect, log)
	}
	if err != nil {
		return nil, fmt.Errorf("open ledger: %w", classed(err))
	}
	own, err := fs.Sub(migrations, "migrations")
	if err == nil {
		err = s.Migrate(ctx, own, "ledger_version")
	}
	if err == nil {
		err = s.Keep(ctx, tables()...)
	}
	if err == nil {
		err = s.indexPending(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// Migrate brings another set of tables up to date. files holds a folder named
// sqlite and one named postgres with goose migrations; table is where their
// versions are kept.
func (s *Store) Migrate(ctx context.Context, files fs.FS, table string) error {
	sub, err := fs.Sub(files, s.dialect.folder)
	if err == nil {
		err = s.migrate(ctx, sub, table)
	}
	if err != nil {
		return fmt.Errorf("migrate %s: %w", table, classed(err))
	}
	return nil
}

// tries is how often a transaction is run that the engine rolls back because
// of another one.
const tries = 6

// Do implements storage.Ledger. f must not call Do, nor wait for anybody who
// does: on SQLite there is one writer.
func (s *Store) Do(ctx context.Context, f func(tx storage.Tx) error) error {
	return repeated(ctx, func() error { return s.do(ctx, f) })
}

// View implements storage.Ledger.
func (s *Store) View(ctx context.Context, f func(tx storage.Tx) error) error {
	return repeated(ctx, func() error { return s.view(ctx, f) })
}

func repeated(ctx context.Context, run func() error) error {
	for try := 1; ; try++ {
		err := classed(run())
		if err == nil || try == tries || !again(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Duration(try*try) * 5 * time.Millisecond):
		}
	}
}

// Work implements storage.Queue. Where another process already works on this
// file, or under this node's name, it returns storage.ErrConflict within seconds.
func (s *Store) Work(ctx context.Context, w storage.Work) error {
	if err := s.work(ctx, w); err != nil {
		return fmt.Errorf("work on queue: %w", classed(err))
	}
	return nil
}

// Close ends all connections. Work must have returned.
func (s *Store) Close() error { return s.close() }

// lock returns the end of a SELECT that locks its rows.
func (s *Store) lock(wanted bool) string {
	if wanted {
		return s.dialect.lock
	}
	return ""
}
