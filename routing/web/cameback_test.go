package web_test

import (
	"strings"
	"testing"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk/desktest"
	"mailroom/scanstation"
	"mailroom/storage"
)

// A letter of our own that comes back lies among its case's others and says so.
func TestReturnedMailIsSeen(t *testing.T) {
	h := open(t)
	batch := h.Put(desktest.Stack{
		Name: "ruecklaeufer.tif", Received: "2026-11-20", Operator: "Sabine Scholz",
		Sheets: []desktest.Sheet{{Lines: []string{
			desktest.Letterhead, "", "", "", "", "Otto Krämer", "Annahme verweigert", "Lindenweg 12", "12345 Musterstadt", "",
			"Unser Zeichen: WG-2023-004711", "", "Sehr geehrter Herr Krämer,", "anbei erhalten Sie Ihren Bescheid.",
		}}},
		Decide: func(_ int, r []ocr.Reading) routing.Decision {
			d := desktest.Sure(desktest.Case("WG-2023-004711"), r)
			d.Reasons = []scanstation.Reason{{Code: routing.CameBack, Detail: "Annahme verweigert"}}
			return d
		},
	})
	id := string(storage.NewDocumentID(batch, 1))
	b := h.login(t, "head-wohngeld")
	if _, page := b.get("/postkorb/wohngeld?nur=came-back"); strings.Count(page, `class="entry"`) != 1 || !strings.Contains(page, id) || !strings.Contains(page, "(Rückläufer)") {
		t.Error("the part of the inbox does not hold the one letter that came back, with why")
	}
	if _, page := b.get("/brief/" + id); !strings.Contains(page, "zu uns zurückgekommen (Rückläufer).") || !strings.Contains(page, "Annahme verweigert") || !strings.Contains(page, "unser eigener Briefkopf") {
		t.Error("the letter's page does not say that it came back, by what, and what the post wrote")
	}
}
