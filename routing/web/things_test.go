package web_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/scanstation"
	"mailroom/storage"
)

// odd fills the house with things that cannot be scanned and with a backlog, and
// returns the letter that the things came with.
func (h house) odd(t *testing.T) storage.DocumentID {
	t.Helper()
	scan := h.Who("scan")
	var sheets []desktest.Sheet
	for _, n := range []desk.NewThing{
		{Kind: storage.Cash, Amount: "1.250,50", Currency: "EUR", Place: "Tresor 1, Fach 3", Words: "25 Scheine zu 50 Euro"},
		{Kind: storage.LargePlan, Place: "Planschrank 2", Words: "Lageplan 1:500"},
		{Kind: storage.IdentityCard, Place: "Tresor 1"},
	} {
		p, err := h.RecordThing(t.Context(), scan, n)
		if err != nil {
			t.Fatal(err)
		}
		if n.Kind != storage.IdentityCard {
			sheets = append(sheets, desktest.Sheet{Lines: []string{"ERSATZBELEG"}, Cover: p.ID})
		}
	}
	id := h.Put(desktest.Stack{
		Name: "brief.tif", Received: "2026-11-20", Operator: "Sabine Scholz",
		Sheets: append([]desktest.Sheet{{Lines: []string{"Ihr Zeichen: WG-2023-004711"}}}, sheets...),
		Decide: func(_ int, r []ocr.Reading) routing.Decision {
			return desktest.Sure(desktest.Case("WG-2023-004711"), r)
		},
	})
	var files strings.Builder
	for n := range 40 {
		fmt.Fprintf(&files, "WG-2019-%06d; 2; Keller, Regal %d\n", n, n%5)
	}
	if _, err := h.PlanVolumes(t.Context(), scan, "wohngeld", files.String()); err != nil {
		t.Fatal(err)
	}
	for day := range 12 {
		h.Clock.Time = h.Clock.Time.AddDate(0, 0, 1)
		if day%7 > 4 {
			continue
		}
		b, err := h.Backlog(t.Context(), scan, "wohngeld", "")
		if err != nil {
			t.Fatal(err)
		}
		stack := desktest.Stack{Name: "akten.tif", Received: scanstation.DateOf(h.Clock.Time), Operator: "Sabine Scholz", Kind: scanstation.Backlog,
			Decide: func(_ int, r []ocr.Reading) routing.Decision {
				return desktest.Sure(desktest.Case("WG-2023-004711"), r)
			}}
		for i, v := range b.Volumes {
			if v.State == storage.VolumePlanned && len(stack.Sheets) < 2*(2+day%3) && i < 40 {
				stack.Sheets = append(stack.Sheets, desktest.Sheet{Volume: v.ID}, desktest.Sheet{Lines: []string{"Bescheid"}})
			}
		}
		h.Put(stack)
	}
	return storage.NewDocumentID(id, 1)
}

func TestTheOddInABrowser(t *testing.T) {
	h := open(t)
	id := h.odd(t)
	h.examine(t, []visited{
		{"scan", "ersatzbelege", "/originale/ersatzbelege"}, {"scan", "altbestand", "/altbestand"}, {"scan", "verfahren", "/verfahren"},
		{"scan", "stapel-verfahren", "/stapel/" + string(id.Batch())},
		{"records", "ersatzbelege-2", "/originale/ersatzbelege"}, {"auditor", "altbestand-pruefung", "/altbestand?bereich=wohngeld"},
		{"wohngeld-2", "brief-gegenstand", "/brief/" + string(id)},
	})
}

