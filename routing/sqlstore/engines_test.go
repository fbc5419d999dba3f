package sqlstore_test

import (
	"log/slog"
	"path/filepath"
	"testing"

	"mailroom/routing/sqlstore"
	ledger "mailroom/storage/sqlstore"
	"mailroom/storage/storagetest/servers"
)

// onBoth runs a test on a ledger of either engine, with routing's tables.
func onBoth(t *testing.T, f func(t *testing.T, l *ledger.Store, postgres bool)) {
	run := func(t *testing.T, cfg ledger.Config) {
		l, err := ledger.Open(t.Context(), cfg, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		files, err := sqlstore.Migrations()
		if err == nil {
			err = l.Migrate(t.Context(), files, "routing_version")
		}
		if err != nil {
			t.Fatal(err)
		}
		f(t, l, cfg.PostgresURL != "")
	}
	t.Run("SQLite", func(t *testing.T) {
		run(t, ledger.Config{Path: filepath.Join(t.TempDir(), "ledger.db"), Node: "test"})
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		run(t, ledger.Config{PostgresURL: servers.Postgres(t).New(t), Node: "test"})
	})
}
