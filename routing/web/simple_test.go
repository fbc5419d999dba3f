package web_test

import (
	"net/http"
	"strings"
	"testing"

	"mailroom/scanstation"
	"mailroom/storage"
)

// taskOf is the page with the task about a stack, wherever it stands in the row.
func (b *browser) taskOf(t *testing.T, h house, id scanstation.BatchID) string {
	t.Helper()
	for _, after := range []scanstation.BatchID{"", h.Review, h.Parked} {
		page := "/scanstelle/einfach?nach=" + string(after)
		if _, body := b.get(page); strings.Contains(body, "/stapel/"+string(id)+"/weiter") {
			return page
		}
	}
	t.Fatalf("there is no task about stack %s", id)
	return ""
}

func TestTheSimpleViewWithoutScripts(t *testing.T) {
	h := open(t)
	id := h.mendable()
	b := h.login(t, "scan")
	on := "/stapel/" + string(id) + "/weiter"
	page := b.taskOf(t, h, id)
	want := func(texts ...string) {
		t.Helper()
		status, body := b.get(page)
		for _, text := range texts {
			if status != http.StatusOK || !strings.Contains(body, text) {
				t.Errorf("the page is %d and lacks %q:\n%s", status, text, body)
			}
		}
	}
	did := func(pairs ...string) {
		t.Helper()
		if status, to, body := b.post(on, pairs...); status != http.StatusSeeOther || to != "/scanstelle/einfach" {
			t.Errorf("%v is %d to %s: %s", pairs, status, to, body)
		}
	}
	want("Zwischen Blatt 2 und 3 fehlt vermutlich ein Trennblatt", "Ja, hier beginnt ein neuer Brief", `tabindex="-1" autofocus`, "Jemand anderes soll es ansehen")
	if status, _, body := b.post(on, "tun", "cut", "bild", "2", "stand", "7"); status != http.StatusUnprocessableEntity || !strings.Contains(body, "inzwischen geändert") {
		t.Errorf("an answer to a page that is too old is %d", status)
	}
	for _, bad := range [][]string{{"tun", "cut", "bild", "x"}, {"tun", "fly", "bild", "2", "stand", "0"}} {
		if status, _, _ := b.post(on, bad...); status != http.StatusNotFound {
			t.Errorf("%v is %d; want 404", bad, status)
		}
	}
	did("tun", "cut", "bild", "2", "stand", "0")
	if got := h.cuts(id); got != "01 2 5" {
		t.Errorf("the letters are %q; want a cut before image 2", got)
	}
	h.Carry(id)
	want("Blatt 7 steht in keinem Brief", "Neu scannen")
	did("tun", "again", "grund", "page-unclear", "bild", "6", "stand", "1")
	h.Carry(id)
	want("Drucken Sie das Blatt", "/scanstelle/nachscannen/blaetter.pdf?stapel="+string(id))
	open, err := h.Rescans(t.Context(), h.Who("scan"))
	if err != nil || len(open) != 1 || open[0].Kind != storage.AddPages || open[0].Document.Batch() != id {
		t.Fatalf("requests are %+v, %v; want one that adds a page", open, err)
	}
	if _, body := b.get("/stapel/" + string(id)); !strings.Contains(body, "/scanstelle/nachscannen/"+string(open[0].ID)+"/blatt.pdf") {
		t.Error("the stack's page does not offer the sheet")
	}
	did("tun", "unclear", "bild", "6", "grund", storage.RescanWanted, "hinweis", "Das Blatt ist nicht zu finden.")
	if _, body := b.get("/stapel/" + string(id)); !strings.Contains(body, "Das Blatt ist nicht zu finden.") {
		t.Error("the stack's page does not say what is unclear")
	}
	if status, body := b.get("/scanstelle/trennblaetter.pdf?anzahl=0"); status != http.StatusUnprocessableEntity || !strings.Contains(body, "1 bis 200") {
		t.Errorf("no separator sheet is %d", status)
	}
	if status, body := b.get("/scanstelle/trennblaetter.pdf?anzahl=3"); status != http.StatusOK || strings.Count(body, "/Type/Page\n")+strings.Count(body, "/Type /Page\n") > 3 || !strings.HasPrefix(body, "%PDF") {
		t.Errorf("three separator sheets are %d", status)
	}
}

func TestTheSimpleViewByKeyboard(t *testing.T) {
	h := open(t)
	id := h.mendable()
	page := h.login(t, "scan").taskOf(t, h, id)
	h.examine(t, []visited{{"scan", "einfach-schnitt", page}, {"scan", "trennblaetter", "/scanstelle/trennblaetter"}})
	w := h.window(t)
	w.login("scan")
	w.open(page)
	w.until("the focus on the question", `document.activeElement.id === "h-frage"`)
	w.keys("t")
	w.until("the cut", `document.querySelector("#gesagt") !== null && document.activeElement.id === "h-frage"`)
	if got := h.cuts(id); got != "01 2 5" {
		t.Errorf("the letters are %q; want a cut before image 2", got)
	}
	h.Carry(id)
	w.open(page)
	w.keys("w")
	w.until("the request", `document.querySelector("#gesagt") !== null && document.activeElement.id === "h-frage"`)
	if open, err := h.Rescans(t.Context(), h.Who("scan")); err != nil || len(open) != 1 {
		t.Errorf("requests are %+v, %v; want one", open, err)
	}
	h.Carry(id)
	h.examine(t, []visited{{"scan", "einfach-nachscan", page}, {"scan", "stapel-nachscan", "/stapel/" + string(id)}})
}
