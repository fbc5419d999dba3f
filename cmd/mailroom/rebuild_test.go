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

	"mailroom/routing/desk/desktest"
	routingstore "mailroom/routing/sqlstore"
	"mailroom/storage"
	"mailroom/storage/sqlstore"
	"mailroom/storage/storagetest"
	"mailroom/storage/storagetest/servers"
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

// anotherLedger is an empty one, on SQLite below dir or, with an address, on
// PostgreSQL.
func anotherLedger(t *testing.T, dir, postgres string) *sqlstore.Store {
	t.Helper()
	where := sqlstore.Config{Node: "another", PostgresURL: postgres}
	if postgres == "" {
		where.Path = filepath.Join(dir, "ledger.db")
	}
	l, err := sqlstore.Open(t.Context(), where, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	files, err := routingstore.Migrations()
	if err == nil {
		err = l.Migrate(t.Context(), files, "routing_version")
	}
	if err == nil {
		err = l.Keep(t.Context(), routingstore.Tables()...)
	}
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestEveryTableComesBack: an office of which every table holds something is made
// anew, on either engine.
func TestEveryTableComesBack(t *testing.T) {
	o := desktest.Open(t)
	o.Fill()
	personal(t, o)
	t.Logf("rows of the test alone stand in %v", storagetest.FillTables(t, o.Archive.Ledger))
	(&house{archive: o.Archive}).ship(t)
	want := storagetest.Dump(t, o.Archive.Ledger)
	for name, rows := range want {
		if len(rows) == 0 && name != "jobs" {
			t.Errorf("nothing stands in %s", name)
		}
	}
	again := func(t *testing.T, postgres string) {
		a := storage.NewArchive(storage.Config{Ledger: anotherLedger(t, t.TempDir(), postgres), Blobs: o.Archive.Blobs, Now: o.Archive.Now, Zone: o.Archive.Zone})
		if r, err := a.Rebuild(t.Context(), func(int64, int64) {}); err != nil || len(r.Missing)+len(r.Erased) > 0 {
			t.Fatalf("%+v, %v", r, err)
		}
		t.Logf("%d rows of %d tables are the same", storagetest.SameTables(t, want, storagetest.Dump(t, a.Ledger)), len(want))
	}
	t.Run("SQLite", func(t *testing.T) { again(t, "") })
	t.Run("PostgreSQL", func(t *testing.T) { again(t, servers.Postgres(t).New(t)) })
}

// testRebuild makes the ledger of the year anew, on SQLite or, with an address,
// on PostgreSQL.
func (y *year) testRebuild(t *testing.T, postgres string) {
	y.ship(t)
	old := y.Archive.Ledger
	want := storagetest.Dump(t, old)
	l := anotherLedger(t, t.TempDir(), postgres)
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
