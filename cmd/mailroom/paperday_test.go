package main

import (
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk/desktest"
	"mailroom/routing/web"
	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/pdfa/verapdf"
	"mailroom/storage/retention"
)

// paperPlay is the life of three letters' paper, played in Chromium by keyboard
// on a clock that the test sets.
type paperPlay struct {
	*desktest.Office
	*hands
	night   *retention.Clock
	dir     string
	box     scanstation.BoxID
	aside   scanstation.BoxID // Sperr-Karton
	stack   scanstation.BatchID
	letters []storage.DocumentID
	list    string
	cert    string // path of the certificate's page
}

// paperBegins is a Monday; the day on which the paper is due falls on a
// Wednesday.
var paperBegins = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

// TestTheLifeOfPaper plays the paper of three letters from an empty box to the
// firm's certificate and on to the auditor: each act by the person whose it is,
// on pages that axe-core looks at.
func TestTheLifeOfPaper(t *testing.T) {
	p := newPaperPlay(t)
	act := func(name string, f func()) {
		t.Run(name, func(t *testing.T) {
			p.hands.t, p.window.t = t, t
			f()
		})
		if p.hands.t, p.window.t = t, t; t.Failed() {
			t.FailNow()
		}
	}
	act("a box is labelled and opened by its code", p.label)
	act("it is filled and closed", p.fillBox)
	act("the draw is checked and has one defect", p.checkDraw)
	act("a recall is found, handed out and brought back", p.bring)
	act("a hold", p.holdOne)
	act("the warning of day 20", p.warned)
	act("the defect is mended and checked again", p.mendDefect)
	act("what is held goes into the Sperr-Karton by two scans", p.setAside)
	act("a list is proposed, and approved by a second person", p.approve)
	act("two people sign the container", p.signBoth)
	act("the firm's certificate", p.certify)
	act("the auditor finds the whole life and takes it along", p.audit)
}

