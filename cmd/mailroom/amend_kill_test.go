package main

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailroom/storage"
	"mailroom/storage/pdfa/verapdf"
)

// TestAnAmendedLetterOutlivesKills has pages scanned again while the service is
// killed, most of the time as soon as a new version of the letter has been
// written and before it is in force. Each page must come into the letter once.
func TestAnAmendedLetterOutlivesKills(t *testing.T) {
	v := newVictim(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "brief.tif")
	slips, _ := letterOf(knownCases(t, "wohngeld")[0], 3, 0)
	newPrinter(t).write(file, slips...)
	v.drop(file)
	v.start()
	if !v.live(time.Minute, func() bool { return v.count(endedBatches) == 1 && v.count(openSteps) == 0 }) {
		t.Fatal("the letter was not taken in")
	}
	v.kill()
	h := openHouse(t, v.config)
	docs, err := h.archive.Documents(t.Context(), storage.DocumentFilter{})
	if err != nil || len(docs) != 1 {
		t.Fatalf("letters are %v, %v; want one", docs, err)
	}
	id := docs[0].ID
	for i := range amendKills {
		_, sheet := asked(t, h, v.config, id, storage.AddPages, 3)
		again := filepath.Join(dir, fmt.Sprintf("nachscan-%02d.tif", i))
		writeRescan(t, again, sheet, []slip{{text: []string{"Nachgereichte Anlage", amendment(i), "Mit freundlichen Gruessen"}}})
		v.drop(again)
	}
	v.amendUnderKills(id)
	v.testAmended(id)
}

// amendment is what stands on page i alone. Digits would not do: a reading takes
// one for another now and then.
func amendment(i int) string {
	words := []string{"Anton", "Berta", "Dora", "Emil", "Gustav", "Heinrich", "Konrad", "Ludwig"}
	return words[i/len(words)] + " und " + words[i%len(words)]
}

const amendments = `SELECT count(*) FROM events WHERE kind = 'amended'`

// amendUnderKills kills the service until all pages have come.
func (v *victim) amendUnderKills(id storage.DocumentID) {
	v.t.Helper()
	written := func() int {
		files, err := filepath.Glob(filepath.Join(v.data, "blobs", id.Key("document-*.pdf")))
		if err != nil {
			v.t.Fatal(err)
		}
		return len(files)
	}
	chance, amidst := rand.New(rand.NewPCG(20261125, amendKills)), 0
	for round := range amendKills {
		v.start()
		before, were := written(), v.count(amendments)
		v.live(30*time.Second, func() bool { return written() > before || v.count(amendments) == amendKills })
		if round%2 == 1 {
			time.Sleep(time.Duration(chance.Int64N(int64(80 * time.Millisecond))))
		}
		v.kill()
		done, there := v.count(amendments), written()
		if there-before > done-were {
			amidst++
		}
		v.t.Logf("round %d: killed with %d versions written and %d in force", round+1, there, done)
	}
	v.t.Logf("%d kills met a version that was not yet in force", amidst)
	v.start()
	ended := func() bool { return v.count(endedBatches) == amendKills+1 && v.count(openSteps) == 0 }
	if !v.live(3*time.Minute, ended) {
		v.t.Fatalf("%d stacks ended and %d steps are open after the last start", v.count(endedBatches), v.count(openSteps))
	}
	v.kill()
}

// testAmended wants each page in the letter once, and everything to add up.
func (v *victim) testAmended(id storage.DocumentID) {
	v.t.Helper()
	h := openHouse(v.t, v.config)
	doc, err := h.archive.Document(v.t.Context(), id)
	if err != nil || doc.Pages != 3+amendKills {
		v.t.Errorf("the letter has %d pages, %v; want %d", doc.Pages, err, 3+amendKills)
	}
	for i := range amendKills {
		if n := strings.Count(doc.Text, amendment(i)); n != 1 {
			v.t.Errorf("page %d stands in the letter %d times", i, n)
		}
	}
	for sql, want := range map[string]int{
		amendments:                                                                 amendKills,
		`SELECT count(*) FROM documents`:                                           1,
		`SELECT count(*) FROM rescans`:                                             amendKills,
		`SELECT count(DISTINCT digest) FROM batches`:                               amendKills + 1,
		`SELECT count(*) FROM rescans WHERE state <> 'done'`:                       0,
		`SELECT count(*) FROM batches WHERE state <> 'released'`:                   0,
		`SELECT count(*) FROM events WHERE kind = 'parked'`:                        0,
		`SELECT count(*) FROM river_job WHERE state IN ('discarded', 'cancelled')`: 0,
	} {
		if got := v.count(sql); got != want {
			v.t.Errorf("%s: got %d, want %d", sql, got, want)
		}
	}
	for _, b := range rowsOf[storage.Batch](v, `SELECT body FROM batches`) {
		if !b.AddsUp() {
			v.t.Errorf("stack %s does not add up: %+v", b.ID, b)
		}
	}
	if code, out, errs := call(v.t, "verify", "--all", "--config", v.config); code != exitDone {
		v.t.Errorf("verify exits %d: %s%s", code, out, errs)
	}
	dir := v.t.TempDir()
	if code, _, errs := call(v.t, "export", string(id), "--config", v.config, "--to", dir); code != exitDone {
		v.t.Fatalf("export exits %d: %s", code, errs)
	}
	verapdf.Pass(v.t, "2u", filepath.Join(dir, string(id), filepath.Base(doc.Object)))
}
