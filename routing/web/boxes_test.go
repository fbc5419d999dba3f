package web_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk/desktest"
	"mailroom/scanstation"
	"mailroom/storage"
)

// box makes a box of a kind in the name of the scan room and opens it.
func (h house) box(t testing.TB, kind storage.BoxKind, station string) scanstation.BoxID {
	t.Helper()
	ctx := context.Background()
	made, err := h.MakeBoxes(ctx, h.Who("scan"), "", kind, 1)
	if err == nil {
		err = h.OpenBox(ctx, h.Who("scan"), made[0].ID, storage.Opening{Station: station, Location: "Regal 3, Fach 2"})
	}
	if err != nil {
		t.Fatal(err)
	}
	return made[0].ID
}

// three puts a stack of three letters into the office.
func (h house) three() scanstation.BatchID {
	sep := desktest.Sheet{Lines: []string{"T R E N N B L A T T"}, Separator: true}
	return h.Put(desktest.Stack{
		Name: "karton.tif", Received: "2026-11-20", Operator: "Sabine Scholz",
		Sheets: []desktest.Sheet{
			{Lines: desktest.Letter("Wohngeldstelle", "Otto Krämer", "WG-2023-004711")}, {Lines: []string{"Anlage: Mietbescheinigung"}}, sep,
			{Lines: desktest.Letter("Amt für Soziales", "Klara Hoffmann", "SO-2025-00042")}, sep,
			{Lines: desktest.Letter("Wohngeldstelle", "Petra Neumann", "WG-2024-000815")},
		},
		Decide: func(n int, r []ocr.Reading) routing.Decision {
			return desktest.Sure(desktest.Case([]routing.CaseNumber{"WG-2023-004711", "SO-2025-00042", "WG-2024-000815"}[n-1]), r)
		},
	})
}

func TestABoxFromItsLabelToItsEnd(t *testing.T) {
	h := open(t)
	scan := h.login(t, "scan")
	status, to, _ := scan.post("/originale/karton", "art", "daily", "tag", "2026-11-24", "anzahl", "1")
	if status != http.StatusSeeOther || !regexp.MustCompile(`^/originale/karton/K261124001[0-9A-X]$`).MatchString(to) {
		t.Fatalf("making a box: %d to %s", status, to)
	}
	id := strings.TrimPrefix(to, "/originale/karton/")
	for _, size := range []string{"a4", "62x29"} {
		if status, body := scan.get("/originale/karton/etiketten.pdf?karton=" + id + "&groesse=" + size); status != http.StatusOK || !strings.HasPrefix(body, "%PDF-") {
			t.Errorf("label %s: %d", size, status)
		}
	}
	if status, _ := scan.get("/originale/karton/etiketten.pdf?groesse=1x1"); status != http.StatusUnprocessableEntity {
		t.Errorf("labels of an unknown size: %d", status)
	}
	if status, _, _ := scan.post(to+"/oeffnen", "station", "fax"); status != http.StatusUnprocessableEntity {
		t.Errorf("opened at a station without paper: %d", status)
	}
	if status, at, _ := scan.post(to+"/oeffnen", "station", "scan-1", "platz", "Regal 3", "datum", ""); status != http.StatusSeeOther || at != to {
		t.Fatalf("opening: %d to %s", status, at)
	}
	stack := h.three()
	_, body := scan.get(to)
	for _, want := range []string{"Regal 3", "1. Stapel, ab Blatt 1", "1. Stapel, ab Blatt 4", string(stack) + "-003", "2 Seiten", "Karton schließen"} {
		if !strings.Contains(body, want) {
			t.Errorf("the box lacks %q", want)
		}
	}
	if strings.Contains(body, "WG-2023") || strings.Contains(body, "Krämer") || strings.Contains(body, `href="/brief/`) {
		t.Error("the box shows the scan room what the letters say, or leads there")
	}
	// A head sees the letters of the own department alone.
	if _, body := h.login(t, "head-soziales").get(to); !strings.Contains(body, string(stack)+"-002") || strings.Contains(body, string(stack)+"-001") || !strings.Contains(body, "2 Briefe anderer Bereiche") {
		t.Error("a head does not see the own letters alone")
	}
	if status, _ := h.login(t, "worker-wohngeld").get(to); status != http.StatusNotFound {
		t.Errorf("a worker looks into the box: %d", status)
	}

	// Two scans put a letter into the hold box; handheld scanners write small
	// letters under some layouts.
	hold := string(h.box(t, storage.HoldBox, ""))
	slip := scanstation.SlipCode(stack, 1)
	status, _, body = scan.post("/originale/karton/scannen", "code", strings.ToLower(slip))
	if status != http.StatusOK || !strings.Contains(body, `name="gemerkt" value="`+string(stack)+`-001"`) {
		t.Fatalf("the first scan: %d", status)
	}
	if status, at, _ := scan.post("/originale/karton/scannen", "gemerkt", string(stack)+"-001", "code", strings.ToLower(hold)); status != http.StatusSeeOther || at != "/originale/karton/"+hold {
		t.Fatalf("the second scan: %d to %s", status, at)
	}
	if _, body := scan.get("/originale/karton/" + hold); !strings.Contains(body, string(stack)+"-001") || !strings.Contains(body, "Der Brief liegt jetzt im Karton") {
		t.Error("the letter is not in the hold box")
	}
	for _, code := range []string{"", "Unsinn", "K2611240999", "20260101-ZZZZZZZZ-001"} {
		if status, _, _ := scan.post("/originale/karton/scannen", "code", code); status != http.StatusUnprocessableEntity {
			t.Errorf("code %q: %d", code, status)
		}
	}
	if status, at, _ := scan.post("/originale/karton/scannen", "code", id); status != http.StatusSeeOther || at != to {
		t.Errorf("a box alone: %d to %s", status, at)
	}

	if status, _, _ := scan.post(to + "/leeren"); status != http.StatusUnprocessableEntity {
		t.Errorf("an open box with letters is emptied: %d", status)
	}
	for _, step := range []string{"schliessen", "umstellen", "datum"} {
		if status, _, _ := scan.post(to+"/"+step, "platz", "Keller", "datum", "2027-02-01"); status != http.StatusSeeOther {
			t.Errorf("%s: %d", step, status)
		}
	}
	_, body = scan.get(to)
	for _, want := range []string{"Keller", "ganzer Karton nicht vor 01.02.2027", "Geschlossen"} {
		if !strings.Contains(body, want) {
			t.Errorf("the closed box lacks %q", want)
		}
	}
	if status, _, _ := scan.post("/originale/karton/scannen", "gemerkt", string(stack), "code", id); status != http.StatusUnprocessableEntity {
		t.Errorf("a stack goes into a closed box: %d", status)
	}
}

