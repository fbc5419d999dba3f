package sqlstore_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/sqlstore"
)

func TestSmoke(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	s, err := sqlstore.Open(ctx, sqlstore.Config{Path: filepath.Join(t.TempDir(), "l.db"), Node: "n"}, slog.Default())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	b := storage.Batch{Batch: scanstation.Batch{ID: "20261122-7F3K9Q2M", Name: "ü'\""}, State: storage.BatchReceived}
	e, err := storage.NewEvent(time.Now(), rand.Reader, storage.System, "x", string(b.ID), b)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if err := s.Do(ctx, func(tx storage.Tx) error {
		if err := s.SaveBatch(ctx, tx, b); err != nil {
			return err
		}
		if err := tx.Enqueue(ctx, storage.Job{Step: storage.StepUnpack, Batch: b.ID}); err != nil {
			return err
		}
		_, err := s.Append(ctx, tx, e)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	got := make(chan storage.Job, 1)
	wctx, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() {
		done <- s.Work(wctx, storage.Work{Readers: 1, Others: 1, Handle: func(ctx context.Context, j storage.Job) error { got <- j; return nil }})
	}()
	select {
	case j := <-got:
		t.Log(j, time.Since(start))
	case <-ctx.Done():
		t.Fatal("no job")
	}
	stop()
	start = time.Now()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	t.Log("stopped", time.Since(start))
}
