package web_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

// dispose carries a box as far as a step of its way and returns its list.
func (h house) dispose(step string) (l storage.Disposal, letters []storage.DocumentID, other scanstation.BoxID) {
	ctx, scan, records := context.Background(), h.Who("scan"), h.Who("records")
	box, other, letters := h.DueBox()
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	s, err := h.SurveyBox(ctx, scan, string(box))
	must(err)
	l, err = h.ProposeDisposal(ctx, scan, string(box), s.Mark)
	must(err)
	if step == "proposed" {
		return l, letters, other
	}
	l, err = h.ApproveDisposal(ctx, records, l.ID, l.Version)
	must(err)
	if step == "approved" {
		return l, letters, other
	}
	l, err = h.SignContainer(ctx, scan, l.ID, l.Version, "C-7", string(other))
	must(err)
	l, err = h.SignContainer(ctx, records, l.ID, l.Version, "C-7", "")
	must(err)
	return l, letters, other
}

var stand = regexp.MustCompile(`name="stand" value="([^"]*)"`)

// seenOn is the version that a page shows.
func seenOn(t *testing.T, page string) string {
	t.Helper()
	m := stand.FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("no version stands on the page:\n%s", page)
	}
	return m[1]
}

func says(t *testing.T, page string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(page, w) {
			t.Errorf("the page does not say %q", w)
		}
	}
}

func TestPaperGoesThroughThePages(t *testing.T) {
	h := open(t)
	box, other, letters := h.DueBox()
	scan, records := h.login(t, "scan"), h.login(t, "records")
	_, page := scan.get("/originale/vernichtung")
	says(t, page, string(box), "2 Briefe")
	status, to, _ := scan.post("/originale/vernichtung", "karton", strings.ToLower(string(box)))
	if status != http.StatusSeeOther || to != "/originale/vernichtung/karton/"+string(box) {
		t.Fatalf("the code of the box leads to %d %s", status, to)
	}
	if status, _, _ := scan.post("/originale/vernichtung", "karton", "K000"); status != http.StatusUnprocessableEntity {
		t.Errorf("no code of a box gives %d", status)
	}
	_, page = scan.get(to)
	says(t, page, "2 Briefe zur Vernichtung vorschlagen", string(letters[2]))
	if status, _, page := scan.post(to, "stand", "anders"); status != http.StatusUnprocessableEntity || !strings.Contains(page, "noch einmal an") {
		t.Errorf("a stale survey gives %d", status)
	}
	status, list, _ := scan.post(to, "stand", seenOn(t, page))
	if status != http.StatusSeeOther {
		t.Fatalf("proposed: %d", status)
	}
	_, page = scan.get(list)
	says(t, page, "Vorgeschlagen", "Sabine Scholz", "wartet auf die Freigabe durch eine andere Person")
	seen := seenOn(t, page)
	if status, _, _ := scan.post(list+"/freigeben", "stand", seen); status != http.StatusNotFound {
		t.Errorf("the scan room approves: %d", status)
	}
	if status, _, _ := records.post(list+"/freigeben", "stand", "99"); status != http.StatusUnprocessableEntity {
		t.Errorf("a stale page approves: %d", status)
	}
	if status, _, page := records.post(list+"/freigeben", "stand", seen); status != http.StatusSeeOther {
		t.Fatalf("approved: %d\n%s", status, page)
	}
	h.sealOnPages(t, scan, records, list, other)
	h.certifyOnPages(t, records, strings.TrimPrefix(list, "/originale/vernichtung/liste/"), letters[0])
}

