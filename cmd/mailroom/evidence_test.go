package main

import (
	"path/filepath"
	"slices"
	"testing"

	"mailroom/routing"
)

// A case that is found by name and address alone waits for a person, who sees where
// on the page the address stands.
func TestAnAddressIsShownOnItsPage(t *testing.T) {
	config, press := settings(t, ""), newPrinter(t)
	c := knownCases(t, "wohngeld")[0]
	file := filepath.Join(t.TempDir(), "brief.tif")
	press.write(file, slip{text: []string{"Stadt Auenstedt, Wohngeldstelle", c.given + " " + c.surname, c.street, c.town, "Sehr geehrte Damen und Herren, ich bitte um Antwort."}})
	l, code := taken(t, config, file)
	if code != exitReview || len(l.documents) != 1 {
		t.Fatalf("ingest ended with %d and %d letters; want one in review", code, len(l.documents))
	}
	d := l.documents[0]
	if d.Evidence == nil || !slices.Contains(d.Reasons, routing.ByAddress) {
		t.Fatalf("evidence %v, reasons %v; want the address and %s", d.Evidence, d.Reasons, routing.ByAddress)
	}
	const mm = slipDPI / 25.4
	x, y := float64(d.Evidence.Box[0])/mm, float64(d.Evidence.Box[1])/mm
	if d.Evidence.Text != c.street || x < 7 || x > 9 || y < 20 || y > 26 {
		t.Errorf("evidence = %+v, %.1f mm from the left and %.1f from the top; want the street, 8 and 24", *d.Evidence, x, y)
	}
}
