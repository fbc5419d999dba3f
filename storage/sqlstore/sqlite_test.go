package sqlstore_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"

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
	storagetest.Crash(t, filepath.Join(t.TempDir(), "ledger.db"), "TestSQLiteCrashChild", openAt)
}

func TestSQLiteCrashChild(t *testing.T) { storagetest.CrashChild(t, openAt) }

func openAt(t *testing.T, path string) storagetest.Store {
	return open(t, sqlstore.Config{Path: path, Node: "node-1"})
}
