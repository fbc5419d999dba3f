package web_test

import (
	"net/http"
	"strings"
	"testing"

	"mailroom/routing"
	"mailroom/storage"
)

func TestFiguresPage(t *testing.T) {
	h := open(t)
	h.task()
	h.Count()
	b := h.login(t, "records")
	for _, path := range []string{"/auswertung", "/auswertung?tage=7", "/auswertung?tage=90&bereich=wohngeld", "/auswertung?tage=365"} {
		status, page := b.get(path)
		if status != http.StatusOK || strings.Contains(page, ">figures.") || strings.Contains(page, "%!") {
			t.Errorf("%s: %d, or words are missing", path, status)
		}
		for _, s := range []string{`role="img"`, "<desc", "Erledigt", "Alle Werte als Tabelle", "Gezählt bis"} {
			if !strings.Contains(page, s) {
				t.Errorf("%s lacks %s", path, s)
			}
		}
		for _, s := range []string{"wohngeld-2", "Sabine", "Krämer", "WG-2023", "style="} {
			if strings.Contains(page, s) {
				t.Errorf("%s says %s", path, s)
			}
		}
	}
	for who, want := range map[string]int{"head-wohngeld": 200, "worker-wohngeld": 404, "scan": 404, "auditor": 200, "admin": 200} {
		b := h.login(t, who)
		for _, path := range []string{"/auswertung", "/auswertung/verlauf.csv"} {
			if status, _ := b.get(path); status != want {
				t.Errorf("%s gets %s: %d; want %d", who, path, status, want)
			}
		}
	}
	if status, _ := h.login(t, "head-wohngeld").get("/auswertung/bereiche.csv?bereich=soziales"); status != http.StatusNotFound {
		t.Errorf("a foreign department's table: %d", status)
	}
}

func TestFiguresAsFiles(t *testing.T) {
	h := open(t)
	h.task()
	if err := h.Refuse(t.Context(), h.Who("head-wohngeld"), storage.NewDocumentID(h.Released, 2), routing.WrongCase, ""); err != nil {
		t.Fatal(err)
	}
	h.Count()
	b := h.login(t, "records")
	for _, name := range []string{"verlauf", "dauer", "offen", "erkennung", "bereiche", "gruende", "rueckgaben", "stationen"} {
		r, err := http.NewRequest(http.MethodGet, b.base+"/auswertung/"+name+".csv?tage=7", nil)
		if err != nil {
			t.Fatal(err)
		}
		status, _, body, header := b.do(r)
		if status != http.StatusOK || header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.Contains(header.Get("Content-Disposition"), "auswertung-"+name+"-2026-11-18-bis-2026-11-24.csv") {
			t.Fatalf("%s: %d %v", name, status, header)
		}
		lines := strings.Split(strings.TrimSuffix(body, "\r\n"), "\r\n")
		if !strings.HasPrefix(lines[0], "\ufeff") || strings.Count(lines[0], ";") < 1 {
			t.Errorf("%s begins %q", name, lines[0])
		}
		for _, l := range lines {
			if strings.Count(l, ";") != strings.Count(lines[0], ";") {
				t.Errorf("%s: %q has other columns than %q", name, l, lines[0])
			}
		}
		if name == "rueckgaben" && (len(lines) != 2 || lines[1] != "Das Aktenzeichen gehört nicht zu diesem Brief;1") {
			t.Errorf("%s: %q", name, lines)
		}
		if name == "verlauf" && (len(lines) != 8 || lines[1] != "2026-11-24;10;11;4;3;1") {
			t.Errorf("%s: %q", name, lines)
		}
	}
	for _, path := range []string{"/auswertung/verlauf", "/auswertung/gibtsnicht.csv", "/auswertung/.csv"} {
		if status, _ := b.get(path); status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
	}
}
