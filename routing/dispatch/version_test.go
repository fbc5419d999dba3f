package dispatch_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/routing/xdomea/xdomeatest"
	"mailroom/scanstation"
	"mailroom/storage"
)

// filed is a letter that is in the e-file, by whatever system it is.
func (w *way) filed(answer func(id storage.DocumentID)) storage.DocumentID {
	w.t.Helper()
	id := w.handed()
	if err := w.job(id); err != nil {
		w.t.Fatal(err)
	}
	answer(id)
	if err := w.Receipts(w.t.Context(), "wohngeld"); err != nil {
		w.t.Fatal(err)
	}
	w.wants("filed", id, "filed: filed, 1")
	return id
}

// amended adds a page to a letter by a rescan sheet.
func (w *way) amended(id storage.DocumentID) {
	w.t.Helper()
	r, err := w.AskRescan(w.t.Context(), w.Who("wohngeld-2"), id, desk.Complaint{Kind: storage.AddPages, What: storage.MissingPage, Pages: []int{1}})
	if err != nil {
		w.t.Fatal(err)
	}
	w.Put(desktest.Stack{
		Name: "nachscan.tif", Received: "2026-11-24", Operator: "Sabine Scholz",
		Sheets: []desktest.Sheet{{Rescan: r.ID}, {Lines: []string{"Anlage"}}},
		Decide: func(int, []ocr.Reading) routing.Decision {
			return routing.Decision{Reasons: []scanstation.Reason{{Code: routing.DoubtfulCut}}}
		},
	})
}

// waits says for how many letters somebody has to bring a new version.
func (w *way) waits() int {
	w.t.Helper()
	list, err := w.Supplements(w.t.Context(), w.Who("wohngeld-2"))
	concerns, err2 := w.Concerns(w.t.Context(), w.Who("records"), "")
	if err != nil || err2 != nil {
		w.t.Fatal(err, err2)
	}
	n := 0
	for _, c := range concerns.Concerns {
		if c.Kind == desk.OfVersion {
			n++
		}
	}
	if n != len(list) {
		w.t.Errorf("%d letters wait with their worker, %d with the records managers", len(list), n)
	}
	return len(list)
}

func (w *way) rounds(n int) {
	for range n {
		w.Round(w.t.Context(), true)
	}
}

func TestALaterVersionGoesAfterItsLetter(t *testing.T) {
	for _, version := range []string{"3.0.0", "3.1.0"} {
		t.Run(version, func(t *testing.T) {
			open := byXDomea(version, "")
			w := through(t, routing.Distribute, open)
			w.known("4711")
			c := xdomeatest.Counterpart{T: t, Out: w.out, In: w.in, Version: version}
			long := w.Clock.Now().Add(-time.Minute)
			id := w.filed(func(storage.DocumentID) {
				c.Put("answer", c.Imported(c.Take(), "true", "", xdomeatest.General("0000000")), long)
			})
			w.rounds(1)
			if len(w.sent()) != 0 {
				t.Fatalf("sent without a reason: %v", w.sent())
			}
			w.amended(id)
			if w.waits() != 1 {
				t.Error("nobody is told of the new version before it is on its way")
			}
			w.rounds(2)
			w.start(open) // and once more by a service that starts anew
			w.rounds(1)
			name, parts := xdomeatest.Unzip(t, w.out)
			text := string(parts[name+".xml"])
			if !strings.HasSuffix(name, "0601") || !strings.Contains(text, "<xdomea:IDDokument>"+xdomeatest.ObjectID) || !strings.Contains(text, "<xdomea:Nummer>2<") {
				t.Errorf("sent %s:\n%s", name, text)
			}
			t.Run("the message is valid", func(t *testing.T) { xdomeatest.Valid(t, version, parts[name+".xml"]) })
			if w.waits() != 0 {
				t.Error("somebody is asked to bring what is on its way")
			}
			c.Put("answer", c.Imported(c.Take(), "", "", xdomeatest.Specific("0601005")), long)
			w.rounds(1)
			w.Clock.Time = w.Clock.Now().Add(time.Hour)
			w.rounds(1)
			c.Put("answer", c.Imported(c.Take(), "true", "", xdomeatest.General("0000000")), long)
			w.rounds(2)
			if r := w.filing(id); r.New == nil || r.New.State != routing.ErrandDone || r.New.Attempt != 2 || r.State != routing.FilingFiled {
				t.Errorf("the filing is %+v, %+v", r, r.New)
			}
			open2, err := w.Archive.Rescans(t.Context(), storage.RescanFilter{Document: id, State: storage.RescanSupplement})
			if err != nil || len(open2) != 0 || w.waits() != 0 || len(w.sent()) != 0 {
				t.Errorf("waiting are %v, %v, %d; sent %v", open2, err, w.waits(), w.sent())
			}
			l, err := w.Letter(t.Context(), w.Who("wohngeld-2"), id)
			if err != nil {
				t.Fatal(err)
			}
			var kinds []string
			for _, m := range l.Life[len(l.Life)-5:] {
				kinds = append(kinds, strings.TrimPrefix(m.Kind, routing.EventNewVersion))
			}
			if got := strings.Join(kinds, " "); got != "handed handing handed done supplemented" {
				t.Errorf("its life ends with %s", got)
			}
		})
	}
}

