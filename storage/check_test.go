package storage_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
)

func sure(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// says is what person c-7, who has not scanned anything, says about a page.
func says(t *testing.T, a *storage.Archive, id storage.DocumentID, page int, defect string) (storage.Check, error) {
	t.Helper()
	return saysAs(t, a, id, page, defect, "c-7", "Petra Prüfer")
}

func saysAs(t *testing.T, a *storage.Archive, id storage.DocumentID, page int, defect, by, name string) (storage.Check, error) {
	t.Helper()
	doc, err := a.Document(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return a.Judge(t.Context(), storage.Judgement{Document: id, Version: doc.Version, Page: page, Defect: defect, By: by, Name: name})
}

func quality(t *testing.T, a *storage.Archive) storage.Quality {
	t.Helper()
	var found []storage.Quality
	err := a.View(t.Context(), func(tx storage.Tx) (err error) {
		found, err = a.Ledger.Qualities(t.Context(), tx, storage.QualityFilter{})
		return err
	})
	if err != nil || len(found) > 1 {
		t.Fatalf("%d rows of quality, %v; want at most 1", len(found), err)
	}
	if len(found) == 0 {
		return storage.Quality{}
	}
	return found[0]
}

// qualityNote returns the note of a letter in its version, once what is known is in it.
func qualityNote(t *testing.T, a *storage.Archive, id storage.DocumentID) (note string, version int) {
	t.Helper()
	for range 2 { // every step may be repeated
		if err := a.Attest(t.Context(), id.Batch()); err != nil {
			t.Fatal(err)
		}
	}
	doc, err := a.Document(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	r, err := a.OpenPart(t.Context(), id, storage.NotePart(doc.Version))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b), doc.Version
}

func TestADefectStopsTheStackUntilItIsGone(t *testing.T) {
	onEngines(t, func(t *testing.T, a *storage.Archive) {
		checking(a, 1)
		closed(t, a, batchID, 2, nil)
		first, second := storage.NewDocumentID(batchID, 1), storage.NewDocumentID(batchID, 2)
		reasons := func() string { return strings.Join(against(t, a, second), " ") }
		if !strings.Contains(reasons(), storage.CheckPending) {
			t.Errorf("against destruction is %s; want that a check is open", reasons())
		}
		for page := 1; page <= 2; page++ {
			_, err := says(t, a, second, page, "")
			sure(t, err)
		}
		if d := drawOf(t, a, batchID); d.State != storage.DrawOpen || d.Waiting() != 1 {
			t.Errorf("after one of two letters the draw is %s, %d wait; want open, 1", d.State, d.Waiting())
		}
		_, err := says(t, a, first, 1, "")
		sure(t, err)
		c, err := says(t, a, first, 2, storage.Unreadable)
		if err != nil || c.State != storage.CheckFailed {
			t.Fatalf("a page that is not legible: %s, %v; want failed", c.State, err)
		}
		if !strings.Contains(reasons(), storage.CheckDefect) {
			t.Errorf("against the destruction of the other letter is %s; want the stopped stack", reasons())
		}
		if q := quality(t, a); q.Level != 0 || q.Months[0].Checked != 2 || q.Months[0].Failed != 1 || q.Months[0].Defects[storage.Unreadable] != 1 {
			t.Errorf("quality is %+v; want 2 checked, 1 failed; of a class that is checked whole no more than all", q)
		}
		note, _ := qualityNote(t, a, first)
		if !strings.Contains(note, "stellte Petra Prüfer am 20.11.2026 fest: Seite 2: nicht lesbar.") {
			t.Errorf("the note is %s; want the defect with date and name", note)
		}
		if err := move(t, a, first, storage.Filing); !errors.Is(err, storage.ErrCheckFailed) {
			t.Errorf("filing the letter with the defect is %v; want ErrCheckFailed", err)
		}
		sure(t, move(t, a, first, storage.Assigned)) // it can be read and given out
		sure(t, move(t, a, second, storage.Filing))  // as the other one can be filed

		asked, err := a.MendCheck(t.Context(), first, "c-7")
		if err != nil || len(asked) != 1 || asked[0].Kind != storage.ReplacePages || !slices.Equal(asked[0].Pages, []int{2}) {
			t.Fatalf("asked for %+v, %v; want page 2 anew", asked, err)
		}
		if _, err := a.MendCheck(t.Context(), first, "c-7"); !errors.Is(err, storage.ErrConflict) {
			t.Errorf("asking twice is %v; want ErrConflict", err)
		}
		if err := a.SettleCheck(t.Context(), first, "war keiner", "c-7"); !errors.Is(err, storage.ErrConflict) {
			t.Errorf("saying it is gone while the rescan is open is %v; want ErrConflict", err)
		}
		rescan(t, a, again, asked[0].ID, "two, legible")
		d := drawOf(t, a, batchID)
		if c := d.Find(first); c.State != storage.CheckAgain || d.State != storage.DrawFailed || c.Round != 1 {
			t.Fatalf("after the rescan the check is %s, the draw %s; want again, failed", c.State, d.State)
		}
		if _, err := says(t, a, first, 1, ""); !errors.Is(err, storage.ErrConflict) {
			t.Errorf("checking the page that was right anew is %v; want ErrConflict", err)
		}
		if _, err := saysAs(t, a, first, 2, "", "c-3", "erika  BEISPIEL"); !errors.Is(err, storage.ErrSamePerson) {
			t.Errorf("a check by whoever scanned is %v; want ErrSamePerson", err)
		}
		c, err = says(t, a, first, 2, "")
		if err != nil || c.State != storage.CheckPassed {
			t.Fatalf("the repeated check is %s, %v; want passed", c.State, err)
		}
		if d := drawOf(t, a, batchID); d.State != storage.DrawPassed || d.EndedAt.IsZero() {
			t.Errorf("the draw is %s; want passed", d.State)
		}
		if strings.Contains(reasons(), "check-") {
			t.Errorf("against destruction is %s; want nothing of checks", reasons())
		}
		note, _ = qualityNote(t, a, first)
		if !strings.Contains(note, "wiederholte Prüfung am 20.11.2026 durch Petra Prüfer fand keinen Mangel") {
			t.Errorf("the note is %s; want the repeated check", note)
		}
		note, version := qualityNote(t, a, second)
		if !strings.Contains(note, "mit dem Papier verglichen, am 20.11.2026 durch Petra Prüfer, ohne Mangel") || version != 2 {
			t.Errorf("note %d is %s; want the check in version 2", version, note)
		}
		sure(t, move(t, a, first, storage.Filing))
		checkChain(t, a)
	})
}

func TestWhoMayNotCheck(t *testing.T) {
	a := open(t)
	checking(a, 1)
	receive(t, a, batchID, nil)
	read(t, a, batchID, page("one"), ocr.Reading{Failed: scanstation.Reason{Code: scanstation.Crashed}})
	id := keep(t, a, batchID, 1)
	sure(t, move(t, a, id, storage.Inbox))
	look(t, a, batch(t, a, batchID)) // by c-9
	if d := drawOf(t, a, batchID); len(d.Checks) != 1 {
		t.Fatalf("%d letters are drawn; want 1", len(d.Checks))
	}
	tests := map[string]struct {
		by, name string
		want     error
	}{
		"who scanned it":                         {"c-1", "Erika Beispiel", storage.ErrSamePerson},
		"the same name, spelled otherwise":       {"c-1", " erika beispiel ", storage.ErrSamePerson},
		"who released it":                        {"c-9", "Rolf Muster", storage.ErrSamePerson},
		"another page than the letter has":       {"c-7", "Petra Prüfer", storage.ErrConflict},
		"somebody else, of another page as well": {"c-7", "Petra Prüfer", storage.ErrConflict},
	}
	for name, tt := range tests {
		page := 1
		if tt.want == storage.ErrConflict {
			page = 2
		}
		if _, err := saysAs(t, a, drawOf(t, a, batchID).Checks[0].Document, page, "", tt.by, tt.name); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v; want %v", name, err, tt.want)
		}
	}
	doc := drawOf(t, a, batchID).Checks[0].Document
	if _, err := says(t, a, doc, 1, "fly"); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("a defect that there is not is %v; want ErrConflict", err)
	}
	if _, err := says(t, a, doc, 1, ""); err != nil {
		t.Error(err)
	}
	j := storage.Judgement{Document: storage.NewDocumentID(batchID, 9), Version: 1, Page: 1, By: "c-7", Name: "Petra Prüfer"}
	if _, err := a.Judge(t.Context(), j); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("checking what is not there is %v; want ErrNotFound", err)
	}
}

