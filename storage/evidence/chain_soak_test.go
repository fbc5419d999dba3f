//go:build soak

package evidence

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/sqlstore"
)

// chained is how many letters lie in the archive whose chain is checked, and
// chainWithin the CPU time that may take.
const (
	chained     = 100_000
	chainWithin = 10 * time.Second
	chainMemory = 64 << 20 // that stays in use while it is checked
)

// lifeOf are the events of a small letter that came in a stack of its own.
func lifeOf(n int, at time.Time) (out []storage.Event, err error) {
	id := scanstation.BatchID(fmt.Sprintf("%s-%08d", at.Format("20060102"), n))
	doc := storage.NewDocumentID(id, 1)
	digest := scanstation.DigestOf([]byte(doc))
	b := storage.Batch{Batch: scanstation.Batch{
		ID: id, Station: "scan-1", Handling: scanstation.Handling{Kind: scanstation.Paper, Class: "normal"}, Name: "scan.tif", Digest: digest, Operator: "Erika Beispiel",
		Files: []scanstation.Source{{Name: "scan.tif", Size: 40_000, Digest: digest}}, ReceivedOn: scanstation.DateOf(at), ScannedAt: at, ClaimedAt: at,
	}}
	b.Images, b.Pages, b.Documents = 2, 2, 1
	images := []storage.Image{{Batch: id, Page: scanstation.Page{Image: 0, Width: 2480, Height: 3508, DPI: 300, Bytes: 20_000, Digest: digest}}, {Batch: id, Page: scanstation.Page{Image: 1, Digest: digest}}}
	d := storage.Document{
		ID: doc, Batch: id, Number: 1, State: storage.Archived, Kind: scanstation.Paper, Class: "normal", Pages: 2, ReceivedOn: b.ReceivedOn, Object: doc.Key(storage.PDFPart),
		Digest: digest, Bytes: 44_000, Version: 1, Manifest: scanstation.DigestOf([]byte(digest)), KeptAt: at, ChangedAt: at,
		Findings: ocr.Findings{Candidates: []ocr.Candidate{{Number: "WG-2023-004711", Department: "wohngeld"}}},
	}
	for _, one := range []struct {
		kind, object string
		body         any
	}{
		{storage.EventReceived, string(id), b}, {storage.EventUnpacked, string(id), images}, {storage.EventCut, string(id), images}, {storage.EventArchived, string(doc), d},
		{string(storage.Inbox), string(doc), map[string]any{"department": "wohngeld", "detail": map[string]string{"worker": "wohngeld-2"}}}, {storage.EventReleased, string(id), b},
		{string(storage.Assigned), string(doc), map[string]any{"department": "wohngeld"}}, {string(storage.Filed), string(doc), map[string]any{"department": "wohngeld", "receipt": "4711"}},
	} {
		e, err := storage.NewEvent(at, rand.Reader, storage.System, one.kind, one.object, one.body)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// cpu is the CPU time of this process so far.
func cpu(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// fill writes the chain past the ledger, as the ledger would.
func fill(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?_busy_timeout=5000")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(err)
	event, err := tx.Prepare(`INSERT INTO events (seq, previous, time, actor, kind, object, body_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
	must(err)
	body, err := tx.Prepare(`INSERT INTO event_bodies (seq, salt, body) VALUES (?, ?, ?)`)
	must(err)
	at, last := time.Date(2026, 1, 2, 8, 0, 0, 0, time.UTC), storage.Event{}
	for n := range chained {
		events, err := lifeOf(n, at.Add(time.Duration(n)*time.Minute))
		must(err)
		for _, e := range events {
			last = e.Link(last.Seq+1, last.Hash)
			_, err := event.Exec(last.Seq, last.Previous, last.Time.UnixMicro(), last.Actor, last.Kind, last.Object, last.BodyHash, last.Hash)
			must(err)
			_, err = body.Exec(last.Seq, last.Salt, []byte(last.Body))
			must(err)
		}
	}
	_, err = tx.Exec(`UPDATE event_head SET seq = ?, hash = ?`, last.Seq, last.Hash)
	must(err)
	must(tx.Commit())
}

// TestTheChainOfManyLetters checks the chain of an archive that nobody touched.
func TestTheChainOfManyLetters(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "ledger.db")
	ledger, err := sqlstore.Open(ctx, sqlstore.Config{Path: path, Node: "test"}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer ledger.Close()
	a := storage.NewArchive(storage.Config{Ledger: ledger, Now: time.Now, Zone: time.UTC})
	fill(t, path)
	h, r, before, used := newHistory(), Report{}, heap(), cpu(t)
	err = Verifier{Archive: a}.chain(context.Background(), h, &r, func(object string, err error) { t.Errorf("%s: %v", object, err) })
	took := cpu(t) - used
	kept := heap() - before
	t.Logf("%d events of %d letters: %.1f s CPU, %d MB kept", r.Events, chained, took.Seconds(), kept>>20)
	if err != nil || !h.sound || r.Events < 8*chained {
		t.Errorf("%+v, %v", r, err)
	}
	if took > chainWithin || kept > chainMemory {
		t.Errorf("it took %s CPU and %d MB, want less than %s and %d MB", took, kept>>20, chainWithin, chainMemory>>20)
	}
	runtime.KeepAlive(h)
}
