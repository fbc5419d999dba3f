package worker_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailroom/ocr/worker"
	"mailroom/scanstation"
)

// file returns an open file with this content, read to its end already.
func file(t *testing.T, content string) *os.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "batch")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0) // the child must not get that
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if _, err := io.ReadAll(f); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestOpenYieldsThePagesInOrder(t *testing.T) {
	long := strings.Repeat("x", 700_000)
	tests := map[string]struct {
		content string
		limits  scanstation.Limits
		want    string
		code    string
	}{
		"three pages":                   {"a b c", scanstation.Limits{}, "a b c", ""},
		"a page of many chunks":         {"a " + long + " c", scanstation.Limits{}, "a " + long + " c", ""},
		"no page":                       {"", scanstation.Limits{}, "", ""},
		"a crash after two":             {"a b exit c", scanstation.Limits{}, "a b", scanstation.Crashed},
		"a refusal after two":           {"a b refuse=x", scanstation.Limits{}, "a b", scanstation.SymbolCoded},
		"a stream that breaks off":      {"a b broken", scanstation.Limits{}, "a b", scanstation.Damaged},
		"more pages than the limit":     {"a b c", scanstation.Limits{Pages: 2}, "a b", scanstation.Crashed},
		"other pages at the second try": {"a pid exit", scanstation.Limits{}, "", scanstation.Crashed},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := pool(t, "worker", worker.Config{Workers: 1})
			var got []string
			err := p.Open(t.Context(), file(t, tt.content), scanstation.OpenSettings{Limits: tt.limits},
				func(page scanstation.Page, r io.Reader) error {
					b, err := io.ReadAll(r)
					if err != nil {
						return err
					}
					if page.Image != len(got) {
						t.Errorf("image %d comes as number %d", page.Image, len(got))
					}
					got = append(got, string(b))
					return nil
				})
			var refusal *scanstation.Refusal
			errors.As(err, &refusal)
			if tt.code == "" && err != nil || tt.code != "" && (refusal == nil || refusal.Code != tt.code) {
				t.Errorf("Open() = %v, want %q", err, tt.code)
			}
			if tt.want != "" && strings.Join(got, " ") != tt.want {
				t.Errorf("pages = %.40q, want %.40q", got, tt.want)
			}
		})
	}
}

func TestOpenGivesNoRightToWrite(t *testing.T) {
	p := pool(t, "worker", worker.Config{Workers: 1})
	f := file(t, "a spoil b")
	var got string
	err := p.Open(t.Context(), f, scanstation.OpenSettings{}, func(page scanstation.Page, r io.Reader) error {
		b, err := io.ReadAll(r)
		if page.Image == 1 {
			got = string(b)
		}
		return err
	})
	info, statErr := f.Stat()
	if err != nil || statErr != nil || info.Size() != 9 || got == "spoilt" {
		t.Errorf("Open() = %v, the child %s, file %v; want it untouched", err, got, info)
	}
}

func TestOpenStopsWhenThePageCannotBeKept(t *testing.T) {
	p := pool(t, "worker", worker.Config{Workers: 1})
	full := errors.New("disk full")
	n := 0
	err := p.Open(t.Context(), file(t, "a b c"), scanstation.OpenSettings{}, func(scanstation.Page, io.Reader) error {
		n++
		if n == 2 {
			return full
		}
		return nil // without reading the stream, which is allowed
	})
	if !errors.Is(err, full) || n != 2 {
		t.Errorf("Open() = %v after %d pages, want the error of keep after 2", err, n)
	}
	if s := p.Stats(); s.Harmed != 0 {
		t.Errorf("stats = %+v, want no child to blame", s)
	}
}

func TestOpenBlamesNoChildForASlowKeep(t *testing.T) {
	p := pool(t, "worker", worker.Config{Workers: 1, Timeout: time.Second})
	err := p.Open(t.Context(), file(t, "a b"), scanstation.OpenSettings{}, func(_ scanstation.Page, r io.Reader) error {
		time.Sleep(1500 * time.Millisecond)
		_, err := io.Copy(io.Discard, r)
		return err
	})
	if err != nil {
		t.Errorf("Open() = %v, want nil", err)
	}
	err = p.Open(t.Context(), file(t, "a sleep"), scanstation.OpenSettings{}, func(scanstation.Page, io.Reader) error { return nil })
	if r, ok := err.(*scanstation.Refusal); !ok || r.Code != scanstation.TimedOut {
		t.Errorf("Open() of a file that hangs = %v, want a refusal with %s", err, scanstation.TimedOut)
	}
}

func TestOpenEndsWithTheContext(t *testing.T) {
	p := pool(t, "worker", worker.Config{Workers: 1})
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	start := time.Now()
	err := p.Open(ctx, file(t, "a sleep"), scanstation.OpenSettings{}, func(scanstation.Page, io.Reader) error { return nil })
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 15*time.Second {
		t.Errorf("Open() = %v after %v, want the end of the context at once", err, time.Since(start))
	}
}

func TestOpenContainsAHostileChild(t *testing.T) {
	for _, role := range []string{"noise", "huge-head", "stranger"} {
		p := pool(t, role, worker.Config{Workers: 1})
		err := p.Open(t.Context(), file(t, "a"), scanstation.OpenSettings{}, func(scanstation.Page, io.Reader) error { return nil })
		if r, ok := err.(*scanstation.Refusal); !ok || r.Code != scanstation.Crashed {
			t.Errorf("Open() from %s = %v, want a refusal with %s", role, err, scanstation.Crashed)
		}
	}
}

func TestComplete(t *testing.T) {
	p := pool(t, "worker", worker.Config{Workers: 1})
	for content, want := range map[string]bool{"page page end": true, "page pa": false} {
		if got, err := p.Complete(t.Context(), file(t, content)); err != nil || got != want {
			t.Errorf("Complete(%q) = %v, %v; want %v", content, got, err, want)
		}
	}
	_, err := p.Complete(t.Context(), file(t, "exit"))
	if r, ok := err.(*scanstation.Refusal); !ok || r.Code != scanstation.Crashed {
		t.Errorf("Complete() of a file that crashes = %v, want a refusal with %s", err, scanstation.Crashed)
	}
}
