package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"mailroom/scanstation"
	"mailroom/storage"
)

func (p *paperPlay) background() context.Context { return context.Background() }

// mendDefect answers the rescan: nothing is missing after all. The letter is
// looked at again, and goes into its file.
func (p *paperPlay) mendDefect() {
	p.comes("scan")
	p.enter(`a[href="/scanstelle/nachscannen"]`)
	p.at("/scanstelle/nachscannen")
	p.enter("details.fold summary")
	p.tab(`input[name=grund]`)
	p.write("Die Zeile steht schon auf dem Papier am Rand\r")
	p.said()
	p.see("nachscan-beantwortet")
	p.leaves()
	p.comes("records")
	p.enter(`header nav a[href="/qualitaet"]`)
	p.enter(fmt.Sprintf(`a[href="/qualitaet/%s"]`, p.letters[0]))
	p.at("/qualitaet/" + string(p.letters[0]))
	p.until("the question", `document.querySelector("#h-frage").textContent.includes("Seite 2 von 2")`)
	p.keys(kb.Enter)
	p.said()
	p.leaves()
	ctx := p.background()
	p.must(p.Archive.Attest(ctx, p.stack)) // as the line does after each check
	p.must(p.Assign(ctx, p.Office.Who("head-wohngeld"), p.letters[0], "wohngeld-2", ""))
	p.must(p.File(ctx, p.Office.Who("wohngeld-2"), p.letters[0], "WG-2023-004711"))
}

// setAside lets the period pass, takes the pull list of the box and puts what
// stands on it into a Sperr-Karton: its code, then that of the box.
func (p *paperPlay) setAside() {
	p.passes(16)
	for n, want := range []storage.OriginalState{storage.Due, storage.Due, storage.Held} {
		if got := p.state(n); got != want {
			p.hands.t.Fatalf("on %s letter %d is %s, want %s", p.Archive.Today(), n+1, got, want)
		}
	}
	ctx, scan := p.background(), p.Office.Who("scan")
	made, err := p.MakeBoxes(ctx, scan, "", storage.HoldBox, 1)
	p.must(err)
	p.aside = made[0].ID
	p.must(p.OpenBox(ctx, scan, p.aside, storage.Opening{Location: "Regal 1"}))
	p.comes("scan")
	p.under("/originale/karton")
	p.types(string(p.box))
	p.at("/originale/karton/" + string(p.box))
	p.keys("a")
	p.at("/originale/karton/" + string(p.box) + "/ausheben")
	p.see("ausheben")
	p.tab(`a[href$="/ausheben.pdf"]`)
	file := p.take("ausheben.pdf")
	p.pictured(file)
	codes := codesIn(p.hands.t, printed(p.hands.t, file))
	if len(codes) != 1 {
		p.hands.t.Fatalf("the pull list has the codes %v, want that of one letter", codes)
	}
	p.under("/originale/karton")
	p.types(codes[0].Text)
	p.until("that the letter is kept in mind", `document.querySelector("input[name=gemerkt]") !== null`)
	p.see("erster-scan")
	p.types(string(p.aside))
	p.at("/originale/karton/" + string(p.aside))
	p.said()
	p.shows(string(p.letters[2]))
	p.see("sperr-karton")
	p.leaves()
}

// approve has a records manager propose, who then may not approve: not on the
// page, and not past it. Another one does.
func (p *paperPlay) approve() {
	p.comes("records")
	p.under("/originale/vernichtung")
	p.see("vernichtung")
	p.enter(fmt.Sprintf(`a[href="/originale/vernichtung/karton/%s"]`, p.box))
	p.at("/originale/vernichtung/karton/" + string(p.box))
	p.see("vernichtung-karton")
	p.keys("v")
	p.until("the list", `location.pathname.startsWith("/originale/vernichtung/liste/")`)
	p.said()
	p.list = value[string](p.hands, "location.pathname")
	p.shows("wartet auf die Freigabe durch eine andere Person")
	p.see("liste-vorgeschlagen")
	answer := value[int](p.hands, fmt.Sprintf(`fetch(%q, {method: "POST", body: new URLSearchParams({stand: "1"})}).then(r => r.status)`, p.list+"/freigeben"))
	if got := p.state(0); answer < 400 || got != storage.Due {
		p.hands.t.Errorf("who proposed the list approves it: %d, the paper is %s", answer, got)
	}
	p.tab(`a[href$="/liste.pdf"]`)
	if text := p.pictured(p.take("vernichtungsliste.pdf")); !strings.Contains(text, string(p.letters[0])) || !strings.Contains(text, string(p.letters[1])) || strings.Contains(text, string(p.letters[2])) {
		p.hands.t.Errorf("the list says\n%s", text)
	}
	p.leaves()
	p.comes("records-2")
	p.under("/originale/vernichtung")
	p.enter(fmt.Sprintf(`a[href=%q]`, p.list))
	p.at(p.list)
	p.see("liste-freigeben")
	p.keys("f")
	p.said()
	p.shows("Bernd Adam")
	p.leaves()
	if got := p.state(0); got != storage.Approved {
		p.hands.t.Errorf("the paper is %s, want approved", got)
	}
}