// sealOnPages has both people sign.
func (h house) sealOnPages(t *testing.T, scan, records *browser, list string, other scanstation.BoxID) {
	_, page := scan.get(list)
	says(t, page, "Ein Brief liegt noch in diesem Karton")
	seen := seenOn(t, page)
	for want, form := range map[string][]string{
		"welchem offenen Karton": {"stand", seen, "behaelter", "C-7"},
		"Nummer ein, die auf":    {"stand", seen, "behaelter", " ", "karton", string(other)},
	} {
		if status, _, page := scan.post(list+"/behaelter", form...); status != http.StatusUnprocessableEntity || !strings.Contains(page, want) {
			t.Errorf("%v gives %d", form, status)
		}
	}
	if status, _, _ := scan.post(list+"/behaelter", "stand", seen, "behaelter", "C-7", "karton", string(other)); status != http.StatusSeeOther {
		t.Fatalf("first signature: %d", status)
	}
	_, page = scan.get(list)
	says(t, page, "Jetzt unterzeichnet die zweite Person")
	seen = seenOn(t, page)
	if status, _, _ := records.post(list+"/behaelter", "stand", seen, "behaelter", "C-8"); status != http.StatusUnprocessableEntity {
		t.Errorf("another container: %d", status)
	}
	if status, _, _ := scan.post(list+"/behaelter", "stand", seen, "behaelter", "C-7"); status != http.StatusUnprocessableEntity {
		t.Errorf("the same person twice: %d", status)
	}
	if status, _, _ := records.post(list+"/behaelter", "stand", seen, "behaelter", "C-7"); status != http.StatusSeeOther {
		t.Fatalf("second signature: %d", status)
	}
}

