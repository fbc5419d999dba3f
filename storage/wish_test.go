package storage_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
)

// wish notes on image at of the stack that it is to be scanned again, with
// code, or with none that it is not, and lets the line run.
func wish(t *testing.T, a *storage.Archive, at int, code string) {
	t.Helper()
	p := planOf(t, a)
	p[at].Rescan = scanstation.Reason{Code: code}
	recut(t, a, p)
	line(t, a, batchID)
}

// asking returns the open requests of the stack, in words.
func asking(t *testing.T, a *storage.Archive) (open []storage.Rescan, words []string) {
	t.Helper()
	open, err := a.Rescans(t.Context(), storage.RescanFilter{State: storage.RescanOpen})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range open {
		words = append(words, fmt.Sprintf("%s %v of %d in %d: %s", r.Kind, r.Pages, r.Of, r.Document.Number(), r.Complaint))
	}
	slices.Sort(words)
	return open, words
}

func wantAsking(t *testing.T, a *storage.Archive, want ...string) []storage.Rescan {
	t.Helper()
	open, got := asking(t, a)
	if !slices.Equal(got, want) {
		t.Errorf("requests are %q; want %q", got, want)
	}
	for _, r := range open {
		img := imagesOf(t, a, r.Wish.Batch)[r.Wish.Image]
		if img.Asked != r.ID || img.Rescan.Code == "" {
			t.Errorf("request %s came from image %d, which asks for %q", r.ID, img.Image, img.Asked)
		}
	}
	return open
}

// wished is a stack of two letters, of three pages and one, with an image that
// could not be read between the first two pages.
func wished(t *testing.T, a *storage.Archive) {
	t.Helper()
	receive(t, a, batchID, nil)
	failed := ocr.Reading{Failed: scanstation.Reason{Code: scanstation.Crashed}}
	read(t, a, batchID, page("one"), failed, page("two"), page("three"), ocr.Reading{Separator: true}, page("other"))
	line(t, a, batchID)
}

func eachEngine(t *testing.T, test func(t *testing.T, open func(*testing.T) *storage.Archive)) {
	t.Run("SQLite", func(t *testing.T) { test(t, open) })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, onPostgres(t)) })
}

func TestAWishAsksForARescan(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func(*testing.T) *storage.Archive) {
		for name, tt := range map[string]struct {
			at   int
			code string
			want string
		}{
			"a page":                      {2, storage.Unclear, "replace [2] of 3 in 1: unreadable"},
			"what is missing behind":      {2, storage.Absent, "add [2] of 3 in 1: missing-page"},
			"what is missing in between":  {2, storage.AbsentBefore, "add [1] of 3 in 1: missing-page"},
			"what is missing at the head": {5, storage.AbsentBefore, "add [0] of 1 in 2: missing-page"},
			"what could not be read":      {1, storage.Torn, "add [1] of 3 in 1: unreadable"},
		} {
			t.Run(name, func(t *testing.T) {
				a := open(t)
				wished(t, a)
				wish(t, a, tt.at, tt.code)
				wantAsking(t, a, tt.want)
				if b := batch(t, a, batchID); b.Wanted != 1 {
					t.Errorf("%d images are wanted; want 1", b.Wanted)
				}
				wish(t, a, tt.at, "")
				wantAsking(t, a)
				if _, err := a.Unmend(t.Context(), batchID, batch(t, a, batchID).Plan, "c-1"); err != nil {
					t.Fatal(err)
				}
				wantAsking(t, a, tt.want)
				checkChain(t, a)
			})
		}
	})
}

func TestAWishGoesWithItsPage(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func(*testing.T) *storage.Archive) {
		a := open(t)
		wished(t, a)
		wish(t, a, 3, storage.Unclear)
		before := wantAsking(t, a, "replace [3] of 3 in 1: unreadable")
		p := planOf(t, a)
		p[2].Letter, p[2].Page, p[3].Letter, p[3].Page = 9, 1, 9, 2
		recut(t, a, p)
		line(t, a, batchID)
		after := wantAsking(t, a, "replace [2] of 2 in 4: unreadable")
		if before[0].ID != after[0].ID {
			t.Errorf("request %s has become %s; its printed sheet would be void", before[0].ID, after[0].ID)
		}
		rescan(t, a, again, after[0].ID, "new")
		if doc, _ := textsOf(t, a, after[0].Document); doc.Pages != 2 || doc.Version != 2 {
			t.Errorf("the letter has %d pages in version %d", doc.Pages, doc.Version)
		}
		b := batch(t, a, batchID)
		if b.Wanted != 0 || b.Replaced != 1 || !b.AddsUp() {
			t.Errorf("the stack is %+v; want nothing wanted and one replaced", b)
		}
		wantAsking(t, a)
		checkChain(t, a)
	})
}

