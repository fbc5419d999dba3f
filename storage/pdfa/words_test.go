package pdfa_test

import (
	"encoding/xml"
	"image"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"mailroom/ocr"
	"mailroom/storage"
)

// point is a position in pixels of the upright image.
type point struct{ x, y float64 }

// lean turns p about the middle of a page, as skew does.
func lean(p point, skew, w, h float64) point {
	sin, cos := math.Sincos(skew * math.Pi / 180)
	x, y := p.x-w/2, p.y-h/2
	return point{w/2 + x*cos - y*sin, h/2 + x*sin + y*cos}
}

// printed is a word as it stands on the straight page.
type printed struct {
	text       string
	x, y, w, h float64
	line       int
}

var letter = []printed{
	{"Landratsamt", 80, 100, 180, 24, 0}, {"Jena", 275, 100, 70, 24, 0}, {"§", 360, 100, 14, 24, 0},
	{"Grüße", 80, 160, 90, 24, 1}, {"Łódź", 185, 160, 70, 24, 1}, {"Ἀθῆναι", 270, 160, 110, 24, 1}, {"😀𝔄", 400, 160, 60, 24, 1},
	{"Aktenzeichen", 80, 220, 200, 20, 2}, {"50-123/26", 300, 220, 150, 20, 2},
	{"i", 80, 700, 5, 22, 3}, {"Sehr-geehrte-Damen-und-Herren", 100, 700, 420, 22, 3},
}

// readingOf returns what OCR would say of the letter on a page that leans.
func readingOf(words []printed, w, h int, skew float64) ocr.Reading {
	r := ocr.Reading{Width: w, Height: h, Skew: skew}
	for _, p := range words {
		c := lean(point{p.x + p.w/2, p.y + p.h/2}, skew, float64(w), float64(h))
		r.Words = append(r.Words, ocr.Word{Text: p.text, Line: p.line, Box: ocr.Box{
			int(math.Round(c.x - p.w/2)), int(math.Round(c.y - p.h/2)), int(p.w), int(p.h)}})
	}
	return r
}

// words compares where poppler finds the words with where they are.
//
// Where a leaning line has sunk by half its height poppler begins a new line,
// and if a word is longer than that, within it; so the pages that lean much hold
// shorter words.
func (s *shelf) words(t *testing.T) {
	const w, h = 600, 840 // upright, at 100 dpi
	short := []printed{letter[1], letter[3], letter[9]}
	short[0].line, short[1].line, short[2].line = 0, 1, 2
	standing, lying := blank(t, w, h), blank(t, h, w)
	var leaves []storage.Leaf
	var truth [][]printed
	for _, skew := range []float64{0, 1, -1.2, 3, -6} {
		words := letter
		switch {
		case skew > 2:
			words = letter[:10]
		case skew < -2:
			words = short
		}
		for rotation := 0; rotation < 360; rotation += 90 {
			leaf := standing
			if rotation%180 != 0 {
				leaf = lying
			}
			leaf.Reading = readingOf(words, w, h, skew)
			leaf.Reading.Rotation = rotation
			leaves, truth = append(leaves, leaf), append(truth, words)
		}
	}
	path, _ := s.put(t, "words", volume(leaves...))
	pages := found(t, path)
	if len(pages) != len(leaves) {
		t.Fatalf("pdftotext sees %d pages, want %d", len(pages), len(leaves))
	}
	const pt, tolerance = 72.0 / 100, 1.0
	worst := 0.0
	for i, page := range pages {
		skew := leaves[i].Reading.Skew
		if len(page.Words) != len(truth[i]) {
			t.Errorf("page %d has %d words, want %d: %v", i, len(page.Words), len(truth[i]), page.Words)
			continue
		}
		for j, p := range truth[i] {
			want := p.seen(skew, w, h, pt)
			got := page.Words[j]
			if k := slices.IndexFunc(page.Words, func(b box) bool { return b.Text == p.text }); k >= 0 && math.Abs(skew) > 2 {
				got = page.Words[k] // poppler takes the ends of such lines for another column
			}
			if got.Text != want.Text || got.away(want) > tolerance {
				t.Errorf("page %d, turned by %d, leaning by %v: found %v, want %v", i, leaves[i].Reading.Rotation, skew, got, want)
			}
			worst = max(worst, got.away(want))
		}
	}
	t.Logf("words are off by %.2f points at most", worst)
}

// seen is the box that poppler has to tell of p on a leaning page.
func (p printed) seen(skew, w, h, pt float64) box {
	if p.w*math.Abs(math.Sin(skew*math.Pi/180)) <= p.h/2 { // laid straight
		c := lean(point{p.x + p.w/2, p.y + p.h/2}, skew, w, h)
		return box{p.text, (c.x - p.w/2) * pt, (c.y - p.h/2) * pt, (c.x + p.w/2) * pt, (c.y + p.h/2) * pt}
	}
	// The box of a leaning word is told by where its letters begin on the baseline.
	n := float64(utf8.RuneCountInString(p.text))
	first := lean(point{p.x, p.y + 0.8*p.h}, skew, w, h)
	begin := lean(point{p.x + p.w*(n-1)/n, p.y + 0.8*p.h}, skew, w, h)
	last := lean(point{p.x + p.w, p.y + 0.8*p.h}, skew, w, h)
	return box{p.text, first.x * pt, (min(first.y, begin.y) - 0.8*p.h) * pt, last.x * pt, (max(first.y, begin.y) + 0.2*p.h) * pt}
}

