package ocr_test

import (
	"strings"
	"testing"

	"mailroom/ocr"
	"mailroom/scanstation"
)

// side is a page of A4 at 100 dpi: text lines, each at its height in millimetres.
type side struct {
	lines map[float64]string
	r     ocr.Reading
}

func (s side) reading(image int) ocr.Reading {
	r := s.r
	r.Image, r.DPI = image, 100
	if r.Width == 0 {
		r.Width, r.Height = 827, 1169
	}
	line := 0
	for y, text := range s.lines {
		x := 80
		for _, w := range strings.Fields(text) {
			wide := 8 * len(w)
			r.Words = append(r.Words, ocr.Word{Text: w, Box: ocr.Box{x, int(y * 100 / 25.4), wide, 12}, Confidence: 0.95, Line: line})
			x += wide + 6
		}
		line++
	}
	return r
}

func numberedSide(n string) side { return side{lines: map[float64]string{280: "Seite " + n}} }

func TestCutDoubts(t *testing.T) {
	letter := side{lines: map[float64]string{50: "Stadt Auenstedt", 58: "99610 Auenstedt", 90: "Auenstedt, den 12.05.2026", 110: "Sehr geehrte Damen und Herren,"}}
	other := side{lines: map[float64]string{50: "Stadt Auenstedt", 58: "99610 Auenstedt", 90: "Weimar, den 20.05.2026", 110: "Die Miete steigt."}}
	certificate := side{lines: map[float64]string{60: "Bescheinigung", 90: "Weimar, den 20.05.2026"}}
	small := side{lines: map[float64]string{20: "Quittung"}, r: ocr.Reading{Width: 400, Height: 600}}
	smallLetter := side{lines: map[float64]string{20: "Sehr geehrte Frau Beispiel,"}, r: ocr.Reading{Width: 583, Height: 827}}
	envelope := side{lines: map[float64]string{60: "Stadt Auenstedt", 68: "99610 Auenstedt"}, r: ocr.Reading{Width: 866, Height: 433}}
	separator := side{r: ocr.Reading{Separator: true}}
	enclosure := side{r: ocr.Reading{Separator: true, Divider: &scanstation.Divider{Level: scanstation.EnclosureLevel}}}
	blank := side{r: ocr.Reading{Blank: true}}
	tests := map[string]struct {
		pages   []side
		drafts  int
		doubts  map[int]string // by image
		because string
	}{
		"page 1 with a salutation":         {[]side{letter, {lines: map[float64]string{30: "Guten Tag Frau Beispiel,", 280: "Seite 1 von 2"}}, numberedSide("2 von 2")}, 1, map[int]string{1: ocr.MissingSeparator}, "Seite 1 von 2, Guten Tag"},
		"an address and another date":      {[]side{letter, other}, 1, map[int]string{1: ocr.MissingSeparator}, "2026-05-20"},
		"a certificate has another date":   {[]side{letter, certificate}, 1, nil, ""},
		"page 1 of an enclosure":           {[]side{letter, numberedSide("1 von 2"), numberedSide("2 von 2")}, 1, nil, ""},
		"a receipt of another size":        {[]side{letter, small}, 1, nil, ""},
		"a small letter":                   {[]side{letter, smallLetter}, 1, map[int]string{1: ocr.MissingSeparator}, "148 × 210 mm"},
		"an envelope before its letter":    {[]side{envelope, letter}, 1, nil, ""},
		"an envelope behind its letter":    {[]side{letter, certificate, envelope}, 1, nil, ""},
		"an envelope between two letters":  {[]side{letter, envelope, other}, 1, map[int]string{2: ocr.MissingSeparator}, "2026-05-20"},
		"an envelope is no missing page":   {[]side{envelope, numberedSide("1 von 3"), envelope, numberedSide("3 von 3")}, 1, map[int]string{1: ocr.MissingPage}, "Seite 2 von 3"},
		"the letters are parted":           {[]side{letter, separator, other}, 2, nil, ""},
		"page 3 of 4 is missing":           {[]side{numberedSide("1 von 4"), numberedSide("2 von 4"), numberedSide("4 von 4")}, 1, map[int]string{1: ocr.MissingPage}, "Seite 3 von 4"},
		"page 3 of 3 is missing":           {[]side{numberedSide("1 von 3"), numberedSide("2 von 3"), separator, letter}, 2, map[int]string{1: ocr.MissingPage}, "Seite 3 von 3"},
		"the first page is missing":        {[]side{separator, numberedSide("2 von 3"), numberedSide("3 von 3")}, 1, map[int]string{1: ocr.MissingPage}, "Seite 1 von 3"},
		"page 3 of 3 before an enclosure":  {[]side{numberedSide("1 von 3"), numberedSide("2 von 3"), enclosure, certificate, certificate}, 1, map[int]string{1: ocr.MissingPage}, "Seite 3 von 3"},
		"page 2 of 3 in an enclosure":      {[]side{letter, certificate, enclosure, numberedSide("1 von 3"), numberedSide("3 von 3")}, 1, map[int]string{3: ocr.MissingPage}, "Seite 2 von 3"},
		"a whole letter with enclosures":   {[]side{numberedSide("1 von 2"), numberedSide("2 von 2"), enclosure, numberedSide("1 von 1"), enclosure, certificate}, 1, nil, ""},
		"an enclosure that counts on":      {[]side{numberedSide("1 von 3"), numberedSide("2 von 3"), enclosure, numberedSide("3 von 3")}, 1, nil, ""},
		"a page between says nothing":      {[]side{numberedSide("1 von 3"), certificate, numberedSide("3 von 3")}, 1, nil, ""},
		"the last page says nothing":       {[]side{numberedSide("1 von 2"), certificate}, 1, nil, ""},
		"a blank back is no page":          {[]side{numberedSide("1 von 3"), blank, numberedSide("3 von 3")}, 1, map[int]string{0: ocr.MissingPage}, "Seite 2 von 3"},
		"two enclosures that are whole":    {[]side{letter, numberedSide("1 von 2"), numberedSide("2 von 2"), numberedSide("1 von 1")}, 1, nil, ""},
		"a page number in running text":    {[]side{letter, {lines: map[float64]string{150: "wie auf Seite 3 von 9 gesagt"}}}, 1, nil, ""},
		"runs of separators and the backs": {[]side{separator, separator, blank, letter, blank, separator, blank, separator, letter}, 2, nil, ""},
		"an unread separator":              {[]side{letter, {r: ocr.Reading{Suspect: "TRENNBLATT"}}, other}, 1, map[int]string{1: ocr.SuspectSheet, 2: ocr.MissingSeparator}, "TRENNBLATT"},
		"an unread separator in front":     {[]side{{r: ocr.Reading{Suspect: "|||"}}, letter}, 1, map[int]string{0: ocr.SuspectSheet, 1: ocr.MissingSeparator}, "|||"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var readings []ocr.Reading
			for i, p := range tt.pages {
				readings = append(readings, p.reading(i))
			}
			c := ocr.Cut(readings)
			if len(c.Drafts) != tt.drafts {
				t.Errorf("%d letters; want %d", len(c.Drafts), tt.drafts)
			}
			because := false
			for _, f := range c.Fates {
				if got := codesOf(f.Doubts); got != tt.doubts[f.Image] {
					t.Errorf("image %d: doubts %v; want %q", f.Image, f.Doubts, tt.doubts[f.Image])
				}
				for _, d := range f.Doubts {
					because = because || strings.Contains(d.Detail, tt.because)
				}
			}
			if tt.because != "" && !because {
				t.Errorf("no doubt says %q: %+v", tt.because, c.Fates)
			}
			if pages, separators, blanks, rejected := c.Counts(); pages+separators+blanks+rejected != len(readings) {
				t.Errorf("%d + %d + %d + %d images of %d have a fate", pages, separators, blanks, rejected, len(readings))
			}
		})
	}
}

func codesOf(doubts []scanstation.Reason) string {
	var codes []string
	for _, d := range doubts {
		codes = append(codes, d.Code)
	}
	return strings.Join(codes, " ")
}
