package storage_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/sqlstore"
	"mailroom/storage/storagetest/servers"
)

const shortPost = scanstation.BatchID("20261120-BBBBBBB1")

// TestALetterDoesNotWaitBehindAStack drops a letter of two pages while stacks of
// sixty are being read, and compares the order of the reads.
func TestALetterDoesNotWaitBehindAStack(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) {
		testTurns(t, ledgerOn(t, sqlstore.Config{Path: t.TempDir() + "/ledger.db", Node: "test"}))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		testTurns(t, ledgerOn(t, sqlstore.Config{PostgresURL: servers.Postgres(t).New(t), Node: "test"}))
	})
}

func testTurns(t *testing.T, ledger *sqlstore.Store) {
	a := openWith(t, ledger)
	const pages, before = 60, 30
	long := []scanstation.BatchID{"20261120-AAAAAAA1", "20261120-AAAAAAA2", "20261120-AAAAAAA3"}
	for _, id := range long {
		receive(t, a, id, nil)
		unpack(t, a, id, make([]ocr.Reading, pages)...)
	}
	all := len(long)*pages + 2
	came, proceed := make(chan storage.Job), make(chan bool)
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	done := make(chan error, 1)
	go func() {
		done <- ledger.Work(ctx, storage.Work{Readers: 1, Handle: func(_ context.Context, j storage.Job) error {
			came <- j
			<-proceed
			return nil
		}})
	}()
	var order []storage.Job
	for len(order) < all {
		select {
		case j := <-came:
			order = append(order, j)
		case <-ctx.Done():
			t.Fatalf("only %d of %d pages came", len(order), all)
		}
		if len(order) == before {
			receive(t, a, shortPost, nil)
			unpack(t, a, shortPost, ocr.Reading{}, ocr.Reading{})
		}
		proceed <- true
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	last := 0
	for i, j := range order {
		if j.Batch == shortPost {
			last = i
		}
	}
	// One page is at work when the letter comes; a client of the queue may have
	// fetched another.
	if last > before+4 {
		t.Errorf("the letter's last page was read as number %d, %d came before the letter", last+1, before)
	}
	for _, id := range long { // nor does one stack wait for the end of another
		if !slices.ContainsFunc(order[:before], func(j storage.Job) bool { return j.Batch == id }) {
			t.Errorf("none of the first %d pages is of %s", before, id)
		}
	}
}
