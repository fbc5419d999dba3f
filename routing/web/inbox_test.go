package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"mailroom/storage"
)

func TestWhoGivesOutLetters(t *testing.T) {
	h := open(t)
	id := string(storage.NewDocumentID(h.Released, 1))
	for who, want := range map[string]string{
		"worker-wohngeld": "--o", "wohngeld-2": "--o", "head-wohngeld": "++o", "head-soziales": "--o",
		"records": "++-", "auditor": "---", "scan": "---", "admin": "---",
	} {
		b := h.login(t, who)
		got := ""
		if _, page := b.get("/postkorb/wohngeld"); strings.Contains(page, `/zuweisen"`) {
			got += "+"
		} else {
			got += "-"
		}
		if status, _ := b.get("/postkorb/wohngeld/sicher"); status == http.StatusOK {
			got += "+"
		} else {
			got += "-"
		}
		if status, _ := b.get("/meine-post"); status == http.StatusOK {
			got += "o"
		} else {
			got += "-"
		}
		if got != want {
			t.Errorf("%s gets %s; want %s", who, got, want)
		}
		if strings.HasPrefix(want, "+") {
			continue
		}
		if status, _, _ := b.post("/postkorb/wohngeld/zuweisen", "brief", id, "worker", "wohngeld-2"); status != http.StatusNotFound {
			t.Errorf("assign by %s: %d; want 404", who, status)
		}
		for _, act := range []string{"zurueckholen", "weiterleiten", "zurueckgeben", "beenden"} {
			if status, _, _ := b.post("/postkorb/wohngeld/"+id+"/"+act, "worker", "wohngeld-2", "department", "soziales", "reason", "x", "state", "finance"); status != http.StatusNotFound {
				t.Errorf("%s by %s: %d; want 404", act, who, status)
			}
		}
	}
}

func TestFormsOfTheInbox(t *testing.T) {
	h := open(t)
	b := h.login(t, "head-wohngeld")
	first, second := string(storage.NewDocumentID(h.Released, 1)), string(storage.NewDocumentID(h.Released, 2))
	if _, page := b.get("/postkorb/wohngeld"); strings.Contains(page, "Weitere Briefe") {
		t.Error("a short inbox offers more letters")
	}
	if status, _, page := b.post("/postkorb/wohngeld/"+first+"/zurueckgeben", "reason", "weil"); status != http.StatusUnprocessableEntity || !strings.Contains(page, "nicht Ihrem Bereich gehört") || !strings.Contains(page, `value="weil"`) {
		t.Errorf("refuse without a reason: %d", status)
	}
	if status, _, page := b.post("/postkorb/wohngeld/zuweisen", "brief", first, "typed", "auditor", "remark", "bitte gleich"); status != http.StatusUnprocessableEntity || !strings.Contains(page, `value="bitte gleich"`) {
		t.Errorf("assign to an auditor: %d; what was typed must stay", status)
	}
	if status, to, _ := b.post("/postkorb/wohngeld/zuweisen", "brief", first, "typed", "neue.kraft", "danach", second); status != http.StatusUnprocessableEntity {
		t.Errorf("assign to somebody nobody knows: %d %s", status, to)
	}
	if status, _, page := b.post("/postkorb/wohngeld/zuweisen", "brief", first, "typed", "neue.kratf", "sicher", "neue.kraft"); status != http.StatusUnprocessableEntity || !strings.Contains(page, `name="sicher" value="neue.kratf"`) {
		t.Errorf("assign with a word for another name: %d; want to be asked about this one", status)
	}
	if status, to, _ := b.post("/postkorb/wohngeld/zuweisen", "brief", first, "typed", "neue.kraft", "sicher", "neue.kraft", "danach", second); status != http.StatusSeeOther || to != "/postkorb/wohngeld?brief="+second {
		t.Errorf("assign by typing: %d %s", status, to)
	}
	if status, _, page := b.post("/postkorb/wohngeld/zuweisen", "brief", first, "typed", "wohngeld-2"); status != http.StatusUnprocessableEntity || !strings.Contains(page, "Jemand war schneller") {
		t.Errorf("assign what is assigned: %d", status)
	}
	if _, page := b.get("/brief/" + first); !strings.Contains(page, "Zugewiesen an neue.kraft") || !strings.Contains(page, "nicht-zuweisen") {
		t.Error("the letter's page does not say to whom it was assigned")
	}
	if status, _, _ := b.post("/brief/" + first + "/nicht-zuweisen"); status != http.StatusSeeOther {
		t.Errorf("take back on the letter's page: %d", status)
	}
	worker := h.login(t, "wohngeld-2")
	if status, _, _ := worker.post("/meine-post/" + first + "/bearbeiten"); status != http.StatusUnprocessableEntity {
		t.Errorf("begin with a letter in the inbox: %d", status)
	}
	if status, _, _ := worker.post("/meine-post/" + first + "/fliegen"); status != http.StatusNotFound {
		t.Errorf("an unknown step: %d", status)
	}
}

