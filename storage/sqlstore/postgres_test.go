package sqlstore_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"mailroom/storage"
	"mailroom/storage/sqlstore"
	"mailroom/storage/storagetest"
	"mailroom/storage/storagetest/servers"
)

func TestPostgres(t *testing.T) {
	t.Parallel()
	databases := servers.Postgres(t)
	migrated := databases.New(t)
	if err := openPostgresAt(t, migrated).Close(); err != nil {
		t.Fatal(err)
	}
	open := func(t *testing.T) *sqlstore.Store { return openPostgresAt(t, databases.Like(t, migrated)) }
	parts := map[string]func(t *testing.T){
		"ledger": func(t *testing.T) {
			storagetest.Ledger(t, func(t *testing.T) storage.Ledger { return open(t) })
		},
		"queue": func(t *testing.T) {
			storagetest.Queue(t, func(t *testing.T) storagetest.Store { return open(t) })
		},
		"crash": func(t *testing.T) {
			storagetest.Crash(t, databases.New(t), "TestPostgresCrashChild", 10*time.Second, postgresStore)
		},
		"crash of another node": func(t *testing.T) {
			storagetest.Crash(t, databases.New(t), "TestPostgresCrashChild", 25*time.Second, func(t *testing.T, url string) storagetest.Store {
				return openAs(t, url, "node-2")
			})
		},
		"lost connections": func(t *testing.T) { testLostConnections(t, databases.New(t)) },
		"out of reach": func(t *testing.T) {
			_, err := sqlstore.Open(t.Context(), sqlstore.Config{PostgresURL: "postgres://x@127.0.0.1:1/x"}, logger(t))
			if !errors.Is(err, storage.ErrUnavailable) {
				t.Errorf("Open = %v, want unavailable", err)
			}
		},
	}
	var wg sync.WaitGroup
	for name, part := range parts {
		wg.Go(func() { t.Run(name, part) })
	}
	wg.Wait()
}

func TestPostgresCrashChild(t *testing.T) { storagetest.CrashChild(t, postgresStore) }

func postgresStore(t *testing.T, url string) storagetest.Store { return openPostgresAt(t, url) }

func openPostgresAt(t *testing.T, url string) *sqlstore.Store { return openAs(t, url, "node-1") }

func openAs(t *testing.T, url, node string) *sqlstore.Store {
	return open(t, sqlstore.Config{PostgresURL: url, Node: node})
}

// testLostConnections ends all sessions of a working node; it goes on.
func testLostConnections(t *testing.T, url string) {
	s := openPostgresAt(t, url)
	ctx, cancel := context.WithCancel(t.Context())
	got, done := make(chan storage.Job, 10), make(chan error, 1)
	go func() {
		done <- s.Work(ctx, storage.Work{Others: 1, Handle: func(_ context.Context, j storage.Job) error { got <- j; return nil }})
	}()
	put := func(n int) error {
		return s.Do(ctx, func(tx storage.Tx) error {
			return tx.Enqueue(ctx, storage.Job{Step: storage.StepCut, Batch: "b", Number: n})
		})
	}
	if err := put(1); err != nil {
		t.Fatal(err)
	}
	<-got
	err := s.Do(ctx, func(tx storage.Tx) error {
		_, err := tx.Exec(ctx, `SELECT pg_terminate_backend(pg_backend_pid())`)
		return err
	})
	if !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("Do over a lost connection = %v, want unavailable", err)
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
		t.Fatal(err)
	}
	for put(2) != nil {
		time.Sleep(50 * time.Millisecond)
	}
	select {
	case <-got:
	case <-time.After(15 * time.Second):
		t.Error("work did not go on")
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
