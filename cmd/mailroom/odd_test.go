package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/scanstation/imaging"
	"mailroom/storage"
	"mailroom/storage/pdfa"
	"mailroom/storage/pdfa/verapdf"
)

// TestOddPost sends every kind of PDF and of message in by mail: each becomes a PDF/A that our
// own checker and veraPDF accept, or is refused with its reason.
func TestOddPost(t *testing.T) {
	all := maps.Clone(oddBorn)
	maps.Copy(all, oddSent)
	maps.Copy(all, oddMail)
	dir := t.TempDir()
	var files []string
	for i, name := range slices.Sorted(maps.Keys(all)) {
		t.Run(name, func(t *testing.T) {
			o := all[name]
			source := filepath.Join(dir, "in.pdf")
			if err := os.WriteFile(source, o.make(), 0o600); err != nil {
				t.Fatal(err)
			}
			leaves, left, err := opened(t, source)
			var refusal *scanstation.Refusal
			errors.As(err, &refusal)
			switch {
			case err != nil && refusal == nil:
				t.Fatal(err)
			case o.code == "" && refusal != nil || o.code != "" && (refusal == nil || refusal.Code != o.code):
				t.Fatalf("%d pages, %v; want code %q", len(leaves), err, o.code)
			case o.code != "":
				return
			}
			if want := max(o.pages, 1); len(leaves) != want || left != o.left {
				t.Errorf("%d pages, without %q; want %d, without %q", len(leaves), left, want, o.left)
			}
			out := filepath.Join(dir, filename(i, name))
			bind(t, out, leaves)
			files = append(files, out)
		})
	}
	t.Logf("%d files came in, %d were refused", len(all), len(all)-len(files))
	verapdf.Pass(t, "2u", files...)
}

func filename(i int, name string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == ',' || r == '\'' {
			return '-'
		}
		return r
	}, name) + ".pdf"
}

// opened takes a file apart as one that came by mail.
func opened(t *testing.T, path string) (leaves []storage.Leaf, left string, err error) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var codes []string
	err = imaging.Open(t.Context(), f, scanstation.OpenSettings{Kind: scanstation.Mail}, func(p scanstation.Page, r io.Reader) error {
		b, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		reading := ocr.Reading{Image: p.Image, Width: p.Width, Height: p.Height, DPI: p.DPI, Rotation: p.Turn}
		if p.Turn%180 != 0 {
			reading.Width, reading.Height = p.Height, p.Width
		}
		for _, w := range p.Words {
			reading.Words = append(reading.Words, ocr.Word{Text: w.Text, Box: w.Box, Line: w.Line, Confidence: 1})
		}
		for _, l := range p.Left {
			if !slices.Contains(codes, l.Code) {
				codes = append(codes, l.Code)
			}
		}
		leaves = append(leaves, storage.Leaf{Page: p, Reading: reading, Open: func(context.Context) (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(b)), nil
		}})
		return nil
	})
	slices.Sort(codes)
	return leaves, strings.Join(codes, " "), err
}

// bind writes leaves as a PDF/A and has our own checker look at it.
func bind(t *testing.T, path string, leaves []storage.Leaf) {
	t.Helper()
	var out bytes.Buffer
	v := storage.Volume{Document: "20261122-7F3K9Q2M-001", Batch: "20261122-7F3K9Q2M", Title: "Brief", Language: "de",
		Created: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), Producer: "mailroom", Leaves: leaves}
	if _, err := (pdfa.Assembler{}).Assemble(t.Context(), &out, v); err != nil {
		t.Fatal(err)
	}
	if err := pdfa.Check(bytes.NewReader(out.Bytes()), int64(out.Len())); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}
