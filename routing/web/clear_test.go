package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk/desktest"
	"mailroom/scanstation"
	"mailroom/storage"
)

// morning puts a morning's post for one department into the office: of three
// letters two have a case whose worker is known, one has none.
func (h house) morning(letters int) scanstation.BatchID {
	var sheets []desktest.Sheet
	cases := []routing.CaseNumber{"WG-2023-004711", "WG-2024-000815", ""}
	for i := range letters {
		c := desktest.Case(cases[i%3])
		sheets = append(sheets, desktest.Sheet{Lines: desktest.Letter("Wohngeldstelle", c.Given+" "+c.Surname, string(c.Number))}, desktest.Sheet{Lines: []string{"T R E N N B L A T T"}, Separator: true})
	}
	return h.Put(desktest.Stack{
		Name: "post/morgen.tif", Received: "2026-11-24", Operator: "Sabine Scholz", Sheets: sheets,
		Decide: func(n int, r []ocr.Reading) routing.Decision {
			if n := cases[(n-1)%3]; n != "" {
				return desktest.Sure(desktest.Case(n), r)
			}
			return routing.Decision{Sure: true, Department: "wohngeld", Confidence: 0.9, Reasons: []scanstation.Reason{{Code: routing.NoNumber}}}
		},
	})
}

// waiting is how many letters wait in the inbox.
func (h house) waiting(t *testing.T) int {
	t.Helper()
	l, err := h.Inbox(t.Context(), h.Who("head-wohngeld"), "wohngeld", "")
	if err != nil {
		t.Fatal(err)
	}
	return l.Total
}

// TestClearAnInboxByKeyboard does a head's morning: letter by letter by Enter,
// by a digit, several marked at once, and what is sure in the end. How long a
// letter takes is told, not judged: the machine is not the one it runs on.
func TestClearAnInboxByKeyboard(t *testing.T) {
	h := open(t)
	h.morning(120)
	w := h.window(t)
	w.login("head-wohngeld")
	w.until("the inbox", `document.readyState === "complete" && location.pathname === "/postkorb/wohngeld" && document.querySelectorAll(".markable").length === 50`)
	begun, total := time.Now(), h.waiting(t)
	// act presses keys and waits until the next page says what came of it.
	act := func(words string, keys ...string) {
		t.Helper()
		eval[bool](w, `document.body.dataset.before = "yes", true`)
		for _, k := range keys {
			w.do(chromedp.KeyEvent(k))
		}
		w.until(words, `!document.body.dataset.before && document.readyState === "complete" && !!document.querySelector("#gesagt") && document.querySelector("#gesagt").textContent.includes("`+words+`")`)
		w.until("the focus on the open letter", `document.activeElement.matches('[data-list] [aria-current="true"]') || !document.querySelector("[data-list]")`)
	}
	one := time.Now()
	for range 10 {
		act("zugewiesen", kb.Enter)
	}
	for i := range 10 {
		act("zugewiesen", fmt.Sprint(i%3+1))
	}
	t.Logf("letter by letter: %v for one", time.Since(one)/20)
	if got := h.waiting(t); got != total-20 {
		t.Errorf("after 20 letters %d wait of %d", got, total)
	}

	w.keys(" ", kb.ArrowDown)
	w.until("the second letter", `document.activeElement.matches('[aria-current="true"]') && document.querySelector("#brief").dataset.of === document.activeElement.id`)
	w.keys(" ")
	w.until("two marked letters", `document.querySelector("#markiert").textContent === "2 Briefe sind markiert"`)
	act("2 Briefe sind Eva Sommer zugewiesen", "2")
	act("2 Zuweisungen sind rückgängig", "z")
	like := eval[int](w, `document.querySelectorAll('[data-like="' + document.querySelector('[data-list] [aria-current="true"]').parentElement.querySelector("[data-like]").dataset.like + '"]').length`)
	w.keys("m")
	w.until("all like this", fmt.Sprintf(`document.querySelectorAll("[data-like]:checked").length === %d`, like))
	act(fmt.Sprintf("%d Briefe sind", like), kb.Enter)
	w.keys("a", "Krüg")
	act("Jens Krüger zugewiesen", kb.Enter)

	w.keys("j")
	w.until("the list of what is sure", `location.pathname === "/postkorb/wohngeld/sicher" && document.readyState === "complete"`)
	act("sind zugewiesen", "j")
	for h.waiting(t) > 0 {
		w.keys("m")
		act("zugewiesen", kb.Enter)
	}
	t.Logf("%d letters in %v: %v for one", total, time.Since(begun).Round(time.Second), time.Since(begun)/time.Duration(total))
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.loud {
		t.Errorf("the browser says: %s", s)
	}
}