func TestARecall(t *testing.T) {
	h := open(t)
	h.box(t, storage.DailyBox, "scan-1")
	stack := h.three()
	letter := "/brief/" + string(stack) + "-001"
	head, scan, other := h.login(t, "head-wohngeld"), h.login(t, "scan"), h.login(t, "head-soziales")
	if _, body := head.get(letter); !strings.Contains(body, "Original anfordern") || !strings.Contains(body, "Regal 3, Fach 2") {
		t.Error("the letter does not say where its paper lies, or does not offer it")
	}
	if status, _ := scan.get("/originale/papier/" + string(stack) + "-001"); status != http.StatusOK {
		// Its filing has no receipt, so it would have to be pulled out.
		t.Errorf("the picture to find it by: %d", status)
	}
	if status, _ := head.get("/originale/papier/" + string(stack) + "-001"); status != http.StatusNotFound {
		t.Errorf("a picture for who fetches nothing: %d", status)
	}
	if status, _, _ := other.post(letter+"/original", "worte", "bitte"); status != http.StatusNotFound {
		t.Errorf("another department asks: %d", status)
	}
	if status, to, _ := head.post(letter+"/original", "worte", "Stempel prüfen"); status != http.StatusSeeOther || to != letter {
		t.Fatalf("asking: %d to %s", status, to)
	}
	if status, _, _ := head.post(letter+"/original", "worte", ""); status != http.StatusUnprocessableEntity {
		t.Errorf("asking twice: %d", status)
	}
	_, body := scan.get("/originale/anforderungen")
	for _, want := range []string{string(stack) + "-001", "Stempel prüfen", "Regal 3, Fach 2", "1. Stapel, ab Blatt 1", "liste.pdf"} {
		if !strings.Contains(body, want) {
			t.Errorf("the list lacks %q", want)
		}
	}
	if _, body := other.get("/originale/anforderungen"); strings.Contains(body, string(stack)) {
		t.Error("another department sees the request")
	}
	if status, _ := h.login(t, "admin").get("/originale/anforderungen"); status != http.StatusNotFound {
		t.Errorf("who neither asks nor fetches: %d", status)
	}
	if status, body := scan.get("/originale/anforderungen/liste.pdf"); status != http.StatusOK || !strings.HasPrefix(body, "%PDF-") {
		t.Errorf("the pull list: %d", status)
	}
	act := regexp.MustCompile(`/originale/anforderungen/[0-9A-Z]+/`).FindString(body)
	for _, s := range []struct {
		b      *browser
		step   string
		words  string
		status int
	}{
		{head, "found", "", http.StatusNotFound}, // whoever asks does not fetch
		{other, "withdrawn", "", http.StatusNotFound},
		{scan, "out", "Eva Sommer", http.StatusUnprocessableEntity},
		{scan, "gone", "", http.StatusNotFound},
		{scan, "missing", "", http.StatusSeeOther},
		{scan, "found", "", http.StatusSeeOther},
		{scan, "out", " ", http.StatusUnprocessableEntity},
		{scan, "out", "Eva Sommer", http.StatusSeeOther},
		{head, "withdrawn", "", http.StatusUnprocessableEntity}, // somebody has it
		{scan, "back", "", http.StatusSeeOther},
		{scan, "back", "", http.StatusUnprocessableEntity},
	} {
		if status, _, _ := s.b.post(act+s.step, "worte", s.words); status != s.status {
			t.Errorf("%s %q: %d; want %d", s.step, s.words, status, s.status)
		}
	}
	if status, _ := scan.get("/originale/anforderungen/liste.pdf"); status != http.StatusNotFound {
		t.Errorf("a pull list of nothing: %d", status)
	}
	_, body = head.get(letter)
	for _, want := range []string{"Original anfordern", "Original ausgegeben", "Original zurück an seinem Platz"} {
		if !strings.Contains(body, want) {
			t.Errorf("the letter's life lacks %q", want)
		}
	}
}

