package main

import (
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	routingstore "mailroom/routing/sqlstore"
	"mailroom/storage"
	"mailroom/storage/sqlstore"
	"mailroom/storage/storagetest"
)

// testRebuild ships the ledger of a house, forgets it, and wants it back out of
// the bucket, row by row, on SQLite and on PostgreSQL.
func (s *staged) testRebuild(t *testing.T, more string) {
	s.ship(t)
	want := storagetest.Dump(t, s.archive.Ledger)
	config := settings(t, more)
	if s.cfg.Storage.S3 == nil {
		data := filepath.Join(filepath.Dir(config), "data")
		if err := os.MkdirAll(data, 0o700); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("cp", "-a", filepath.Join(s.cfg.Data, "blobs"), data).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	code, out, errs := call(t, "rebuild", "--config", config)
	if code != exitDone {
		t.Fatalf("rebuild exits %d: %s%s", code, out, errs)
	}
	h := openHouse(t, config)
	head := want["event_head"][0]
	if seq := fmt.Sprintf("up to event %d ", len(want["events"])); !strings.Contains(out, seq) {
		t.Errorf("rebuild says %q, want %q (%s)", out, seq, head)
	}
	rows := storagetest.SameTables(t, want, storagetest.Dump(t, h.archive.Ledger))
	t.Logf("%d rows of %d tables are the same; %s", rows, len(want), strings.TrimSpace(out))
	if code, out, _ := call(t, "rebuild", "--config", config); code != exitFailed {
		t.Errorf("a second rebuild exits %d: %s", code, out)
	}
	again := staged{house: h, config: config}
	if r := again.verified(t, exitDone); r.Documents != 12 || r.Batches != 6 {
		t.Errorf("verify of what was rebuilt: %+v", r)
	}
}

// ship puts what is left into the bucket.
func (h *house) ship(t testing.TB) {
	t.Helper()
	for more := true; more; {
		var err error
		if more, err = h.archive.Ship(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func (y *year) ship(t testing.TB) { (&house{archive: y.Archive}).ship(t) }

// testRebuild makes the ledger of the year anew, on SQLite or, with an address,
// on PostgreSQL.
func (y *year) testRebuild(t *testing.T, postgres string) {
	y.ship(t)
	old := y.Archive.Ledger
	want := storagetest.Dump(t, old)
	where := sqlstore.Config{Node: "another", PostgresURL: postgres}
	if postgres == "" {
		where.Path = filepath.Join(t.TempDir(), "ledger.db")
	}
	l, err := sqlstore.Open(t.Context(), where, slog.New(slog.DiscardHandler))
	y.must(err)
	t.Cleanup(func() { _ = l.Close() })
	files, err := routingstore.Migrations()
	y.must(err)
	y.must(l.Migrate(t.Context(), files, "routing_version"))
	y.must(l.Keep(t.Context(), routingstore.Tables()...))
	again := storage.NewArchive(storage.Config{Ledger: l, Blobs: y.Archive.Blobs, Now: y.Archive.Now, Zone: y.Archive.Zone})
	began := time.Now()
	r, err := again.Rebuild(t.Context(), func(int64, int64) {})
	y.must(err)
	took := time.Since(began)
	rows := storagetest.SameTables(t, want, storagetest.Dump(t, l))
	t.Logf("%d rows of %d tables are the same, up to event %d, out of %d segments in %s", rows, len(want), r.Last.Seq, r.Segments, took)
	if int(r.Last.Seq) != len(want["events"]) || len(r.Missing)+len(r.Erased) > 0 {
		t.Errorf("rebuilt: %+v, want %d events", r, len(want["events"]))
	}
}