func TestFourEyesSeeEachSheet(t *testing.T) {
	a := open(t)
	c, _ := a.Classes.Find("normal")
	c.Check, c.FourEyes = 1, true
	a.Classes = a.Classes.With(c)
	closed(t, a, batchID, 1, nil)
	id := storage.NewDocumentID(batchID, 1)
	for page := 1; page <= 2; page++ {
		_, err := says(t, a, id, page, "")
		sure(t, err)
	}
	if d := drawOf(t, a, batchID); d.State != storage.DrawOpen {
		t.Errorf("after one person the draw is %s; want open", d.State)
	}
	if _, err := says(t, a, id, 1, ""); !errors.Is(err, storage.ErrSamePerson) {
		t.Errorf("the same person twice is %v; want ErrSamePerson", err)
	}
	for page := 1; page <= 2; page++ {
		_, err := saysAs(t, a, id, page, "", "c-8", "Quentin Quer")
		sure(t, err)
	}
	if d := drawOf(t, a, batchID); d.State != storage.DrawPassed {
		t.Errorf("after two people the draw is %s; want passed", d.State)
	}
	if note, _ := qualityNote(t, a, id); !strings.Contains(note, "durch Petra Prüfer und Quentin Quer") {
		t.Errorf("the note is %s; want both names", note)
	}
}

