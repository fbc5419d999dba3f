package storagetest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"mailroom/storage"
)

func testView(t *testing.T, l storage.Ledger) {
	table(t, l)
	view(t, l, func(ctx context.Context, tx storage.Tx) error {
		var before, after int
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM things`).Scan(&before); err != nil {
			return err
		}
		do(t, l, func(ctx context.Context, tx storage.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO things (id) VALUES (1)`)
			return err
		})
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM things`).Scan(&after); err != nil {
			return err
		}
		if before != 0 || after != 0 {
			t.Errorf("the view saw %d, then %d rows; want none", before, after)
		}
		if err := tx.Enqueue(ctx, storage.Job{Step: storage.StepCut, Batch: batchID(1)}); err == nil {
			t.Error("a view put a job into the queue")
		}
		return nil
	})
	err := l.View(context.Background(), func(tx storage.Tx) error {
		_, err := tx.Exec(context.Background(), `INSERT INTO things (id) VALUES (2)`)
		return err
	})
	if err == nil {
		t.Error("a view wrote")
	}
	if n := count(t, l, `SELECT count(*) FROM things`); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}

// parallel runs f n times at once and waits.
func parallel(n int, f func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { f(i) })
	}
	wg.Wait()
}

func testWriters(t *testing.T, l storage.Ledger) {
	b := newBatch(1, storage.BatchRead)
	b.Pages = 0
	do(t, l, func(ctx context.Context, tx storage.Tx) error { return l.SaveBatch(ctx, tx, b) })
	parallel(8, func(int) {
		for range 10 {
			do(t, l, func(ctx context.Context, tx storage.Tx) error {
				list, err := l.Batches(ctx, tx, storage.BatchFilter{ID: b.ID, Lock: true})
				if err != nil || len(list) != 1 {
					return fmt.Errorf("list: %d batches, %w", len(list), err)
				}
				list[0].Pages++
				return l.SaveBatch(ctx, tx, list[0])
			})
		}
	})
	view(t, l, func(ctx context.Context, tx storage.Tx) error {
		list, err := l.Batches(ctx, tx, storage.BatchFilter{ID: b.ID})
		if err == nil && list[0].Pages != 80 {
			t.Errorf("%d of 80 updates are left", list[0].Pages)
		}
		return err
	})
}

func testBatchLock(t *testing.T, l storage.Ledger) {
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		return l.SaveBatch(ctx, tx, newBatch(1, storage.BatchRead))
	})
	var steps strings.Builder // guarded by the lock on the batch
	locked := make(chan struct{})
	var once sync.Once
	var wg sync.WaitGroup
	take := func(name string, then func()) {
		do(t, l, func(ctx context.Context, tx storage.Tx) error {
			_, err := l.Batches(ctx, tx, storage.BatchFilter{ID: batchID(1), Lock: true})
			steps.WriteString(name)
			then()
			steps.WriteString(name)
			return err
		})
	}
	wg.Go(func() {
		take("a", func() {
			once.Do(func() { close(locked) })
			time.Sleep(100 * time.Millisecond)
		})
	})
	<-locked
	wg.Go(func() { take("b", func() {}) })
	wg.Wait()
	if got := steps.String(); got != "aabb" {
		t.Errorf("steps went %q, want aabb", got)
	}
}
