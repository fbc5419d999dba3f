package pdfa_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"runtime"
	"testing"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/pdfa"
)

// heavy returns a volume of n pages of 1 MB with 400 words each. The streams are
// noise: nobody looks at a G4 stream while it is copied.
func heavy(n int) storage.Volume {
	stream := make([]byte, 1<<20)
	rand.Read(stream)
	leaf := leafOf(scanstation.Page{Encoding: scanstation.CCITT, Width: 2480, Height: 3508, DPI: 300, Components: 1, Bits: 1}, stream)
	for i := range 400 {
		leaf.Reading.Words = append(leaf.Reading.Words, ocr.Word{Text: fmt.Sprint("Wort", i), Box: ocr.Box{200 + i%10*200, 200 + i/10*60, 180, 40}, Line: i / 10})
	}
	leaves := make([]storage.Leaf, n)
	for i := range leaves {
		leaves[i] = leaf
	}
	return volume(leaves...)
}

func BenchmarkAssemble(b *testing.B) {
	v := heavy(50)
	b.SetBytes(50 << 20)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (pdfa.Assembler{}).Assemble(context.Background(), io.Discard, v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	var file bytes.Buffer
	if _, err := (pdfa.Assembler{}).Assemble(context.Background(), &file, heavy(50)); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(file.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if err := check(file.Bytes()); err != nil {
			b.Fatal(err)
		}
	}
}

// TestAssembleHoldsNoImage allocates far less than one page for each of many.
func TestAssembleHoldsNoImage(t *testing.T) {
	const pages = 40
	v := heavy(pages)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := (pdfa.Assembler{}).Assemble(t.Context(), io.Discard, v); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	each := (after.TotalAlloc - before.TotalAlloc) / pages
	t.Logf("%d KB allocated a page", each>>10)
	if each > 512<<10 {
		t.Errorf("%d bytes allocated a page of 1 MB", each)
	}
}
