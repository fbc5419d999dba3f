package web_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	pdfcpu "github.com/pdfcpu/pdfcpu/pkg/api"

	"mailroom/routing/desk"
	"mailroom/storage"
	"mailroom/storage/pdfa/verapdf"
)

// audited fills the house with paper and returns the pages about it.
func (h house) audited() []visited {
	h.Papers(3000)
	id := storage.NewDocumentID(h.Released, 1)
	life := "/pruefung/brief/" + string(id)
	ctx, auditor := context.Background(), h.Who("auditor")
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	must(h.CloseBooks(ctx))
	must(h.Assign(ctx, h.Who("head-wohngeld"), id, "wohngeld-2", "Eilt"))
	s, err := h.DrawSample(ctx, auditor, desk.SampleWish{Title: "Eingang im November", From: "2026-11-01", To: "2026-11-30", Want: 4})
	must(err)
	must(h.Examine(ctx, auditor, s.ID, storage.SampleLetter{Document: s.Letters[0].Document, Verdict: storage.Sound}))
	must(h.Examine(ctx, auditor, s.ID, storage.SampleLetter{Document: s.Letters[1].Document, Verdict: storage.Finding, Words: "Die Rückseite von Blatt 2 fehlt"}))
	gone := storage.NewDocumentID(h.Released, 2)
	must(h.Archive.EraseBodies(ctx, string(gone), storage.System, "Frist"))
	return []visited{
		{"auditor", "pruefung", "/pruefung"}, {"auditor", "lebenslauf", life}, {"auditor", "lebenslauf-geloescht", "/pruefung/brief/" + string(gone)},
		{"auditor", "stichproben", "/pruefung/stichproben"}, {"auditor", "stichprobe", "/pruefung/stichproben/" + s.ID + "?nochmal"},
		{"records", "berichte", "/originale/berichte"}, {"records", "bericht-tag", "/originale/berichte/2026-11-23"}, {"records", "bericht-monat", "/originale/berichte/2026-11"},
		{"head-wohngeld", "originale-bereich", "/originale"}, {"auditor", "originale", "/originale"},
		{"auditor", "originale-tag", "/originale/tag/2026-12-21"}, {"auditor", "originale-leerer-tag", "/originale/tag/2027-12-21"},
	}
}

func TestEveryPageAboutThePaper(t *testing.T) {
	h := open(t)
	h.examine(t, h.audited())
}

// TestPaperPage: the picture, the table under it and the file have the same numbers.
func TestPaperPage(t *testing.T) {
	h := open(t)
	h.Papers(400)
	b := h.login(t, "scan")
	status, page := b.get("/originale")
	if status != http.StatusOK || strings.Contains(page, ">paper.") || strings.Contains(page, "%!") || strings.Contains(page, "style=") {
		t.Fatalf("%d, or words are missing", status)
	}
	for _, s := range []string{`href="/originale/tag/2026-12-21" aria-label="21.12.2026: `, "Überfällig", "Blockiert nach Gründen"} {
		if !strings.Contains(page, s) {
			t.Errorf("the page lacks %s", s)
		}
	}
	status, file := b.get("/originale/tabelle/tage.csv")
	if status != http.StatusOK {
		t.Fatalf("table: %d", status)
	}
	rows := strings.Split(strings.TrimSuffix(file, "\r\n"), "\r\n")
	for _, row := range rows[1:] {
		cells := strings.Split(row, ";")
		if day := cells[0]; strings.HasPrefix(day, "20") && cells[len(cells)-1] != "0" && !strings.Contains(page, `href="/originale/tag/`+day+`" aria-label=`) {
			t.Errorf("the picture has no column for %s", day)
		}
	}
	for name, want := range map[string]int{"alter": 200, "kartons": 200, "hindernisse": 200, "namen": 404} {
		if status, _ := b.get("/originale/tabelle/" + name + ".csv"); status != want {
			t.Errorf("%s: %d; want %d", name, status, want)
		}
	}
	if status, _ := b.get("/originale/tag/gestern"); status != http.StatusNotFound {
		t.Errorf("no day: %d", status)
	}
}

