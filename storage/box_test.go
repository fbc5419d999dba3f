package storage_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
)

// made makes a box of the archive's day and opens it, at a station if that is
// not empty.
func made(t *testing.T, a *storage.Archive, kind storage.BoxKind, station string) storage.Box {
	t.Helper()
	boxes, err := a.MakeBoxes(t.Context(), "2026-11-20", kind, 1, "c-1")
	if err != nil {
		t.Fatal(err)
	}
	b, err := a.OpenBox(t.Context(), boxes[0].ID, storage.Opening{Station: station, Location: "Regal 1"}, "c-1")
	if err != nil || b.State != storage.BoxOpen {
		t.Fatalf("opened %+v, %v", b, err)
	}
	return b
}

// scan carries a stack to its kept letters, all with the same readings.
func scan(t *testing.T, a *storage.Archive, id scanstation.BatchID, readings ...ocr.Reading) []storage.Original {
	t.Helper()
	receive(t, a, id, nil)
	read(t, a, id, readings...)
	c := ocr.Cut(readings)
	for _, d := range c.Drafts {
		if err := a.Keep(t.Context(), id, d.Number, func([]ocr.Reading) ocr.Findings { return ocr.Findings{} }); err != nil {
			t.Fatal(err)
		}
	}
	return papers(t, a, storage.OriginalFilter{Batch: id})
}

