package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"mailroom/cmd/mailbag/ground"
	"mailroom/storage"
)

// looked is the letter that is looked at in a list.
func (h *hands) looked() storage.DocumentID {
	h.t.Helper()
	h.whole()
	return storage.DocumentID(value[string](h, `((document.querySelector('[data-list] [aria-current="true"]')||{}).id||"").replace("eintrag-", "")`))
}

// rows is how many letters a list shows.
func (h *hands) rows() int {
	h.t.Helper()
	h.whole()
	return value[int](h, `document.querySelectorAll("[data-list] > li").length`)
}

// focus presses the key of a field and waits for the field.
func (h *hands) focus(key, field string) {
	h.t.Helper()
	h.whole()
	// As a real keyboard does it: what the page makes of the key is not typed.
	press := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: key, Text: key}
	if _, err := chromedp.Call(h, input.DispatchKeyEvent, press); err != nil {
		h.t.Fatal(err)
	}
	press.Type, press.Text = input.DispatchKeyEventTypeKeyUp, ""
	if _, err := chromedp.Call(h, input.DispatchKeyEvent, press); err != nil {
		h.t.Fatal(err)
	}
	h.until(fmt.Sprintf("%s leads to %s", key, field), fmt.Sprintf(`document.activeElement.matches(%q)`, field))
}

// giveOut clears an inbox: one letter is refused, two are marked and go to one
// person, one goes to somebody by name, one by the number of their key, all that
// are sure go at once, and the rest one by one. It returns the refused one.
func (d *day) giveOut(h *hands) storage.DocumentID {
	d.t.Helper()
	h.comes("leitung-wohngeld")
	h.at("/postkorb/wohngeld")
	all := h.rows()
	if all < 8 {
		d.t.Fatalf("%d letters are too few to play with", all)
	}
	refused := h.looked()
	h.focus("r", "#warum-zurueck")
	h.keys(kb.ArrowDown)
	h.fill("#grund-zurueck", "Betrifft die Hilfe zur Pflege\r")
	h.said()
	if got := d.letter(refused); got.State != storage.Review || h.rows() != all-1 {
		d.t.Errorf("the refused letter is %s, %d of %d are left", got.State, h.rows(), all)
	}

	first := h.looked()
	h.keys(" ", kb.ArrowDown)
	h.until("the next letter", fmt.Sprintf(`document.querySelector("#brief").dataset.of !== "eintrag-%s"`, first))
	second := h.looked()
	h.keys(" ")
	h.shows("2 Briefe sind markiert")
	h.keys("2")
	said := h.said()
	if !strings.Contains(said, "2 Briefe") || d.letter(first).State != storage.Assigned || d.letter(second).State != storage.Assigned {
		d.t.Errorf("after two were marked the page says %q; they are %s and %s", said, d.letter(first).State, d.letter(second).State)
	}

	named := h.looked()
	h.focus("a", "#typed")
	h.write("wohngeld-2\r")
	h.said()
	if a, err := d.assignment(named); err != nil || a.Worker != "wohngeld-2" {
		d.t.Errorf("%s was given to %q, %v", named, a.Worker, err)
	}
	one := h.looked()
	h.keys("1")
	h.said()
	if d.letter(one).State != storage.Assigned {
		d.t.Errorf("key 1 left the letter %s", d.letter(one).State)
	}
	d.clearInbox(h, "wohngeld")
	h.leaves()
	return refused
}

// clearInbox takes all that is sure at once, and gives the rest to the first of
// the team.
func (d *day) clearInbox(h *hands, department string) {
	d.t.Helper()
	h.keys("j")
	h.at("/postkorb/" + department + "/sicher")
	if value[bool](h, `document.querySelector("main form button[data-key=j]") !== null`) {
		h.keys("j")
		d.t.Logf("%s: %s", h.who, h.said())
	} else {
		h.keys("z")
	}
	h.at("/postkorb/" + department)
	for h.rows() > 0 {
		h.keys("1")
		h.said()
	}
	if left := d.waiting(department, storage.Inbox); len(left) > 0 {
		d.t.Errorf("%d letters are left in the inbox of %s", len(left), department)
	}
}

// truthOf is what is written on a letter of the bag.
func (d *day) truthOf(doc storage.Document) (ground.Letter, bool) {
	d.t.Helper()
	images, err := d.archive.Images(d.t.Context(), storage.ImageFilter{Document: doc.ID})
	if err != nil || len(images) == 0 {
		d.t.Fatalf("images of %s: %d, %v", doc.ID, len(images), err)
	}
	b, err := d.archive.Batch(d.t.Context(), doc.Batch)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, s := range d.truth.Stacks {
		for _, l := range s.Letters {
			if s.File == b.Name && l.Images[0] == images[0].Image {
				return l, true
			}
		}
	}
	return ground.Letter{}, false
}

// clear says whose the doubtful letters are, as somebody does who reads them;
// the refused one belongs to the Hilfe zur Pflege, without a number.
func (d *day) clear(h *hands, refused storage.DocumentID) {
	d.t.Helper()
	h.comes("registratur")
	h.goes("/klaerung")
	cleared := 0
	for h.rows() > 0 {
		id := h.looked()
		whose, known := d.truthOf(d.letter(id))
		if id == refused || !known {
			whose = ground.Letter{Department: "pflege"}
		}
		h.focus("f", "#department")
		for _, dep := range d.cfg.Departments {
			if dep.ID == whose.Department {
				h.choose("#department", dep.Name)
			}
		}
		h.fill("#number", whose.CaseNumber)
		h.do(chromedp.KeyEvent(kb.Enter))
		h.said()
		if got := d.letter(id); got.State != storage.Inbox || got.Department != whose.Department {
			d.t.Errorf("%s is %s in %q", id, got.State, got.Department)
		}
		cleared++
	}
	if got := d.letter(refused); got.State != storage.Inbox || got.Department != "pflege" {
		d.t.Errorf("the refused letter is %s in %q", got.State, got.Department)
	}
	d.t.Logf("%d letters were cleared", cleared)
	h.leaves()
}

