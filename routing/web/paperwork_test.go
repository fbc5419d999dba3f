package web_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

func TestAnotherClassByForm(t *testing.T) {
	h := open(t)
	id := h.Brief()
	path := "/originale/brief/" + string(id) + "/verbleib"
	records, scan := h.login(t, "records"), h.login(t, "scan")
	if _, body := scan.get(path); strings.Contains(body, "verbleib/klasse") {
		t.Error("the scan room is offered other classes though the stack is released")
	}
	if status, _, _ := scan.post(path+"/klasse", "klasse", "certificate", "grund", "x"); status != http.StatusNotFound {
		t.Errorf("the scan room puts it into another class: %d", status)
	}
	if _, body := records.get(path); !strings.Contains(body, "In eine andere Klasse geben") || strings.Contains(body, ">certificate<") {
		t.Error("records managers are not offered classes by their names")
	}
	for want, form := range map[string][]string{"gib": {"klasse", "certificate", "grund", " "}, "Sie ist schon diese": {"klasse", "normal", "grund", "x"}} {
		status, _, body := records.post(path+"/klasse", form...)
		if status != http.StatusUnprocessableEntity || want != "gib" && !strings.Contains(body, want) {
			t.Errorf("%v: %d", form, status)
		}
	}
	if status, _, _ := records.post(path+"/klasse", "klasse", "certificate", "grund", "Es ist eine Geburtsurkunde"); status != http.StatusSeeOther {
		t.Errorf("changed: %d", status)
	}
	if _, body := records.get(path); !strings.Contains(body, "Die Klasse ist geändert") || !strings.Contains(body, "Aufbewahren") && !strings.Contains(body, "aufbewahr") {
		t.Error("the page does not say that the certificate is kept")
	}
	if o, err := h.Archive.Original(t.Context(), id); err != nil || o.State != storage.ToKeep || o.Class != "certificate" {
		t.Errorf("the paper is %+v, %v", o, err)
	}
}

