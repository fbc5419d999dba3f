package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"mailroom/routing"
	"mailroom/storage"
)

// plainly plays a short day without JavaScript: a stack is confirmed, its two
// letters are assigned, filed, closed and found.
func (d *day) plainly(h *hands) {
	d.t.Helper()
	h.scripts(false)
	defer h.scripts(true)
	d.drop("scan-3", d.files["plain"])
	b := d.stack(d.files["plain"])
	h.comes("scanstelle")
	if value[bool](h, `typeof htmx !== "undefined" || document.querySelector("script") === null`) {
		d.t.Error("scripts run though they are switched off")
	}
	h.enter("#stapel-" + string(b.ID))
	h.enter(`form[action$="/bestaetigen"] button`)
	h.said()
	if value[bool](h, `document.querySelector('form[action$="/freigeben"]') !== null`) {
		h.enter(`form[action$="/freigeben"] button`)
	}
	h.leaves()
	if b = d.stack(d.files["plain"]); b.State != storage.BatchReleased || b.Operator != "Erika Beispiel" {
		d.t.Fatalf("the stack is %s of %q because of %v", b.State, b.Operator, b.Reasons)
	}

	docs := d.letters(b.ID)
	h.comes("leitung-but")
	h.at("/postkorb/but")
	for _, doc := range docs {
		h.tab(`input[name=markiert][value="` + string(doc.ID) + `"]`)
		h.keys(" ")
	}
	h.enter(`button[name=worker][value="but-1"]`)
	if said := h.said(); !strings.Contains(said, "2 Briefe") {
		d.t.Errorf("assigned: %s", said)
	}
	h.leaves()

	h.comes("but-1")
	h.at("/meine-post")
	for _, doc := range docs {
		h.tab("#efile-" + string(doc.ID))
		h.keys(kb.Enter)
		h.said()
		for _, step := range []string{"bearbeiten", "erledigen"} {
			h.enter(fmt.Sprintf(`form[action="/meine-post/%s/%s"] button`, doc.ID, step))
			h.said()
		}
		if got := d.letter(doc.ID); got.State != storage.Closed {
			d.t.Errorf("%s is %s", doc.ID, got.State)
		}
	}
	h.fill("#suche", d.cases["but"][0].number+"\r")
	h.until("the hit", `location.pathname === "/suche" && document.readyState === "complete"`)
	h.enter(fmt.Sprintf(`.hit a[href^="/brief/%s"]`, docs[0].ID))
	h.shows("Erledigt – Bildung und Teilhabe")
	h.leaves()
}

// scripts switches JavaScript on and off.
func (h *hands) scripts(on bool) {
	h.t.Helper()
	h.plain = !on
	if _, err := chromedp.Call(h, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on}); err != nil {
		h.t.Fatal(err)
	}
}

// audit lets an auditor find a letter by its number, and compares what the page
// tells of its life with what the ledger knows.
func (d *day) audit(h *hands, id storage.DocumentID) {
	d.t.Helper()
	h.comes("pruefung")
	h.focus("/", "#suche")
	h.write(string(id) + "\r")
	h.until("the hit", `location.pathname === "/suche" && document.readyState === "complete"`)
	h.enter(fmt.Sprintf(`.hit a[href^="/brief/%s"]`, id))
	h.at("/brief/" + string(id))
	told := value[[]string](h, `[...document.querySelectorAll(".life > li")].map(l => l.querySelector("time").dateTime + " " + l.innerText.replaceAll("\n", " | "))`)
	var events []storage.Event
	for _, object := range []string{string(id.Batch()), string(id)} {
		some, err := d.archive.Events(d.t.Context(), storage.EventFilter{Object: object, Limit: 1000})
		if err != nil {
			d.t.Fatal(err)
		}
		events = append(events, some...)
	}
	slices.SortFunc(events, func(a, b storage.Event) int { return int(a.Seq - b.Seq) })
	if len(told) != len(events) {
		d.t.Errorf("the page tells of %d events, the ledger knows %d", len(told), len(events))
	}
	for i, e := range events[:min(len(told), len(events))] {
		if !strings.HasPrefix(told[i], e.Time.UTC().Format("2006-01-02T15:04:05")) {
			d.t.Errorf("event %d of %s at %s is told as %s", e.Seq, e.Kind, e.Time.Format(time.RFC3339), told[i])
		}
	}
	for _, line := range told {
		d.t.Log(line)
	}
	h.leaves()
}

// assignment is to whom a letter is given.
func (d *day) assignment(id storage.DocumentID) (a routing.Assignment, err error) {
	err = d.archive.View(d.t.Context(), func(tx storage.Tx) error {
		a, err = d.rows.Assignment(d.t.Context(), tx, id)
		return err
	})
	return a, err
}

// account wants every image to be something, every letter to have somebody who
// answers for it and may see it, and the whole archive to be sound.
func (d *day) account(h *hands) {
	d.t.Helper()
	batches, err := d.archive.Batches(d.t.Context(), storage.BatchFilter{Limit: 1000})
	if err != nil {
		d.t.Fatal(err)
	}
	letters, images := 0, 0
	states := map[storage.DocumentState]int{}
	for _, b := range batches {
		images += b.Images
		if b.State != storage.BatchReleased || !b.AddsUp() || b.Operator == "" {
			d.t.Errorf("stack %s (%s) of %q is %s: %d images are %d pages, %d separators, %d blanks, %d rejected", b.ID, b.Name, b.Operator, b.State, b.Images, b.Pages, b.Separators, b.Blanks, b.Rejected)
		}
		for _, doc := range d.letters(b.ID) {
			letters++
			states[doc.State]++
			d.owned(doc)
		}
	}
	d.t.Logf("%d stacks, %d images, %d letters: %v", len(batches), images, letters, states)
	if letters != dayLetters {
		d.t.Errorf("%d letters lie in the archive, %d were sent", letters, dayLetters)
	}
	if code, out, errs := call(d.t, "verify", "--all", "--config", d.config); code != exitDone {
		d.t.Errorf("verify ends with %d: %s%s", code, out, errs)
	}
}

// owned wants a letter to have an owner: somebody by name, or people whose work
// it is and who have an account.
func (d *day) owned(doc storage.Document) {
	d.t.Helper()
	var owner routing.Owner
	err := d.archive.View(d.t.Context(), func(tx storage.Tx) error {
		handling, err := d.rows.Handling(d.t.Context(), tx, doc.ID)
		if err != nil {
			return fmt.Errorf("handling: %w", err)
		}
		a, err := d.rows.Assignment(d.t.Context(), tx, doc.ID)
		if err != nil && doc.State == storage.Assigned {
			return fmt.Errorf("assignment: %w", err)
		}
		owner = d.diary.Owner(handling, a.Worker)
		return nil
	})
	switch {
	case err != nil:
		d.t.Errorf("%s is %s: %v", doc.ID, doc.State, err)
	case owner.Worker == "" && (owner.Role == routing.ScanRoom || owner.Role == ""):
		d.t.Errorf("%s is %s, and its owner is %+v, who no longer sees it", doc.ID, doc.State, owner)
	}
}
