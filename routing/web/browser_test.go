package web_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/storage"
)

// window is a real browser before the house.
type window struct {
	context.Context
	t    *testing.T
	home string
	mu   sync.Mutex
	loud []string // what the page complained about
}

// need skips a test whose peer is missing, but not in CI.
func need(t *testing.T, what string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s: %v", what, err)
	}
	t.Skipf("SKIPPED: %s is missing: %v", what, err)
}

func (h house) window(t *testing.T) *window {
	t.Helper()
	path, err := exec.LookPath("chromium")
	need(t, "chromium", err)
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("no-first-run", true), chromedp.Flag("lang", "de"))
	ctx, end := context.WithTimeout(context.Background(), 8*time.Minute)
	t.Cleanup(end)
	ctx, end2 := chromedp.NewExecAllocator(ctx, opts...)
	t.Cleanup(end2)
	ctx, end3 := chromedp.NewContext(ctx)
	t.Cleanup(end3)
	w := &window{Context: ctx, t: t, home: h.URL}
	w.do(chromedp.EmulateViewport(1280, 800))
	if err := chromedp.Listen(ctx, w.hear); err != nil {
		t.Fatal(err)
	}
	return w
}

// hear notes errors of the page, such as what the policy forbids.
func (w *window) hear(ev any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := ev.(type) {
	case *log.EventEntryAdded:
		if e.Entry.Level == "error" && !strings.Contains(e.Entry.Text, "422") && !strings.Contains(e.Entry.Text, "404") {
			w.loud = append(w.loud, e.Entry.Text)
		}
	case *runtime.EventExceptionThrown:
		w.loud = append(w.loud, e.ExceptionDetails.Text)
	}
}

func (w *window) do(steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	if err := chromedp.Do(w, steps...); err != nil {
		w.t.Fatal(err)
	}
}

func eval[T any](w *window, js string) T {
	w.t.Helper()
	v, err := chromedp.Run(w, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		w.t.Fatalf("%.80s: %v", js, err)
	}
	return v
}

func (w *window) open(path string) { w.t.Helper(); w.do(chromedp.Navigate(w.home + path)) }

// keys types, one key after the other, into a page that is all there, and waits
// for what they set going.
func (w *window) keys(keys ...string) {
	w.t.Helper()
	for _, k := range keys {
		w.until("the whole page", `document.readyState === "complete" && !document.querySelector(".htmx-request, .htmx-swapping, .htmx-settling")`)
		w.press(k)
		w.do(chromedp.Sleep(60 * time.Millisecond))
	}
}

// press presses a key as a keyboard does: what the page makes of a sign is not
// typed as well.
func (w *window) press(key string) {
	w.t.Helper()
	sign := []rune(key)
	if len(sign) != 1 || !unicode.In(sign[0], unicode.L, unicode.N, unicode.P, unicode.Zs) || sign[0] > 0xff {
		w.do(chromedp.KeyEvent(key))
		return
	}
	press := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: key, Text: key}
	if _, err := chromedp.Call(w, input.DispatchKeyEvent, press); err != nil {
		w.t.Fatal(err)
	}
	press.Type, press.Text = input.DispatchKeyEventTypeKeyUp, ""
	if _, err := chromedp.Call(w, input.DispatchKeyEvent, press); err != nil {
		w.t.Fatal(err)
	}
}

// until waits for a condition of the page.
func (w *window) until(what, js string) {
	w.t.Helper()
	for range 100 {
		if ok, err := chromedp.Run(w, chromedp.Evaluate[bool](js)); err == nil && ok {
			return
		}
		w.do(chromedp.Sleep(50 * time.Millisecond))
	}
	w.t.Fatalf("waited in vain for: %q (at %s; the page says %q, the focus is on %q)", what, eval[string](w, "location.pathname+location.search"),
		eval[string](w, `[...document.querySelectorAll("#gesagt, #fehler")].map(e => e.textContent.trim()).join(" | ")`),
		eval[string](w, `document.activeElement.outerHTML.slice(0, 200)`))
}

// shift is a key pressed with Shift.
func shift(key string) chromedp.Action[chromedp.Void] {
	return chromedp.KeyEvent(key, chromedp.KeyModifiers(chromedp.ModifierShift))
}