func TestAPullList(t *testing.T) {
	h := open(t)
	id := string(h.box(t, storage.DailyBox, "scan-1"))
	stack := h.three()
	sealed := h.Private("wohngeld")
	scan := h.login(t, "scan")
	status, body := scan.get("/originale/karton/" + id + "/ausheben")
	for _, want := range []string{"/originale/papier/" + string(stack) + "-002", scanstation.SlipCode(stack, 2), string(sealed), "Davor", "Verschlossen"} {
		if !strings.Contains(body, want) {
			t.Errorf("the list (%d) lacks %q", status, want)
		}
	}
	if strings.Contains(body, "/originale/papier/"+string(sealed)) {
		t.Error("the list shows a sealed letter")
	}
	if status, _ := scan.get("/originale/papier/" + string(sealed)); status != http.StatusNotFound {
		t.Errorf("the picture of a sealed letter: %d", status)
	}
	if status, body := scan.get("/originale/karton/" + id + "/ausheben.pdf"); status != http.StatusOK || !strings.HasPrefix(body, "%PDF-") {
		t.Errorf("the list as a PDF: %d", status)
	}
	if status, _ := h.login(t, "head-wohngeld").get("/originale/karton/" + id + "/ausheben"); status != http.StatusNotFound {
		t.Errorf("the list for who pulls nothing: %d", status)
	}
}

// TestABoxByKeyboardAndScanner plays a box from its label to its closing, and a
// recall, as a person with a keyboard and a handheld scanner does.
func TestABoxByKeyboardAndScanner(t *testing.T) {
	h := open(t)
	w := h.window(t)
	here := func(path string) {
		t.Helper()
		w.until(path, `document.readyState === "complete" && location.pathname === "`+path+`"`)
	}
	// A scanner types the code and ends with Enter.
	handheld := func(code string) {
		t.Helper()
		w.until("the field for codes", `document.readyState === "complete" && document.activeElement.id === "code"`)
		w.do(chromedp.SendKeys("#code", code+kb.Enter))
	}
	w.login("scan")
	w.open("/originale/karton")
	w.tabTo(`details.fold > summary`)
	w.keys(kb.Enter)
	w.tabTo(`form[action="/originale/karton"] button`)
	w.keys(kb.Enter)
	w.until("the box made", `/^\/originale\/karton\/K261124001[0-9A-X]$/.test(location.pathname)`)
	box := eval[string](w, "location.pathname")
	w.keys("o")
	w.until("the box opened", `document.querySelector("#gesagt") !== null && document.body.innerText.includes("Karton schließen")`)

	stack, hold := h.three(), string(h.box(t, storage.HoldBox, ""))
	w.open("/originale/karton")
	handheld(strings.ToLower(scanstation.SlipCode(stack, 2)))
	w.until("the letter noted", `document.querySelector(".held") !== null && document.querySelector(".held").innerText.includes("`+string(stack)+`-002")`)
	handheld(strings.ToLower(hold))
	here("/originale/karton/" + hold)
	if text := eval[string](w, "document.body.innerText"); !strings.Contains(text, string(stack)+"-002") {
		t.Error("two scans did not bring the letter into the hold box")
	}
	w.open("/originale/karton")
	handheld(strings.TrimPrefix(box, "/originale/karton/"))
	here(box)
	w.keys("o")
	w.until("the box closed", `document.querySelector("#gesagt") !== null && document.body.innerText.includes("Geschlossen")`)

	letter := "/brief/" + string(stack) + "-001"
	w.login("head-wohngeld")
	w.open(letter)
	w.tabTo(`details:has(#original-worte) > summary`)
	w.keys(kb.Enter)
	w.tabTo("#original-worte")
	w.keys("S", "t", "e", "m", "p", "e", "l", kb.Enter)
	w.until("the request", `location.pathname === "`+letter+`" && document.querySelector("#gesagt") !== null`)
	w.login("scan")
	for _, step := range []string{"found", "out", "back"} {
		w.open("/originale/anforderungen")
		if step == "out" {
			w.tabTo(`input[name="worte"]`)
			w.keys("E", "v", "a", kb.Enter)
		} else {
			w.tabTo(`form[action$="/` + step + `"] button`)
			w.keys(kb.Enter)
		}
		w.until(step, `location.pathname === "/originale/anforderungen" && document.querySelector("#gesagt") !== null`)
	}
	if text := eval[string](w, "document.body.innerText"); !strings.Contains(text, "Kein Original ist angefordert") {
		t.Errorf("the request is not over: %s", text)
	}
}
