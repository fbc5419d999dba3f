package web_test

import (
	"testing"

	"mailroom/routing/desk"
	"mailroom/storage"
)

func TestThingsInABrowser(t *testing.T) {
	h := open(t)
	for _, n := range []struct {
		by string
		desk.NewThing
	}{
		{"scan", desk.NewThing{Kind: storage.Cash, Amount: "50", Currency: "EUR", Words: "Ein Schein", Place: "Tresor, Fach 2"}},
		{"records", desk.NewThing{Kind: storage.Cheque, Amount: "1250,50", Currency: "EUR", Words: "Nr. 88", Place: "Tresor, Fach 1"}},
		{"records", desk.NewThing{Kind: storage.LargePlan, Words: "Lageplan", Place: "Planschrank 3"}},
	} {
		if _, err := h.RecordThing(t.Context(), h.Who(n.by), n.NewThing); err != nil {
			t.Fatal(err)
		}
	}
	h.examine(t, []visited{{"scan", "ersatzbelege", "/originale/ersatzbelege"}, {"auditor", "ersatzbelege-pruefung", "/originale/ersatzbelege"}})
}