// undrawn puts a stack into the office that closed before there were draws.
func (h house) undrawn() scanstation.BatchID {
	ctx, id := context.Background(), h.Brief().Batch()
	err := h.Archive.Do(ctx, func(tx storage.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM draws WHERE batch = $1`, id)
		return err
	})
	if err == nil {
		_, err = h.Archive.JudgePaper(ctx, h.Now().AddDate(1, 0, 0), "", 500)
	}
	if err != nil {
		panic(err)
	}
	return id
}

func TestAStackIsDrawnAfterwardsByForm(t *testing.T) {
	h := open(t)
	h.Check("normal", 1)
	id := h.undrawn()
	path := "/qualitaet/stapel/" + string(id) + "/ziehen"
	records, scan := h.login(t, "records"), h.login(t, "scan")
	if _, body := scan.get("/qualitaet"); strings.Contains(body, path) {
		t.Error("the scan room is offered to draw")
	}
	if status, _, _ := scan.post(path); status != http.StatusNotFound {
		t.Errorf("the scan room draws: %d", status)
	}
	if _, body := records.get("/qualitaet"); !strings.Contains(body, path) || !strings.Contains(body, "Stapel ohne Stichprobe") {
		t.Fatal("records managers do not see the stack")
	}
	if status, to, _ := records.post(path); status != http.StatusSeeOther || to != "/qualitaet" {
		t.Errorf("drawn: %d to %s", status, to)
	}
	if _, body := records.get("/qualitaet"); strings.Contains(body, path) || !strings.Contains(body, "/qualitaet/"+string(id)+"-001") {
		t.Error("the stack is still without a draw, or its letter is not to be checked")
	}
	if status, _, _ := records.post(path); status != http.StatusUnprocessableEntity {
		t.Errorf("drawn twice: %d", status)
	}
}

func TestPaperInNoBox(t *testing.T) {
	h := open(t)
	id := h.Brief()
	if _, body := h.login(t, "scan").get("/originale/ohne-karton"); !strings.Contains(body, string(id)) {
		t.Error("a letter in no box is not listed")
	}
	if _, body := h.login(t, "head-soziales").get("/originale/ohne-karton"); strings.Contains(body, string(id)) {
		t.Error("a letter of another department is listed")
	}
	box := h.box(t, storage.DailyBox, "")
	if _, err := h.Archive.PutLetter(t.Context(), id, box, "test"); err != nil {
		t.Fatal(err)
	}
	if _, body := h.login(t, "scan").get("/originale/ohne-karton"); strings.Contains(body, string(id)) {
		t.Error("a letter in a box is listed")
	}
}

func TestThePlanComesAsAFile(t *testing.T) {
	h := open(t)
	b := h.login(t, "records")
	send := func(list string) (int, string) {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		if err := w.WriteField("bereich", "wohngeld"); err != nil {
			t.Fatal(err)
		}
		part, err := w.CreateFormFile("datei", "akten.csv")
		if err == nil {
			_, err = part.Write([]byte(list))
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequest(http.MethodPost, b.base+"/altbestand", &body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", w.FormDataContentType())
		status, _, page, _ := b.do(r)
		return status, page
	}
	var many strings.Builder
	for n := range 1500 {
		many.WriteString("WG-2001-" + strings.Repeat("0", 3) + string(rune('0'+n/1000)) + string(rune('0'+n/100%10)) + string(rune('0'+n/10%10)) + string(rune('0'+n%10)) + ";1;Registraturschrank im Erdgeschoss links\n")
	}
	if status, page := send(many.String()); status != http.StatusSeeOther {
		t.Errorf("%d bytes: %d\n%s", many.Len(), status, page)
	}
	if status, _ := send("WG-2002-000001;2;Gro\xdfe Akte\r\n"); status != http.StatusSeeOther { // as an office program saves it
		t.Errorf("Windows-1252: %d", status)
	}
	if _, page := b.get("/altbestand"); !strings.Contains(page, "Große Akte") && !strings.Contains(page, "1.502") {
		t.Error("the files of the list are not planned")
	}
	if status, _ := send("nothing; of it"); status != http.StatusUnprocessableEntity {
		t.Errorf("no list: %d", status)
	}
}

// TestTheWholeLifeHasWordsForChecksAndThings: events about quality control and
// about what came with a letter say what happened.
func TestTheWholeLifeHasWordsForChecksAndThings(t *testing.T) {
	h := open(t)
	ctx := context.Background()
	id := h.draw()
	_, err := h.Judge(ctx, h.Who("records"), id, 1, 2, storage.CutOff, "unten fehlt eine Zeile")
	h.sound(err)
	thing, err := h.RecordThing(ctx, h.Who("scan"), desk.NewThing{Kind: storage.DataCarrier, Words: "USB-Stick", Place: "Tresor 2"})
	h.sound(err)
	h.sound(h.Archive.Do(ctx, func(tx storage.Tx) error {
		_, err := h.Archive.TiePlaceholder(ctx, tx, thing.ID, thing.Version, id, "c-1")
		return err
	}))
	b := h.login(t, "auditor")
	_, page := b.get("/pruefung/brief/" + string(id))
	says(t, page, "eine Seite mit dem Papier verglichen", "Mangel: Abgeschnitten", "Ergebnis: Mangel festgestellt", "Gegenstand erfasst", "Ersatzbeleg gehört zu diesem Brief", "Tresor 2", "Zur Qualitätsprüfung gezogen")
	if strings.Contains(page, "life.") || strings.Contains(page, ">cut-off<") {
		t.Error("the page has a raw code")
	}
}

func TestEveryPageOfPaperwork(t *testing.T) {
	h := open(t)
	stack := h.undrawn()
	h.examine(t, []visited{
		{"records", "qualitaet-ohne-stichprobe", "/qualitaet"}, {"records", "verbleib-klasse", "/originale/brief/" + string(stack) + "-001/verbleib"},
		{"scan", "ohne-karton", "/originale/ohne-karton"}, {"records", "altbestand-datei", "/altbestand"}, {"records", "konto-datenschutz", "/konto/datenschutz"},
	})
}
