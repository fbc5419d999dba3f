package storagetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
)

// Capabilities is what not every store of objects can do.
type Capabilities struct {
	Protects bool // Protect forbids removal
}

// Blobs tests a store of objects. open returns an empty one.
func Blobs(t *testing.T, open func(t *testing.T) storage.Blobs, can Capabilities) {
	tests := map[string]func(*testing.T, storage.Blobs){
		"what was put comes back":                   testRoundTrip,
		"an equal object is success":                testEqual,
		"another object under the key is conflict":  testOther,
		"bytes unlike their digest are refused":     testWrongBytes,
		"a reader's error leaves nothing":           testBrokenReader,
		"what is not there is not found":            testMissing,
		"reading starts anywhere":                   testSeek,
		"keys that lead elsewhere are refused":      testKeys,
		"lists are in order and within the prefix":  testList,
		"a list ends with the error of its yield":   testListError,
		"of many writers one wins":                  testRace,
		"equal writers all win":                     testEqualRace,
		"erasing empties and can be repeated":       testErase,
		"erasing beside putting loses nothing":      testEraseBesidePut,
		"a cancelled put is no object":              testCancelled,
		"an empty object is an object":              testEmpty,
		"what is erased can be put again, in other": testPutAgain,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
	t.Run("protection", func(t *testing.T) { testProtect(t, open(t), can) })
}

func put(b storage.Blobs, key, content string) (storage.Object, error) {
	return b.PutNew(context.Background(), key, strings.NewReader(content), int64(len(content)), scanstation.DigestOf([]byte(content)))
}

func mustPut(t *testing.T, b storage.Blobs, key, content string) storage.Object {
	t.Helper()
	o, err := put(b, key, content)
	if err != nil {
		t.Fatalf("PutNew(%q): %v", key, err)
	}
	return o
}

func contentOf(t *testing.T, b storage.Blobs, key string) string {
	t.Helper()
	r, err := b.Get(context.Background(), key)
	if err != nil {
		t.Fatalf("Get(%q): %v", key, err)
	}
	defer r.Close()
	got, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("read %q: %v", key, err)
	}
	return string(got)
}

func keysOf(t *testing.T, b storage.Blobs, prefix string) (keys []string) {
	t.Helper()
	err := b.List(context.Background(), prefix, func(o storage.Object) error {
		keys = append(keys, o.Key)
		return nil
	})
	if err != nil {
		t.Fatalf("List(%q): %v", prefix, err)
	}
	return keys
}

func want(t *testing.T, what string, err, as error) {
	t.Helper()
	if !errors.Is(err, as) {
		t.Errorf("%s: got %v, want %v", what, err, as)
	}
}

func testRoundTrip(t *testing.T, b storage.Blobs) {
	for _, key := range []string{"2026/11/22/20261122-7F3K9Q2M-001/document.pdf", "Wohngeld/Bescheid für „Müller“ & Söhne.pdf", "a b+c%20?#=.x"} {
		content := "content of " + key
		put := mustPut(t, b, key, content)
		got, err := b.Stat(context.Background(), key)
		if err != nil {
			t.Fatalf("Stat(%q): %v", key, err)
		}
		if got.Key != key || got.Size != int64(len(content)) || got.Digest != scanstation.DigestOf([]byte(content)) || got != put {
			t.Errorf("Stat = %+v, PutNew = %+v, want the key, %d bytes and their digest", got, put, len(content))
		}
		if got := contentOf(t, b, key); got != content {
			t.Errorf("content of %q = %q, want %q", key, got, content)
		}
	}
}

func testEqual(t *testing.T, b storage.Blobs) {
	first := mustPut(t, b, "a/b", "same")
	if second := mustPut(t, b, "a/b", "same"); second != first {
		t.Errorf("second put = %+v, want the first, %+v", second, first)
	}
}

func testOther(t *testing.T, b storage.Blobs) {
	mustPut(t, b, "a/b", "first")
	_, err := put(b, "a/b", "other")
	want(t, "put of other bytes", err, storage.ErrConflict)
	if got := contentOf(t, b, "a/b"); got != "first" {
		t.Errorf("content is %q after a refused put, want %q", got, "first")
	}
}

func testWrongBytes(t *testing.T, b storage.Blobs) {
	tests := map[string]struct {
		content string
		size    int64
		of      string
	}{
		"other bytes":  {"abcd", 4, "abce"},
		"too few":      {"abc", 4, "abcd"},
		"too many":     {"abcde", 4, "abcd"},
		"none at all":  {"", 4, "abcd"},
		"empty digest": {"abcd", 4, "\x00"},
	}
	for name, tt := range tests {
		digest := scanstation.DigestOf([]byte(tt.of))
		if tt.of == "\x00" {
			digest = ""
		}
		if _, err := b.PutNew(context.Background(), "k", strings.NewReader(tt.content), tt.size, digest); err == nil {
			t.Errorf("%s: was taken", name)
		}
	}
	if keys := keysOf(t, b, ""); len(keys) != 0 {
		t.Errorf("refused puts left %q", keys)
	}
}