func TestADefectThatWasNoneIsSettledWithAReason(t *testing.T) {
	a := open(t)
	checking(a, 1)
	closed(t, a, batchID, 1, nil)
	id := storage.NewDocumentID(batchID, 1)
	_, err := says(t, a, id, 1, storage.MissingPage)
	sure(t, err)
	sure(t, a.SettleCheck(t.Context(), id, "die Rückseite ist leer", "c-7"))
	if err := a.SettleCheck(t.Context(), id, "noch einmal", "c-7"); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("settling twice is %v; want ErrConflict", err)
	}
	for page := 1; page <= 2; page++ {
		_, err := says(t, a, id, page, "")
		sure(t, err)
	}
	if d := drawOf(t, a, batchID); d.State != storage.DrawPassed {
		t.Errorf("the draw is %s; want passed", d.State)
	}
	if note, _ := qualityNote(t, a, id); !strings.Contains(note, "„die Rückseite ist leer“") {
		t.Errorf("the note is %s; want the reason", note)
	}
}

func TestAnAnsweredRescanBringsTheCheckBack(t *testing.T) {
	a := open(t)
	checking(a, 1)
	closed(t, a, batchID, 1, nil)
	id := storage.NewDocumentID(batchID, 1)
	_, err := says(t, a, id, 2, storage.WrongBoundary)
	sure(t, err)
	_, err = says(t, a, id, 1, storage.WrongOrder)
	sure(t, err)
	asked, err := a.MendCheck(t.Context(), id, "c-7")
	if err != nil || len(asked) != 2 || asked[0].Kind != storage.SplitLetter || !slices.Equal(asked[1].Pages, []int{1, 2}) {
		t.Fatalf("asked for %+v, %v; want a split and both pages anew", asked, err)
	}
	for i, r := range asked {
		if c := drawOf(t, a, batchID).Checks[0]; c.State != storage.CheckFailed {
			t.Errorf("with %d requests answered the check is %s; want failed", i, c.State)
		}
		sure(t, a.AnswerRescan(t.Context(), r.ID, storage.Said{Words: "ist so richtig", By: "c-1"}))
	}
	if c := drawOf(t, a, batchID).Checks[0]; c.State != storage.CheckAgain || len(c.Found()) != 0 {
		t.Errorf("the check is %s with %d defects; want again with none", c.State, len(c.Found()))
	}
}

func TestWhatTheCaseWorkerSaysCounts(t *testing.T) {
	a := open(t)
	checking(a, 0.05)
	closed(t, a, batchID, 1, func(b *scanstation.Batch) { b.Class = "high" })
	c, _ := a.Classes.Find("high")
	c.Check = 0.2
	a.Classes = a.Classes.With(c)
	id := storage.NewDocumentID(batchID, 1)
	say := func(complete bool) {
		t.Helper()
		sure(t, a.Do(t.Context(), func(tx storage.Tx) error {
			return a.Complete(t.Context(), tx, id, storage.Completeness{Complete: complete, By: "c-2", Name: "Sören Sach"})
		}))
	}
	say(true)
	say(true)
	if q := quality(t, a); q.Level != 0 || q.Months[0].Complete != 1 {
		t.Errorf("quality is %+v; want one complete letter", q)
	}
	if note, _ := qualityNote(t, a, id); !strings.Contains(note, "Vollständigkeit bestätigte in der Sachbearbeitung Sören Sach am 20.11.2026") {
		t.Errorf("the note is %s; want that it is complete", note)
	}
	say(false)
	if q := quality(t, a); q.Level != 1 || q.Months[0].Incomplete != 1 {
		t.Errorf("quality is %+v; want one incomplete letter and a doubled share", q)
	}
	if note, version := qualityNote(t, a, id); !strings.Contains(note, "In der Sachbearbeitung beanstandete es Sören Sach") || version != 3 {
		t.Errorf("note %d is %s; want that it is incomplete, in version 3", version, note)
	}
	next := closed(t, a, "20261120-NEXT0000", 1, func(b *scanstation.Batch) { b.Class = "high" })
	if s := next.Shares[0]; s.Rate != 0.4 || s.Base != 0.2 || s.Level != 1 {
		t.Errorf("the next stack is drawn by %+v; want 0.4", s)
	}
}