func papers(t *testing.T, a *storage.Archive, f storage.OriginalFilter) (out []storage.Original) {
	t.Helper()
	err := a.View(t.Context(), func(tx storage.Tx) (err error) {
		out, err = a.Ledger.Originals(t.Context(), tx, f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func reasonsAgainst(t *testing.T, a *storage.Archive, id storage.DocumentID) (codes []string) {
	t.Helper()
	err := a.View(t.Context(), func(tx storage.Tx) error {
		codes = nil
		o, err := a.Paper(t.Context(), tx, id, false)
		if err != nil {
			return err
		}
		reasons, err := a.MayDestroy(t.Context(), tx, o)
		for _, r := range reasons {
			codes = append(codes, r.Code)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return codes
}

var (
	sheetOfPaper = ocr.Reading{}
	divider      = ocr.Reading{Separator: true}
	blankSide    = ocr.Reading{Blank: true}
)

func boxSheet(id scanstation.BoxID) ocr.Reading { return ocr.Reading{Separator: true, Box: id} }

func TestAStackGoesIntoTheOpenBoxOfItsStation(t *testing.T) {
	a := open(t)
	box := made(t, a, storage.DailyBox, "scan-1")
	elsewhere := made(t, a, storage.DailyBox, "scan-2")
	first := scan(t, a, "20261120-00000001", sheetOfPaper, divider, sheetOfPaper)
	second := scan(t, a, "20261120-00000002", sheetOfPaper)
	last := 0
	for _, o := range slices.Concat(first, second) {
		if o.Box != box.ID || o.Place <= last {
			t.Errorf("%s lies in %q at %d behind %d", o.Document, o.Box, o.Place, last)
		}
		last = o.Place
	}
	if stack, image := second[0].Spot(); stack != 2 || image != 1 {
		t.Errorf("the second stack is %d, its first letter at image %d", stack, image)
	}
	if got := papers(t, a, storage.OriginalFilter{Box: elsewhere.ID}); len(got) > 0 {
		t.Errorf("the other station's box holds %v", got)
	}
	// Another box at the station closes the first, and later stacks go there.
	next := made(t, a, storage.DailyBox, "scan-1")
	if b, err := a.Box(t.Context(), box.ID); err != nil || b.State != storage.BoxClosed {
		t.Errorf("the box before is %s, %v; want it closed", b.State, err)
	}
	if got := scan(t, a, "20261120-00000003", sheetOfPaper); got[0].Box != next.ID {
		t.Errorf("the third stack lies in %q; want %q", got[0].Box, next.ID)
	}
}

func TestABoxSheetSaysWhereThePaperLies(t *testing.T) {
	a := open(t)
	station := made(t, a, storage.DailyBox, "scan-1")
	ready, err := a.MakeBoxes(t.Context(), "2026-11-20", storage.DailyBox, 2, "c-1")
	if err != nil {
		t.Fatal(err)
	}
	got := scan(t, a, "20261120-00000001", boxSheet(ready[0].ID), sheetOfPaper, divider, sheetOfPaper, boxSheet(station.ID), sheetOfPaper)
	for i, want := range []scanstation.BoxID{ready[0].ID, ready[0].ID, station.ID} {
		if got[i].Box != want {
			t.Errorf("letter %d lies in %q; want %q", i+1, got[i].Box, want)
		}
	}
	if b, err := a.Box(t.Context(), ready[0].ID); err != nil || b.State != storage.BoxOpen {
		t.Errorf("the sheet's box is %s, %v; want it open", b.State, err)
	}
	batch, err := a.Batch(t.Context(), "20261120-00000001")
	if err != nil || !batch.AddsUp() || batch.Separators != 3 {
		t.Errorf("the stack counts %+v, %v; want the box sheets among the separators", batch, err)
	}
	// A sheet that cannot be followed is a doubt, and the station's box holds.
	if _, err := a.CloseBox(t.Context(), ready[0].ID, "c-1"); err != nil {
		t.Fatal(err)
	}
	unknown, err := scanstation.NewBoxID("2026-11-20", 99)
	if err != nil {
		t.Fatal(err)
	}
	for sheet, want := range map[scanstation.BoxID]string{ready[0].ID: storage.BoxNotThere, unknown: storage.BoxUnknown} {
		id := scanstation.BatchID("20261120-0000000" + map[bool]string{true: "5", false: "6"}[sheet == unknown])
		o := scan(t, a, id, boxSheet(sheet), sheetOfPaper, divider, sheetOfPaper)
		d, err := a.Document(t.Context(), o[0].Document)
		if err != nil || len(d.Doubts) != 1 || d.Doubts[0].Code != want || o[0].Box != station.ID {
			t.Errorf("behind the sheet of %s: %+v, %v, in %q; want the doubt %s", sheet, d.Doubts, err, o[0].Box, want)
		}
		if d, err := a.Document(t.Context(), o[1].Document); err != nil || len(d.Doubts) > 0 {
			t.Errorf("the letter after is doubted: %+v, %v", d.Doubts, err)
		}
	}
	// Within a stack only boxes that are open are followed: others come by post.
	o := scan(t, a, "20261120-00000007", sheetOfPaper, boxSheet(ready[1].ID), sheetOfPaper)
	if d, err := a.Document(t.Context(), o[1].Document); err != nil || len(d.Doubts) != 1 || o[1].Box != station.ID {
		t.Errorf("a sheet of a box that is not open: %+v, %v, in %q", d.Doubts, err, o[1].Box)
	}
}

func TestPaperGoesIntoAnotherBox(t *testing.T) {
	a := open(t)
	box, hold := made(t, a, storage.DailyBox, "scan-1"), made(t, a, storage.HoldBox, "")
	o := scan(t, a, "20261120-00000001", sheetOfPaper, divider, sheetOfPaper)
	if got := reasonsAgainst(t, a, o[0].Document); slices.Contains(got, storage.AgainstBox) {
		t.Errorf("in a daily box: %v", got)
	}
	for range 2 {
		if _, err := a.PutLetter(t.Context(), o[0].Document, hold.ID, "c-1"); err != nil {
			t.Fatal(err)
		}
	}
	if got := reasonsAgainst(t, a, o[0].Document); !slices.Contains(got, storage.AgainstBox) {
		t.Errorf("in the hold box: %v; want %s", got, storage.AgainstBox)
	}
	if n, err := a.PutStack(t.Context(), "20261120-00000001", box.ID, "c-1"); err != nil || n != 2 {
		t.Fatalf("put %d letters back, %v", n, err)
	}
	back := papers(t, a, storage.OriginalFilter{Box: box.ID})
	if len(back) != 2 || back[0].Document != o[0].Document || back[0].Place >= back[1].Place {
		t.Errorf("back in the box: %+v", back)
	}
	if _, err := a.EmptyBox(t.Context(), box.ID, "c-1"); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("a box with letters is emptied: %v", err)
	}
	if _, err := a.CloseBox(t.Context(), hold.ID, "c-1"); err != nil {
		t.Fatal(err)
	}
	if _, err := a.PutLetter(t.Context(), o[0].Document, hold.ID, "c-1"); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("paper goes into a closed box: %v", err)
	}
	if b, err := a.EmptyBox(t.Context(), hold.ID, "c-1"); err != nil || b.State != storage.BoxEmptied {
		t.Errorf("the empty box is %s, %v", b.State, err)
	}
	if _, err := a.OpenBox(t.Context(), hold.ID, storage.Opening{}, "c-1"); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("an emptied box is opened again: %v", err)
	}
}

func TestNothingLeavesABoxBeforeItsDate(t *testing.T) {
	a := open(t)
	box := made(t, a, storage.DailyBox, "scan-1")
	o := scan(t, a, "20261120-00000001", sheetOfPaper)
	for date, want := range map[scanstation.Date]bool{"2027-01-04": true, "2026-11-20": false, "": false} {
		if _, err := a.DateBox(t.Context(), box.ID, date, "c-1"); err != nil {
			t.Fatal(err)
		}
		if got := reasonsAgainst(t, a, o[0].Document); slices.Contains(got, storage.AgainstBoxDay) != want {
			t.Errorf("with the box's date %q: %v", date, got)
		}
	}
}

func TestARecallKeepsThePaper(t *testing.T) {
	a := open(t)
	made(t, a, storage.DailyBox, "scan-1")
	id := scan(t, a, "20261120-00000001", sheetOfPaper)[0].Document
	ask := func() (r storage.Recall, err error) {
		err = a.Do(t.Context(), func(tx storage.Tx) error {
			r, err = a.AskRecall(t.Context(), tx, id, "wegen des Stempels", "c-1")
			return err
		})
		return r, err
	}
	r, err := ask()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ask(); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("a second recall of the same paper: %v", err)
	}
	step := func(to storage.RecallState, words string) error {
		return a.Do(t.Context(), func(tx storage.Tx) error {
			_, err := a.Recall(t.Context(), tx, r.ID, to, words, "c-2")
			return err
		})
	}
	if err := step(storage.RecallOut, "Eva Sommer"); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("handed out before it was found: %v", err)
	}
	for _, s := range []storage.RecallState{storage.RecallMissing, storage.RecallFound, storage.RecallOut, storage.RecallBack} {
		if got := reasonsAgainst(t, a, id); !slices.Contains(got, storage.AgainstRecall) {
			t.Errorf("before %s: %v; want %s", s, got, storage.AgainstRecall)
		}
		if err := step(s, strings.Repeat("Eva Sommer", map[bool]int{true: 1}[s == storage.RecallOut])); err != nil {
			t.Fatal(err)
		}
	}
	if got := reasonsAgainst(t, a, id); slices.Contains(got, storage.AgainstRecall) {
		t.Errorf("when it is back: %v", got)
	}
	all, err := a.Recalls(t.Context(), storage.RecallFilter{Document: id})
	if err != nil || len(all) != 1 || all[0].To != "Eva Sommer" || len(all[0].Steps) != 5 {
		t.Errorf("kept are %+v, %v", all, err)
	}
	if _, err := ask(); err != nil {
		t.Errorf("once more: %v", err)
	}
}

func TestBoxesMadeAtOnceHaveNumbersOfTheirOwn(t *testing.T) {
	a := open(t)
	var mu sync.Mutex
	seen := map[scanstation.BoxID]bool{}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			boxes, err := a.MakeBoxes(t.Context(), "2026-11-20", storage.DailyBox, 5, "c-1")
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			for _, b := range boxes {
				if seen[b.ID] {
					t.Errorf("%s was made twice", b.ID)
				}
				seen[b.ID] = true
			}
		})
	}
	all.Wait()
	if len(seen) != 20 {
		t.Errorf("%d boxes were made", len(seen))
	}
}
