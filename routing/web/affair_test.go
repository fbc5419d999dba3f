package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/storage"
)

// TestFormsOfAnAffair goes through everything that may be kept in mind about a
// letter, as its head does it on the letter's page without a script.
func TestFormsOfAnAffair(t *testing.T) {
	h := open(t)
	b := h.login(t, "head-wohngeld")
	letter := "/brief/" + string(storage.NewDocumentID(h.Released, 1))
	for _, tt := range []struct {
		step  string
		pairs []string
		said  string
		then  string // stands on the page afterwards
	}{
		{"vorgang/frist", []string{"name", "Anhörung", "on", "2026-12-11"}, "Die Frist ist gesetzt.", "Anhörung bis 11.12.2026"},
		{"vorgang/frist", []string{"name", "Anhörung", "on", "14.12.2026"}, "Die Frist ist gesetzt.", "Anhörung bis 14.12.2026"},
		{"vorgang/frist-weg", []string{"name", "Anhörung"}, "Die Frist ist gestrichen.", "Keine Frist gefunden oder gesetzt."},
		{"vorgang/vermerk", []string{"flag", "urgent"}, "Der Vermerk ist gesetzt.", "Eilt entfernen (E)"},
		{"vorgang/vermerk-weg", []string{"flag", "urgent"}, "Der Vermerk ist entfernt.", "Eilt vermerken (E)"},
		{"vorgang/vorrang", []string{"priority", "1"}, "Der Vorrang ist geändert.", `<option value="1" selected>`},
		{"vorgang/wiedervorlage", []string{"on", "2026-12-01", "words", "Ist das Gutachten da?"}, "kommt an diesem Tag wieder nach oben", "Ist das Gutachten da?"},
		{"vorgang/wiedervorlage-weg", nil, "Die Wiedervorlage ist erledigt.", "Wiedervorlage erledigt: 01.12.2026"},
		{"vorgang/information", []string{"login", "head-soziales", "words", "Ihr Fall auch?"}, "zur Kenntnis gegeben", "Mehmet Yıldız"},
		{"kommentar", []string{"words", "Mit Frau Vogt\nbesprochen <b>"}, "Der Kommentar ist angefügt.", "Mit Frau Vogt\nbesprochen &lt;b&gt;"},
	} {
		if status, to, body := b.post(letter+"/"+tt.step, tt.pairs...); status != http.StatusSeeOther || to != letter+"#vorgang" {
			t.Fatalf("%s %v: %d %s %.300s", tt.step, tt.pairs, status, to, body)
		}
		if _, page := b.get(letter); !strings.Contains(page, tt.said) || !strings.Contains(page, tt.then) {
			t.Errorf("%s %v: the page says neither %q nor %q", tt.step, tt.pairs, tt.said, tt.then)
		}
	}
	if status, _, page := b.post(letter+"/vorgang/frist", "name", "Anhörung", "on", "2020-01-01"); status != http.StatusUnprocessableEntity ||
		!strings.Contains(page, "liegt vor dem Eingang") || !strings.Contains(page, `value="Anhörung"`) {
		t.Errorf("a deadline before the receipt: %d; what was typed must stay", status)
	}
	if status, _, _ := b.post(letter + "/vorgang/fliegen"); status != http.StatusNotFound {
		t.Errorf("an unknown step: %d", status)
	}
	if _, page := b.get("/postkorb/wohngeld"); !strings.Contains(page, "vor anderen") || !strings.Contains(page, "1 Kommentar") {
		t.Error("the inbox does not show how the letter stands")
	}
}

func TestADeadlineIsShownWithItsPlace(t *testing.T) {
	h := open(t)
	cover := desktest.Sheet{Lines: []string{"P L A T Z H A L T E R"}, Cover: "PH-1"}
	letter := desktest.Sheet{Lines: append([]string{"Widerspruch gegen Ihren Bescheid", "Zugestellt am 20.11.2026", ""}, desktest.Letter("Wohngeldstelle", "Otto Krämer", string(otto.Number))...)}
	b := h.Put(desktest.Stack{Name: "w.tif", Received: "2026-11-23", Operator: "Sabine Scholz", Sheets: []desktest.Sheet{cover, letter},
		Decide: func(_ int, r []ocr.Reading) routing.Decision { return desktest.Sure(otto, r) }})
	_, page := h.login(t, "head-wohngeld").get("/brief/" + string(storage.NewDocumentID(b, 1)))
	for _, want := range []string{"Widerspruch bis 23.02.2027", "<q>Widerspruch gegen Ihren Bescheid</q>", `<a href="#seite-2">Seite 2</a>; gezählt ab dem Eingang am 23.11.2026`,
		"eine Zustellung am 20.11.2026. Ist es seine eigene, endet die Frist schon am 22.02.2027."} {
		if !strings.Contains(page, want) {
			t.Errorf("the letter's page does not say %q", want)
		}
	}
}

