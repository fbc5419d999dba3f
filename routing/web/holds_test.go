package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

// tell raises the alarm of a letter's paper, as nights would.
func (h house) tell(t *testing.T, id storage.DocumentID, alarm int) {
	t.Helper()
	ctx := context.Background()
	h.sound(h.Archive.Do(ctx, func(tx storage.Tx) error {
		o, err := h.Archive.Paper(ctx, tx, id, true)
		if err != nil {
			return err
		}
		o.Alarm = alarm
		return h.Archive.Ledger.SaveOriginal(ctx, tx, o)
	}))
}

// held sets holds of all kinds and lets one go, and tells people of two papers.
func (h house) held(t *testing.T) (letter storage.DocumentID, pages []visited) {
	t.Helper()
	ctx, head := context.Background(), h.Who("head-wohngeld")
	letter = storage.NewDocumentID(h.Released, 1)
	_, err := h.Hold(ctx, head, desk.HoldWish{Document: letter, Reason: "Klage vor dem Verwaltungsgericht, Az. 4 K 12/26", EndsOn: scanstation.DateOf(h.Now()).Plus(90)})
	h.sound(err)
	_, err = h.Hold(ctx, head, desk.HoldWish{Number: "WG-2023-004711", Reason: "Prüfung durch den Rechnungshof"})
	h.sound(err)
	found, err := h.Hold(ctx, h.Who("records"), desk.HoldWish{Search: desk.Search{Text: "Musterstadt"}, Reason: "Sammlung für das Stadtarchiv"})
	h.sound(err)
	_, err = h.LetGo(ctx, h.Who("records"), found.ID, "Archiv hat verzichtet")
	h.sound(err)
	h.tell(t, storage.NewDocumentID(h.Released, 2), storage.AlarmOverdue)
	h.tell(t, storage.NewDocumentID(h.Released, 3), 2)
	return letter, []visited{
		{"head-wohngeld", "sperren", "/originale/sperren"}, {"head-wohngeld", "brief-gesperrt", "/brief/" + string(letter)},
		{"head-wohngeld", "sperren-suche", "/originale/sperren?q=Musterstadt&bereich=wohngeld"},
		{"head-wohngeld", "suche-sperren", "/suche?q=Musterstadt"},
		{"records", "sperren-aufgehoben", "/originale/sperren?zeige=aufgehoben"}, {"records", "papierfristen", "/originale/fristen"},
		{"scan", "papierfristen-scanstelle", "/originale/fristen"}, {"scan", "sperren-scanstelle", "/originale/sperren"},
		{"worker-wohngeld", "papierfristen-sachbearbeitung", "/originale/fristen"},
	}
}

func TestEveryPageAboutHolds(t *testing.T) {
	h := open(t)
	_, pages := h.held(t)
	h.examine(t, pages)
}

func TestHoldPages(t *testing.T) {
	h := open(t)
	letter, _ := h.held(t)
	head, scan, foreign := h.login(t, "head-wohngeld"), h.login(t, "scan"), h.login(t, "head-soziales")
	if _, body := head.get("/brief/" + string(letter)); !strings.Contains(body, "Klage vor dem Verwaltungsgericht") {
		t.Error("the letter's page does not say why it is held")
	}
	if _, body := head.get("/originale/sperren"); !strings.Contains(body, "Rechnungshof") || !strings.Contains(body, string(letter)) {
		t.Error("the page does not list the holds of the department")
	}
	if _, body := scan.get("/originale/sperren"); strings.Contains(body, "Klage") || !strings.Contains(body, string(letter)) {
		t.Error("the scan room sees why, or does not see that there is a hold")
	}
	if _, body := foreign.get("/originale/sperren"); strings.Contains(body, string(letter)) {
		t.Error("another department sees the hold")
	}
	list, err := h.Holds(t.Context(), h.Who("head-wohngeld"), false, "")
	h.sound(err)
	release := "/originale/sperren/" + url.PathEscape(string(list.Holds[0].ID)) + "/aufheben"
	for who, c := range map[string]*browser{"the scan room": scan, "another department": foreign} {
		if status, _, _ := c.post(release, "warum", "erledigt"); status != http.StatusNotFound {
			t.Errorf("%s releases: %d", who, status)
		}
	}
	if status, _, _ := head.post(release, "warum", ""); status != http.StatusUnprocessableEntity {
		t.Errorf("released without a reason: %d", status)
	}
	if status, to, _ := head.post(release, "warum", "erledigt", "zurueck", "/brief/"+string(letter)+"#papier"); status != http.StatusSeeOther || !strings.HasPrefix(to, "/brief/") {
		t.Errorf("released: %d to %s", status, to)
	}
	if status, to, _ := head.post("/originale/sperren", "brief", string(letter), "grund", "Noch einmal", "ende", "2027-06-30"); status != http.StatusSeeOther || to != "/originale/sperren" {
		t.Errorf("set: %d to %s", status, to)
	}
	if _, body := scan.get("/originale/fristen"); !strings.Contains(body, "überfällig") || !strings.Contains(body, "2. Erinnerung") {
		t.Error("the scan room is not told of the papers")
	}
}
