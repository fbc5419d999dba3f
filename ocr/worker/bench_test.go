package worker_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mailroom/ocr"
	"mailroom/ocr/worker"
	"mailroom/scanstation"
)

// BenchmarkRead is what a page costs beside its engines: its stream of one
// megabyte goes to the child, an empty reading comes back.
func BenchmarkRead(b *testing.B) {
	p := pool(b, "worker", worker.Config{Workers: 1})
	stream := "page" + strings.Repeat("\x00", 1<<20)
	b.SetBytes(int64(len(stream)))
	for b.Loop() {
		if _, err := p.Read(b.Context(), a4(0), strings.NewReader(stream), ocr.Settings{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOpen is what a file costs beside its engines: the start of a child,
// its confinement, and one page.
func BenchmarkOpen(b *testing.B) {
	path := filepath.Join(b.TempDir(), "batch")
	if err := os.WriteFile(path, []byte("page"), 0o600); err != nil {
		b.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	p := pool(b, "worker", worker.Config{Workers: 1})
	for b.Loop() {
		err := p.Open(b.Context(), f, scanstation.OpenSettings{}, func(_ scanstation.Page, r io.Reader) error {
			_, err := io.Copy(io.Discard, r)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