// signBoth has two people sign for the container.
func (p *paperPlay) signBoth() {
	for n, who := range []string{"scan", "records"} {
		p.comes(who)
		p.under("/originale/vernichtung")
		p.enter(fmt.Sprintf(`a[href=%q]`, p.list))
		p.at(p.list)
		p.fill("#behaelter", "C-4711")
		p.see("behaelter-" + who)
		p.enter(`form[action$="/behaelter"] button`)
		p.said()
		if n == 0 {
			p.shows("unterzeichnet")
			if value[bool](p.hands, `document.querySelector('form[action$="/behaelter"]') !== null`) {
				p.hands.t.Error("the first person is asked to sign a second time")
			}
		}
		p.leaves()
	}
	if got := p.state(1); got != storage.Sealed {
		p.hands.t.Errorf("the paper is %s, want sealed", got)
	}
}

// certify enters what the firm confirms two weeks later, and opens our
// certificate of it.
func (p *paperPlay) certify() {
	p.passes(14)
	firms := filepath.Join(p.hands.t.TempDir(), "firma.pdf")
	p.must(os.WriteFile(firms, []byte("%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"), 0o600))
	p.comes("records")
	p.under("/originale/vernichtung")
	p.enter(`a[href="/originale/vernichtung/bescheinigung"]`)
	p.at("/originale/vernichtung/bescheinigung")
	p.tab("input[name=liste]")
	if !value[bool](p.hands, `document.activeElement.checked`) {
		p.keys(" ")
	}
	p.fill("#firma", "Aktenrein GmbH")
	p.fill("#nummer", "2026-0815")
	p.date("#tag", p.Clock.Time.In(p.Archive.Zone).AddDate(0, 0, -1))
	p.fill("#zeuge", "Theo Zeuge")
	p.do(chromedp.SetUploadFiles("#datei", []string{firms}))
	p.see("bescheinigung-eintragen")
	p.enter(`main form button`)
	p.said()
	p.cert = value[string](p.hands, "location.pathname")
	p.see("bescheinigung")
	p.tab(`a[href$="/bescheinigung.pdf"]`)
	text := p.pictured(p.take("bescheinigung.pdf"))
	for _, want := range []string{"Aktenrein GmbH", "2026-0815", "P-5", "Theo Zeuge", "C-4711", "Bernd Adam", "Sabine Scholz", string(p.letters[0]), string(p.letters[1])} {
		if !strings.Contains(text, want) {
			p.hands.t.Errorf("the certificate does not say %q:\n%s", want, text)
		}
	}
	p.leaves()
	for n, want := range []storage.OriginalState{storage.Destroyed, storage.Destroyed, storage.Held} {
		if got := p.state(n); got != want {
			p.hands.t.Errorf("the paper of letter %d is %s, want %s", n+1, got, want)
		}
	}
	p.passes(1)
}

// audit finds a letter by its number, reads where its paper went, takes the
// package along, and has it checked without the house, against the root that a
// report has printed.
func (p *paperPlay) audit() {
	id := string(p.letters[0])
	p.comes("auditor")
	p.under("/originale/berichte")
	p.see("berichte")
	p.enter(`header nav a[href="/pruefung"]`)
	p.at("/pruefung")
	p.see("pruefung")
	root := value[string](p.hands, `[...document.querySelectorAll("main .mono")].map(e => e.innerText.trim()).find(s => /^[0-9a-f]{64}$/.test(s)) || ""`)
	p.tab("#nummer")
	p.write(strings.ToLower(id) + "\r")
	p.at("/pruefung/brief/" + id)
	life := value[string](p.hands, `document.querySelector("main").innerText`)
	for _, want := range []string{"Zur Qualitätsprüfung gezogen", "Abgeschnitten", string(p.box), "Aktenrein GmbH", "2026-0815", "Vernichtet"} {
		if !strings.Contains(life, want) {
			p.hands.t.Errorf("the whole life does not say %q", want)
		}
	}
	if raw := value[string](p.hands, `[...document.querySelectorAll(".life--whole p")].map(e => e.innerText).filter(s => /^[a-z]+(-[a-z]+)*$/.test(s)).join(" ")`); raw != "" {
		p.hands.t.Errorf("events have no sentence: %s", raw)
	}
	p.see("ganzes-leben")
	p.tab(fmt.Sprintf(`a[href="/pruefung/brief/%s/paket.zip"]`, id))
	pack := p.take("paket.zip")
	p.leaves()
	code, out, errs := call(p.hands.t, "verify", pack, "--root", root)
	if code != exitDone || !strings.Contains(out, "The given root is that of this tree or of one that it grew out of.") {
		p.hands.t.Errorf("verify exits %d: %s%s", code, out, errs)
	}
	p.hands.t.Log(out)
	files, end, err := openPackage(pack)
	p.must(err)
	defer end()
	p.packed(files)
	broken := scanstation.Digest(strings.Repeat("0", 64))
	if code, _, _ := call(p.hands.t, "verify", pack, "--root", string(broken)); code != exitBroken {
		p.hands.t.Errorf("against a foreign root verify exits %d", code)
	}
}

// packed wants the report of the package to be a PDF/A that names the letter.
func (p *paperPlay) packed(files fs.FS) {
	p.hands.t.Helper()
	data, err := fs.ReadFile(files, "bericht.pdf")
	p.must(err)
	file := filepath.Join(p.dir, "paketbericht.pdf")
	p.must(os.WriteFile(file, data, 0o600))
	if text := p.pictured(file); !strings.Contains(text, string(p.letters[0])) {
		p.hands.t.Errorf("the report of the package says\n%s", text)
	}
}
