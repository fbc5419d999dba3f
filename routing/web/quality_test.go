package web_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk/desktest"
	"mailroom/storage"
)

// draw puts a stack of which both letters are drawn, and returns the first: of
// two pages, of which the second is hardly legible.
func (h house) draw() storage.DocumentID {
	h.Check("normal", 1)
	defer h.Check("normal", 0)
	own := desktest.Sheet{Lines: desktest.Letter("Wohngeldstelle", "Otto Krämer", "WG-2023-004711")}
	b := h.Put(desktest.Stack{
		Name: "gezogen.tif", Received: "2026-11-24", Operator: "Sabine Scholz",
		Sheets: []desktest.Sheet{own, {Lines: []string{"Anlage", "", "Mietbescheinigung, zweite Seite"}}, {Separator: true}, own},
		Decide: func(_ int, r []ocr.Reading) routing.Decision {
			return desktest.Sure(desktest.Case("WG-2023-004711"), r)
		},
	})
	return storage.NewDocumentID(b, 1)
}

// drawn draws, finds a defect on page 2, and returns the page about that letter.
func (h house) drawn(path string) string {
	id := h.draw()
	if _, err := h.Judge(context.Background(), h.Who("records"), id, 1, 2, storage.CutOff, "unten fehlt eine Zeile"); err != nil {
		panic(err)
	}
	return strings.ReplaceAll(path, "%s", string(id))
}

func TestQualityControl(t *testing.T) {
	h := open(t)
	h.Hire()
	id := h.draw()
	path := "/qualitaet/" + string(id)
	checker, scan, worker := h.login(t, "cast-all-c"), h.login(t, "scan"), h.login(t, "wohngeld-2")
	for _, p := range []string{path, path + "/seite/1/klein"} {
		if status, _ := worker.get(p); status != http.StatusNotFound {
			t.Errorf("a worker gets %d for %s; want not found", status, p)
		}
		if status, _ := checker.get(p); status != http.StatusOK {
			t.Errorf("the checker gets %d for %s", status, p)
		}
	}
	for _, p := range []string{path, path + "/nachscannen", path + "/behoben"} {
		if status, _, _ := worker.post(p, "seite", "1", "stand", "1", "urteil", "stimmt", "grund", "x"); status != http.StatusNotFound {
			t.Errorf("a worker posts to %s: %d; want not found", p, status)
		}
	}
	_, body := scan.get("/qualitaet")
	for _, want := range []string{string(id.Batch()), "dahinter:", "Brief 2", "1 bis 2", "prüft ihn jemand anderes"} {
		if !strings.Contains(body, want) {
			t.Errorf("the list of the scan room lacks %q", want)
		}
	}
	if strings.Contains(body, "WG-2023-004711") || strings.Contains(body, "Krämer") {
		t.Error("the list says what stands in the letter")
	}
	if status, _, body := scan.post(path, "seite", "1", "stand", "1", "urteil", "stimmt"); status != http.StatusUnprocessableEntity || !strings.Contains(body, "geben Sie es an jemand anderen") {
		t.Errorf("whoever scanned it checks it: %d", status)
	}
	for name, form := range map[string][]string{
		"nothing was said":  {"seite", "1", "stand", "1"},
		"an older version":  {"seite", "1", "stand", "9", "urteil", "stimmt"},
		"a defect made up":  {"seite", "1", "stand", "1", "urteil", "fly"},
		"no reason is told": nil,
	} {
		to := path
		if form == nil {
			to, form = path+"/behoben", []string{"grund", ""}
		}
		if status, _, _ := checker.post(to, form...); status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d; want the page once more", name, status)
		}
	}
	if status, to, _ := checker.post(path, "seite", "1", "stand", "1", "urteil", "stimmt"); status != http.StatusSeeOther || to != path {
		t.Errorf("the first page: %d to %s; want the same letter", status, to)
	}
	if _, body := checker.get(path); !strings.Contains(body, "Stimmt Seite 2 von 2") || !strings.Contains(body, "letzte Seite") {
		t.Error("after the first page the second is not asked about")
	}
	if status, _, _ := checker.post(path, "seite", "2", "stand", "1", "urteil", "missing-page", "hinweis", "Rückseite"); status != http.StatusSeeOther {
		t.Errorf("a defect: %d", status)
	}
	if _, body := h.login(t, "head-wohngeld").get("/brief/" + string(id)); !strings.Contains(body, "einen Mangel festgestellt") || !strings.Contains(body, "Danach fehlt eine Seite") {
		t.Error("the head does not see the defect on the letter's page")
	}
	if status, _, _ := checker.post(path + "/nachscannen"); status != http.StatusSeeOther {
		t.Errorf("asking for a rescan: %d", status)
	}
	if _, body := scan.get("/scanstelle/nachscannen"); !strings.Contains(body, "Ergänzen nach Seite 2") || !strings.Contains(body, "Rückseite") {
		t.Error("the scan room has no request to add a page")
	}
	if _, body := checker.get("/qualitaet/regel"); !strings.Contains(body, "mal 2 genommen") || !strings.Contains(body, "Danach fehlt eine Seite 1") {
		t.Error("the page of the rule lacks the rule or the defect")
	}
}

