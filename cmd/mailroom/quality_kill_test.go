package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mailroom/ocr"
	"mailroom/storage"
)

// takeIn writes letters of two pages as one stack and takes them in.
func (d *disposer) takeIn(letters int) {
	d.t.Helper()
	var slips []slip
	for n := range letters {
		if n > 0 {
			slips = append(slips, slip{separator: true})
		}
		one, _ := letterOf(knownCases(d.t, "wohngeld")[n], 2, 0)
		slips = append(slips, one...)
	}
	file := filepath.Join(d.t.TempDir(), "post.tif")
	newPrinter(d.t).write(file, slips...)
	if l, _ := taken(d.t, d.config, file); len(l.documents) != letters {
		d.t.Fatalf("%d letters came in, want %d", len(l.documents), letters)
	}
}

// verdicts is how many sheets are judged, of a service that is dead: the draw and
// its events must say the same.
func (d *disposer) verdicts() (n int) {
	d.t.Helper()
	for _, draw := range rowsOf[storage.Draw](d.victim, `SELECT body FROM draws`) {
		for _, c := range draw.Checks {
			n += len(c.Verdicts)
		}
	}
	if told := d.count(`SELECT count(*) FROM events WHERE kind = '` + storage.EventChecked + `'`); told != n {
		d.t.Fatalf("%d sheets are judged and %d told", n, told)
	}
	return n
}

// TestTheNotesOfQualityControlOutliveKills kills the service while sheets are
// judged and while what was found is written into the transfer notes. Each
// verdict counts once, and in the end each note says what the draw says.
func TestTheNotesOfQualityControlOutliveKills(t *testing.T) {
	d := openDisposer(t, "classes: [{id: normal, check: 1}]\n")
	d.takeIn(2)
	d.arrive()
	d.client = d.people["registratur"]
	chance := rand.New(rand.NewPCG(20261126, disposalKills))
	amidst := 0
	for n, tries := 0, 0; n < 4; tries++ {
		if tries == 40 {
			t.Fatalf("after %d kills %d sheets are judged", tries, n)
		}
		id := rowsOf[storage.Document](d.victim, `SELECT body FROM documents ORDER BY id`)[n/2]
		form := []string{"seite", fmt.Sprint(n%2 + 1), "stand", fmt.Sprint(id.Version), "urteil", "stimmt"}
		d.strike(time.Duration(chance.Int64N(int64(400*time.Millisecond))), "/qualitaet/"+string(id.ID), form...)
		now := d.verdicts()
		if now != n && now != n+1 {
			t.Fatalf("a kill leads from %d verdicts to %d", n, now)
		}
		if d.count(openSteps) > 0 {
			amidst++
		}
		n = now
		d.up()
	}
	t.Logf("%d kills met notes that were not yet written", amidst)
	if !d.live(time.Since(d.began)+time.Minute, func() bool { return d.count(openSteps) == 0 }) {
		t.Fatalf("%d steps are open after the last start", d.count(openSteps))
	}
	d.kill()
	for _, doc := range rowsOf[storage.Document](d.victim, `SELECT body FROM documents`) {
		if doc.Checked == nil || doc.Checked.State != storage.CheckPassed || !doc.Checked.Drawn || doc.Noted == "" {
			t.Errorf("of %s the note says %+v", doc.ID, doc.Checked)
		}
	}
	d.sound()
}

// sound wants nothing given up and everything stored as it was.
func (d *disposer) sound() {
	d.t.Helper()
	if n := d.count(`SELECT count(*) FROM river_job WHERE state IN ('discarded', 'cancelled')`); n > 0 {
		d.t.Errorf("%d jobs were given up", n)
	}
	if code, out, errs := call(d.t, "verify", "--config", d.config); code != exitDone {
		d.t.Errorf("verify exits %d: %s%s", code, out, errs)
	}
}

// cut is the letters that are in force, of a service that is dead: each page
// stands in one of them, and no page twice.
func (d *disposer) cut() (out []storage.Document) {
	d.t.Helper()
	pages := map[storage.DocumentID]int{}
	for _, img := range rowsOf[storage.Image](d.victim, `SELECT body FROM images`) {
		if img.Fate == ocr.PageFate {
			pages[img.Document]++
		}
	}
	all := 0
	for _, doc := range rowsOf[storage.Document](d.victim, `SELECT body FROM documents ORDER BY id`) {
		if doc.State == storage.Superseded {
			continue
		}
		if out, all = append(out, doc), all+doc.Pages; pages[doc.ID] != doc.Pages {
			d.t.Fatalf("%s has %d pages and %d images", doc.ID, doc.Pages, pages[doc.ID])
		}
	}
	if all != 4 {
		d.t.Fatalf("%d pages stand in letters, want 4", all)
	}
	return out
}

