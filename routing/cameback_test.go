package routing_test

import (
	"testing"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// from lays lines out as a page whose first line stands in the letterhead.
func from(head string, lines ...string) ocr.Reading {
	r := letter(0.95, append([]string{head}, lines...)...)
	for i := range r.Words {
		r.Words[i].Box[1] -= 400
	}
	return r
}

func TestOurLettersComeBack(t *testing.T) {
	o := openWith(t, people)
	o.finder.House("Stadt Auenstedt")
	envelope := from("Stadt Auenstedt · Wohngeldstelle · Rathausplatz 3 · 00417 Auenstedt", "", "Lena Weiß", "unbekannt verzogen")
	envelope.Width, envelope.Height = 2598, 1299
	tests := map[string]struct {
		page   ocr.Reading
		sure   bool
		number routing.CaseNumber
		back   bool
		why    string
	}{
		"under our own sign":       {from("Stadt Auenstedt", "", "", "", "Lena Weiß", "Ring 1", "00417 Auenstedt", "", "Unser Zeichen: WG-2023-000203"), true, "WG-2023-000203", true, ""},
		"with what the post wrote": {from("Stadt Auenstedt", "", "", "", "Lena Weiß", "Annahme verweigert", "Ring 1", "", "Mein Zeichen: WG-2023-000203"), true, "WG-2023-000203", true, "Annahme verweigert"},
		"by the head alone":        {from("Stadt Auenstedt", "Wohngeldstelle", "", "", "Herrn", "Kai Fremd", "Ring 99"), true, "", true, ""},
		"an envelope alone":        {envelope, true, "", true, "unbekannt verzogen"},
		"with nothing in its head": {from("Stadt Auenstedt", "", "", "", "Herrn", "Kai Fremd", "Ring 99"), false, "", true, ""},
		"two cases of one person":  {from("Stadt Auenstedt", "", "", "", "Hans Müller", "Amselweg 3", "00417 Auenstedt"), false, "", true, ""},
		"somebody writes to us":    {from("Lena Weiß", "", "", "", "Stadt Auenstedt", "Wohngeldstelle", "", "", "Ihr Zeichen: WG-2023-000203"), true, "WG-2023-000203", false, ""},
		"it says what the post did": {from("Lena Weiß", "", "", "", "Stadt Auenstedt", "Wohngeldstelle", "", "", "Ihr Zeichen: WG-2023-000203", "", "Mein Brief kam zurück, unbekannt verzogen."), true,
			"WG-2023-000203", false, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := o.decide(t, storage.Document{}, tt.page)
			if d.Sure != tt.sure || d.Sure && (d.CaseNumber != tt.number || d.Department != "wohngeld") {
				t.Errorf("sure is %v, %q of %s because of %v; want %v, %q", d.Sure, d.CaseNumber, d.Department, d.Reasons, tt.sure, tt.number)
			}
			back := false
			for _, r := range d.Reasons {
				if r == (scanstation.Reason{Code: routing.CameBack, Detail: tt.why}) {
					back = true
				}
			}
			if back != tt.back {
				t.Errorf("reasons are %v; want it to have come back: %v %q", d.Reasons, tt.back, tt.why)
			}
		})
	}
}
