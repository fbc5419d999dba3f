package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/scanstation"
	"mailroom/storage"
)

// sendBack asks for a rescan in the name of who.
func (h house) sendBack(t *testing.T, who string, id storage.DocumentID, c desk.Complaint) scanstation.RescanID {
	t.Helper()
	r, err := h.AskRescan(context.Background(), h.Who(who), id, c)
	if err != nil {
		t.Fatal(err)
	}
	return r.ID
}

// rescanned scans a sheet with one page behind it.
func (h house) rescanned(id scanstation.RescanID) scanstation.BatchID {
	return h.Put(desktest.Stack{
		Name: "nachscan.tif", Received: "2026-11-24", Operator: "Sabine Scholz",
		Sheets: []desktest.Sheet{{Rescan: id}, {Lines: []string{"Die ganze Seite"}}},
		Decide: func(int, []ocr.Reading) routing.Decision {
			return routing.Decision{Reasons: []scanstation.Reason{{Code: routing.DoubtfulCut}}}
		},
	})
}

func TestRescanByForm(t *testing.T) {
	h := open(t)
	id := h.Brief()
	letter := "/brief/" + string(id)
	b, scan := h.login(t, "head-wohngeld"), h.login(t, "scan")
	if status, body := b.get(letter); status != http.StatusOK || !strings.Contains(body, letter+"/nachscannen") {
		t.Errorf("the letter's page, %d, does not lead to the scan room", status)
	}
	status, _, body := b.post(letter+"/nachscannen", "mangel", "cut-off", "art", "replace", "hinweis", "oben")
	if status != http.StatusUnprocessableEntity || !strings.Contains(body, `value="oben"`) || !strings.Contains(body, `value="cut-off" required checked`) {
		t.Errorf("without a page: %d; want the form once more as it was filled in", status)
	}
	if status, to, _ := b.post(letter+"/nachscannen", "mangel", "cut-off", "art", "replace", "seite", "1", "nach", "0"); status != http.StatusSeeOther || to != letter {
		t.Errorf("asking: %d to %s", status, to)
	}
	_, body = scan.get("/scanstelle/nachscannen")
	for _, want := range []string{"Abgeschnitten", string(id), "Neu scannen: Seite 1", "blatt.pdf"} {
		if !strings.Contains(body, want) {
			t.Errorf("the list lacks %q", want)
		}
	}
	if strings.Contains(body, "WG-2023-004711") || strings.Contains(body, letter) {
		t.Error("the list shows what the letter says, or leads there")
	}
	r, err := http.NewRequest(http.MethodGet, h.URL+"/scanstelle/nachscannen/blaetter.pdf", nil)
	if err != nil {
		t.Fatal(err)
	}
	if status, _, body, header := scan.do(r); status != http.StatusOK || header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(body, "%PDF-") {
		t.Errorf("sheets: %d, %q", status, header)
	}
	open, err := h.Rescans(t.Context(), h.Who("scan"))
	if err != nil || len(open) != 1 {
		t.Fatalf("open are %v, %v", open, err)
	}
	answer := "/scanstelle/nachscannen/" + string(open[0].ID) + "/erledigt"
	if status, _, _ := scan.post(answer, "grund", ""); status != http.StatusUnprocessableEntity {
		t.Errorf("answer without a reason: %d", status)
	}
	if status, to, _ := scan.post(answer, "grund", "Papier ist so"); status != http.StatusSeeOther || to != "/scanstelle/nachscannen" {
		t.Errorf("answer: %d to %s", status, to)
	}
}

func TestTheCutIsCorrectedByForm(t *testing.T) {
	h := open(t)
	id := storage.NewDocumentID(h.Released, 1)
	letter := "/brief/" + string(id)
	b := h.login(t, "head-wohngeld")
	if _, body := b.get(letter); !strings.Contains(body, letter+"/schnitt") {
		t.Error("the letter's page does not lead to the correction")
	}
	if status, _, body := b.post(letter+"/teilen", "ab", "1", "worte", "zwei"); status != http.StatusUnprocessableEntity || !strings.Contains(body, `value="zwei"`) {
		t.Errorf("split at the first page: %d; want the form once more", status)
	}
	if status, to, _ := b.post(letter+"/teilen", "ab", "2"); status != http.StatusSeeOther || to != letter {
		t.Errorf("split: %d to %s", status, to)
	}
	h.Carry(h.Released)
	all, err := h.Neighbours(t.Context(), h.Who("head-wohngeld"), id)
	if err != nil || len(all) != 1 {
		t.Fatalf("beside it lie %v, %v", all, err)
	}
	fresh := "/brief/" + string(all[0].ID)
	if _, body := b.get(letter); !strings.Contains(body, `href="`+fresh+`"`) {
		t.Error("the history does not lead to the letter that arose")
	}
	if status, body := b.get(letter + "/schnitt"); status != http.StatusOK || !strings.Contains(body, string(all[0].ID)) {
		t.Errorf("the form, %d, does not offer the letter beside it", status)
	}
	if status, to, _ := b.post(letter+"/zusammenfuehren", "mit", string(all[0].ID)); status != http.StatusSeeOther || to != letter {
		t.Errorf("join: %d to %s", status, to)
	}
	r, err := http.NewRequest(http.MethodGet, h.URL+fresh, nil)
	if err != nil {
		t.Fatal(err)
	}
	if status, to, _, _ := b.do(r); status != http.StatusSeeOther || to != letter {
		t.Errorf("the number of the letter that was taken in: %d to %s; want %s", status, to, letter)
	}
}

func TestRescanPagesInABrowser(t *testing.T) {
	h := open(t)
	released, open := storage.NewDocumentID(h.Released, 1), storage.NewDocumentID(h.Review, 2)
	h.sendBack(t, "head-wohngeld", released, desk.Complaint{Kind: storage.ReplacePages, What: storage.CutOff, Pages: []int{2}, Words: "Unten fehlt die letzte Zeile."})
	h.sendBack(t, "scan", open, desk.Complaint{Kind: storage.AddPages, What: storage.MissingPage, Pages: []int{0}})
	h.sendBack(t, "head-wohngeld", released, desk.Complaint{Kind: storage.SplitLetter, What: storage.TwoLetters})
	id := h.task()
	if err := h.File(t.Context(), h.Who("wohngeld-2"), id, "WG-2023-004711"); err != nil {
		t.Fatal(err)
	}
	stack := h.rescanned(h.sendBack(t, "wohngeld-2", id, desk.Complaint{Kind: storage.AddPages, What: storage.MissingPage, Pages: []int{1}}))
	if _, err := h.SignDay(t.Context(), h.Who("scan"), "Der Rest folgt morgen."); err != nil {
		t.Fatal(err)
	}
	h.examine(t, []visited{
		{"scan", "einfach", "/scanstelle/einfach"}, {"scan", "einfach-fertig", "/scanstelle/einfach?nach=" + string(h.Review)}, {"scan", "scanstelle-neu", "/scanstelle"},
		{"scan", "tagesabschluss", "/scanstelle/abschluss"},
		{"scan", "nachscannen", "/scanstelle/nachscannen"}, {"scan", "nachscan-stapel", "/stapel/" + string(stack)},
		{"head-wohngeld", "schnitt", "/brief/" + string(released) + "/schnitt"},
		{"head-wohngeld", "nachscan-wunsch", "/brief/" + string(released) + "/nachscannen"},
		{"wohngeld-2", "nachscan-meine-post", "/meine-post"}, {"wohngeld-2", "nachscan-brief", "/brief/" + string(id)},
	})
}
