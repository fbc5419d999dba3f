package stack_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"mailroom/cmd/mailbag/paper"
	"mailroom/cmd/mailbag/stack"
)

func TestPDFTablePointsAtEveryObject(t *testing.T) {
	for _, format := range []stack.Format{stack.PDFG4, stack.PDFDCT, stack.PDFDCTColour} {
		t.Run(string(format), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.pdf")
			write(t, path, format, 3)
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			checkTable(t, b)
		})
	}
}

// write writes a stack of n pages with one bar each.
func write(t *testing.T, path string, format stack.Format, n int) {
	t.Helper()
	w, err := stack.Create(path, format, 200)
	if err != nil {
		t.Fatal(err)
	}
	c := paper.NewCanvas(333, 400, format.Colour())
	c.Rect(20, 20, 100, 10, 0, paper.Blue)
	for range n {
		if err := w.Add(c, 128, 60); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// checkTable checks the offsets of the cross-reference table.
func checkTable(t *testing.T, b []byte) {
	t.Helper()
	at := bytes.LastIndex(b, []byte("xref\n0 ")) // that of "startxref" has no number behind it
	entries := regexp.MustCompile(`(?m)^(\d{10}) 00000 n $`).FindAllSubmatch(b[at:], -1)
	if len(entries) < 4 {
		t.Fatalf("table has %d objects", len(entries))
	}
	for i, e := range entries {
		start, _ := strconv.Atoi(string(e[1]))
		if want := fmt.Sprintf("%d 0 obj", i+1); !bytes.HasPrefix(b[start:], []byte(want)) {
			t.Errorf("offset %d holds %.12q, want %q", start, b[start:], want)
		}
	}
}

func TestSingleFormatsRefuseASecondPage(t *testing.T) {
	for _, format := range stack.Formats() {
		if !format.Single() {
			continue
		}
		w, err := stack.Create(filepath.Join(t.TempDir(), "a"+format.Ext()), format, 300)
		if err != nil {
			t.Fatal(err)
		}
		c := paper.NewCanvas(50, 50, false)
		if err := w.Add(c, 128, 80); err != nil {
			t.Errorf("%s: first page: %v", format, err)
		}
		if err := w.Add(c, 128, 80); err == nil {
			t.Errorf("%s took a second page", format)
		}
	}
}