func TestNotesOfAnEmptyDrawSayThatNobodyWasDrawn(t *testing.T) {
	a := open(t)
	closed(t, a, batchID, 2, nil)
	id := storage.NewDocumentID(batchID, 2)
	before := keysOf(t, a, id)
	note, version := qualityNote(t, a, id)
	if !strings.Contains(note, "keiner der 2 Briefe gezogen") || version != 2 {
		t.Errorf("note %d is %s; want the empty draw in version 2", version, note)
	}
	if after := keysOf(t, a, id); len(after) != len(before)+2 {
		t.Errorf("%d objects after noting twice; want a note and a manifest more than %d", len(after), len(before))
	}
	var attested int
	events, err := a.Events(t.Context(), storage.EventFilter{Object: string(batchID)})
	sure(t, err)
	for _, e := range events {
		if e.Kind == storage.EventAttested {
			attested++
			if !bytes.Contains(e.Body, []byte(`"noted"`)) {
				t.Errorf("the event says %s; want what was noted", e.Body)
			}
		}
	}
	if attested != 1 {
		t.Errorf("it was attested %d times; want once", attested)
	}
}

func keysOf(t *testing.T, a *storage.Archive, id storage.DocumentID) (out []string) {
	t.Helper()
	sure(t, a.Blobs.List(t.Context(), id.Key(""), func(o storage.Object) error {
		out = append(out, o.Key)
		return nil
	}))
	return out
}

func TestTheCheckFollowsPagesIntoAnotherLetter(t *testing.T) {
	onEngines(t, func(t *testing.T, a *storage.Archive) {
		checking(a, 1)
		closed(t, a, batchID, 3, nil)
		number := func(n int) storage.DocumentID { return storage.NewDocumentID(batchID, n) }
		state := func(n int) storage.CheckState {
			d := drawOf(t, a, batchID)
			if c := d.Find(number(n)); c != nil {
				return c.State
			}
			return ""
		}
		_, err := says(t, a, number(1), 1, "")
		sure(t, err)
		_, err = says(t, a, number(1), 2, storage.WrongBoundary)
		sure(t, err)
		asked, err := a.MendCheck(t.Context(), number(1), "c-7")
		if err != nil || len(asked) != 1 || asked[0].Kind != storage.SplitLetter {
			t.Fatalf("asked for %+v, %v; want a split", asked, err)
		}
		fresh, err := a.Split(t.Context(), number(1), 2, storage.Said{Words: "zwei Briefe", By: "c-1"}, nothing)
		sure(t, err)
		if state(1) != storage.CheckAgain || state(fresh.Number) != storage.CheckOpen {
			t.Errorf("after the split the check is %s, that of the new letter %s; want again and open", state(1), state(fresh.Number))
		}
		if c, err := says(t, a, number(1), 1, ""); err != nil || c.State != storage.CheckPassed {
			t.Errorf("the page that stayed is looked at again: %s, %v; want passed", c.State, err)
		}
		for page := 1; page <= 2; page++ {
			_, err := says(t, a, number(2), page, "")
			sure(t, err)
		}
		if _, err := a.Join(t.Context(), number(2), number(3), storage.Said{Words: "ein Brief", By: "c-1"}, nothing); err != nil {
			t.Fatal(err)
		}
		if state(3) != storage.CheckGone || state(2) != storage.CheckOpen {
			t.Errorf("after the join the check taken in is %s, the other %s; want gone and open again", state(3), state(2))
		}
		for page := 3; page <= 4; page++ {
			_, err := says(t, a, number(2), page, "")
			sure(t, err)
		}
		if state(2) != storage.CheckPassed {
			t.Errorf("with the pages that came it is %s; want passed", state(2))
		}
		_, err = says(t, a, fresh.ID, 1, "")
		sure(t, err)
		checkChain(t, a)
	})
}