// takeOver writes a letter of four pages as PDF, of which the text is taken over.
func (d *disposer) takeOver() {
	d.t.Helper()
	number := knownCases(d.t, "wohngeld")[0].number
	sent := fine.with(func(s *typeset) { s.pages, s.first = 4, "(Ihr Zeichen: "+number+") Tj T*\n(Blatt #) Tj T*\n" })()
	file := filepath.Join(d.t.TempDir(), "brief.pdf")
	if err := os.WriteFile(file, sent, 0o600); err != nil {
		d.t.Fatal(err)
	}
	if code, out, errs := call(d.t, "ingest", "--station", "online", "--config", d.config, file); code != exitDone {
		d.t.Fatalf("ingest ends with %d: %s%s", code, out, errs)
	}
}

// TestCorrectedCutsOutliveKills kills the service while a letter is taken apart
// and joined again after the release: in turns as soon as the act has written
// something, and a little later.
func TestCorrectedCutsOutliveKills(t *testing.T) {
	t.Run("scanned", func(t *testing.T) {
		d := openDisposer(t, "")
		d.takeIn(2)
		d.correct(2)
	})
	t.Run("taken over", func(t *testing.T) {
		d := openDisposer(t, "")
		d.takeOver()
		d.correct(1)
		for _, doc := range rowsOf[storage.Document](d.victim, `SELECT body FROM documents WHERE state <> 'superseded'`) {
			if doc.Pictures == nil || doc.Pictured.Code != "" {
				t.Errorf("%s has become pictures for %s", doc.ID, doc.Pictured)
			}
		}
	})
}

// correct takes the first of so many letters apart and joins it again.
func (d *disposer) correct(whole int) {
	t := d.t
	d.arrive()
	d.client = d.people["registratur"]
	chance := rand.New(rand.NewPCG(20261127, disposalKills))
	written := func() int { return len(found(t, filepath.Join(d.data, "blobs"))) }
	done, amidst := map[bool]int{}, 0
	for round := range 4 * disposalKills {
		letters := d.cut()
		path, form := "/brief/"+string(letters[0].ID)+"/teilen", []string{"ab", "2", "worte", "falsch geschnitten"}
		apart := len(letters) > whole
		if apart {
			path, form = "/brief/"+string(letters[0].ID)+"/zusammenfuehren", []string{"mit", string(letters[len(letters)-1].ID), "worte", "gehört zusammen"}
			for _, other := range letters[1:] {
				if other.Pages != 2 {
					form[1] = string(other.ID)
				}
			}
		}
		before := written()
		d.strikeAfter(func() {
			for end := time.Now().Add(10 * time.Second); written() == before && time.Now().Before(end); {
				time.Sleep(time.Millisecond)
			}
			time.Sleep(time.Duration(round%2) * time.Duration(chance.Int64N(int64(100*time.Millisecond))))
		}, path, form...)
		if now := d.cut(); (len(now) > whole) != apart {
			done[apart]++
		} else if written() > before {
			amidst++
		}
		d.up()
	}
	t.Logf("taken apart %d times and joined %d times; %d kills met an act that had written something and was not done", done[false], done[true], amidst)
	if amidst == 0 {
		t.Error("no kill met an act that was not done")
	}
	letters := d.cut()
	if len(letters) == whole {
		if status, err := d.post("/brief/"+string(letters[0].ID)+"/teilen", "ab", "2", "worte", "falsch geschnitten"); err != nil || status != http.StatusSeeOther {
			t.Errorf("taken apart at the end: %d, %v", status, err)
		}
	}
	if !d.live(time.Since(d.began)+time.Minute, func() bool { return d.count(openSteps) == 0 }) {
		t.Fatalf("%d steps are open after the last start", d.count(openSteps))
	}
	d.kill()
	if got := d.cut(); len(got) != whole+1 {
		t.Errorf("in the end there are %d letters, want %d", len(got), whole+1)
	}
	d.sound()
}