func newPaperPlay(t *testing.T) *paperPlay {
	o := desktest.OpenOn(t, "", paperBegins)
	h, err := web.New(web.Config{
		Desk: o.Desk, Sessions: o.Sessions, Office: "Stadt Musterstadt",
		Statement: web.Statement{Contact: "barrierefreiheit@musterstadt.example", Enforcement: "Ombudsstelle des Landes, Musterweg 1", Stated: "2026-11-20"},
		Log:       slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	calendar, err := scanstation.NewCalendar("NW")
	if err != nil {
		t.Fatal(err)
	}
	p := &paperPlay{Office: o, dir: t.ArtifactDir(), night: &retention.Clock{
		Archive: o.Archive, Calendar: calendar, Rules: retention.Rules{Before: []int{10, 5, 2}, Within: 5}, Log: slog.New(slog.DiscardHandler),
	}}
	d := &day{passwords: map[string]string{}}
	p.hire("records-2", "Bernd Adam")
	for _, who := range []string{"scan", "records", "records-2", "head-wohngeld", "wohngeld-2", "auditor"} {
		d.passwords[who] = desktest.Password
	}
	p.hands = &hands{window: openWindow(t, strings.TrimPrefix(s.URL, "http://")), day: d}
	return p
}

// hire gives somebody an account of the records managers.
func (p *paperPlay) hire(login, name string) {
	ctx := p.background()
	once, err := p.AddClerk(ctx, p.Office.Who("admin"), login, name, []routing.Grant{{Role: routing.Records}})
	if err != nil {
		panic(err)
	}
	who, err := p.Authenticate(ctx, login, once)
	if err == nil {
		err = p.ChangePassword(ctx, who, once, desktest.Password)
	}
	if err != nil {
		panic(err)
	}
}

func (p *paperPlay) must(err error) {
	p.hands.t.Helper()
	if err != nil {
		p.hands.t.Fatal(err)
	}
}

// see waits for the whole page, lets axe-core look at it, and keeps a picture of
// it for whoever runs the test with -artifacts.
func (p *paperPlay) see(name string) {
	p.hands.t.Helper()
	p.whole()
	p.look()
	picture, err := chromedp.Run(p.window, chromedp.FullScreenshot(90))
	p.must(err)
	p.must(os.WriteFile(filepath.Join(p.dir, name+".jpg"), picture, 0o600))
}

// under goes to one of the pages about originals.
func (p *paperPlay) under(path string) {
	p.hands.t.Helper()
	p.enter(`header nav a[href^="/originale"]`)
	p.whole()
	if value[string](p.hands, "location.pathname") != path {
		p.enter(fmt.Sprintf(`.tabs--page a[href=%q]`, path))
	}
	p.at(path)
}

// types puts the words of a code into the field that scanners type into.
func (p *paperPlay) types(code string) {
	p.hands.t.Helper()
	p.tab("#code")
	p.write(strings.ToLower(code) + "\r")
	p.whole()
}

// take keeps what lies behind the link that has the focus.
func (p *paperPlay) take(name string) string {
	p.hands.t.Helper()
	file := filepath.Join(p.dir, name)
	p.must(os.WriteFile(file, p.bytes(), 0o600))
	return file
}

// pictured has a PDF validated, and its pages drawn for whoever looks.
func (p *paperPlay) pictured(file string) (text string) {
	p.hands.t.Helper()
	verapdf.Pass(p.hands.t, "2u", file)
	if _, err := exec.LookPath("pdftoppm"); err != nil {
		without(p.hands.t, "pdftoppm (Debian package poppler-utils)")
	}
	out, err := exec.CommandContext(p.background(), "pdftoppm", "-r", "70", "-png", file, strings.TrimSuffix(file, ".pdf")).CombinedOutput()
	if err != nil {
		p.hands.t.Fatalf("%v: %s", err, out)
	}
	words, err := exec.CommandContext(p.background(), "pdftotext", "-layout", file, "-").Output()
	p.must(err)
	return string(words)
}

// passes lets the nights of so many days pass, in which copies are re-read.
func (p *paperPlay) passes(days int) {
	p.hands.t.Helper()
	ctx := p.background()
	for range days {
		p.Clock.Time = p.Clock.Time.AddDate(0, 0, 1)
		_, err := p.night.Night(ctx)
		p.must(err)
		for _, id := range p.letters {
			o, err := p.Archive.Original(ctx, id)
			p.must(err)
			if o.State != storage.Destroyed && p.Archive.CopyStale(o, 5*24*time.Hour) {
				p.must(p.Archive.CheckCopy(ctx, id))
			}
		}
		p.must(p.CloseBooks(ctx))
	}
}

// state is where the paper of letter n is by now.
func (p *paperPlay) state(n int) storage.OriginalState {
	p.hands.t.Helper()
	o, err := p.Archive.Original(p.background(), p.letters[n])
	p.must(err)
	return o.State
}

// label makes a box, prints its label, reads the code off it as a scanner does
// and opens the box by it.
func (p *paperPlay) label() {
	p.comes("scan")
	p.under("/originale/karton")
	p.enter("details.fold summary")
	p.enter(`form[action="/originale/karton"] button`)
	p.said()
	p.see("karton-neu")
	p.enter(`header nav a[href^="/originale"]`)
	path := "/originale/karton/etiketten.pdf?groesse=a4"
	value[bool](p.hands, fmt.Sprintf(`(() => { const a = document.createElement("a"); a.href = %q; document.querySelector("main").append(a); a.focus(); return true })()`, path))
	file := p.take("etikett.pdf")
	p.pictured(file)
	var code string
	for _, c := range codesIn(p.hands.t, printed(p.hands.t, file)) {
		code = c.Text
	}
	var err error
	if p.box, err = scanstation.ParseBoxID(code); err != nil {
		p.hands.t.Fatalf("the label has no code: %v", err)
	}
	p.under("/originale/karton")
	p.types(code)
	p.at("/originale/karton/" + string(p.box))
	p.fill("#platz-neu", "Regal 3, Fach 2")
	p.enter(`form[action$="/oeffnen"] button`)
	p.said()
	p.shows("Regal 3, Fach 2")
	p.see("karton-offen")
}

// fillBox lets a stack of three letters come in at the station, all drawn.
func (p *paperPlay) fillBox() {
	p.Check("normal", 1)
	own := desktest.Sheet{Lines: desktest.Letter("Wohngeldstelle", "Otto Krämer", "WG-2023-004711")}
	sep := desktest.Sheet{Lines: []string{"T R E N N B L A T T"}, Separator: true}
	p.stack = p.Put(desktest.Stack{
		Name: "vormittag.tif", Received: "2026-11-02", Operator: "Sabine Scholz",
		Sheets: []desktest.Sheet{own, {Lines: []string{"Anlage: Mietbescheinigung"}}, sep, own, sep, own},
		Decide: func(_ int, r []ocr.Reading) routing.Decision {
			return desktest.Sure(desktest.Case("WG-2023-004711"), r)
		},
	})
	for n := 1; n <= 3; n++ {
		p.letters = append(p.letters, storage.NewDocumentID(p.stack, n))
	}
	p.under("/originale/karton")
	p.types(string(p.box))
	p.at("/originale/karton/" + string(p.box))
	for n, spot := range []string{"1. Stapel, ab Blatt 1", "1. Stapel, ab Blatt 4", "1. Stapel, ab Blatt 6"} {
		p.shows(spot)
		p.shows(string(p.letters[n]))
	}
	p.keys("o")
	p.said()
	p.shows("Geschlossen")
	p.see("karton-gefuellt")
	p.leaves()
}

// checkDraw has another person look at the sheets: one is cut off, and what is
// offered then is taken.
func (p *paperPlay) checkDraw() {
	p.comes("records")
	p.enter(`header nav a[href="/qualitaet"]`)
	p.at("/qualitaet")
	p.shows(string(p.box))
	p.see("stichprobe")
	p.enter(fmt.Sprintf(`a[href="/qualitaet/%s"]`, p.letters[0]))
	p.keys(kb.Enter)
	p.until("the second page", `document.querySelector("#h-frage").textContent.includes("Seite 2 von 2")`)
	p.see("stichprobe-blatt")
	p.keys("2")
	p.said()
	p.shows("Abgeschnitten")
	p.shows("Nachscan")
	p.see("stichprobe-mangel")
	p.keys("w")
	p.at("/qualitaet")
	p.said()
	for _, id := range p.letters[1:] {
		p.enter(fmt.Sprintf(`a[href="/qualitaet/%s"]`, id))
		p.at("/qualitaet/" + string(id))
		p.keys(kb.Enter)
		p.said()
		p.enter(`header nav a[href="/qualitaet"]`)
		p.at("/qualitaet")
	}
	p.leaves()
	for _, id := range p.letters[1:] {
		ctx := p.background()
		p.must(p.Assign(ctx, p.Office.Who("head-wohngeld"), id, "wohngeld-2", ""))
		p.must(p.File(ctx, p.Office.Who("wohngeld-2"), id, "WG-2023-004711"))
	}
	if err := p.File(p.background(), p.Office.Who("wohngeld-2"), p.letters[0], "WG-2023-004711"); err == nil {
		p.hands.t.Error("a letter with a defect goes into its file")
	}
}

// bring has a worker ask for a paper, which the scan room fetches and puts back.
func (p *paperPlay) bring() {
	letter := "/brief/" + string(p.letters[1])
	p.comes("wohngeld-2")
	p.must(chromedp.Do(p.window, chromedp.Navigate(p.home+letter)))
	p.enter(`#papier details summary`)
	p.fill("#original-worte", "Stempel prüfen")
	p.enter(`form[action$="/original"] button`)
	p.said()
	p.see("brief-angefordert")
	p.leaves()
	p.comes("scan")
	p.under("/originale/anforderungen")
	p.shows("Stempel prüfen")
	p.see("anforderung")
	p.tab(`a[href="/originale/anforderungen/liste.pdf"]`)
	if text := p.pictured(p.take("anforderungen.pdf")); !strings.Contains(text, string(p.letters[1])) {
		p.hands.t.Errorf("the pull list says\n%s", text)
	}
	p.enter(`form[action$="/found"] button`)
	p.said()
	p.tab(`form[action$="/out"] input`)
	p.write("Eva Sommer\r")
	p.said()
	p.shows("Eva Sommer")
	p.see("ausgegeben")
	p.enter(`form[action$="/back"] button`)
	p.said()
	p.leaves()
}

// holdOne has the head hold the third paper.
func (p *paperPlay) holdOne() {
	p.comes("head-wohngeld")
	p.must(chromedp.Do(p.window, chromedp.Navigate(p.home+"/brief/"+string(p.letters[2]))))
	p.enter(`#papier details:has(#sperre-grund) summary`)
	p.fill("#sperre-grund", "Klage vor dem Verwaltungsgericht, Az. 4 K 12/26")
	p.enter(`#papier details:has(#sperre-grund) button`)
	p.said()
	p.see("brief-gesperrt")
	p.under("/originale/sperren")
	p.shows("Az. 4 K 12/26")
	p.see("sperren")
	p.leaves()
	if got := p.state(2); got != storage.Held {
		p.hands.t.Errorf("the paper that is held is %s", got)
	}
}

// warned lets twenty days pass: the head and the scan room read what is missing.
func (p *paperPlay) warned() {
	p.passes(19)
	p.comes("head-wohngeld")
	p.under("/originale/fristen")
	if value[bool](p.hands, fmt.Sprintf(`document.querySelector("main").innerText.includes(%q)`, p.letters[0])) {
		p.hands.t.Error("the head is warned on day 19")
	}
	p.leaves()
	p.passes(1)
	for _, who := range []string{"head-wohngeld", "scan"} {
		p.comes(who)
		p.under("/originale/fristen")
		p.shows(string(p.letters[0]))
		p.shows("1.\u00a0Erinnerung")
		p.shows("02.12.2026")
		p.see("tag-20-" + who)
		p.leaves()
	}
}
