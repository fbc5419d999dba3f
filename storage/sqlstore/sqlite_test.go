package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/sys/unix"

	"mailroom/storage"
	"mailroom/storage/sqlstore"
	"mailroom/storage/storagetest"
)

func logger(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), nil))
}

func open(t *testing.T, c sqlstore.Config) *sqlstore.Store {
	t.Helper()
	s, err := sqlstore.Open(context.Background(), c, logger(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func openSQLite(t *testing.T) *sqlstore.Store {
	return open(t, sqlstore.Config{Path: filepath.Join(t.TempDir(), "über 100%?#", "ledger.db"), Node: "node-1"})
}

func TestSQLiteLedger(t *testing.T) {
	t.Parallel()
	storagetest.Ledger(t, func(t *testing.T) storage.Ledger { return openSQLite(t) })
}

func TestSQLiteQueue(t *testing.T) {
	t.Parallel()
	storagetest.Queue(t, func(t *testing.T) storagetest.Store { return openSQLite(t) })
}

func TestSQLiteCrash(t *testing.T) {
	t.Parallel()
	storagetest.Crash(t, filepath.Join(t.TempDir(), "ledger.db"), "TestSQLiteCrashChild", 3*time.Second, openAt)
}

func TestSQLiteCrashChild(t *testing.T) { storagetest.CrashChild(t, openAt) }

func openAt(t *testing.T, path string) storagetest.Store {
	return open(t, sqlstore.Config{Path: path, Node: "node-1"})
}

// TestSQLiteFull fills a file system that is too small, where one may be made.
func TestSQLiteFull(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("none", dir, "tmpfs", 0, "size=3m"); err != nil {
		t.Skipf("SKIPPED: no small file system can be mounted here: %v", err)
	}
	t.Cleanup(func() { unix.Unmount(dir, unix.MNT_DETACH) })
	ctx, s := t.Context(), open(t, sqlstore.Config{Path: filepath.Join(dir, "ledger.db"), Node: "node-1"})
	var err error
	for n := 0; err == nil && n < 100; n++ {
		err = s.Do(ctx, func(tx storage.Tx) error {
			d := storage.Document{ID: storage.DocumentID(fmt.Sprint("d", n)), Text: strings.Repeat("x", 100_000)}
			return s.SaveDocument(ctx, tx, d)
		})
	}
	if !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("Do on a full disk = %v, want unavailable", err)
	}
}

// TestMigrate runs another room's tables beside the ledger's, twice.
func TestMigrate(t *testing.T) {
	files := fstest.MapFS{
		"sqlite/00001_cases.sql":   {Data: []byte("-- +goose Up\nCREATE TABLE cases (id TEXT PRIMARY KEY);\n")},
		"postgres/00001_cases.sql": {Data: []byte("-- +goose Up\nCREATE TABLE cases (id text PRIMARY KEY);\n")},
	}
	path := filepath.Join(t.TempDir(), "ledger.db")
	for range 2 {
		s, ctx := open(t, sqlstore.Config{Path: path}), t.Context()
		if err := s.Migrate(ctx, files, "routing_version"); err != nil {
			t.Fatal(err)
		}
		err := s.Do(ctx, func(tx storage.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO cases (id) VALUES ($1) ON CONFLICT DO NOTHING`, "WG-2023-004711")
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestOpenAtOnce opens a new ledger several times at the same moment.
func TestOpenAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			s, err := sqlstore.Open(context.Background(), sqlstore.Config{Path: path}, logger(t))
			if err != nil {
				t.Error(err)
				return
			}
			s.Close()
		})
	}
	wg.Wait()
}

func TestConfig(t *testing.T) {
	for name, c := range map[string]sqlstore.Config{
		"nothing":         {},
		"both":            {Path: "x", PostgresURL: "postgres://x"},
		"another scheme":  {PostgresURL: "mysql://x"},
		"a name too long": {Path: "x", Node: strings.Repeat("x", 101)},
	} {
		if err := c.Validate(); err == nil {
			t.Errorf("%s is valid", name)
		}
	}
}