type brokenReader struct{ err error }

func (r brokenReader) Read([]byte) (int, error) { return 0, r.err }

func testBrokenReader(t *testing.T, b storage.Blobs) {
	broken := errors.New("the scanner's file is gone")
	r := io.MultiReader(strings.NewReader("half"), brokenReader{broken})
	_, err := b.PutNew(context.Background(), "k", r, 8, scanstation.DigestOf([]byte("half and")))
	want(t, "put", err, broken)
	_, err = b.Stat(context.Background(), "k")
	want(t, "stat", err, storage.ErrNotFound)
}

func testMissing(t *testing.T, b storage.Blobs) {
	mustPut(t, b, "a/b/c", "x")
	for _, key := range []string{"none", "a", "a/b", "a/b/c/d", "a/b/d"} {
		_, err := b.Stat(context.Background(), key)
		want(t, "Stat "+key, err, storage.ErrNotFound)
		r, err := b.Get(context.Background(), key)
		want(t, "Get "+key, err, storage.ErrNotFound)
		if err == nil {
			r.Close()
		}
	}
	if keys := keysOf(t, b, "none/"); len(keys) != 0 {
		t.Errorf("List of nothing = %q", keys)
	}
}

func testSeek(t *testing.T, b storage.Blobs) {
	content := bytes.Repeat([]byte("0123456789"), 50_000)
	mustPut(t, b, "big", string(content))
	r, err := b.Get(context.Background(), "big")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, at := range []int64{499_995, 7, 250_001, 0} {
		if n, err := r.Seek(at, io.SeekStart); err != nil || n != at {
			t.Fatalf("Seek(%d) = %d, %v", at, n, err)
		}
		got := make([]byte, 5)
		if _, err := io.ReadFull(r, got); err != nil || !bytes.Equal(got, content[at:at+5]) {
			t.Errorf("read at %d = %q, %v; want %q", at, got, err, content[at:at+5])
		}
	}
	if n, err := r.Seek(0, io.SeekEnd); err != nil || n != int64(len(content)) {
		t.Errorf("Seek to the end = %d, %v; want %d", n, err, len(content))
	}
}

func testKeys(t *testing.T, b storage.Blobs) {
	for _, key := range []string{"", "/", "/etc/passwd", "..", "../x", "a/../../x", "a/..", "./a", "a//b", "a/", ".tmp/x", "a\\b", "a\x00b",
		strings.Repeat("x", 256), strings.Repeat("x/", 600) + "x"} {
		if _, err := put(b, key, "x"); err == nil {
			t.Errorf("PutNew(%.40q) was taken", key)
		}
		if r, err := b.Get(context.Background(), key); err == nil {
			r.Close()
			t.Errorf("Get(%.40q) found something", key)
		}
		if err := b.Erase(context.Background(), key); err == nil {
			t.Errorf("Erase(%.40q) was taken", key)
		}
	}
}