func TestManyLettersWithoutAScript(t *testing.T) {
	h := open(t)
	b := h.login(t, "head-wohngeld")
	id := func(n int) string { return string(storage.NewDocumentID(h.Released, n)) }
	if _, page := b.get("/postkorb/wohngeld?brief=" + id(1) + "&gleiche=1"); strings.Count(page, " checked>") != 1 {
		t.Errorf("marked alike: %d; want the one", strings.Count(page, " checked>"))
	}
	if status, _, page := b.post("/postkorb/wohngeld/zuweisen", "brief", id(1), "markiert", id(1), "markiert", id(2), "typed", "niemand\x00"); status != http.StatusUnprocessableEntity || strings.Count(page, " checked>") != 2 {
		t.Errorf("to no name: %d; what was marked must stay", status)
	}
	if status, _, _ := b.post("/postkorb/wohngeld/zuweisen", "brief", id(3), "markiert", id(1), "markiert", id(2), "worker", "wohngeld-2"); status != http.StatusSeeOther {
		t.Fatalf("two marked letters: %d", status)
	}
	_, page := b.get("/postkorb/wohngeld")
	if !strings.Contains(page, "2 Briefe sind Eva Sommer zugewiesen.") || !strings.Contains(page, `action="/postkorb/wohngeld/rueckgaengig"><button class="quiet">`) {
		t.Error("the page does not say what was done, with a way back")
	}
	_, page = b.get("/postkorb/wohngeld/zugewiesen")
	if strings.Count(page, `name="markiert"`) != 2 || !strings.Contains(page, "Eva Sommer") {
		t.Error("the list of what is assigned does not show both")
	}
	if status, _, page := b.post("/postkorb/wohngeld/umverteilen", "typed", "Krüger"); status != http.StatusUnprocessableEntity || !strings.Contains(page, "Kein Brief ist ausgewählt") {
		t.Errorf("reassign nothing: %d", status)
	}
	if status, to, _ := b.post("/postkorb/wohngeld/umverteilen", "typed", "krüger", "markiert", id(1)); status != http.StatusSeeOther || to != "/postkorb/wohngeld/zugewiesen" {
		t.Errorf("reassign one: %d %s", status, to)
	}
	if _, page = b.get("/postkorb/wohngeld/zugewiesen"); !strings.Contains(page, "Der Brief ist jetzt Jens Krüger zugewiesen.") {
		t.Error("the page does not say to whom it was reassigned")
	}
	if _, to, _ := b.post("/postkorb/wohngeld/rueckgaengig", "zurueck", "zugewiesen"); to != "/postkorb/wohngeld/zugewiesen" {
		t.Errorf("undo leads to %s", to)
	}
	if status, _, _ := b.post("/postkorb/wohngeld/" + id(1) + "/zurueckholen"); status != http.StatusSeeOther {
		t.Errorf("take back: %d", status)
	}
	if _, page = b.get("/postkorb/wohngeld?nur=no-number"); strings.Count(page, "class=\"entry\"") != 1 {
		t.Error("the part without a number holds more than the one")
	}
}

func TestDeputies(t *testing.T) {
	h := open(t)
	letter := string(h.Brief())
	head, deputy := h.login(t, "head-wohngeld"), h.login(t, "worker-wohngeld")
	if status, _, _ := head.post("/postkorb/wohngeld/zuweisen", "brief", letter, "worker", "wohngeld-2"); status != http.StatusSeeOther {
		t.Fatal("assign")
	}
	away, stead := string(h.Who("wohngeld-2").ID), string(h.Who("worker-wohngeld").ID)
	if status, _, _ := deputy.post("/vertretung", "wen", away); status != http.StatusNotFound {
		t.Errorf("stand in for somebody who is there: %d", status)
	}
	if status, _, page := head.post("/konto/abwesenheit", "wer", away, "vertretung", stead, "von", "2026-12-03", "bis", "2026-11-24"); status != http.StatusUnprocessableEntity || !strings.Contains(page, `value="2026-12-03"`) {
		t.Errorf("from later to earlier: %d; what was typed must stay", status)
	}
	if status, _, _ := head.post("/konto/abwesenheit", "wer", away, "vertretung", stead, "von", "2026-11-24", "bis", "2026-12-03"); status != http.StatusSeeOther {
		t.Fatalf("enter an absence: %d", status)
	}
	if _, page := deputy.get("/meine-post"); !strings.Contains(page, "Sie vertreten Eva Sommer bis 03.12.2026.") || !strings.Contains(page, "In Vertretung: Eva Sommer") || strings.Contains(page, "/meine-post/"+letter) {
		t.Error("the deputy is not shown whom they stand in for, or may work in their own name")
	}
	if status, _, _ := deputy.post("/meine-post/"+letter+"/akte", "efile", "WG-1"); status != http.StatusNotFound {
		t.Errorf("file in one's own name: %d", status)
	}
	if status, _, _ := deputy.post("/vertretung", "wen", away); status != http.StatusSeeOther {
		t.Fatalf("begin: %d", status)
	}
	if _, page := deputy.get("/meine-post"); !strings.Contains(page, "In Vertretung für Eva Sommer, bis 03.12.2026") || !strings.Contains(page, "/meine-post/"+letter+"/akte") {
		t.Error("the head of the page does not say in whose stead, or the letter is missing")
	}
	if status, _, _ := deputy.post("/meine-post/"+letter+"/akte", "efile", "WG-1"); status != http.StatusSeeOther {
		t.Errorf("file in their stead: %d", status)
	}
	if _, page := deputy.get("/brief/" + letter); !strings.Contains(page, "in Vertretung für "+away) {
		t.Error("the letter's life does not say in whose stead")
	}
	if status, _ := deputy.get("/konto/abwesenheit"); status != http.StatusNotFound {
		t.Errorf("plan absences in another's stead: %d", status)
	}
	if status, _, _ := deputy.post("/vertretung"); status != http.StatusSeeOther {
		t.Errorf("end: %d", status)
	}
	if _, page := deputy.get("/meine-post"); strings.Contains(page, "/meine-post/"+letter) {
		t.Error("the letter is still the deputy's to work on")
	}
	plan, err := h.Plan(t.Context(), h.Who("head-wohngeld"))
	if err != nil || len(plan.Leaves) != 1 {
		t.Fatalf("%d absences, %v", len(plan.Leaves), err)
	}
	deputy.post("/vertretung", "wen", away)
	if status, _, _ := head.post("/konto/abwesenheit/" + plan.Leaves[0].ID + "/beenden"); status != http.StatusSeeOther {
		t.Errorf("end the absence: %d", status)
	}
	if _, page := deputy.get("/meine-post"); strings.Contains(page, "In Vertretung für") || strings.Contains(page, "/meine-post/"+letter) {
		t.Error("the standing goes on after the absence has ended")
	}
}
