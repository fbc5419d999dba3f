package ocr_test

import (
	"testing"

	"mailroom/ocr"
	"mailroom/scanstation"
)

// envelope is the front of one of C5 at 300 dpi.
func envelope(lines ...string) ocr.Reading {
	r := page(lines...)
	r.Width, r.Height = 2705, 1913
	return r
}

func TestAnEnvelopeIsNotTheFirstPage(t *testing.T) {
	f := finder(t)
	f.SealedBy([]string{"Personalrat"})
	letter := page("Mila Engler · Lindenweg 3 · 99610 Auenstedt", "", "", "", "Stadt Auenstedt", "Wohngeld", "", "", "", "", "", "Ihr Zeichen: WG-2022-174945")
	for name, tt := range map[string]struct {
		pages  []ocr.Reading
		first  int
		sealed int // the page that closes the letter; 0: none
	}{
		"before its letter":          {[]ocr.Reading{envelope("Stadt Auenstedt"), letter}, 2, 0},
		"behind its letter":          {[]ocr.Reading{letter, envelope("Stadt Auenstedt")}, 1, 0},
		"for one office alone":       {[]ocr.Reading{envelope("Stadt Auenstedt", "An den Personalrat der Stadt"), letter}, 2, 1},
		"the same words on a letter": {[]ocr.Reading{letter, page("An den Personalrat der Stadt")}, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			got := f.Find(tt.pages)
			if got.First != tt.first {
				t.Errorf("the letter begins with page %d; want %d", got.First, tt.first)
			}
			sender := 0
			for _, v := range got.Values {
				if v.Kind == ocr.Sender {
					sender = v.Evidence.Page
				}
			}
			if sender != tt.first {
				t.Errorf("the sender is found on page %d; want %d: %+v", sender, tt.first, got.Values)
			}
			sealed := 0
			for _, s := range got.Seals {
				sealed = s.Evidence.Page
			}
			if sealed != tt.sealed {
				t.Errorf("closed by page %d; want %d: %+v", sealed, tt.sealed, got.Seals)
			}
		})
	}
}

func TestAnEnvelopeIsNoEmptySide(t *testing.T) {
	for name, size := range map[string][2]int{"envelope": {2598, 1299}, "sheet": {2480, 3508}} {
		recognised := false
		r, err := ocr.ReadPage(ocr.Engines{
			Prepare: func(scanstation.Page, []byte, *ocr.Said) (ocr.Prepared, error) {
				return ocr.Prepared{Width: size[0], Height: size[1], DPI: 300}, nil
			},
			Barcodes:  func(ocr.Prepared) ([]ocr.Barcode, []ocr.Box, error) { return nil, nil, nil },
			Recognise: func(ocr.Prepared, []string) ([]ocr.Word, error) { recognised = true; return nil, nil },
		}, scanstation.Page{}, nil, ocr.Settings{})
		if want := name == "sheet"; err != nil || r.Blank != want || recognised == want {
			t.Errorf("%s without a mark: blank %v, recognised %v, %v", name, r.Blank, recognised, err)
		}
	}
}
