package evidence_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"

	"mailroom/storage"
	"mailroom/storage/evidence"
	"mailroom/storage/sqlstore"
)

// TestTheTreeIsThatOfRFC6962 holds the root, as it is put together from kept
// nodes, against one that is added up event by event: over the borders of two
// kept levels, and with nodes kept at several times.
func TestTheTreeIsThatOfRFC6962(t *testing.T) {
	store, err := sqlstore.Open(t.Context(), sqlstore.Config{Path: filepath.Join(t.TempDir(), "ledger.db"), Node: "test"}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	v := evidence.Verifier{Archive: storage.NewArchive(storage.Config{Ledger: store, Zone: time.UTC, Now: func() time.Time { return now }})}
	f := compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}
	want := f.NewEmptyRange(0)
	at := int64(0)
	for _, size := range []int64{0, 1, 2, 255, 256, 257, 1000, 65535, 65536, 66000} {
		var fresh []storage.Event
		for ; at < size; at++ {
			fresh = append(fresh, storage.Event{Time: now, Actor: "a", Kind: "k", Object: fmt.Sprint(at), Salt: []byte{1}, Body: []byte("{}")})
		}
		if err := store.Do(t.Context(), func(tx storage.Tx) error { return store.LoadEvents(t.Context(), tx, fresh) }); err != nil {
			t.Fatal(err)
		}
		appendHashes(t, store, want, size)
		root, err := want.GetRootHash(nil)
		if err != nil {
			t.Fatal(err)
		}
		if size == 0 {
			root = rfc6962.DefaultHasher.EmptyRoot()
		}
		c, err := v.Checkpoint(t.Context())
		if err != nil || c.Size != size || string(c.Root) != hex.EncodeToString(root) {
			t.Fatalf("of %d events: size %d, root %.12s, %v; want %.12x", size, c.Size, c.Root, err, root)
		}
	}
}

// appendHashes reads the hashes of the events up to size that want lacks.
func appendHashes(t *testing.T, store *sqlstore.Store, want *compact.Range, size int64) {
	t.Helper()
	err := store.View(t.Context(), func(tx storage.Tx) error {
		for int64(want.End()) < size {
			hashes, err := store.EventHashes(context.Background(), tx, int64(want.End()), 1000)
			if err != nil {
				return err
			}
			for _, h := range hashes {
				b, err := hex.DecodeString(string(h))
				if err != nil {
					return err
				}
				if err := want.Append(rfc6962.DefaultHasher.HashLeaf(b), nil); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
