package storage_test

import (
	"strings"
	"testing"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
)

// named are the shipped parts in which a word stands.
func named(t *testing.T, a *storage.Archive, word string) (keys []string) {
	t.Helper()
	sure(t, a.Blobs.List(t.Context(), "events/", func(o storage.Object) error {
		if strings.Contains(stored(t, a, o.Key), word) {
			keys = append(keys, o.Key)
		}
		return nil
	}))
	return keys
}

// TestAnErasureReachesWhatWasMended: the stack was mended before its release, so
// the bucket has what was said of a letter that is in force no longer.
func TestAnErasureReachesWhatWasMended(t *testing.T) {
	a := open(t)
	receive(t, a, batchID, func(b *scanstation.Batch) { b.Kind = scanstation.Mail })
	read(t, a, batchID, page("one"), ocr.Reading{Failed: scanstation.Reason{Code: scanstation.Crashed}})
	line(t, a, batchID)
	about := func(id storage.DocumentID) {
		t.Helper()
		sure(t, a.Do(t.Context(), func(tx storage.Tx) error {
			d, err := a.Document(t.Context(), id)
			if err != nil {
				return err
			}
			_, err = a.Move(t.Context(), tx, id, d.State, "c-1", storage.Change{About: &storage.About{Person: "Quarzhuber, Xaverine"}, Body: "Quarzhuber ruft an"})
			return err
		}))
	}
	about(number(1))
	ship(t, a)
	p := planOf(t, a)
	p[0].Rotation, p[0].Sure = 90, true
	p[1].Reason, p[1].Sure = scanstation.Reason{Code: storage.Unusable}, true
	recut(t, a, p)
	line(t, a, batchID)
	wantStand(t, a, map[storage.DocumentID]string{number(2): "0 inbox"})
	_, err := a.Pass(t.Context(), batchID, batch(t, a, batchID).Plan, "c-1")
	sure(t, err)
	about(number(2))
	sure(t, a.Tidy(t.Context(), batchID))
	ship(t, a)
	if keys := strings.Join(named(t, a, "Quarzhuber"), " "); !strings.Contains(keys, string(number(1))) || !strings.Contains(keys, string(number(2))) {
		t.Fatalf("before, she stands in %s alone", keys)
	}
	e := storage.Erasure{ID: "e-1", Documents: []storage.DocumentID{number(2)}, Reason: "Art. 17", Proposed: storage.Signed{By: "c-1"}}
	sure(t, a.Do(t.Context(), func(tx storage.Tx) error { _, err := a.ProposeErasure(t.Context(), tx, e); return err }))
	sure(t, a.Do(t.Context(), func(tx storage.Tx) error {
		_, err := a.ApproveErasure(t.Context(), tx, e.ID, storage.Signed{By: "c-2"})
		return err
	}))
	sure(t, a.Wipe(t.Context(), batchID, 2))
	sure(t, a.Wipe(t.Context(), batchID, 0))
	shipAndForget(t, a)
	if keys := named(t, a, "Quarzhuber"); len(keys) > 0 {
		t.Errorf("she still stands in %s", keys)
	}
	if d, err := a.Document(t.Context(), number(1)); err != nil || d.State != storage.Superseded || d.Person != "" {
		t.Errorf("the letter that was mended is %+v, %v", d, err)
	}
	checkChain(t, a)
	b, r := rebuilt(t, a)
	if len(r.Missing) > 0 {
		t.Errorf("rebuilt: %+v", r)
	}
	checkChain(t, b)
}