// login is done by keyboard alone.
func (w *window) login(who string) {
	w.t.Helper()
	w.open("/anmelden")
	w.until("the field for the name", `document.readyState === "complete" && document.activeElement.id === "kennung"`)
	w.keys(who, "\t", desktest.Password, "\r")
	w.until("log-in of "+who, `location.pathname !== "/anmelden" && document.readyState === "complete"`)
}

// shows is the cookie of a way to see the pages.
func (w *window) shows(lang, theme string) {
	w.t.Helper()
	eval[string](w, fmt.Sprintf(`document.cookie = "mailroom-anzeige=sprache=%s&farben=%s&tasten=an&zeilen=weit; path=/"`, lang, theme))
}

// shoot keeps a picture of the page for whoever runs the tests with -artifacts.
func (w *window) shoot(dir, name string) {
	w.t.Helper()
	picture, err := chromedp.Run(w, chromedp.FullScreenshot(90))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name), picture, 0o600)
	}
	if err != nil {
		w.t.Error(err)
	}
}

// axe is run with the rules of WCAG 2.1 AA, and what it holds for good practice.
const axe = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
	.then(r => r.violations.map(v => v.id + ": " + v.help + " " + v.nodes.slice(0, 3).map(n => n.target.join(" ") + " " + (n.any[0] ? n.any[0].message : "")).join(" | ")).join("\n"))`

// visited is what a role is shown.
type visited struct{ who, name, path string }

// task gives a worker a letter in each state and returns the first of them.
func (h house) task() storage.DocumentID {
	ctx, head, worker := context.Background(), h.Who("head-wohngeld"), h.Who("wohngeld-2")
	steps := []func(storage.DocumentID) error{
		func(id storage.DocumentID) error {
			return h.Assign(ctx, head, id, "wohngeld-2", "Eilt, bitte Rücksprache")
		},
		func(id storage.DocumentID) error { return h.File(ctx, worker, id, "WG-2023-004711") },
		func(id storage.DocumentID) error { return h.Begin(ctx, worker, id) },
		func(id storage.DocumentID) error { return h.Office.Close(ctx, worker, id) },
	}
	var first storage.DocumentID
	for n := range steps {
		id := h.Brief()
		for _, step := range steps[:n+1] {
			if err := step(id); err != nil {
				panic(err)
			}
		}
		if n == 0 {
			first = id
		}
	}
	return first
}

// represented lets a worker stand in for another one, and returns the page that
// shows it.
func (h house) represented() string {
	a := routing.Absence{Clerk: h.Who("wohngeld-2").ID, Deputy: h.Who("worker-wohngeld").ID, From: "2026-11-24", To: "2026-12-03"}
	if err := h.EnterAbsence(context.Background(), h.Who("wohngeld-2"), a); err != nil {
		panic(err)
	}
	return "/meine-post"
}

// barriers has somebody report one, and returns the page that shows it.
func (h house) barriers() string {
	f := desk.Feedback{Words: "Im Postkorb ist der Rahmen um den Brief kaum zu sehen.\nIch brauche mehr Kontrast.", Page: "/postkorb/wohngeld", Reply: "Tel. 4711"}
	if err := h.GiveFeedback(context.Background(), f); err != nil {
		panic(err)
	}
	return "/verwaltung/rueckmeldungen"
}

func (h house) pages() []visited {
	defer h.Count()
	letter := "/brief/" + string(storage.NewDocumentID(h.Released, 1))
	_, twice := h.twice()
	return []visited{
		{"", "anmelden", "/anmelden"}, {"", "barrierefreiheit", "/barrierefreiheit"}, {"", "barriere-melden", "/barrierefreiheit/melden?danke"},
		{"admin", "barrieren", h.barriers()},
		{"scan", "scanstelle", "/scanstelle"}, {"scan", "stapel-in-klaerung", "/stapel/" + string(h.Review) + "?bild=4"},
		{"scan", "stapel-mit-fragen", "/stapel/" + string(h.mendable()) + "?bild=2"},
		{"scan", "stapel-doppelt", "/stapel/" + string(twice) + "?bild=0"},
		{"scan", "stapel-freigegeben", "/stapel/" + string(h.Released)}, {"scan", "stapel-angehalten", "/stapel/" + string(h.Parked)},
		{"scan", "klaerung-ohne-bereich", "/klaerung"}, {"scan", "hilfe", "/hilfe"}, {"scan", "fehler", "/gibt-es-nicht"},
		{"head-wohngeld", "postkorb", "/postkorb/wohngeld"}, {"head-wohngeld", "klaerung", "/klaerung"},
		{"head-wohngeld", "postkorb-vorschlaege", "/postkorb/wohngeld/sicher"},
		{"head-wohngeld", "postkorb-markiert", "/postkorb/wohngeld?gleiche=1"}, {"head-wohngeld", "postkorb-leerer-teil", "/postkorb/wohngeld?nur=astray"},
		{"head-wohngeld", "zugewiesen", "/postkorb/wohngeld/zugewiesen"}, {"head-wohngeld", "zugewiesen-direkt", "/postkorb/wohngeld/zugewiesen?nur=direkt"},
		{"head-wohngeld", "abwesenheit", "/konto/abwesenheit"}, {"head-wohngeld", "tasten", "/konto/tasten"},
		{"head-wohngeld", "brief", letter}, {"head-wohngeld", "brief-text", letter + "?ansicht=text"},
		{"head-wohngeld", "transfervermerk", letter + "/transfervermerk"},
		{"wohngeld-2", "meine-post", "/meine-post"}, {"wohngeld-2", "brief-zugewiesen", "/brief/" + string(h.task())},
		{"head-wohngeld", "suche", "/suche?q=Bescheinigung+Miete"}, {"head-wohngeld", "suche-leer", "/suche"},
		{"head-wohngeld", "suche-nichts", "/suche?q=Hoffmann&stand=inbox&von=2026-11-01"}, {"head-wohngeld", "brief-fundstellen", letter + "?suche=Mietbescheinigung+Kramer"},
		{"head-wohngeld", "brief-vorgang", "/brief/" + string(h.affairs())}, {"head-wohngeld", "ueberfaellig", "/ueberfaellig"},
		{"wohngeld-2", "zur-kenntnis", "/zur-kenntnis"},
		{"worker-wohngeld", "meine-post-vertretung", h.represented()},
		{"records", "postkoerbe", "/postkorb"}, {"admin", "konten", "/verwaltung/konten"}, {"admin", "konto", "/konto"},
		{"head-wohngeld", "auswertung", "/auswertung"}, {"records", "auswertung-jahr", "/auswertung?tage=365"}, {"records", "auswertung-leer", "/auswertung?tage=7&bereich=soziales"},
		{"admin", "brief-ohne-inhalt", letter}, {"admin", "regeln", "/verwaltung/regeln"}, {"admin", "schluessel", "/konto/schluessel"},
		{"admin", "e-akten", "/verwaltung/e-akten"}, {"admin", "ablage", h.tended()},
		{"scan", "vernichtung-karton", "/originale/vernichtung/karton/" + h.due()}, {"records", "vernichtung", "/originale/vernichtung"},
		{"records", "vernichtung-freigeben", h.list("proposed")}, {"scan", "vernichtung-behaelter", h.list("approved")},
		{"records", "vernichtung-gesperrt", h.list("blocked")}, {"records", "bescheinigung-eintragen", "/originale/vernichtung/bescheinigung"},
		{"records", "bescheinigung", h.certificate()}, {"wohngeld-2", "brief-vernichtet", h.vanished()},
		{"scan", "rueckgabe", h.givenBack()}, {"scan", "rueckgabe-liste", "/originale/rueckgabe"}, {"records", "vorkommnisse", h.happened()},
		{"wohngeld-2", "meine-post-e-akte", "/meine-post"}, {"wohngeld-2", "brief-abgelehnt", "/brief/" + string(h.handedOver())},
		{"head-soziales", "meine-post-weitere-akte", "/meine-post"}, {"head-wohngeld", "klaerung-abgelehnt", "/klaerung"},
	}
}

// boxed puts a stack into a box, with one letter that was asked for and one that
// was handed out, and returns the box.
func (h house) boxed(t *testing.T) string {
	t.Helper()
	ctx := context.Background()
	id := h.box(t, storage.DailyBox, "scan-1")
	stack := h.three()
	h.Private("wohngeld")
	h.box(t, storage.HoldBox, "")
	if _, err := h.MakeBoxes(ctx, h.Who("scan"), "", storage.ReturnBox, 2); err != nil {
		t.Fatal(err)
	}
	for n, who := range map[int]string{1: "head-wohngeld", 2: "head-soziales"} {
		if err := h.AskRecall(ctx, h.Who(who), storage.NewDocumentID(stack, n), "Stempel prüfen"); err != nil {
			t.Fatal(err)
		}
	}
	tasks, err := h.Recalls(ctx, h.Who("scan"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []storage.RecallState{storage.RecallFound, storage.RecallOut} {
		if err := h.StepRecall(ctx, h.Who("scan"), tasks[1].ID, s, "Mehmet Yıldız"); err != nil {
			t.Fatal(err)
		}
	}
	return "/originale/karton/" + string(id)
}

func TestEveryPageAboutBoxes(t *testing.T) {
	h := open(t)
	box := h.boxed(t)
	tasks, err := h.Recalls(t.Context(), h.Who("scan"))
	if err != nil {
		t.Fatal(err)
	}
	h.examine(t, []visited{
		{"scan", "kartons", "/originale/karton"}, {"scan", "karton", box}, {"scan", "aushebeliste", box + "/ausheben"},
		{"scan", "anforderungen", "/originale/anforderungen"}, {"scan", "scanstelle-kartons", "/scanstelle"},
		{"head-soziales", "karton-bereich", box}, {"head-soziales", "brief-angefordert", "/brief/" + string(tasks[1].Document)},
		{"head-wohngeld", "brief-original", "/brief/" + string(h.Brief())},
	})
}

func TestEveryPageInABrowser(t *testing.T) {
	h := open(t)
	h.examine(t, h.pages())
}

func TestEveryPageAboutWhoSeesWhat(t *testing.T) {
	h := open(t)
	h.examine(t, h.confided())
}

// examine opens pages in both languages and modes, and on a narrow screen. then
// is what is done on each before it is looked at.
func (h house) examine(t *testing.T, pages []visited, then ...func(*window)) {
	t.Helper()
	source, err := os.ReadFile("node_modules/axe-core/axe.min.js")
	need(t, "axe-core (sh cmd/assets.sh)", err)
	w := h.window(t)
	dir := t.ArtifactDir()
	w.open("/anmelden")
	eval[any](w, string(source)+`; document.body.insertAdjacentHTML("beforeend", "<img src='/x.png'>")`)
	if found := eval[string](w, axe); !strings.Contains(found, "image-alt") {
		t.Fatalf("axe does not see an image without words: %q", found)
	}
	open := func(path string) {
		w.open(path)
		for _, do := range then {
			do(w)
		}
	}
	who := ""
	for _, p := range pages {
		if p.who != who {
			w.login(p.who)
			who = p.who
		}
		for _, way := range [][2]string{{"de", "light"}, {"de", "dark"}, {"en", "light"}, {"en", "dark"}} {
			w.shows(way[0], way[1])
			open(p.path)
			// A menu of the head that is open lies over the tabs, as menus do.
			eval[any](w, string(source)+`; document.querySelectorAll(document.querySelector(".tabs--page") ? "main details" : "details").forEach(d => { d.open = true })`)
			if found := eval[string](w, axe); found != "" {
				t.Errorf("%s in %s, %s:\n%s", p.path, way[0], way[1], found)
			}
			if text := eval[string](w, "document.body.innerText"); strings.Contains(text, "%!") {
				t.Errorf("%s in %s has a word that was put together wrongly:\n%s", p.path, way[0], text)
			}
			if way == [2]string{"de", "light"} || p.name == "scanstelle" || p.name == "brief" {
				w.shoot(dir, p.name+"-"+way[0]+"-"+way[1]+".jpg")
			}
		}
		w.shows("de", "light")
		w.do(chromedp.EmulateViewport(320, 640))
		open(p.path)
		eval[any](w, `document.querySelectorAll("details").forEach(d => { d.open = true })`)
		if wide := eval[int](w, "document.documentElement.scrollWidth"); wide > 320 {
			t.Errorf("%s is %d wide at 320", p.path, wide)
		}
		w.shoot(dir, p.name+"-schmal.jpg")
		w.do(chromedp.EmulateViewport(1280, 800))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.loud {
		t.Errorf("the browser says: %s", s)
	}
}
