package storage_test

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/sqlstore"
	"mailroom/storage/storagetest"
	"mailroom/storage/storagetest/servers"
)

// postOne carries one letter through an archive.
func postOne(t *testing.T, a *storage.Archive, id scanstation.BatchID) storage.DocumentID {
	t.Helper()
	readings := []ocr.Reading{page("Widerspruch <gegen> den Bescheid & mehr")}
	receive(t, a, id, nil)
	unpack(t, a, id, readings...)
	read(t, a, id, readings...)
	doc := keep(t, a, id, 1)
	sure(t, move(t, a, doc, storage.Inbox))
	return doc
}

// ship ships until the bucket has all.
func ship(t *testing.T, a *storage.Archive) {
	t.Helper()
	for more := true; more; {
		var err error
		if more, err = a.Ship(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// anew is an archive with an empty ledger on the same bucket.
func anew(t *testing.T, a *storage.Archive, where ...sqlstore.Config) *storage.Archive {
	t.Helper()
	config := a.Config
	where = append(where, sqlstore.Config{Path: filepath.Join(t.TempDir(), "ledger.db"), Node: "test"})
	config.Ledger = ledgerOn(t, where[0])
	return storage.NewArchive(config)
}

// rebuilt is the ledger of a made anew from its bucket.
func rebuilt(t *testing.T, a *storage.Archive) (*storage.Archive, storage.Rebuilt) {
	t.Helper()
	b := anew(t, a)
	r, err := b.Rebuild(t.Context(), func(int64, int64) {})
	if err != nil {
		t.Fatal(err)
	}
	return b, r
}

func TestTheLedgerComesBackFromTheBucket(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { testComesBack(t, open(t)) })
	t.Run("PostgreSQL", func(t *testing.T) {
		databases := servers.Postgres(t)
		a := openOn(t, sqlstore.Config{PostgresURL: databases.New(t), Node: "test"})
		postOne(t, a, batchID)
		ship(t, a)
		b := anew(t, a, sqlstore.Config{PostgresURL: databases.New(t), Node: "test"})
		if _, err := b.Rebuild(t.Context(), func(int64, int64) {}); err != nil {
			t.Fatal(err)
		}
		storagetest.SameTables(t, storagetest.Dump(t, a.Ledger), storagetest.Dump(t, b.Ledger))
		testComesBack(t, b)
	})
}

func testComesBack(t *testing.T, a *storage.Archive) {
	receive(t, a, "20261120-AAAAAAAA", nil)
	ship(t, a)
	postOne(t, a, "20261120-DDDDDDDD")
	ship(t, a)
	ship(t, a) // there is nothing more
	want := storagetest.Dump(t, a.Ledger)
	b, r := rebuilt(t, a)
	rows := storagetest.SameTables(t, want, storagetest.Dump(t, b.Ledger))
	if r.Segments < 2 || r.Segments > 3 || int(r.Last.Seq) != len(want["events"]) || rows < 20 {
		t.Errorf("rebuilt %+v with %d rows, want all segments and %d events", r, rows, len(want["events"]))
	}
	if _, err := b.Rebuild(t.Context(), func(int64, int64) {}); !errors.Is(err, storage.ErrNotEmpty) {
		t.Errorf("a second rebuild: %v, want it refused", err)
	}
	checkChain(t, b)

	// Both go on: what the rebuilt ledger ships comes back as well.
	postOne(t, b, "20261120-BBBBBBBB")
	ship(t, b)
	c, _ := rebuilt(t, b)
	storagetest.SameTables(t, storagetest.Dump(t, b.Ledger), storagetest.Dump(t, c.Ledger))

	// The old ledger, started by mistake, must not write into the same bucket.
	receive(t, a, "20261120-CCCCCCCC", nil)
	if _, err := a.Ship(t.Context()); !errors.Is(err, storage.ErrBroken) {
		t.Errorf("the old ledger ships: %v, want it refused", err)
	}
}

// breaks fails the n-th object that is put, or loses the answer to it.
type breaks struct {
	storage.Blobs
	n      *atomic.Int64
	before bool
}

var errKilled = errors.New("killed")

func (b breaks) PutNew(ctx context.Context, key string, r io.Reader, size int64, digest scanstation.Digest) (storage.Object, error) {
	n := b.n.Add(-1) // parts are put side by side
	if n == 0 && b.before {
		return storage.Object{}, errKilled
	}
	o, err := b.Blobs.PutNew(ctx, key, r, size, digest)
	if n == 0 && err == nil {
		err = errKilled
	}
	return o, err
}

// TestAShipmentMayBreakOffAnywhere breaks it off before and behind each object,
// lets something happen, and ships again.
func TestAShipmentMayBreakOffAnywhere(t *testing.T) {
	for _, before := range []bool{true, false} {
		for n := 1; ; n++ {
			a := open(t)
			postOne(t, a, batchID)
			var left atomic.Int64
			left.Store(int64(n))
			whole := a.Blobs
			a.Blobs = breaks{whole, &left, before}
			_, err := a.Ship(t.Context())
			if a.Blobs = whole; err == nil {
				if n < 4 {
					t.Fatalf("a shipment puts %d objects, want the segment and at least two parts", n-1)
				}
				break
			}
			if !errors.Is(err, errKilled) {
				t.Fatal(err)
			}
			receive(t, a, "20261120-BBBBBBBB", nil)
			ship(t, a)
			b, _ := rebuilt(t, a)
			storagetest.SameTables(t, storagetest.Dump(t, a.Ledger), storagetest.Dump(t, b.Ledger))
		}
	}
}

func TestWhatWasErasedDoesNotComeBack(t *testing.T) {
	a := open(t)
	doc := postOne(t, a, batchID)
	ship(t, a)
	sure(t, a.EraseBodies(t.Context(), string(doc), "clerk-1", "Art. 17 DSGVO"))
	shipAndForget(t, a)
	b, r := rebuilt(t, a)
	storagetest.SameTables(t, storagetest.Dump(t, a.Ledger), storagetest.Dump(t, b.Ledger))
	if len(r.Missing) != 0 || len(r.Erased) != 1 || r.Erased[0] != string(doc) {
		t.Errorf("rebuilt %+v, want %s as erased", r, doc)
	}
	checkChain(t, b)
	said := 0
	sure(t, a.Blobs.List(t.Context(), "events/of/", func(o storage.Object) error {
		if strings.Contains(o.Key, "/"+string(doc)+"/") {
			said += strings.Count(stored(t, a, o.Key), `"table":"event_bodies"`)
		}
		return nil
	}))
	if said != 1 {
		t.Errorf("the bucket says what %d events about %s said, want that of the erasure alone", said, doc)
	}
}

// shipAndForget lets the shipping run for a moment.
func shipAndForget(t *testing.T, a *storage.Archive) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	a.KeepShipping(ctx, time.Hour, slog.New(slog.DiscardHandler))
}

// stored is an object without its compression.
func stored(t *testing.T, a *storage.Archive, key string) string {
	t.Helper()
	r, err := a.Blobs.Get(t.Context(), key)
	sure(t, err)
	defer r.Close()
	z, err := gzip.NewReader(r)
	sure(t, err)
	b, err := io.ReadAll(z)
	sure(t, err)
	return string(b)
}

func TestABucketThatWasHarmed(t *testing.T) {
	tests := map[string]func(path string) error{
		"a part is gone":    os.Remove,
		"a part is changed": func(path string) error { return os.WriteFile(path, []byte("x"), 0o600) },
	}
	for name, harm := range tests {
		t.Run(name, func(t *testing.T) {
			a := open(t)
			doc := postOne(t, a, batchID)
			ship(t, a)
			key := ""
			sure(t, a.Blobs.List(t.Context(), "events/of/", func(o storage.Object) error {
				if strings.Contains(o.Key, "/"+string(doc)+"/") {
					key = o.Key
				}
				return nil
			}))
			path := filepath.Join(a.Temp, "blobs", filepath.FromSlash(key))
			sure(t, os.Chmod(path, 0o600))
			sure(t, harm(path))
			r, err := anew(t, a).Rebuild(t.Context(), func(int64, int64) {})
			if !errors.Is(err, storage.ErrBroken) && (len(r.Missing) != 1 || r.Missing[0] != key) {
				t.Errorf("rebuilt %+v, %v; want %s named", r, err, key)
			}
		})
	}
	t.Run("a segment is gone", func(t *testing.T) {
		a := open(t)
		for _, id := range []scanstation.BatchID{"20261120-AAAAAAAA", "20261120-BBBBBBBB", "20261120-CCCCCCCC"} {
			receive(t, a, id, nil)
			ship(t, a)
		}
		sure(t, os.Remove(filepath.Join(a.Temp, "blobs", "events", "log", "000000000002.json.gz")))
		if r, err := anew(t, a).Rebuild(t.Context(), func(int64, int64) {}); !errors.Is(err, storage.ErrBroken) || !strings.Contains(err.Error(), "segment 2 ") {
			t.Errorf("rebuilt %+v, %v; want segment 2 named", r, err)
		}
	})
}
