package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"mailroom/cmd/mailbag/ground"
	"mailroom/storage"
)

// TestADay plays a whole day of the office in Chromium, by keyboard alone: the
// stations deliver, the scan room mends, heads and a deputy give out, a letter
// goes round, workers file and close, and an auditor follows one letter.
func TestADay(t *testing.T) {
	d := newDay(t)
	h := &hands{window: openWindow(t, d.address), day: d}
	begun := time.Now()
	act := func(name string, f func()) {
		t.Run(name, func(t *testing.T) {
			d.t, h.window.t = t, t
			start := time.Now()
			f()
			t.Logf("took %s", time.Since(start).Round(100*time.Millisecond))
		})
		d.t, h.window.t = t, t
	}
	var refused, twice storage.DocumentID
	act("the scan room signs on and the stations deliver", func() { d.deliver(h) })
	act("a wrong cut is mended", func() { d.recut(h) })
	act("a missing page is brought", func() { d.bringPage(h) })
	act("a stack of nobody is confirmed and released", func() { d.release(h) })
	act("a head gives out the morning's letters", func() { refused = d.giveOut(h) })
	act("a refused letter is assigned elsewhere", func() { d.clear(h, refused) })
	act("a head is away and the deputy acts", func() { d.standIn(h, refused) })
	act("workers file, one letter into two files", func() { twice = d.file(h) })
	act("the letters are closed", func() { d.close(h, twice) })
	act("without JavaScript", func() { d.plainly(h) })
	act("an auditor finds the trail", func() { d.audit(h, refused); d.audit(h, twice) })
	act("everything is accounted for", func() { d.account(h) })
	t.Logf("the day of %d letters took %s", dayLetters, time.Since(begun).Round(time.Second))
}

// deliver signs on at two of three stations and waits for what they bring. At
// the third nobody is signed on.
func (d *day) deliver(h *hands) {
	d.t.Helper()
	h.comes("scanstelle")
	h.at("/scanstelle")
	for _, station := range []string{"#station-scan-1", "#station-scan-2"} {
		h.enter(station + " summary")
		h.enter(station + ` form[action$="/anmelden"] button`)
		h.said()
		h.until("the sign-on at "+station, fmt.Sprintf(`document.querySelector(%q).innerText.includes("Erika Beispiel")`, station))
	}
	var files []string
	for i, s := range d.truth.Stacks {
		files = append(files, filepath.Join(d.mail, "bag/mail", s.File))
		d.drop([]string{"scan-1", "scan-2"}[i%2], files[i])
	}
	d.drop("scan-2", d.files["wrong-cut"])
	d.drop("scan-3", d.files["missing-page"])
	start := time.Now()
	for _, f := range append(files, d.files["wrong-cut"], d.files["missing-page"]) {
		d.stack(f)
	}
	d.t.Logf("%d stacks are read after %s", len(files)+2, time.Since(start).Round(time.Second))
	d.judge(files)
	h.goes("/scanstelle")
	h.until("the end of reading", `document.querySelector("#h-arbeit").innerText.endsWith(" 0")`)
}

// judge compares the letters of the bag with its truth. Doubts are no fault
// here: people are there to resolve them. A letter in a wrong inbox is.
func (d *day) judge(files []string) {
	d.t.Helper()
	doubts := 0
	for i, f := range files {
		b := d.stack(f)
		byFirst := map[int]ground.Letter{}
		for _, l := range d.truth.Stacks[i].Letters {
			byFirst[l.Images[0]] = l
		}
		for _, doc := range d.letters(b.ID) {
			images, err := d.archive.Images(d.t.Context(), storage.ImageFilter{Batch: b.ID, Document: doc.ID})
			if err != nil {
				d.t.Fatal(err)
			}
			l, ok := byFirst[images[0].Image]
			if doc.State != storage.Inbox {
				doubts++
				d.t.Logf("%s of %s is %s: %v", doc.ID, filepath.Base(f), doc.State, doc.Reasons)
			} else if !ok || doc.Department != l.Department {
				d.t.Errorf("%s of %s lies in the inbox of %s, is for %s", doc.ID, filepath.Base(f), doc.Department, l.Department)
			}
		}
	}
	d.t.Logf("%d letters are in doubt", doubts)
}

