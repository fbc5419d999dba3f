package sheets_test

import (
	"strings"
	"testing"

	"mailroom/scanstation"
	"mailroom/scanstation/sheets"
)

func TestEverythingOnASheetStandsOnThePaper(t *testing.T) {
	long := strings.Repeat("Donaudampfschifffahrtsgesellschaft ", 40) + strings.Repeat("x", 500)
	rescan, err := sheets.Printer{}.Rescan(scanstation.RescanSheet{
		ID: "7F3K9Q2M", Letter: "Brief 20261122-7F3K9Q2M-003", Place: long, Task: "Seite 2 neu scannen.", Facts: []string{long, long}, Headline: "NACHSCAN", Footnote: "Fuß",
	})
	if err != nil {
		t.Fatal(err)
	}
	separator, err := sheets.Printer{}.Separator("PATCHT")
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]scanstation.Print{"rescan": rescan, "separator": separator} {
		if len(p.Bars) < 100 || len(p.Texts) < 4 {
			t.Errorf("%s: %d bars and %d lines", name, len(p.Bars), len(p.Texts))
		}
		for _, b := range p.Bars {
			if b.X < 10 || b.Y < 10 || b.X+b.Width > scanstation.PrintWidth-10 || b.Y+b.Height > scanstation.PrintHeight-10 {
				t.Errorf("%s: bar %+v lies in the margin", name, b)
			}
		}
		for _, l := range p.Texts {
			if l.Y > scanstation.PrintHeight-10 || len([]rune(l.Text)) > 80 {
				t.Errorf("%s: line %+v runs off the paper", name, l)
			}
		}
	}
}

func TestASheetWithoutACodeIsNotPrinted(t *testing.T) {
	if _, err := (sheets.Printer{}).Rescan(scanstation.RescanSheet{ID: "no"}); err == nil {
		t.Error("a rescan sheet without an id was laid out")
	}
	for _, text := range []string{"", strings.Repeat("A", 70), "ä漢"} {
		if _, err := (sheets.Printer{}).Separator(text); err == nil {
			t.Errorf("a separator with the code %q was laid out", text)
		}
	}
}
