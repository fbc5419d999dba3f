package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"mailroom/storage"
)

func TestSearchPage(t *testing.T) {
	h := open(t)
	letter := "/brief/" + string(storage.NewDocumentID(h.Released, 1))
	foreign := string(storage.NewDocumentID(h.Released, 4))
	b := h.login(t, "head-wohngeld")
	tests := map[string]struct {
		path     string
		has, not []string
	}{
		"a hit with its facts and its snippet":  {"/suche?q=WG-2023-004711", []string{"Krämer, Otto", "<mark>WG-2023-004711</mark>", letter + "?suche=WG-2023-004711#seite-1", letter + "/seite/1/klein", "im Postkorb"}, []string{"Kein Brief"}},
		"what was typed stays in the one field": {"/suche?q=%22%3E%3Cb%3E", []string{`value="&#34;&gt;&lt;b&gt;"`, "Kein Brief"}, []string{`"><b>`}},
		"nothing of a foreign letter":           {"/suche?q=Hoffmann", []string{"Kein Brief"}, []string{foreign, "Klara"}},
		"nothing of a foreign number":           {"/suche?q=SO-2025-00042&bereich=soziales", []string{"Kein Brief"}, []string{foreign, "Klara", ">Soziale Hilfen<"}},
		"marks on the page's image":             {letter + "?suche=Mietbescheinigung", []string{"mark--search", "1 Fundstelle", `href="#seite-2"`}, nil},
		"no marks of what does not stand there": {letter + "?suche=Zebra", []string{"Auf den Seiten steht nichts"}, []string{"mark--search"}},
		"no marks without a search":             {letter, nil, []string{"mark--search", "Fundstelle von"}},
		"filters stay as chosen":                {"/suche?q=Miete&stand=inbox&von=2026-11-01", []string{`value="inbox" selected`, `value="2026-11-01"`}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			status, page := b.get(tt.path)
			if status != http.StatusOK {
				t.Fatalf("%s: %d", tt.path, status)
			}
			for _, s := range tt.has {
				if !strings.Contains(page, s) {
					t.Errorf("the page lacks %s", s)
				}
			}
			for _, s := range tt.not {
				if strings.Contains(page, s) {
					t.Errorf("the page holds %s", s)
				}
			}
		})
	}
	if status, _ := b.get("/suche?q=Miete&von=gestern"); status != http.StatusUnprocessableEntity {
		t.Errorf("a day that is none: %d; want 422", status)
	}
	if status, _ := b.get("/brief/" + foreign + "?suche=Miete"); status != http.StatusNotFound {
		t.Errorf("a foreign letter with a search: %d; want 404", status)
	}
	if _, page := h.login(t, "scan").get("/scanstelle"); strings.Contains(page, `action="/suche"`) {
		t.Error("the scan room is offered a search")
	}
}

func TestSearchByKeyboard(t *testing.T) {
	h := open(t)
	w := h.window(t)
	w.login("head-wohngeld")
	// The driver sends the character by itself, even of a key that the page took.
	w.until("the field by its key", `document.readyState === "complete" && document.activeElement.id !== "suche"`)
	if !eval[bool](w, `!document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "/", bubbles: true, cancelable: true})) && document.activeElement.id === "suche"`) {
		t.Error("/ does not lead to the field")
	}
	w.keys("mietbescheinigungen")
	if got := eval[string](w, `document.querySelector("#suche").value`); got != "mietbescheinigungen" {
		t.Errorf("in the field stands %q", got)
	}
	w.keys(kb.Enter)
	w.until("the hit", `location.pathname === "/suche" && document.querySelector(".hit mark") !== null`)
	w.tabTo(".hit a")
	w.keys(kb.Enter)
	w.until("the marked letter", `location.pathname.startsWith("/brief/") && document.querySelectorAll("rect.mark--search").length === 1`)
	w.until("its second page", `location.hash === "#seite-2"`)
	place := eval[bool](w, `(() => { const m = document.querySelector("rect.mark--search").getBoundingClientRect(), p = document.querySelector("#seite-2 img").getBoundingClientRect();
		return m.width > 20 && m.height > 8 && m.left > p.left && m.right < p.right && m.top > p.top && m.bottom < p.top + p.height / 4; })()`)
	if !place {
		t.Error("the mark does not lie where the word stands")
	}
}

