package web

import (
	"testing"

	"mailroom/ocr"
	"mailroom/scanstation"
)

// TestDetailNamesThePage: what is measured on a page is said in the language of the
// reader, whatever it is measured in.
func TestDetailNamesThePage(t *testing.T) {
	said, err := readTexts("de")
	if err != nil {
		t.Fatal(err)
	}
	for detail, want := range map[string]string{
		"page 2": "Seite 2", "page 3: 83 mm": "Seite 3: 83 mm", "page 1: 12 %": "Seite 1: 12 %", "page 1: 550 µm": "Seite 1: 550 µm",
		"page 4: 6°": "Seite 4: 6°", "page 1: 150 dpi": "Seite 1: 150 dpi",
	} {
		if got := said.detail(scanstation.Reason{Code: ocr.ScanBare, Detail: detail}); got != want {
			t.Errorf("detail of %q is %q, want %q", detail, got, want)
		}
	}
}
