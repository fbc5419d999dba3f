package ocr_test

import (
	"fmt"
	"testing"

	"mailroom/ocr"
)

// BenchmarkFind looks through a letter of three full pages.
func BenchmarkFind(b *testing.B) {
	f := finder(b)
	f.SealedBy(ocr.DefaultSealWords())
	f.House("Stadt Auenstedt")
	var lines []string
	for i := range 45 {
		lines = append(lines, fmt.Sprintf("%d,%d Die Unterlagen zu Nummer %d reiche ich bis zum 14.05.2026 nach, Betrag 12,50 EUR,", 25, 100+4*i, i))
	}
	first := at(append([]string{
		"25,45 Lena Muster · Ulmengasse 12 · 00783 Ellerborn", "25,50 Stadt Auenstedt", "25,55 Wohngeld", "25,60 Rathausplatz 3", "25,65 00417 Auenstedt",
		"130,50 Ihr Zeichen: WG-2023-004711", "130,55 Datum: 14.05.2026", "25,98 Sehr geehrte Damen und Herren,",
	}, lines...)...)
	pages := []ocr.Reading{first, at(lines...), at(lines...)}
	for b.Loop() {
		f.Find(pages)
	}
}