func TestALaterVersionThatIsRefusedIsForAPerson(t *testing.T) {
	w := through(t, routing.Distribute, byXDomea("3.0.0", ""))
	w.known("4711")
	c := xdomeatest.Counterpart{T: t, Out: w.out, In: w.in, Version: "3.0.0"}
	long := w.Clock.Now().Add(-time.Minute)
	id := w.filed(func(storage.DocumentID) {
		c.Put("answer", c.Imported(c.Take(), "true", "", xdomeatest.General("0000000")), long)
	})
	w.amended(id)
	w.rounds(1)
	c.Put("answer", c.Imported(c.Take(), "", "", xdomeatest.Specific("0601001")), long)
	w.rounds(2)
	if r := w.filing(id); r.New.State != routing.ErrandByHand || r.New.Code != "0601001" || w.waits() != 1 {
		t.Errorf("the version is %+v, waiting %d", r.New, w.waits())
	}
	head := w.Who("head-wohngeld")
	seen := func() int {
		t.Helper()
		l, err := w.Concerns(t.Context(), head, "")
		c, err2 := w.Counts(t.Context(), head)
		if err != nil || err2 != nil || c.Beside != len(l.Concerns) {
			t.Errorf("counted are %d of %d concerns, %v, %v", c.Beside, len(l.Concerns), err, err2)
		}
		return len(l.Concerns)
	}
	if seen() != 1 {
		t.Error("the head is not told of it")
	}
	block := routing.Block{Blocked: []string{"head-wohngeld"}, Numbers: []routing.CaseNumber{"WG-2023-004711"}}
	if err := w.AddBlock(t.Context(), w.Who("records"), block); err != nil {
		t.Fatal(err)
	}
	if seen() != 0 {
		t.Error("the head is told of a letter that is hidden from them")
	}
	if err := w.Supplement(t.Context(), w.Who("wohngeld-2"), id, "4711-2"); err != nil {
		t.Fatal(err)
	}
	w.rounds(1)
	if r := w.filing(id); r.New.State != routing.ErrandWritten || w.waits() != 0 || len(w.sent()) != 0 {
		t.Errorf("the version is %+v, waiting %d, sent %v", r.New, w.waits(), w.sent())
	}
}

func TestALaterVersionIsNotPutIntoAFolder(t *testing.T) {
	w := through(t, routing.Distribute, byFolder)
	id := w.filed(func(id storage.DocumentID) {
		w.put(w.in, string(w.filing(id).Handover())+".ok", "DMS-77\n")
		for _, name := range w.sent() {
			if err := os.Remove(filepath.Join(w.out, name)); err != nil {
				t.Fatal(err)
			}
		}
	})
	w.amended(id)
	w.rounds(2)
	if r := w.filing(id); r.New.State != routing.ErrandByHand || r.New.Code != "" || w.waits() != 1 || len(w.sent()) != 0 {
		t.Errorf("the version is %+v, waiting %d, sent %v", r.New, w.waits(), w.sent())
	}
}

func TestWhatWasSentInItsLastVersionIsNotSentAgain(t *testing.T) {
	w := through(t, routing.Distribute, byXDomea("3.0.0", ""))
	w.known("4711")
	c := xdomeatest.Counterpart{T: t, Out: w.out, In: w.in, Version: "3.0.0"}
	id := w.handed()
	w.amended(id) // before it was sent
	if err := w.job(id); err != nil {
		t.Fatal(err)
	}
	c.Put("answer", c.Imported(c.Take(), "true", "", xdomeatest.General("0000000")), w.Clock.Now().Add(-time.Minute))
	w.rounds(2)
	if r := w.filing(id); r.State != routing.FilingFiled || r.New != nil || len(w.sent()) != 0 || w.waits() != 0 {
		t.Errorf("the filing is %+v, sent %v, waiting %d", r, w.sent(), w.waits())
	}
}
