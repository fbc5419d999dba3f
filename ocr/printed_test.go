package ocr_test

import (
	"slices"
	"testing"

	"mailroom/ocr"
	"mailroom/scanstation"
)

// readWith reads a page of A4 on which these words and codes are found.
func readWith(t *testing.T, s ocr.Settings, words []ocr.Word, codes ...ocr.Barcode) ocr.Reading {
	t.Helper()
	r, err := ocr.ReadPage(ocr.Engines{
		Prepare: func(scanstation.Page, []byte, *ocr.Said) (ocr.Prepared, error) {
			return ocr.Prepared{Width: 2480, Height: 3508, DPI: 300, Ink: ocr.Ink{Marks: 1}, Straight: []byte{1}}, nil
		},
		Barcodes:  func(ocr.Prepared) ([]ocr.Barcode, []ocr.Box, error) { return codes, nil, nil },
		Recognise: func(ocr.Prepared, []string) ([]ocr.Word, error) { return words, nil },
	}, scanstation.Page{}, nil, s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Two sheets that lie upon each other are none, and a person has to look.
func TestTwoSheetsOnOneImageAreInDoubt(t *testing.T) {
	key := scanstation.SheetKey("a key of the house, long enough")
	code := func(department string) ocr.Barcode {
		return ocr.Barcode{Format: "QRCode", Text: key.Code(scanstation.Divider{Level: scanstation.LetterLevel, Department: department})}
	}
	patch := ocr.Barcode{Format: "Code128", Text: "PATCHT"}
	for name, tt := range map[string]struct {
		codes     []ocr.Barcode
		separator bool
		suspect   bool
	}{
		"one sheet":                    {[]ocr.Barcode{code("bau")}, true, false},
		"one sheet, its code twice":    {[]ocr.Barcode{code("bau"), code("bau")}, true, false},
		"two":                          {[]ocr.Barcode{code("bau"), code("wohngeld")}, false, true},
		"two, and a plain separator":   {[]ocr.Barcode{code("bau"), patch, code("wohngeld")}, false, true},
		"one and a plain separator":    {[]ocr.Barcode{code("bau"), patch}, true, false},
		"a separator and a rescan one": {[]ocr.Barcode{code("bau"), {Format: "Code128", Text: scanstation.RescanID("7F3K9Q2M").Code()}}, false, true},
	} {
		r := readWith(t, ocr.Settings{Sheets: true, Separators: []string{"PATCHT"}}, nil, tt.codes...)
		if r.Separator != tt.separator || (r.Suspect != "") != tt.suspect {
			t.Errorf("%s: separator %v, suspect %q; want %v, %v", name, r.Separator, r.Suspect, tt.separator, tt.suspect)
		}
	}
}

// A patch code is bars: a code that spells its name is none.
func TestACodeThatSpellsAPatchIsNone(t *testing.T) {
	s := ocr.Settings{Separators: []string{"PATCHT", "patch:T"}}
	for code, want := range map[[2]string]bool{
		{ocr.PatchFormat, "T"}:    true,
		{ocr.PatchFormat, "2"}:    false,
		{"QRCode", "patch:T"}:     false,
		{"Code128", " patch:T\n"}: false,
		{"Code128", "PATCHT"}:     true,
	} {
		if r := readWith(t, s, nil, ocr.Barcode{Format: code[0], Text: code[1]}); r.Separator != want {
			t.Errorf("%s: separator %v; want %v", code, r.Separator, want)
		}
	}
}

// Every sheet that is printed here is known by its headline where its code is not
// read; the same word in the text of a letter is none.
func TestASheetIsKnownByItsHeadline(t *testing.T) {
	for _, headline := range append(scanstation.Headlines(), "RUCKGABE", "SPERR KARTON", "AKTENBAND", "Patch T") {
		for height, want := range map[int]bool{150: true, 40: false} {
			words := []ocr.Word{{Text: headline, Box: ocr.Box{300, 900, 1200, height}, Confidence: 0.95}}
			if r := readWith(t, ocr.Settings{}, words); (r.Suspect != "") != want {
				t.Errorf("%s, %d pixels high: suspect %q; want %v", headline, height, r.Suspect, want)
			}
		}
	}
}

// A code that could not be read may be that of a separator on a sheet with little
// else, but not on an envelope, whose franking it is.
func TestAnUnreadCodeIsSuspect(t *testing.T) {
	for name, tt := range map[string]struct {
		width, height, words int
		want                 bool
	}{
		"a sheet":     {2480, 3508, 3, true},
		"a letter":    {2480, 3508, 41, false},
		"an envelope": {2598, 1299, 3, false},
	} {
		words := slices.Repeat([]ocr.Word{{Text: "Straße", Box: ocr.Box{300, 900, 200, 40}, Confidence: 0.9}}, tt.words)
		e := ocr.Engines{
			Prepare: func(scanstation.Page, []byte, *ocr.Said) (ocr.Prepared, error) {
				return ocr.Prepared{Width: tt.width, Height: tt.height, DPI: 300, Ink: ocr.Ink{Coverage: 0.1, Marks: 1}, Straight: []byte{1}}, nil
			},
			Barcodes:  func(ocr.Prepared) ([]ocr.Barcode, []ocr.Box, error) { return nil, []ocr.Box{{500, 500, 200, 200}}, nil },
			Recognise: func(ocr.Prepared, []string) ([]ocr.Word, error) { return words, nil },
		}
		r, err := ocr.ReadPage(e, scanstation.Page{}, nil, ocr.Settings{})
		if err != nil || (r.Suspect != "") != tt.want {
			t.Errorf("%s: suspect %q, %v; want %v", name, r.Suspect, err, tt.want)
		}
	}
}
