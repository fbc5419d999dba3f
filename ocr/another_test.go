package ocr_test

import (
	"strings"
	"testing"

	"mailroom/ocr"
)

func TestAnotherLetterWithinALetter(t *testing.T) {
	reading := func(text string) ocr.Reading {
		var r ocr.Reading
		for i, line := range strings.Split(text, "\n") {
			for _, w := range strings.Fields(line) {
				r.Words = append(r.Words, ocr.Word{Text: w, Line: i, Confidence: 0.95})
			}
		}
		return r
	}
	const (
		first  = "Ihr Zeichen: WG-1\nSehr geehrte Damen und Herren,"
		second = "Ihr Zeichen: WG-2\nSehr geehrte Damen und Herren,"
	)
	ours := func(number string, page int) ocr.Candidate {
		return ocr.Candidate{Number: number, Whose: ocr.Ours, Evidence: ocr.Evidence{Page: page}}
	}
	const form = "Antrag auf Lastenzuschuss\nAktenzeichen: WG-2\nSeite 1 von 2"
	named := func(number string, page int, line string) ocr.Candidate {
		return ocr.Candidate{Number: number, Whose: ocr.Unnamed, Evidence: ocr.Evidence{Page: page, Text: line}}
	}
	for name, tt := range map[string]struct {
		pages []string
		found []ocr.Candidate
		page  int
	}{
		"another number and a greeting":       {[]string{first, "Anlage", second}, []ocr.Candidate{ours("WG-1", 1), ours("WG-2", 3)}, 3},
		"the same number again":               {[]string{first, first}, []ocr.Candidate{ours("WG-1", 1), ours("WG-1", 2)}, 0},
		"a number that was named before":      {[]string{first + "\nauch zu WG-2", second}, []ocr.Candidate{ours("WG-1", 1), ours("WG-2", 2)}, 0},
		"an enclosure that greets nobody":     {[]string{first, "Ihr Zeichen: WG-2"}, []ocr.Candidate{ours("WG-1", 1), ours("WG-2", 2)}, 0},
		"another number on page 1 of a form":  {[]string{first, form}, []ocr.Candidate{ours("WG-1", 1), named("WG-2", 2, "Aktenzeichen: WG-2")}, 2},
		"page 1 of an enclosure":              {[]string{first, "Bescheinigung\nSeite 1 von 2"}, []ocr.Candidate{ours("WG-1", 1)}, 0},
		"page 1 of one with the same number":  {[]string{first, "Ihr Zeichen: WG-1\nSeite 1 von 2"}, []ocr.Candidate{ours("WG-1", 1), ours("WG-1", 2)}, 0},
		"another number in the text of one":   {[]string{first, form}, []ocr.Candidate{ours("WG-1", 1), named("WG-2", 2, "wie zu WG-2 entschieden")}, 0},
		"another number and another date":     {[]string{"Auenstedt, den 12.05.2026\n" + first, "Weimar, den 20.05.2026\nIhr Zeichen: WG-2"}, []ocr.Candidate{ours("WG-1", 1), ours("WG-2", 2)}, 2},
		"no number before":                    {[]string{"Deckblatt", second}, []ocr.Candidate{ours("WG-2", 2)}, 0},
		"the sender's own number":             {[]string{first, second}, []ocr.Candidate{ours("WG-1", 1), {Number: "WG-2", Whose: ocr.Theirs, Evidence: ocr.Evidence{Page: 2}}}, 0},
		"a number that was not read for sure": {[]string{first, second}, []ocr.Candidate{ours("WG-1", 1), {Number: "WG-2", Whose: ocr.Ours, Loose: true, Evidence: ocr.Evidence{Page: 2}}}, 0},
	} {
		var readings []ocr.Reading
		for _, p := range tt.pages {
			readings = append(readings, reading(p))
		}
		page, number := ocr.Another(readings, ocr.Findings{Candidates: tt.found})
		if page != tt.page || (number == "WG-2") != (tt.page > 0) {
			t.Errorf("%s: page %d by %q; want %d", name, page, number, tt.page)
		}
	}
}