func TestALetterForInformation(t *testing.T) {
	h := open(t)
	id := storage.NewDocumentID(h.Released, 1)
	letter := "/brief/" + string(id)
	b := h.login(t, "head-soziales")
	if status, _ := b.get(letter); status != http.StatusNotFound {
		t.Fatalf("a foreign letter: %d", status)
	}
	if err := h.Inform(t.Context(), h.Who("head-wohngeld"), id, "head-soziales", "Ihr Fall auch?"); err != nil {
		t.Fatal(err)
	}
	_, page := b.get("/zur-kenntnis")
	if !strings.Contains(page, letter) || !strings.Contains(page, "Ihr Fall auch?") || !strings.Contains(page, "von Ulrike Brandt") {
		t.Error("the letter is not in the list for information")
	}
	_, page = b.get(letter)
	if !strings.Contains(page, "Habe ich zur Kenntnis genommen") || strings.Contains(page, "/vorgang/frist") || !strings.Contains(page, `href="/zur-kenntnis"`) {
		t.Error("the page of a letter for information must let one take note and change nothing")
	}
	if status, _ := b.get(letter + "/dokument.pdf"); status != http.StatusOK {
		t.Errorf("its PDF: %d", status)
	}
	other := "/brief/" + string(storage.NewDocumentID(h.Released, 2))
	if status, _ := b.get(other); status != http.StatusNotFound {
		t.Errorf("another letter of that department: %d", status)
	}
	if status, to, _ := b.post(letter+"/gelesen", "zurueck", "/zur-kenntnis"); status != http.StatusSeeOther || to != "/zur-kenntnis" {
		t.Errorf("take note: %d %s", status, to)
	}
	if err := h.Uninform(t.Context(), h.Who("head-wohngeld"), id, h.Who("head-soziales").ID); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{letter, letter + "/dokument.pdf", letter + "/seite/1/klein"} {
		if status, _ := b.get(path); status != http.StatusNotFound {
			t.Errorf("%s after it was taken back: %d", path, status)
		}
	}
}

func TestEndsOnThePages(t *testing.T) {
	h := open(t)
	b := h.login(t, "head-wohngeld")
	id, first := string(storage.NewDocumentID(h.Released, 1)), string(storage.NewDocumentID(h.Released, 2))
	path, letter := "/postkorb/wohngeld/"+id+"/beenden", "/brief/"+id
	if status, _, page := b.post(path, "state", "handed-over", "reason", "Jobcenter"); status != http.StatusUnprocessableEntity || !strings.Contains(page, "nennen Sie die Behörde") {
		t.Errorf("hand over to nobody: %d", status)
	}
	if status, _, _ := b.post(path, "state", "handed-over", "reason", "nicht unser Haus", "authority", "Jobcenter Musterstadt"); status != http.StatusSeeOther {
		t.Fatalf("hand over: %d", status)
	}
	if _, page := b.get(letter); !strings.Contains(page, "– Jobcenter Musterstadt") || !strings.Contains(page, "Wird zurückgegeben") {
		t.Error("the page says neither to whom the letter went nor where its paper is")
	}
	if status, _, _ := b.post(letter + "/ende-zurueck"); status != http.StatusSeeOther {
		t.Errorf("take the end back: %d", status)
	}
	if _, page := b.get(letter); !strings.Contains(page, "Im Karton") || !strings.Contains(page, "Ende zurückgenommen") {
		t.Error("the paper is not back")
	}
	if status, _, _ := b.post(path, "state", "duplicate", "reason", "kam auch als Fax", "duplicate", first); status != http.StatusSeeOther {
		t.Errorf("a duplicate: %d", status)
	}
	if _, page := b.get(letter); !strings.Contains(page, `href="/brief/`+first+`"`) {
		t.Error("the duplicate does not lead to the first letter")
	}
}

func TestLateLettersAreShown(t *testing.T) {
	h := open(t)
	h.Clock.Time = h.Clock.Time.Add(9 * 24 * time.Hour)
	id := string(storage.NewDocumentID(h.Released, 1))
	for who, want := range map[string]int{"head-wohngeld": http.StatusOK, "records": http.StatusOK, "head-soziales": http.StatusOK, "wohngeld-2": http.StatusNotFound, "auditor": http.StatusNotFound} {
		status, page := h.login(t, who).get("/ueberfaellig")
		if status != want {
			t.Errorf("%s: %d; want %d", who, status, want)
		}
		if has := strings.Contains(page, "/brief/"+id); has != (who == "head-wohngeld" || who == "records") {
			t.Errorf("%s sees the late letter of Wohngeld: %v", who, has)
		}
		if want == http.StatusOK && !strings.Contains(page, "lange überfällig") {
			t.Errorf("%s is not told that letters are long overdue", who)
		}
	}
}

// affairs gives a letter everything that can be kept in mind about it.
func (h house) affairs() storage.DocumentID {
	ctx, head, id := context.Background(), h.Who("head-wohngeld"), h.Brief()
	for _, err := range []error{
		h.SetDeadline(ctx, head, id, "Anhörung", "2026-12-11"), h.SetFlag(ctx, head, id, routing.FlagUrgent, true), h.SetFlag(ctx, head, id, routing.FlagTalk, true),
		h.SetFollowUp(ctx, head, id, "2026-12-01", "Ist das Gutachten da?"), h.Inform(ctx, head, id, "wohngeld-2", "Bitte ansehen"),
		h.Inform(ctx, head, id, "head-soziales", "Ihr Fall auch?"), h.Comment(ctx, head, id, "Mit der Rechtsabteilung besprochen: kein Vorbehalt."),
		h.End(ctx, head, id, desk.Ending{State: storage.HandedOver, Reason: "nicht unser Haus", Authority: "Jobcenter Musterstadt"}), h.Unend(ctx, head, id),
	} {
		if err != nil {
			panic(err)
		}
	}
	return id
}