func testList(t *testing.T, b storage.Blobs) {
	keys := []string{"a", "a-/x", "a.b", "b/1", "b/10", "b/2/x", "b/2/y", "b/2.x", "b/20/x", "c/ä", "c/z"}
	for i, key := range slices.Backward(keys) {
		mustPut(t, b, key, fmt.Sprint("content ", i))
	}
	slices.Sort(keys)
	for _, prefix := range []string{"", "a", "b/", "b/2", "b/2/", "c/", "none", "b/1"} {
		var within []string
		for _, key := range keys {
			if strings.HasPrefix(key, prefix) {
				within = append(within, key)
			}
		}
		if got := keysOf(t, b, prefix); !slices.Equal(got, within) {
			t.Errorf("List(%q) = %q, want %q", prefix, got, within)
		}
	}
	err := b.List(context.Background(), "b/10", func(o storage.Object) error {
		if stat, err := b.Stat(context.Background(), o.Key); err != nil || stat.Size != o.Size || o.Digest != "" && o.Digest != stat.Digest {
			t.Errorf("listed %+v, Stat = %+v, %v", o, stat, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func testListError(t *testing.T, b storage.Blobs) {
	for i := range 5 {
		mustPut(t, b, fmt.Sprintf("k/%d", i), "x")
	}
	enough, seen := errors.New("enough"), 0
	err := b.List(context.Background(), "k/", func(storage.Object) error {
		if seen++; seen == 3 {
			return enough
		}
		return nil
	})
	if want(t, "List", err, enough); seen != 3 {
		t.Errorf("%d objects were yielded, want 3", seen)
	}
}

// race puts under each of ten keys from sixteen goroutines and returns how
// many were taken and refused as conflict.
func race(t *testing.T, b storage.Blobs, content func(writer int) string) (taken, refused int64) {
	var wg sync.WaitGroup
	var ok, conflict atomic.Int64
	for key := range 10 {
		for writer := range 16 {
			wg.Go(func() {
				switch _, err := put(b, fmt.Sprintf("race/%d/x", key), content(writer)); {
				case err == nil:
					ok.Add(1)
				case errors.Is(err, storage.ErrConflict):
					conflict.Add(1)
				default:
					t.Errorf("PutNew: %v", err)
				}
			})
		}
	}
	wg.Wait()
	return ok.Load(), conflict.Load()
}

func testRace(t *testing.T, b storage.Blobs) {
	taken, refused := race(t, b, func(w int) string { return fmt.Sprint("writer ", w) })
	if taken != 10 || refused != 150 {
		t.Errorf("%d were taken and %d refused, want 10 and 150", taken, refused)
	}
}

func testEqualRace(t *testing.T, b storage.Blobs) {
	if taken, refused := race(t, b, func(int) string { return "same" }); taken != 160 || refused != 0 {
		t.Errorf("%d were taken and %d refused, want 160 and 0", taken, refused)
	}
}

func testErase(t *testing.T, b storage.Blobs) {
	mustPut(t, b, "a/b/c", "x")
	mustPut(t, b, "a/d", "y")
	for range 2 {
		if err := b.Erase(context.Background(), "a/b/c"); err != nil {
			t.Errorf("Erase: %v", err)
		}
	}
	if err := b.Erase(context.Background(), "never/was"); err != nil {
		t.Errorf("Erase of nothing: %v", err)
	}
	_, err := b.Stat(context.Background(), "a/b/c")
	want(t, "Stat", err, storage.ErrNotFound)
	if got := keysOf(t, b, ""); !slices.Equal(got, []string{"a/d"}) {
		t.Errorf("left are %q, want a/d only", got)
	}
}

func testEraseBesidePut(t *testing.T, b storage.Blobs) {
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 10 {
				gone := fmt.Sprintf("d/e/gone-%d-%d", w, i)
				_, err1 := put(b, gone, "x")
				_, err2 := put(b, fmt.Sprintf("d/%d/stays-%d", i, w), "y")
				if err := errors.Join(err1, err2, b.Erase(context.Background(), gone)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if got := len(keysOf(t, b, "d/")); got != 40 {
		t.Errorf("%d objects are left, want 40", got)
	}
}

func testCancelled(t *testing.T, b storage.Blobs) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := b.PutNew(ctx, "k", strings.NewReader("x"), 1, scanstation.DigestOf([]byte("x"))); err == nil {
		t.Error("a put under an ended context was taken")
	}
	_, err := b.Stat(context.Background(), "k")
	want(t, "Stat", err, storage.ErrNotFound)
}

func testEmpty(t *testing.T, b storage.Blobs) {
	mustPut(t, b, "empty", "")
	if got := contentOf(t, b, "empty"); got != "" {
		t.Errorf("content = %q", got)
	}
}

func testPutAgain(t *testing.T, b storage.Blobs) {
	mustPut(t, b, "k", "first")
	if err := b.Erase(context.Background(), "k"); err != nil {
		t.Fatal(err)
	}
	mustPut(t, b, "k", "second")
	if got := contentOf(t, b, "k"); got != "second" {
		t.Errorf("content = %q, want %q", got, "second")
	}
}

func testProtect(t *testing.T, b storage.Blobs, can Capabilities) {
	ctx := context.Background()
	mustPut(t, b, "k", "x")
	on, off := true, false
	err := b.Protect(ctx, "k", storage.Guarding{Until: time.Now().Add(time.Hour), Hold: &on})
	if !can.Protects {
		want(t, "Protect", err, errors.ErrUnsupported)
		return
	}
	if err != nil {
		t.Fatalf("Protect: %v", err)
	}
	if err := b.Erase(ctx, "k"); err == nil {
		t.Error("a protected object was erased")
	}
	if got := contentOf(t, b, "k"); got != "x" {
		t.Errorf("content = %q", got)
	}
	if _, err := put(b, "k", "y"); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("put over a protected object: %v, want conflict", err)
	}
	if err := b.Protect(ctx, "k", storage.Guarding{Hold: &off}); err != nil {
		t.Errorf("lift the hold: %v", err)
	}
	if err := b.Erase(ctx, "k"); err == nil {
		t.Error("an object within its retention was erased when its hold was lifted")
	}
	want(t, "Protect of nothing", b.Protect(ctx, "none", storage.Guarding{Until: time.Now().Add(time.Hour)}), storage.ErrNotFound)
}
