package web_test

import (
	"net/http"
	"strings"
	"testing"
)

// audited fills the house with paper and returns the pages about it.
func (h house) audited() []visited {
	h.Papers(3000)
	return []visited{
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