func TestMoneyByForm(t *testing.T) {
	h := open(t)
	const path = "/originale/ersatzbelege"
	scan, records, auditor := h.login(t, "scan"), h.login(t, "records"), h.login(t, "auditor")
	if status, _, body := scan.post(path, "art", "cash", "betrag", "viel", "waehrung", "EUR", "ort", "Tresor 1"); status != http.StatusUnprocessableEntity || !strings.Contains(body, `value="viel"`) || !strings.Contains(body, `value="cash" checked`) {
		t.Errorf("a wrong amount: %d; want the form as it was filled in", status)
	}
	status, to, _ := scan.post(path, "art", "cash", "betrag", "50", "waehrung", "EUR", "ort", "Tresor 1")
	if status != http.StatusSeeOther || !strings.HasPrefix(to, path+"#beleg-") {
		t.Fatalf("recording: %d to %s", status, to)
	}
	id := strings.TrimPrefix(to, path+"#beleg-")
	_, body := scan.get(path)
	if strings.Contains(body, "/unterschrift") || !strings.Contains(body, "50,00 EUR") {
		t.Error("who recorded the money is asked to sign once more, or does not see it")
	}
	if status, _, _ := scan.post(path+"/"+id+"/unterschrift", "stand", "1"); status != http.StatusUnprocessableEntity {
		t.Errorf("the same person signed: %d", status)
	}
	_, body = records.get(path)
	seen := regexp.MustCompile(`name="stand" value="(\d+)"`).FindStringSubmatch(body)
	if seen == nil || !strings.Contains(body, "/unterschrift") {
		t.Fatal("the second person is not asked to sign")
	}
	if status, _, _ := records.post(path+"/"+id+"/unterschrift", "stand", "7"); status != http.StatusUnprocessableEntity {
		t.Errorf("signed what was not seen: %d", status)
	}
	if status, _, _ := records.post(path+"/"+id+"/unterschrift", "stand", seen[1]); status != http.StatusSeeOther {
		t.Errorf("the second signature: %d", status)
	}
	if status, _, body := records.post(path+"/"+id+"/ausgeben", "stand", "2", "wert", "", "grund", "Quittung 4"); status != http.StatusUnprocessableEntity || !strings.Contains(body, `value="Quittung 4"`) {
		t.Errorf("handed out to nobody: %d; want what was typed kept", status)
	}
	if status, _, _ := records.post(path+"/"+id+"/ausgeben", "stand", "2", "wert", "Stadtkasse"); status != http.StatusSeeOther {
		t.Errorf("handing out: %d", status)
	}
	if status, _, _ := scan.post(path+"/"+id+"/unterschrift", "stand", "3"); status != http.StatusSeeOther {
		t.Errorf("the second signature of the handing out: %d", status)
	}
	if _, body := auditor.get(path); !strings.Contains(body, "Stadtkasse") || strings.Contains(body, "<form method=\"post\" action=\""+path) {
		t.Error("the auditor does not see the receiver, or may act")
	}
	if status, _, _ := scan.post(path+"/"+id+"/verschenken", "stand", "3"); status != http.StatusNotFound {
		t.Errorf("an unknown step: %d", status)
	}
}

func TestTheBacklogByForm(t *testing.T) {
	h := open(t)
	h.odd(t)
	scan := h.login(t, "scan")
	if status, _, body := scan.post("/altbestand", "bereich", "wohngeld", "akten", "A;viele"); status != http.StatusUnprocessableEntity || !strings.Contains(body, "A;viele") {
		t.Errorf("a wrong line: %d; want it kept", status)
	}
	if status, to, _ := scan.post("/altbestand", "bereich", "soziales", "akten", "SO-2025-00042;2"); status != http.StatusSeeOther || to != "/altbestand?bereich=soziales" {
		t.Errorf("planning: %d to %s", status, to)
	}
	_, body := scan.get("/altbestand?bereich=soziales")
	for _, want := range []string{"SO-2025-00042", "Band 2 von 2", "aktenblaetter.pdf"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	status, csv := scan.get("/altbestand/verlauf.csv?bereich=wohngeld")
	if lines := strings.Split(strings.TrimSpace(csv), "\r\n"); status != http.StatusOK || len(lines) != 14 || !strings.HasPrefix(lines[1], "2026-11-24;80;0;0;80") {
		t.Errorf("the table: %d, %q", status, csv)
	}
	for _, path := range []string{"/altbestand/aktenblaetter.pdf?bereich=soziales", "/verfahren.pdf"} {
		if status, body := scan.get(path); status != http.StatusOK || !strings.HasPrefix(body, "%PDF-") {
			t.Errorf("%s: %d, %.20q", path, status, body)
		}
	}
}
