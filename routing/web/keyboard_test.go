package web_test

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"mailroom/ocr"
	"mailroom/storage"
)

// tabTo presses Tab until the element of that selector has the focus.
func (w *window) tabTo(selector string) {
	w.t.Helper()
	for range 60 {
		if eval[bool](w, `!!document.activeElement && document.activeElement.matches('`+selector+`')`) {
			return
		}
		w.keys(kb.Tab)
	}
	w.t.Fatalf("Tab never reaches %s", selector)
}

func TestByKeyboardAlone(t *testing.T) {
	h := open(t)
	w := h.window(t)
	here := func(path string) {
		t.Helper()
		w.until(path, `document.readyState === "complete" && location.pathname === "`+path+`"`)
	}

	w.login("head-wohngeld")
	here("/postkorb/wohngeld")
	w.keys(kb.ArrowDown)
	second := string(storage.NewDocumentID(h.Released, 2))
	w.until("the second letter", `location.search === "?brief=`+second+`" && document.querySelector("#h-brief").textContent === "Neumann, Petra"`)
	if !eval[bool](w, `document.activeElement.id === "eintrag-`+second+`" && document.activeElement.getAttribute("aria-current") === "true"`) {
		t.Error("the focus did not stay on the row")
	}
	w.keys("o")
	here("/brief/" + second)
	w.keys("m")
	if eval[string](w, `getComputedStyle(document.querySelector(".marks")).display`) != "none" {
		t.Error("m does not put the marks away")
	}
	w.keys("t")
	w.until("the text", `location.search === "?ansicht=text" && document.querySelector("pre").textContent.includes("Sehr geehrte")`)

	w.tabTo(`a[href="/klaerung"]`)
	w.keys(kb.Enter)
	here("/klaerung")
	w.keys("2")
	w.until("the answer", `document.querySelector("#gesagt") !== null`)
	l, err := h.Letter(context.Background(), h.Who("head-wohngeld"), storage.NewDocumentID(h.Review, 1))
	if err != nil || l.Decision.CaseNumber != "WG-2024-000816" || l.State != storage.Inbox {
		t.Errorf("key 2 gave %s %s, %v", l.State, l.Decision.CaseNumber, err)
	}
	w.keys("?")
	here("/hilfe")
	w.tabTo(`form[action="/abmelden"] button`)
	w.keys(kb.Enter)
	here("/anmelden")
}

func TestScanRoomByKeyboard(t *testing.T) {
	h := open(t)
	w := h.window(t)
	w.login("scan")
	w.tabTo("#station-scan-1 summary")
	w.keys(kb.Enter)
	w.tabTo("#station-scan-1 input[type=radio]")
	w.keys(kb.ArrowDown)
	w.tabTo("#station-scan-1 button")
	w.keys(kb.Enter)
	w.until("the sign-on", `document.querySelector("#gesagt") !== null`)
	s, err := h.SignedOn(context.Background(), "scan-1")
	if err != nil || s.Name != "Sabine Scholz" || s.ReceivedOn != string(h.NightBox()) {
		t.Errorf("signed on: %+v, %v; want the night letterbox", s, err)
	}

	// What is read meanwhile shows without a touch, and is said once.
	for i := 3; i < 8; i++ {
		if err := h.Archive.Note(context.Background(), h.Reading, ocr.Reading{Image: i, Width: 1240, Height: 1754}); err != nil {
			t.Fatal(err)
		}
	}
	w.until("live progress", `document.querySelector("#stand progress").value === 8 && document.querySelector("#meldung").textContent.includes("1 in Arbeit")`)
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.loud {
		t.Errorf("the browser says: %s", s)
	}
}

func TestKeysCanBeSwitchedOff(t *testing.T) {
	h := open(t)
	w := h.window(t)
	w.login("head-wohngeld")
	eval[string](w, `document.cookie = "mailroom-anzeige=tasten=aus; path=/"`)
	w.open("/postkorb/wohngeld")
	w.keys("o", "?", "g")
	if path := eval[string](w, "location.pathname"); path != "/postkorb/wohngeld" {
		t.Errorf("keys are off, and yet one led to %s", path)
	}
}