func (d *day) today() time.Time { return time.Now().In(d.zone) }

// standIn enters an absence, and lets the deputy clear the inbox in the stead
// of the one who is away.
func (d *day) standIn(h *hands, refused storage.DocumentID) {
	d.t.Helper()
	h.comes("leitung-pflege")
	h.enter(`header a[href="/konto"]`)
	h.enter(`a[href="/konto/abwesenheit"]`)
	h.at("/konto/abwesenheit")
	h.date("#von", d.today())
	h.date("#bis", d.today().AddDate(0, 0, 7))
	h.choose("#vertretung", "Paul Pfleger")
	h.enter(`form[action="/konto/abwesenheit"] button`)
	h.said()
	h.leaves()

	h.comes("pflege-1")
	h.enter(`.stead--off button`)
	h.until("the deputy's line", `document.querySelector(".stead").innerText.includes("In Vertretung für")`)
	h.enter(`nav a[href^="/postkorb"]`)
	h.at("/postkorb/pflege")
	h.tab("#eintrag-" + string(refused))
	d.clearInbox(h, "pflege")
	h.enter(".stead button")
	h.leaves()
	if got := d.letter(refused); got.State != storage.Assigned {
		d.t.Errorf("the refused letter is %s", got.State)
	}
}

// answer plays Wohngeld's e-file system until the test ends, and counts what
// it was sent.
func (d *day) answer() {
	ended := make(chan struct{})
	stop := make(chan struct{})
	d.whole.Cleanup(func() { close(stop); <-ended })
	go func() {
		defer close(ended)
		for n := 1; ; time.Sleep(100 * time.Millisecond) {
			select {
			case <-stop:
				return
			default:
			}
			indexes, _ := filepath.Glob(filepath.Join(d.exchange, "*.xml"))
			for _, index := range indexes {
				receipt := strings.TrimSuffix(index, ".xml") + ".ok"
				if _, err := os.Stat(receipt); err == nil || strings.HasSuffix(index, ".note.xml") {
					continue
				}
				if err := os.WriteFile(receipt, fmt.Appendf(nil, "DMS-%d\n", n), 0o600); err != nil {
					d.whole.Error(err)
				}
				n++
			}
		}
	}()
}

// file takes the letters of a worker to their files; the first of them belongs
// into a file of another department as well. It returns that one.
func (d *day) file(h *hands) storage.DocumentID {
	d.t.Helper()
	d.answer()
	h.comes("wohngeld-1")
	h.at("/meine-post")
	twice := storage.DocumentID(value[string](h, `document.querySelector('#h-to-file ~ ul form[action$="/uebergeben"]').action.split("/")[4]`))
	second := d.cases["pflege"][5].number
	h.enter("#eintrag-" + string(twice))
	h.at("/brief/" + string(twice))
	h.enter(`details:has(#akte-bereich) summary`)
	h.choose("#akte-bereich", "Hilfe zur Pflege")
	h.fill("#akte-nummer", second)
	h.fill("#akte-wer", "pflege-2\r")
	h.said()
	h.goes("/meine-post")
	d.hand(h, twice)
	h.leaves()

	h.comes("pflege-2")
	h.at("/meine-post")
	h.shows(second)
	h.tab("#nummer-" + string(twice) + "-2")
	h.do(chromedp.KeyEvent(kb.Enter))
	h.said()
	h.leaves()
	if got := d.letter(twice); got.State != storage.Filed {
		d.t.Errorf("the letter of two files is %s", got.State)
	}
	return twice
}

// hand takes all own letters to the file, those without a number by hand, and
// waits for the receipts.
func (d *day) hand(h *hands, twice storage.DocumentID) {
	d.t.Helper()
	for value[bool](h, `document.querySelector("#h-to-file ~ ul [data-key=n]") !== null`) {
		h.keys("n")
		d.t.Logf("%s: %s", h.who, h.said())
		h.whole()
	}
	// The one of two files waits for the other department.
	filing := func() []storage.Document {
		return slices.DeleteFunc(d.waiting("wohngeld", storage.Filing), func(doc storage.Document) bool { return doc.ID == twice })
	}
	for n := 0; len(filing()) > 0; n++ {
		if n == 600 {
			d.t.Fatalf("%d letters have no receipt", len(filing()))
		}
		time.Sleep(100 * time.Millisecond)
	}
	h.goes("/meine-post")
	d.t.Log(value[string](h, `document.querySelector("main").innerText`))
}

// close begins and closes all that lies in a file.
func (d *day) close(h *hands, twice storage.DocumentID) {
	d.t.Helper()
	h.comes("wohngeld-1")
	h.at("/meine-post")
	for _, key := range []string{"v", "e"} {
		n := 0
		for value[bool](h, `document.querySelector("[data-key=`+key+`]") !== null`) {
			h.keys(key)
			h.said()
			n++
		}
		d.t.Logf("%d times %s", n, key)
	}
	if got := d.letter(twice); got.State != storage.Closed {
		d.t.Errorf("the letter of two files is %s", got.State)
	}
	h.leaves()
}