// TestAnAuditorsDay: from the number to the life, a sample drawn and noted, a
// package that holds, and a report as PDF/A; and nobody else gets any of it.
func TestAnAuditorsDay(t *testing.T) {
	h := open(t)
	if err := h.CloseBooks(t.Context()); err != nil {
		t.Fatal(err)
	}
	id := string(storage.NewDocumentID(h.Released, 1))
	b := h.login(t, "auditor")
	for path, wants := range map[string][]string{
		"/pruefung":                      {"Die Bücher stimmen", "Was Vernichtungen blockiert", "Wurzel über"},
		"/pruefung/brief/" + id:          {"Der Brief wurde als PDF/A mit Transfervermerk abgelegt.", "Der Stapel wurde freigegeben", "Was dagegen spricht"},
		"/originale/berichte":            {"23.11.2026", "stimmen"},
		"/originale/berichte/2026-11":    {"November 2026", "Wurzel des Baums"},
		"/originale/berichte/2026-11-23": {"Die Bücher stimmen: Anfangsbestand"},
		"/pruefung/stichproben":          {"Startzahl"},
	} {
		status, page := b.get(path)
		if status != http.StatusOK || strings.Contains(page, "%!") {
			t.Errorf("%s: %d", path, status)
		}
		for _, want := range wants {
			if !strings.Contains(page, want) {
				t.Errorf("%s lacks %q", path, want)
			}
		}
		for _, key := range []string{">life.", ">books.", ">samples.", ">audit.", ">original."} {
			if strings.Contains(page, key) {
				t.Errorf("%s has a key without words: %s", path, key)
			}
		}
	}
	if status, file := b.get("/originale/berichte/2026-11-23/bericht.pdf"); status != http.StatusOK || !strings.HasPrefix(file, "%PDF-1.7") {
		t.Errorf("the report: %d, %.20q", status, file)
	}
	if status, file := b.get("/pruefung/brief/" + id + "/paket.zip"); status != http.StatusOK || !strings.HasPrefix(file, "PK") {
		t.Errorf("the package: %d, %.20q", status, file)
	}
	for _, who := range []string{"head-wohngeld", "scan", "records", "admin"} {
		b := h.login(t, who)
		for _, path := range []string{"/pruefung/brief/" + id, "/pruefung/brief/" + id + "/paket.zip", "/pruefung/stichproben"} {
			if status, _ := b.get(path); status != http.StatusNotFound {
				t.Errorf("%s gets %s: %d", who, path, status)
			}
		}
	}
}

// TestReportsArePDFA: the report of a day and of a month, and that of a package,
// in both languages.
func TestReportsArePDFA(t *testing.T) {
	h := open(t)
	h.Papers(1500)
	if err := h.CloseBooks(t.Context()); err != nil {
		t.Fatal(err)
	}
	id := storage.NewDocumentID(h.Released, 1)
	if err := h.Assign(t.Context(), h.Who("head-wohngeld"), id, "wohngeld-2", "Eilt"); err != nil {
		t.Fatal(err)
	}
	b := h.login(t, "auditor")
	dir, files := t.ArtifactDir(), []string{}
	keep := func(name, data string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, path)
	}
	for _, lang := range []string{"de", "en"} {
		b.post("/anzeige", "sprache", lang, "zurueck", "/")
		for _, period := range []string{"2026-11-23", "2026-11"} {
			status, file := b.get("/originale/berichte/" + period + "/bericht.pdf")
			if status != http.StatusOK {
				t.Fatalf("%s: %d", period, status)
			}
			keep(period+"-"+lang+".pdf", file)
		}
		status, file := b.get("/pruefung/brief/" + string(id) + "/paket.zip")
		if status != http.StatusOK {
			t.Fatalf("package: %d", status)
		}
		z, err := zip.NewReader(strings.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		report, err := fs.ReadFile(z, "bericht.pdf")
		if err != nil {
			t.Fatal(err)
		}
		keep("paket-"+lang+".pdf", string(report))
		plain, err := fs.ReadFile(z, "kurzbericht.pdf")
		if err != nil {
			t.Fatal(err)
		}
		keep("kurz-"+lang+".pdf", string(plain))
		if n, err := pdfcpu.PageCount(bytes.NewReader(plain), nil); n != 1 || err != nil {
			t.Errorf("the report in plain words has %d pages, %v; want one", n, err)
		}
	}
	verapdf.Pass(t, "2u", files...)
}