func TestPostByKeyboard(t *testing.T) {
	h := open(t)
	w := h.window(t)
	ids := []string{"", string(storage.NewDocumentID(h.Released, 1)), string(storage.NewDocumentID(h.Released, 2)), string(storage.NewDocumentID(h.Released, 3))}
	state := func(n int, want storage.DocumentState) {
		t.Helper()
		if doc, err := h.Archive.Document(t.Context(), storage.DocumentID(ids[n])); err != nil || doc.State != want {
			t.Errorf("letter %d is %s, %v; want %s", n, doc.State, err, want)
		}
	}
	said := func(words string) {
		t.Helper()
		w.until(words, `document.readyState === "complete" && !!document.querySelector("#gesagt") && document.querySelector("#gesagt").textContent.includes("`+words+`")`)
	}
	focused := func(n int) {
		t.Helper()
		w.until("the focus on letter "+ids[n], `document.activeElement.id === "eintrag-`+ids[n]+`"`)
	}
	w.login("head-wohngeld")
	w.keys(kb.Enter)
	said("Eva Sommer zugewiesen")
	focused(2)
	state(1, storage.Assigned)
	w.keys("z")
	said("rückgängig gemacht")
	focused(1)
	state(1, storage.Inbox)

	w.keys(kb.ArrowDown)
	w.until("the second letter", `document.querySelector("#brief").dataset.of === "eintrag-`+ids[2]+`"`)
	w.keys("w")
	w.until("the choice of departments", `document.activeElement.id === "nach-bereich"`)
	w.keys(kb.ArrowDown)
	w.tabTo("#grund-weiter")
	w.keys("Grundsicherung", kb.Enter)
	said("Postkorb Soziale Hilfen")
	focused(3)

	w.keys("r")
	w.until("the choice of reasons", `document.activeElement.id === "warum-zurueck"`)
	w.keys(kb.ArrowDown)
	w.tabTo("#grund-zurueck")
	w.keys("andere Stadt", kb.Enter)
	said("wieder in der Klärung")
	state(3, storage.Review)
	focused(1)

	w.keys("j")
	w.until("the list of sure proposals", `location.pathname === "/postkorb/wohngeld/sicher" && document.querySelectorAll("tbody tr").length === 1`)
	w.keys("j")
	said("Ein Brief ist zugewiesen")
	state(1, storage.Assigned)

	w.tabTo(`form[action="/abmelden"] button`)
	w.keys(kb.Enter)
	w.login("wohngeld-2")
	w.until("own letters", `location.pathname === "/meine-post" && document.querySelector("input[name=efile]").value === "WG-2023-004711"`)
	w.keys("n")
	said("zur Akte genommen")
	state(1, storage.Filed)
	w.keys("v")
	said("ist in Bearbeitung")
	w.keys("e")
	said("ist erledigt")
	focused(1)
	state(1, storage.Closed)
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.loud {
		t.Errorf("the browser says: %s", s)
	}
}