// blank is a white page.
func blank(t *testing.T, w, h int) storage.Leaf {
	t.Helper()
	return packedLeaf(negative(image.NewGray(image.Rect(0, 0, w, h))), 1)
}

// box is a word as pdftotext tells it, in points of the displayed page.
type box struct {
	Text string  `xml:",chardata"`
	XMin float64 `xml:"xMin,attr"`
	YMin float64 `xml:"yMin,attr"`
	XMax float64 `xml:"xMax,attr"`
	YMax float64 `xml:"yMax,attr"`
}

// away is the greatest distance between the sides of b and c.
func (b box) away(c box) float64 {
	return max(math.Abs(b.XMin-c.XMin), math.Abs(b.YMin-c.YMin), math.Abs(b.XMax-c.XMax), math.Abs(b.YMax-c.YMax))
}

// sight is a page as pdftotext tells it.
type sight struct {
	Words []box `xml:"word"`
}

func found(t *testing.T, path string) []sight {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out.html")
	tool(t, "pdftotext", "-bbox", path, out)
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Pages []sight `xml:"body>doc>page"`
	}
	if err := xml.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Pages
}

// order reads pages back as text, in poppler's own order and in the file's.
func (s *shelf) order(t *testing.T) {
	word := func(line, x, y, w, h int, text string) ocr.Word {
		return ocr.Word{Text: text, Box: ocr.Box{x, y, w, h}, Line: line}
	}
	both := []string{"-raw", "-nopgbrk"}
	tests := map[string]struct {
		words []ocr.Word
		want  string
		modes []string // of pdftotext: in the order of the file, in its own
	}{
		"words of unequal height stay on their line": {[]ocr.Word{
			word(0, 50, 108, 60, 12, "an"), word(0, 120, 116, 10, 4, "-"), word(0, 140, 100, 80, 24, "Ähre,"), word(0, 230, 100, 20, 20, "7"),
			word(1, 50, 140, 90, 20, "zweite"), word(1, 150, 140, 70, 20, "Zeile"),
		}, "an - Ähre, 7\nzweite Zeile", both},
		"columns are read one after the other": {[]ocr.Word{
			word(0, 50, 100, 100, 20, "links"), word(1, 50, 130, 100, 20, "unten"),
			word(2, 350, 100, 100, 20, "rechts"), word(3, 350, 130, 100, 20, "unten"),
		}, "links\nunten\nrechts\nunten", both[:1]},
		"a drop capital keeps its own box": {[]ocr.Word{
			word(0, 50, 100, 60, 90, "D"), word(0, 115, 100, 50, 20, "er"), word(0, 175, 100, 80, 20, "Antrag"), word(0, 265, 100, 80, 20, "vom"),
		}, "er Antrag vom", both[:1]},
		"what no text may hold is dropped": {[]ocr.Word{
			word(0, 50, 100, 60, 20, "A\x00\ufeffk\ufffe\x07te\xff"), word(0, 112, 100, 5, 20, "\ufeff\x01"), word(0, 120, 100, 90, 20, "Nr.\t7"),
		}, "Akte Nr. 7", both},
		"boxes without extent are still words": {[]ocr.Word{
			word(0, 50, 100, 100, 20, "eins"), word(0, 200, 100, 0, 0, "zwei"), word(0, 250, 100, 100, 20, "drei"),
		}, "eins zwei drei", both[:1]},
		"boxes beyond the page are put back on it": {[]ocr.Word{
			word(0, -1<<40, 100, 100, 20, "eins"), word(1, 1<<40, 1<<50, 90, 20, "zwei"), word(2, 0, 0, 1<<60, 1<<60, "drei"),
		}, "eins\nzwei\ndrei", both[:1]},
		"Arabic and Hebrew come back as they are spoken": {[]ocr.Word{
			word(0, 200, 100, 90, 20, "مرحبا"), word(0, 100, 100, 90, 20, "بالعالم"), word(1, 100, 140, 90, 20, "שלום"),
		}, "مرحبا بالعالم\nשלום", both[1:]},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			leaf := blank(t, 600, 840)
			leaf.Reading.Words = tt.words
			path, _ := s.put(t, "order-"+strings.ReplaceAll(name, " ", "-"), volume(leaf))
			for _, mode := range tt.modes {
				got := tool(t, "pdftotext", mode, path, "-")
				got = strings.Trim(marks.Replace(got), "\n\f ")
				if !strings.Contains(strings.ReplaceAll(got, "\n\n", "\n"), tt.want) {
					t.Errorf("pdftotext %s = %q, want %q", mode, got, tt.want)
				}
			}
		})
	}
}

// marks takes out what pdftotext puts around right-to-left text.
var marks = strings.NewReplacer("\u202a", "", "\u202b", "", "\u202c", "", "\u200e", "", "\u200f", "")