func TestAWorkerSaysCompleteByForm(t *testing.T) {
	h := open(t)
	id := h.Brief()
	if err := h.Assign(context.Background(), h.Who("head-wohngeld"), id, "wohngeld-2", ""); err != nil {
		t.Fatal(err)
	}
	b := h.login(t, "wohngeld-2")
	letter := "/brief/" + string(id)
	if _, body := b.get(letter); !strings.Contains(body, letter+"/vollstaendig") {
		t.Fatal("the worker is not asked whether the letter is complete")
	}
	if status, to, _ := b.post(letter + "/vollstaendig"); status != http.StatusSeeOther || to != letter {
		t.Errorf("saying so: %d to %s", status, to)
	}
	if _, body := b.get(letter); strings.Contains(body, letter+"/vollstaendig") || !strings.Contains(body, "steht jetzt im Transfervermerk") {
		t.Error("the worker is asked again")
	}
}

func TestADrawIsCheckedByKeys(t *testing.T) {
	h := open(t)
	h.Hire()
	id := h.draw()
	w := h.window(t)
	w.login("cast-all-c")
	if got := eval[string](w, "location.pathname"); got != "/qualitaet" {
		t.Errorf("a checker's work begins at %s; want /qualitaet", got)
	}
	w.open(fmt.Sprintf("/qualitaet/%s", id))
	w.keys("\r")
	w.until("the second page", `document.querySelector("#h-frage").textContent.includes("Seite 2 von 2")`)
	w.keys("2")
	w.until("the defect", `document.querySelector("#gesagt") !== null && document.body.textContent.includes("Abgeschnitten")`)
	w.keys("w")
	w.until("the request", `location.pathname === "/qualitaet" && document.body.textContent.includes("Nachscan beauftragt")`)
	if open, err := h.Rescans(t.Context(), h.Who("scan")); err != nil || len(open) != 1 || open[0].Complaint != storage.CutOff {
		t.Errorf("the scan room has %+v, %v; want the page that is cut off", open, err)
	}
	if c, err := h.Counts(t.Context(), h.Who("cast-all-c")); err != nil || c.Checks != 1 {
		t.Errorf("%d letters wait, %v; want the other one", c.Checks, err)
	}
}

func TestEveryPageOfQualityControl(t *testing.T) {
	h := open(t)
	id := h.drawn("%s")
	h.examine(t, []visited{
		{"scan", "qualitaet", "/qualitaet"}, {"scan", "pruefen-eigenes", "/qualitaet/" + id},
		{"records", "qualitaet-pruefen", "/qualitaet/" + id + "?seite=1"}, {"records", "qualitaet-mangel", "/qualitaet/" + id + "?seite=2"},
		{"records", "qualitaet-regel", "/qualitaet/regel"}, {"head-wohngeld", "brief-mangel", "/brief/" + id}, {"head-wohngeld", "postkorb-mangel", "/postkorb/wohngeld"},
	})
}
