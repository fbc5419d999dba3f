package ocr_test

import (
	"bytes"
	"testing"

	"mailroom/ocr"
	"mailroom/scanstation"
)

// TestOwnWordsAreTakenWhereTheyAreSeen reads a page of 100 by 100 pixels that
// carries text, and whose picture says the same or not.
func TestOwnWordsAreTakenWhereTheyAreSeen(t *testing.T) {
	at := func(line int) [4]int { return [4]int{10, 10 + 20*line, 50, 12} }
	carries := func(texts ...string) (out []scanstation.Word) {
		for i, text := range texts {
			out = append(out, scanstation.Word{Text: text, Box: at(i), Line: i})
		}
		return out
	}
	tests := map[string]struct {
		carried []scanstation.Word
		reads   []string // on these lines
		sure    float64
		white   bool
		want    string
		own     bool
	}{
		"what both say":                          {carries("Antrag", "auf", "Wohngeld"), []string{"Antrag", "auf", "Wohngeld"}, 0.9, false, "Antrag\nauf\nWohngeld", true},
		"a word misread":                         {carries("Antrag", "auf", "Wohngeld"), []string{"Antrag", "auf", "Wohnge1d"}, 0.9, false, "Antrag\nauf\nWohngeld", true},
		"text that says something else":          {carries("Xyzzy", "qwert", "plugh"), []string{"Antrag", "auf", "Wohngeld"}, 0.9, false, "Antrag\nauf\nWohngeld", false},
		"a number that is seen otherwise":        {carries("Antrag", "Nummer", "Wohngeld", "Bescheid", "WG-4711"), []string{"Antrag", "Nummer", "Wohngeld", "Bescheid", "WG-4712"}, 0.95, false, "Antrag\nNummer\nWohngeld\nBescheid\nWG-4712", true},
		"a number that is hard to read":          {carries("Antrag", "Nummer", "Wohngeld", "Bescheid", "WG-4711"), []string{"Antrag", "Nummer", "Wohngeld", "Bescheid", "WG-4712"}, 0.7, false, "Antrag\nNummer\nWohngeld\nBescheid\nWG-4711", true},
		"text where there is no ink":             {carries("geheim", "verborgen"), nil, 0, true, "", false},
		"characters that mean nothing":           {carries("\ufffd\ufffd\ufffd"), []string{"Antrag"}, 0.9, false, "Antrag", false},
		"a script that nobody reads here":        {carries("القاهرة"), []string{"5yall"}, 0.9, false, "القاهرة", true},
		"a stamp that the text does not know":    {carries("Antrag"), []string{"Antrag", "EINGANG"}, 0.9, false, "Antrag\nEINGANG", true},
		"no text of its own, as scans have none": {nil, []string{"Antrag"}, 0.9, false, "Antrag", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			pix := bytes.Repeat([]byte{255}, 120*120)
			if !tt.white {
				for i := range pix {
					pix[i] = byte(i % 2 * 255)
				}
			}
			e := ocr.Engines{
				Prepare: func(scanstation.Page, []byte, *ocr.Said) (ocr.Prepared, error) {
					return ocr.Prepared{Width: 120, Height: 120, Ink: ocr.Ink{Coverage: 1, Marks: 1}, Gray: ocr.Raster{Width: 120, Height: 120, Pix: pix}}, nil
				},
				Barcodes: func(ocr.Prepared) ([]ocr.Barcode, []ocr.Box, error) { return nil, nil, nil },
				Recognise: func(ocr.Prepared, []string) (words []ocr.Word, err error) {
					for i, text := range tt.reads {
						words = append(words, ocr.Word{Text: text, Box: ocr.Box(at(i)), Confidence: tt.sure, Line: i})
					}
					return words, nil
				},
			}
			r, err := ocr.ReadPage(e, scanstation.Page{Words: tt.carried}, nil, ocr.Settings{})
			if err != nil || r.Text() != tt.want || r.Own != tt.own {
				t.Errorf("text %q, own %v, %v; want %q, %v", r.Text(), r.Own, err, tt.want, tt.own)
			}
		})
	}
}
