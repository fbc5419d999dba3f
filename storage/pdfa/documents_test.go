package pdfa_test

import (
	"bytes"
	"fmt"
	"image"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/pdfa"
)

// streams reads the streams back by their extents, and as poppler extracts them.
func (s *shelf) streams(t *testing.T) {
	m := scene(300, 420)
	leaves := []storage.Leaf{faxLeaf(t, gray(m, 1)), jpegLeaf(t, m), jpegLeaf(t, gray(m, 8)), pngLeaf(t, m, 3, 8), packedLeaf(gray(m, 1), 1)}
	path, extents := s.put(t, "streams", volume(leaves...))
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range extents {
		stream := file[e.Offset:][:e.Length]
		switch {
		case e.Same != (leaves[i].Page.Encoding != scanstation.PNG):
			t.Errorf("extent %d: Same = %v", i, e.Same)
		case e.Same && scanstation.DigestOf(stream) != leaves[i].Page.Digest:
			t.Errorf("extent %d is not the page's stream", i)
		case !bytes.HasSuffix(file[:e.Offset], []byte("\nstream\n")) || !bytes.HasPrefix(file[e.Offset+e.Length:], []byte("\nendstream\n")):
			t.Errorf("extent %d is not the data of a stream", i)
		}
	}
	root := filepath.Join(t.TempDir(), "i")
	tool(t, "pdfimages", "-all", path, root)
	for i, name := range []string{"-000.ccitt", "-001.jpg", "-002.jpg"} {
		b, err := os.ReadFile(root + name)
		if err != nil {
			t.Fatal(err)
		}
		if scanstation.DigestOf(b) != leaves[i].Page.Digest {
			t.Errorf("pdfimages: image %d is not the page's stream", i)
		}
	}
}

// sizes writes pages from A6 to A0 and beyond what a page may be.
func (s *shelf) sizes(t *testing.T) {
	tests := []struct {
		w, h, page, reading int    // pixels, and what page and reading say of dpi
		want                string // points
	}{
		{124, 175, 30, 0, "297.6 x 420"},        // A6
		{583, 827, 100, 100, "419.76 x 595.44"}, // A5
		{827, 1169, 0, 100, "595.44 x 841.68"},  // A4, known by OCR only
		{993, 1404, 30, 30, "2383.2 x 3369.6"},  // A0
		{300, 300, 0, 0, "72 x 72"},             // nobody knows
		{3600, 1, 30, 0, "8640 x 3"},            // thinner than a page may be
		{15000, 30, 30, 0, "14400 x 28.8"},      // longer than a page may be
	}
	var leaves []storage.Leaf
	for _, tt := range tests {
		leaf := blank(t, tt.w, tt.h)
		leaf.Page.DPI, leaf.Reading.DPI = tt.page, tt.reading
		leaves = append(leaves, leaf)
	}
	path, _ := s.put(t, "sizes", volume(leaves...))
	got := tool(t, "pdfinfo", "-l", "99", path)
	for i, tt := range tests {
		if want := fmt.Sprintf("Page %4d size:  %s pts", i+1, tt.want); !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// titles writes titles that break what is not escaped.
func (s *shelf) titles(t *testing.T) {
	titles := map[string]string{
		"quotes":   `He said "don't" (twice) \ and / [so] <<`,
		"xml":      `<a href="x">&amp;]]></a> & <!-- -->`,
		"umlauts":  "Ärger über Öl: Maß",
		"emoji":    "Post 📬 für Jena 😀",
		"controls": "a\x00b\x1bc\ufeff\ufffed\xffe\nf",
		"empty":    "",
		"template": "{{.Title}} {{x .}}",
		"long":     strings.Repeat("Bescheid ", 500),
	}
	shown := map[string]string{"controls": "abcd\ufffde f", "empty": "20261122-7F3K9Q2M-003", "long": strings.TrimSpace(strings.Repeat("Bescheid ", 500))}
	for name, title := range titles {
		t.Run("title with "+name, func(t *testing.T) {
			v := volume(blank(t, 60, 84))
			v.Title = title
			path, _ := s.put(t, "title-"+name, v)
			want, ok := shown[name]
			if !ok {
				want = title
			}
			if got := tool(t, "pdfinfo", path); !strings.Contains(got, "Title:           "+want+"\n") {
				t.Errorf("pdfinfo = %s, want title %s", got, want)
			}
		})
	}
}

// documents writes what is out of the ordinary.
func (s *shelf) documents(t *testing.T) {
	t.Run("many pages", func(t *testing.T) {
		leaves := make([]storage.Leaf, longest)
		for i := range leaves {
			leaves[i] = blank(t, 60, 84)
			leaves[i].Reading.Words = []ocr.Word{{Text: fmt.Sprint("Seite", i+1), Box: ocr.Box{10, 10, 40, 8}}}
		}
		path, _ := s.put(t, "many", volume(leaves...))
		if got := len(found(t, path)); got != longest {
			t.Errorf("pdftotext sees %d pages, want %d", got, longest)
		}
	})
	t.Run("every character there is", func(t *testing.T) {
		leaf := blank(t, 600, 840)
		var all []rune
		for r := rune(1); r < 0x12000; r++ {
			all = append(all, r)
		}
		for i := 0; i < len(all); i += 1000 {
			leaf.Reading.Words = append(leaf.Reading.Words, ocr.Word{Text: string(all[i:min(i+1000, len(all))]), Box: ocr.Box{10, 10 + i/100, 500, 8}, Line: i})
		}
		s.put(t, "characters", volume(leaf))
	})
	t.Run("a lean that is none and a wild resolution", func(t *testing.T) {
		one, two := blank(t, 600, 840), blank(t, 600, 840)
		one.Reading = readingOf(letter, 600, 840, 0)
		one.Reading.Skew, one.Page.DPI = math.NaN(), 1
		two.Reading = readingOf(letter, 600, 840, 0)
		two.Reading.Skew, two.Page.DPI = 91, 1_000_000
		s.put(t, "wild", volume(one, two))
	})
	t.Run("no language, no producer, no words", func(t *testing.T) {
		v := volume(blank(t, 60, 84))
		v.Language, v.Producer = "", ""
		s.put(t, "bare", v)
	})
}

// same writes a volume twice.
func (s *shelf) same(t *testing.T) {
	leaf := pngLeaf(t, image.NewGray(image.Rect(0, 0, 600, 840)), 1, 8)
	leaf.Reading = readingOf(letter, 600, 840, 1)
	v := volume(leaf, faxLeaf(t, gray(scene(300, 420), 1)), leaf)
	var one, two bytes.Buffer
	for _, w := range []*bytes.Buffer{&one, &two} {
		if _, err := (pdfa.Assembler{}).Assemble(t.Context(), w, v); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("two files of one volume differ")
	}
}