// recut cuts a stack where a separator was forgotten, and releases it.
func (d *day) recut(h *hands) {
	d.t.Helper()
	b := d.stack(d.files["wrong-cut"])
	if n := len(d.letters(b.ID)); b.State != storage.BatchReview || n != 2 {
		d.t.Fatalf("the wrongly cut stack is %s with %d letters", b.State, n)
	}
	h.goes("/scanstelle")
	h.enter("#stapel-" + string(b.ID))
	h.at("/stapel/" + string(b.ID))
	for _, n := range []string{"2", "3"} {
		h.keys(kb.ArrowRight)
		h.until("image "+n, `document.querySelector("#h-bild").innerText.startsWith("Blatt `+n+`")`)
	}
	h.keys("t")
	h.until("the third letter", `[1, 2, 3, 4, 5].filter(n => document.querySelector(".letters").innerText.includes("Brief " + n + " im Postkorb")).length === 3 && document.querySelector("#stand[hx-get]") === null`)
	d.t.Log(value[string](h, `document.querySelector(".letters").innerText`))
	h.keys(kb.Enter)
	h.until("the release", `document.querySelector("#stand .title").innerText.includes("freigegeben")`)
	if b = d.stack(d.files["wrong-cut"]); b.State != storage.BatchReleased || len(d.letters(b.ID)) != 3 {
		d.t.Errorf("the mended stack is %s with %d letters", b.State, len(d.letters(b.ID)))
	}
	h.goes("/scanstelle")
}

// bringPage asks for a page that was left behind, prints the sheet for it, and
// scans it at another station.
func (d *day) bringPage(h *hands) {
	d.t.Helper()
	b := d.stack(d.files["missing-page"])
	id := d.letters(b.ID)[0].ID
	h.goes("/scanstelle")
	h.enter("#stapel-" + string(b.ID))
	h.at("/stapel/" + string(b.ID))
	h.keys("o")
	h.at("/brief/" + string(id))
	h.keys("s")
	h.at("/brief/" + string(id) + "/nachscannen")
	h.tab(`input[name=mangel][value="` + string(storage.MissingPage) + `"], input[name=mangel]`)
	h.until("the complaint", `document.activeElement.name === "mangel"`)
	for range 8 {
		if value[bool](h, `(document.querySelector("input[name=mangel]:checked")||{}).value === "`+string(storage.MissingPage)+`"`) {
			break
		}
		h.keys(kb.ArrowDown)
	}
	h.tab("input[name=art]")
	for range 4 {
		if value[bool](h, `(document.querySelector("input[name=art]:checked")||{}).value === "add"`) {
			break
		}
		h.keys(kb.ArrowDown)
	}
	h.tab("#nach")
	h.keys(kb.Home, kb.ArrowDown)
	h.enter("form.ask button")
	h.until("the request", `document.readyState === "complete" && !location.pathname.endsWith("/nachscannen") || document.querySelector("#fehler") !== null`)
	h.goes("/scanstelle")
	h.enter(`a[href="/scanstelle/nachscannen"]`)
	h.at("/scanstelle/nachscannen")
	h.tab(`a[href$="/blatt.pdf"]`)
	sheet := filepath.Join(d.mail, "sheet.pdf")
	if err := os.WriteFile(sheet, h.bytes(), 0o600); err != nil {
		d.t.Fatal(err)
	}
	file := filepath.Join(d.mail, "brought.tif")
	whole, _ := letterOf(d.cases["pflege"][0], 3, 0)
	writeRescan(d.t, file, sheet, whole[1:2])
	d.drop("scan-2", file)
	if brought := d.stack(file); brought.State != storage.BatchReleased {
		d.t.Errorf("the stack with the page is %s because of %v", brought.State, brought.Reasons)
	}
	doc := d.letter(id)
	if doc.Pages != 3 || !strings.Contains(strings.Split(doc.Text, "\f")[1], "Seite 2") {
		d.t.Errorf("the letter has %d pages and reads %q", doc.Pages, doc.Text)
	}
	h.goes("/scanstelle")
}

// release confirms the stack at which nobody was signed on, and releases it. The
// others that wait have letters in doubt and go when those are cleared.
func (d *day) release(h *hands) {
	d.t.Helper()
	b := d.stack(d.files["missing-page"])
	h.goes("/scanstelle")
	h.enter("#stapel-" + string(b.ID))
	h.at("/stapel/" + string(b.ID))
	h.keys("b")
	h.said()
	h.shows("Erika Beispiel")
	if value[bool](h, `document.querySelector('form[action$="/freigeben"]') !== null`) {
		h.keys(kb.Enter)
	}
	h.until("the release", `document.querySelector("#stand .title").innerText.includes("freigegeben")`)
	h.leaves()
}
