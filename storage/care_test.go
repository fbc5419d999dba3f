package storage_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
)

// shaky fails so many reads of an object.
type shaky struct {
	storage.Blobs
	key   string
	times *int
}

func (s shaky) Get(ctx context.Context, key string) (io.ReadSeekCloser, error) {
	if key == s.key && *s.times > 0 {
		*s.times--
		return nil, storage.ErrUnavailable
	}
	return s.Blobs.Get(ctx, key)
}

var careRules = storage.CareRules{Days: 30, Retry: time.Millisecond}

func care(t *testing.T, a *storage.Archive) storage.Round {
	t.Helper()
	sure(t, a.TakeCare(t.Context(), careRules, slog.New(slog.DiscardHandler)))
	s, err := a.Care(t.Context())
	sure(t, err)
	return s.Last
}

func TestCareFindsWhatIsNotInOrder(t *testing.T) {
	a := open(t)
	docs := []storage.DocumentID{}
	for _, id := range []scanstation.BatchID{"20261120-AAAAAAAA", "20261120-BBBBBBBB", "20261120-CCCCCCCC"} {
		docs = append(docs, postOne(t, a, id))
	}
	ship(t, a)
	path := func(key string) string { return filepath.Join(a.Temp, "blobs", filepath.FromSlash(key)) }
	changed, missing, unreadable := docs[0].Key(storage.NotePart(1)), docs[1].Key(storage.PDFPart), docs[2].Key(storage.WordsPart)
	b, err := os.ReadFile(path(changed))
	sure(t, err)
	b[len(b)/2] ^= 1
	sure(t, os.Chmod(path(changed), 0o600))
	sure(t, os.WriteFile(path(changed), b, 0o600))
	sure(t, os.Remove(path(missing)))
	orphan := storage.DocumentID("20261120-ZZZZZZZZ-001").Key("document.pdf")
	_, err = a.Blobs.PutNew(t.Context(), orphan, strings.NewReader("x"), 1, scanstation.DigestOf([]byte("x")))
	sure(t, err)
	once, always, whole := 2, 1000, a.Blobs
	again := docs[2].Key(storage.PDFPart)
	a.Blobs = shaky{shaky{whole, again, &once}, unreadable, &always}
	r := care(t, a)
	a.Blobs = whole
	got := map[string]string{}
	for _, f := range r.Findings {
		got[f.Key] = f.Kind
	}
	for key, want := range map[string]string{
		changed: storage.FoundChanged, missing: storage.FoundMissing, orphan: storage.FoundOrphan, unreadable: storage.FoundUnreadable, again: "",
	} {
		if got[key] != want {
			t.Errorf("%s is found %q, want %q", key, got[key], want)
		}
	}
	if len(got) != 4 || r.Objects < 20 || r.Letters != 3 || r.Bytes == 0 {
		t.Errorf("round %+v, want four findings", r)
	}
	if _, err := whole.Stat(t.Context(), orphan); err != nil {
		t.Errorf("the orphan was deleted: %v", err)
	}
	if next := care(t, a); next.Began != r.Began {
		t.Error("a second round began before its time")
	}
}

// vanishing is a store that is gone after so many calls.
type vanishing struct {
	storage.Blobs
	left *int
}

func (v vanishing) Stat(ctx context.Context, key string) (storage.Object, error) {
	if *v.left--; *v.left < 0 {
		return storage.Object{}, storage.ErrUnavailable
	}
	return v.Blobs.Stat(ctx, key)
}

func TestCareGoesOnWhereItStopped(t *testing.T) {
	a := open(t)
	postOne(t, a, batchID)
	ship(t, a)
	left, whole := 5, a.Blobs
	a.Blobs = vanishing{whole, &left}
	if err := a.TakeCare(t.Context(), careRules, slog.New(slog.DiscardHandler)); !errors.Is(err, storage.ErrUnavailable) {
		t.Fatalf("care of a store that is gone: %v, want unavailable", err)
	}
	s, err := a.Care(t.Context())
	sure(t, err)
	if s.Now.Objects != 5 || s.Now.Trouble == "" || len(s.Now.Findings) > 0 {
		t.Errorf("the round stands at %+v, want five objects, trouble, and nothing found", s.Now)
	}
	a.Blobs = whole
	if r := care(t, a); r.Began != s.Now.Began || r.Objects < 8 || len(r.Findings) > 0 {
		t.Errorf("the round ended as %+v", r)
	}
	slow := careRules
	slow.Days, slow.BytesPerSecond = 0, 20_000
	began := time.Now()
	sure(t, a.TakeCare(t.Context(), slow, slog.New(slog.DiscardHandler)))
	s, err = a.Care(t.Context())
	sure(t, err)
	if want := time.Duration(s.Last.Bytes) * time.Second / 20_000; time.Since(began) < want*9/10 {
		t.Errorf("%d bytes were read in %s, want %s at least", s.Last.Bytes, time.Since(began), want)
	}
}