func TestSearchByFields(t *testing.T) {
	h := open(t)
	b := h.login(t, "head-wohngeld")
	for path, want := range map[string]string{
		"/suche?person=Kraemer":                 ">Krämer, Otto</a>",
		"/suche?az=wg+2023+004711":              ">Krämer, Otto</a>",
		"/suche?person=Neumann&q=Bescheinigung": ">Neumann, Petra</a>",
		"/suche?person=Hoffmann":                "Kein Brief",
		"/suche?az=SO-2025-00042":               "Kein Brief",
		"/suche?person=Kraemer&art=fax":         "Kein Brief",
		"/suche?person=%25":                     "Kein Brief",
		"/suche":                                "Oder nach Akte und Person",
	} {
		if status, page := b.get(path); status != http.StatusOK || !strings.Contains(page, want) {
			t.Errorf("%s: %d, without %q", path, status, want)
		}
	}
}

func TestSearchesAreKept(t *testing.T) {
	h := open(t)
	b := h.login(t, "head-wohngeld")
	if status, _, page := b.post("/suche/merken", "q", "Miete", "name", " "); status != http.StatusUnprocessableEntity || !strings.Contains(page, "einen Namen") {
		t.Errorf("without a name: %d", status)
	}
	if status, _, _ := b.post("/suche/merken", "name", "leer"); status != http.StatusUnprocessableEntity {
		t.Errorf("without a word: %d; want 422", status)
	}
	if status, to, _ := b.post("/suche/merken", "q", "Miete", "person", "Krämer", "name", "Krämers Miete"); status != http.StatusSeeOther {
		t.Errorf("keep: %d %s; want to be sent back to the search", status, to)
	}
	_, page := b.get("/suche")
	if !strings.Contains(page, "Krämers Miete") || !strings.Contains(page, "/suche?person=Kr%C3%A4mer&amp;q=Miete") {
		t.Errorf("the search was not kept:\n%s", page)
	}
	_, rest, _ := strings.Cut(page, `action="/suche/q-`)
	id, _, _ := strings.Cut(rest, "/vergessen")
	other := h.login(t, "head-soziales")
	if _, page := other.get("/suche"); strings.Contains(page, "Krämers Miete") {
		t.Error("somebody else sees it")
	}
	if status, _, _ := other.post("/suche/q-" + id + "/vergessen"); status != http.StatusNotFound {
		t.Errorf("somebody else dropped it: %d", status)
	}
	b.post("/suche/q-" + id + "/vergessen")
	if _, page := b.get("/suche"); strings.Contains(page, "Krämers Miete") {
		t.Error("it was not dropped")
	}
}

func TestHitsAsATable(t *testing.T) {
	h := open(t)
	path := "/suche/treffer.csv?q=WG-2023-004711"
	status, table := h.login(t, "records").get(path)
	if status != http.StatusOK || !strings.HasPrefix(table, "\ufeffNummer;Aktenzeichen;Person;") || !strings.Contains(table, `;WG-2023-004711;Krämer, Otto;Wohngeld;`) {
		t.Errorf("%d %s", status, table)
	}
	if status, _ := h.login(t, "head-wohngeld").get(path); status != http.StatusNotFound {
		t.Errorf("a head took a table: %d", status)
	}
	if _, page := h.login(t, "head-wohngeld").get("/suche?q=WG-2023-004711"); strings.Contains(page, "treffer.csv") {
		t.Error("a head is offered a table")
	}
	if _, page := h.login(t, "records").get("/suche?q=WG-2023-004711"); !strings.Contains(page, "/suche/treffer.csv?q=WG-2023-004711") {
		t.Error("the records manager is not offered a table")
	}
}
