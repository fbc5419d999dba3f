package sqlstore_test

import (
	"testing"

	"mailroom/storage"
	"mailroom/storage/sqlstore"
	"mailroom/storage/storagetest"
	"mailroom/storage/storagetest/servers"
)

func TestPostgres(t *testing.T) {
	t.Parallel()
	database := servers.Postgres(t)
	open := func(t *testing.T) *sqlstore.Store { return openPostgresAt(t, database(t)) }
	t.Run("ledger", func(t *testing.T) {
		storagetest.Ledger(t, func(t *testing.T) storage.Ledger { return open(t) })
	})
	t.Run("queue", func(t *testing.T) {
		storagetest.Queue(t, func(t *testing.T) storagetest.Store { return open(t) })
	})
	t.Run("crash", func(t *testing.T) {
		storagetest.Crash(t, database(t), "TestPostgresCrashChild", postgresStore)
	})
}

func TestPostgresCrashChild(t *testing.T) { storagetest.CrashChild(t, postgresStore) }

func postgresStore(t *testing.T, url string) storagetest.Store { return openPostgresAt(t, url) }

func openPostgresAt(t *testing.T, url string) *sqlstore.Store {
	return open(t, sqlstore.Config{PostgresURL: url, Node: "node-1"})
}