// A page that came settles the image that could not be read; by then the
// letters beside it can still be mended, but not the one that was amended.
func TestAStackWithAnAmendedLetterIsMended(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func(*testing.T) *storage.Archive) {
		a := open(t)
		receive(t, a, batchID, nil)
		failed := ocr.Reading{Failed: scanstation.Reason{Code: scanstation.Crashed}}
		read(t, a, batchID, page("one"), failed, page("three"), ocr.Reading{Separator: true}, page("other"), page("another"))
		line(t, a, batchID)
		p := planOf(t, a)
		p[5].Rotation = 90 // a change to be gone back behind
		recut(t, a, p)
		line(t, a, batchID)
		wish(t, a, 1, storage.Unclear)
		r := wantAsking(t, a, "add [1] of 2 in 1: unreadable")[0]
		rescan(t, a, again, r.ID, "two")
		b := batch(t, a, batchID)
		if b.Wanted != 0 || b.Unsettled() != 0 || b.Replaced != 1 || b.State != storage.BatchReview {
			t.Fatalf("the stack is %+v; want it in review with nothing left to be scanned", b)
		}
		amended := number(1)
		if doc, _ := textsOf(t, a, amended); doc.Text != "one\ftwo\fthree" {
			t.Errorf("the letter reads %q", doc.Text)
		}
		for name, change := range map[string]func(storage.Plan){
			"turned":      func(p storage.Plan) { p[0].Rotation = 90 },
			"cut":         func(p storage.Plan) { p[2].Letter, p[2].Page = 9, 1 },
			"joined":      func(p storage.Plan) { p[4].Letter, p[4].Page = 1, 4 },
			"put back in": func(p storage.Plan) { p[1] = storage.Placement{Image: 1, Fate: ocr.PageFate, Letter: 9, Page: 1} },
		} {
			p := planOf(t, a)
			change(p)
			if _, err := a.Recut(t.Context(), batchID, b.Plan, p, "c-1"); !errors.Is(err, storage.ErrConflict) {
				t.Errorf("an amended letter is %s: %v; want ErrConflict", name, err)
			}
		}
		p = planOf(t, a)
		p[5].Letter, p[5].Page = 9, 1
		recut(t, a, p)
		line(t, a, batchID)
		if b = batch(t, a, batchID); b.Documents != 3 || b.State != storage.BatchReview || !b.AddsUp() {
			t.Errorf("the stack is %+v; want three letters in review", b)
		}
		for len(batch(t, a, batchID).Undo) > 0 {
			if _, err := a.Unmend(t.Context(), batchID, batch(t, a, batchID).Plan, "c-1"); err != nil {
				t.Fatal(err)
			}
			line(t, a, batchID)
		}
		if doc, _ := textsOf(t, a, amended); doc.Text != "one\ftwo\fthree" || doc.Version != 2 {
			t.Errorf("all taken back the letter reads %q in version %d", doc.Text, doc.Version)
		}
		wantAsking(t, a)
		p = planOf(t, a)
		p[0].Sure = true // the letter is whole now, as a person says
		recut(t, a, p)
		line(t, a, batchID)
		if _, err := a.Pass(t.Context(), batchID, batch(t, a, batchID).Plan, "c-1"); err != nil {
			t.Fatal(err)
		}
		if b = batch(t, a, batchID); b.State != storage.BatchReleased || b.Documents != 2 || !b.AddsUp() {
			t.Errorf("the stack is %s because of %v, with %d letters; want it released with 2", b.State, b.Reasons, b.Documents)
		}
		checkChain(t, a)
	})
}

func TestAnsweringARequestEndsItsWish(t *testing.T) {
	a := open(t)
	wished(t, a)
	wish(t, a, 2, storage.Unclear)
	r := wantAsking(t, a, "replace [2] of 3 in 1: unreadable")[0]
	if err := a.AnswerRescan(t.Context(), r.ID, storage.Said{Words: "legible after all", By: "c-1"}); err != nil {
		t.Fatal(err)
	}
	if img, b := imagesOf(t, a, batchID)[2], batch(t, a, batchID); img.Rescan.Code != "" || img.Asked != "" || b.Wanted != 0 {
		t.Errorf("the image still asks for %q, and %d are wanted", img.Asked, b.Wanted)
	}
	checkChain(t, a)
}
