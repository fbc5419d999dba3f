package web_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk/desktest"
	"mailroom/scanstation"
	"mailroom/storage"
)

// sheeted puts a letter with enclosures behind a separator of a department; what is
// not sure waits in review.
func (h house) sheeted(sure bool) storage.DocumentID {
	enclosure := desktest.Sheet{Divider: &scanstation.Divider{Level: scanstation.EnclosureLevel}}
	return storage.NewDocumentID(h.Put(desktest.Stack{
		Name: "anlagen.tif", Received: "2026-11-20", Operator: "Sabine Scholz",
		Sheets: []desktest.Sheet{
			{Divider: &scanstation.Divider{Level: scanstation.LetterLevel, Department: "wohngeld", Class: "pzu"}},
			{Lines: desktest.Letter("Wohngeld", "Erika Beispiel", "WG-2023-004711")}, enclosure, {Lines: []string{"Mietvertrag"}}, {Lines: []string{"Seite 2"}}, enclosure, {Lines: []string{"Lohnabrechnung"}},
		},
		Decide: func(_ int, r []ocr.Reading) routing.Decision {
			d := desktest.Sure(desktest.Case("WG-2023-004711"), r)
			d.Sure = sure
			return d
		},
	}), 1)
}

// A letter shows what the sheets before it and in it said.
func TestALetterShowsItsEnclosures(t *testing.T) {
	h := open(t)
	b := h.login(t, "head-wohngeld")
	_, page := b.get("/brief/" + string(h.sheeted(true)))
	for _, want := range []string{"Laut Trennblatt", "Postzustellungsurkunde", `<a href="#seite-2">Anlage 1 ab Seite 2</a>`, `<a href="#seite-4">Anlage 2 ab Seite 4</a>`, "<strong>Anlage 2</strong>"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of the letter does not say %q", want)
		}
	}
	if strings.Contains(page, "Anlage 3") {
		t.Error("the page of the letter has an enclosure too many")
	}
}

func TestAStackShowsItsEnclosures(t *testing.T) {
	h := open(t)
	_, page := h.login(t, "scan").get("/stapel/" + string(h.sheeted(false).Batch()))
	for _, want := range []string{"Blatt 2 · Seite", "Blatt 3 · Trennblatt", "Blatt 4 · Anlage", "Blatt 5 · Seite", "Blatt 7 · Anlage"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of the stack does not say %q", want)
		}
	}
}

// The scan room prints separators of a department and class, and enclosure sheets;
// what there is not is not printed.
func TestTheScanRoomPrintsSeparators(t *testing.T) {
	h := open(t)
	b := h.login(t, "scan")
	for query, want := range map[string]int{
		"anzahl=2&bereich=wohngeld&klasse=pzu": http.StatusOK, "anzahl=1&art=anlage": http.StatusOK, "anzahl=1": http.StatusOK,
		"anzahl=1&bereich=forst": http.StatusUnprocessableEntity, "anzahl=1&klasse=holz": http.StatusUnprocessableEntity, "anzahl=900&klasse=pzu": http.StatusUnprocessableEntity,
	} {
		code, page := b.get("/scanstelle/trennblaetter.pdf?" + query)
		if code != want || (code == http.StatusOK) != bytes.HasPrefix([]byte(page), []byte("%PDF-")) {
			t.Errorf("%s answers %d with %.40q; want %d", query, code, page, want)
		}
	}
}

// The scan room prints sheets for stacks, each with a number of its own.
func TestTheScanRoomPrintsStackSheets(t *testing.T) {
	h := open(t)
	b := h.login(t, "scan")
	for _, tt := range []struct {
		many, department string
		want             int
	}{{"2", "wohngeld", http.StatusOK}, {"501", "", http.StatusUnprocessableEntity}, {"0", "", http.StatusUnprocessableEntity}, {"1", "forst", http.StatusUnprocessableEntity}} {
		code, _, page := b.post("/scanstelle/stapelblaetter", "anzahl", tt.many, "bereich", tt.department)
		if code != tt.want || (code == http.StatusOK) != strings.HasPrefix(page, "%PDF-") {
			t.Errorf("%+v answers %d with %.40q", tt, code, page)
		}
	}
	var made []storage.BatchSheet
	err := h.Archive.View(t.Context(), func(tx storage.Tx) (err error) {
		made, err = h.Archive.Ledger.BatchSheets(t.Context(), tx, storage.BatchSheetFilter{})
		return err
	})
	if err != nil || len(made) != 2 || made[0].Number != 2 || made[1].Says.Department != "wohngeld" {
		t.Errorf("there are %+v, %v; want sheets 1 and 2 of wohngeld", made, err)
	}
}