// certificate posts the form with a file.
func (b *browser) certificate(t *testing.T, list, level, pdf string) (int, string, string) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, f := range [][2]string{{"liste", list}, {"firma", "Aktenrein GmbH"}, {"nummer", "2026-0815"}, {"stufe", level}, {"tag", "2026-11-24"}, {"zeuge", "Theo Zeuge"}} {
		if err := w.WriteField(f[0], f[1]); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("datei", "firma.pdf")
	if err == nil {
		_, err = part.Write([]byte(pdf))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest(http.MethodPost, b.base+"/originale/vernichtung/bescheinigung", &body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	status, to, page, _ := b.do(r)
	return status, to, page
}

func (h house) certifyOnPages(t *testing.T, b *browser, list string, letter storage.DocumentID) {
	_, page := b.get("/originale/vernichtung/bescheinigung")
	says(t, page, list, "C-7")
	if status, _, page := b.certificate(t, list, "P-4", "%PDF-1.7 x"); status != http.StatusUnprocessableEntity || !strings.Contains(page, "gröber") {
		t.Errorf("a coarser level gives %d", status)
	}
	if status, _, page := b.certificate(t, list, "P-5", "MZ"); status != http.StatusUnprocessableEntity || !strings.Contains(page, "kein PDF") {
		t.Errorf("no PDF gives %d", status)
	}
	status, to, page := b.certificate(t, list, "P-6", "%PDF-1.7 x")
	if status != http.StatusSeeOther {
		t.Fatalf("the certificate gives %d\n%s", status, page)
	}
	_, page = b.get(to)
	says(t, page, "Aktenrein GmbH", "2026-0815", "P-6", "Theo Zeuge", "Anna Vogt", list)
	if status, body := b.get(to + "/bescheinigung.pdf"); status != http.StatusOK || !strings.HasPrefix(body, "%PDF-") {
		t.Errorf("our PDF/A gives %d", status)
	}
	if status, body := b.get(to + "/firma.pdf"); status != http.StatusOK || body != "%PDF-1.7 x" {
		t.Errorf("the firm's gives %d %q", status, body)
	}
	if status, _ := b.get(to + "/anders.pdf"); status != http.StatusNotFound {
		t.Errorf("another part gives %d", status)
	}
	_, page = b.get("/originale/brief/" + string(letter) + "/verbleib")
	says(t, page, "Vernichtet", strings.TrimPrefix(to, "/originale/vernichtung/bescheinigung/"))
	// The letter was filed by hand, so its worker has to write the line.
	worker := h.login(t, "wohngeld-2")
	_, page = worker.get("/brief/" + string(letter))
	says(t, page, "Bitte von Hand in der E-Akte vermerken", "Original vernichtet am 24.11.2026 (Aktenrein GmbH, 2026-0815)")
	path := "/brief/" + string(letter) + "/akten/1/papiervermerk"
	if status, _, _ := worker.post(path); status != http.StatusSeeOther {
		t.Errorf("the line is written: %d", status)
	}
	if status, _, _ := worker.post(path); status != http.StatusUnprocessableEntity {
		t.Errorf("the line is written twice: %d", status)
	}
	if _, page = worker.get("/brief/" + string(letter)); !strings.Contains(page, "Von Hand in der E-Akte vermerkt") {
		t.Error("the letter does not say that the line is written")
	}
	if r := h.filingOf(t, letter); r.Log == nil || r.Log.State != routing.ErrandWritten {
		t.Errorf("the filing is %+v", r.Log)
	}
}

func (h house) filingOf(t *testing.T, id storage.DocumentID) (r routing.Record) {
	t.Helper()
	l, err := h.Letter(t.Context(), h.Who("wohngeld-2"), id)
	if err != nil || len(l.Parts) != 1 {
		t.Fatalf("%d filings, %v", len(l.Parts), err)
	}
	return l.Parts[0].Record
}

func TestPaperGoesBackOnThePages(t *testing.T) {
	h := open(t)
	_, _, letters := h.DueBox()
	b := h.login(t, "scan")
	path := "/originale/brief/" + string(letters[0]) + "/verbleib"
	if status, _, _ := b.post(path+"/zurueckgeben", "grund", ""); status != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", status)
	}
	for _, step := range [][]string{
		{"/zurueckgeben", "grund", "Die Absenderin bittet darum."},
		{"/anschreiben", "anschrift", "Petra Neumann\nLindenweg 12\n12345 Musterstadt", "worte", "Wie am Telefon besprochen."},
	} {
		if status, _, page := b.post(path+step[0], step[1:]...); status != http.StatusSeeOther {
			t.Fatalf("%s: %d\n%s", step[0], status, page)
		}
	}
	if status, body := b.get("/originale/brief/" + string(letters[0]) + "/anschreiben.pdf"); status != http.StatusOK || !strings.HasPrefix(body, "%PDF-") {
		t.Errorf("the cover letter gives %d", status)
	}
	_, page := b.get("/originale/rueckgabe")
	says(t, page, string(letters[0]), "Versand eintragen")
	if status, _, _ := b.post(path+"/versandt", "dienst", "Paketdienst", "nummer", "00340434", "tag", "2027-01-01"); status != http.StatusUnprocessableEntity {
		t.Errorf("sent in the future: %d", status)
	}
	if status, _, page := b.post(path+"/versandt", "dienst", "Paketdienst", "nummer", "00340434", "tag", "2026-11-24"); status != http.StatusSeeOther {
		t.Fatalf("sent: %d\n%s", status, page)
	}
	_, page = b.get(path)
	says(t, page, "Zurückgegeben", "00340434", "Sabine Scholz")
	if status, _, _ := b.post(path+"/versandt", "dienst", "x", "nummer", "x", "tag", "2026-11-24"); status != http.StatusUnprocessableEntity {
		t.Errorf("sent twice: %d", status)
	}
	if status, _, _ := h.login(t, "auditor").post(path+"/zurueckgeben", "grund", "x"); status != http.StatusNotFound {
		t.Errorf("the auditor acts: %d", status)
	}
}

func TestWhatHappenedIsRecordedOnThePages(t *testing.T) {
	h := open(t)
	box, _, letters := h.DueBox()
	b := h.login(t, "scan")
	path := "/originale/brief/" + string(letters[1]) + "/verbleib"
	form := func(what, whom string) []string {
		return []string{"was", what, "tag", "2026-11-24", "wem", whom, "worte", "Nicht im Karton, zweimal gesucht."}
	}
	for what, whom := range map[string]string{"to-court": "", "found-unscanned": "x"} {
		if status, _, _ := b.post(path+"/vorkommnis", form(what, whom)...); status != http.StatusUnprocessableEntity {
			t.Errorf("%s to %q: %d", what, whom, status)
		}
	}
	if status, _, page := b.post(path+"/vorkommnis", form("lost", "")...); status != http.StatusSeeOther {
		t.Fatalf("lost: %d\n%s", status, page)
	}
	_, page := b.get(path)
	says(t, page, "Vermisst", "zweimal gesucht")
	if status, _, _ := b.post("/originale/vorkommnisse/fund", "karton", string(box), "tag", "2026-11-24", "worte", "Zwei Blatt ohne Scan"); status != http.StatusSeeOther {
		t.Fatal("a find is not recorded")
	}
	_, page = b.get("/originale/vernichtung/karton/" + string(box))
	says(t, page, "ist nichts, was vernichtet werden darf", "Papier ohne Scan")
	_, page = b.get("/originale/vorkommnisse")
	id := regexp.MustCompile(`/vorkommnisse/(P-[^/]+)/klaeren`).FindStringSubmatch(page)
	if id == nil {
		t.Fatal("the find is not shown")
	}
	if status, _, _ := b.post("/originale/vorkommnisse/"+id[1]+"/klaeren", "antwort", "Nachgescannt."); status != http.StatusSeeOther {
		t.Fatal("the find is not settled")
	}
	_, page = b.get("/originale/vernichtung/karton/" + string(box))
	says(t, page, "Einen Brief zur Vernichtung vorschlagen")
}

// due puts a box that is due into the house and returns its code.
func (h house) due() string {
	box, _, _ := h.DueBox()
	return string(box)
}

// list returns the page of a list in a state.
func (h house) list(step string) string {
	l, letters, _ := h.dispose(step)
	if step == "blocked" {
		if _, err := h.HoldLetter(letters[0]); err != nil {
			panic(err)
		}
	}
	return "/originale/vernichtung/liste/" + string(l.ID)
}

// HoldLetter sets a hold on a letter.
func (h house) HoldLetter(id storage.DocumentID) (hold storage.Hold, err error) {
	ctx := context.Background()
	err = h.Archive.Do(ctx, func(tx storage.Tx) error {
		hold, err = h.Archive.SetHold(ctx, tx, storage.Hold{ID: "hold-of-a-list", Kind: storage.HoldDocument, Reason: "Klage angekündigt", By: "c-1"}, []storage.DocumentID{id})
		return err
	})
	return hold, err
}

// certificate carries a box to its end and returns the page of its certificate.
func (h house) certificate() string {
	l, _, _ := h.dispose("sealed")
	f := desk.CertificateForm{Firm: "Aktenrein GmbH", Number: "2026-4711", Level: "P-5", DestroyedOn: "24.11.2026", Witness: "Theo Zeuge", Lists: []storage.DisposalID{l.ID}, PDF: []byte("%PDF-1.7 x")}
	c, err := h.Certify(context.Background(), h.Who("records"), f)
	if err != nil {
		panic(err)
	}
	return "/originale/vernichtung/bescheinigung/" + string(c.ID)
}

// vanished returns the page of a letter whose paper is destroyed.
func (h house) vanished() string {
	found := []storage.Original{}
	ctx := context.Background()
	err := h.Archive.View(ctx, func(tx storage.Tx) (err error) {
		found, err = h.Archive.Ledger.Originals(ctx, tx, storage.OriginalFilter{States: []storage.OriginalState{storage.Destroyed}})
		return err
	})
	if err != nil || len(found) == 0 {
		panic("nothing is destroyed")
	}
	return "/brief/" + string(found[0].Document)
}

// givenBack returns the page of a paper that goes back.
func (h house) givenBack() string {
	_, _, letters := h.DueBox()
	ctx, scan := context.Background(), h.Who("scan")
	if err := h.SetFate(ctx, scan, letters[0], storage.ToReturn, "Die Absenderin bittet darum."); err != nil {
		panic(err)
	}
	if _, err := h.WriteReturn(ctx, scan, letters[0], "Petra Neumann\nLindenweg 12\n12345 Musterstadt", ""); err != nil {
		panic(err)
	}
	return "/originale/brief/" + string(letters[0]) + "/verbleib"
}

// happened returns the page of what happened to paper.
func (h house) happened() string {
	box, _, letters := h.DueBox()
	ctx, scan := context.Background(), h.Who("scan")
	if err := h.Happen(ctx, scan, letters[1], desk.IncidentForm{Kind: "lost", On: "24.11.2026", Words: "Nicht im Karton, zweimal gesucht."}); err != nil {
		panic(err)
	}
	if _, err := h.Found(ctx, scan, desk.IncidentForm{Box: string(box), On: "24.11.2026", Words: "Zwei Blatt ohne Scan"}); err != nil {
		panic(err)
	}
	return "/originale/vorkommnisse"
}
