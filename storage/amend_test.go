package storage_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
)

const again = scanstation.BatchID("20261121-AGA1N000")

// letter keeps a letter of three pages and, if released is set, releases its stack.
func letter(t *testing.T, a *storage.Archive, released bool) storage.DocumentID {
	t.Helper()
	receive(t, a, batchID, func(b *scanstation.Batch) {
		if !released {
			b.Operator = ""
		}
	})
	read(t, a, batchID, page("one"), page("two"), page("three"))
	id := keep(t, a, batchID, 1)
	if err := move(t, a, id, storage.Inbox); err != nil {
		t.Fatal(err)
	}
	want := map[bool]storage.BatchState{true: storage.BatchReleased, false: storage.BatchReview}[released]
	if b := batch(t, a, batchID); b.State != want {
		t.Fatalf("the stack is %s; want %s", b.State, want)
	}
	if released {
		if err := a.Tidy(t.Context(), batchID); err != nil {
			t.Fatal(err)
		}
	}
	return id
}

func ask(t *testing.T, a *storage.Archive, id storage.DocumentID, kind storage.RescanKind, pages ...int) (r storage.Rescan) {
	t.Helper()
	err := a.Do(t.Context(), func(tx storage.Tx) (err error) {
		r, err = a.AskRescan(t.Context(), tx, storage.Rescan{Document: id, Kind: kind, Complaint: storage.Unreadable}, pages, "c-1")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// rescan scans a stack of a rescan sheet with pages behind it.
func rescan(t *testing.T, a *storage.Archive, id scanstation.BatchID, sheet scanstation.RescanID, texts ...string) {
	t.Helper()
	receive(t, a, id, nil)
	readings := []ocr.Reading{{Separator: true, Sheet: sheet}}
	for _, text := range texts {
		readings = append(readings, page(text))
	}
	read(t, a, id, append(readings, ocr.Reading{Blank: true})...)
	keep(t, a, id, 1)
}

// textsOf returns the text of each page of a letter and the stream of each image.
func textsOf(t *testing.T, a *storage.Archive, id storage.DocumentID) (doc storage.Document, streams string) {
	t.Helper()
	doc, err := a.Document(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := a.Pages(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range pages {
		r, err := a.OpenStream(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		r.Close()
		if err != nil || p.Number != i+1 {
			t.Fatalf("page %d has number %d, %v", i+1, p.Number, err)
		}
		streams += string(b)
	}
	return doc, streams
}

func TestARescanAmendsTheLetter(t *testing.T) {
	tests := map[string]struct {
		kind    storage.RescanKind
		pages   []int
		fresh   []string
		text    string
		streams string
		own     string // pages, rejected and replaced of the letter's stack
	}{
		"one page is replaced":       {storage.ReplacePages, []int{2}, []string{"new"}, "one\fnew\fthree", "abc", "2/1/1"},
		"two pages are replaced":     {storage.ReplacePages, []int{1, 3}, []string{"first", "last"}, "first\ftwo\flast", "bbc", "1/2/2"},
		"all pages are replaced":     {storage.ReplacePages, []int{1, 2, 3}, []string{"x", "y", "z"}, "x\fy\fz", "bcd", "0/3/3"},
		"a page is added behind 1":   {storage.AddPages, []int{1}, []string{"new"}, "one\fnew\ftwo\fthree", "abbc", "3/0/0"},
		"pages are added at front":   {storage.AddPages, []int{0}, []string{"x", "y"}, "x\fy\fone\ftwo\fthree", "bcabc", "3/0/0"},
		"a page is added at the end": {storage.AddPages, []int{3}, []string{"new"}, "one\ftwo\fthree\fnew", "abcb", "3/0/0"},
	}
	for name, tt := range tests {
		for _, released := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, released %v", name, released), func(t *testing.T) {
				a := open(t)
				id := letter(t, a, released)
				before, _ := textsOf(t, a, id)
				r := ask(t, a, id, tt.kind, tt.pages...)
				rescan(t, a, again, r.ID, tt.fresh...)
				if err := a.Tidy(t.Context(), again); err != nil {
					t.Fatal(err)
				}
				doc, streams := textsOf(t, a, id)
				if doc.Text != tt.text || streams != tt.streams || doc.Pages != len(streams) || doc.State != storage.Inbox || doc.Version != 2 {
					t.Errorf("letter is %q, streams %q, %d pages, %s, version %d; want %q, %q in the inbox, version 2", doc.Text, streams, doc.Pages, doc.State, doc.Version, tt.text, tt.streams)
				}
				b, fresh := batch(t, a, batchID), batch(t, a, again)
				if got := fmt.Sprintf("%d/%d/%d", b.Pages, b.Rejected, b.Replaced); got != tt.own || !b.AddsUp() {
					t.Errorf("the stack of the letter has %s, adds up %v; want %s", got, b.AddsUp(), tt.own)
				}
				if fresh.State != storage.BatchReleased || !fresh.AddsUp() || fresh.Pages != len(tt.fresh) || fresh.Separators != 1 || fresh.Blanks != 1 {
					t.Errorf("the stack of the rescan is %+v; want it released", fresh)
				}
				if docs, err := a.Documents(t.Context(), storage.DocumentFilter{Batch: again}); err != nil || len(docs) != 0 {
					t.Errorf("the rescan has become letters %v, %v", docs, err)
				}
				testVersions(t, a, before, doc)
				keep(t, a, again, 1) // again: already
				if now, _ := textsOf(t, a, id); now.Version != doc.Version {
					t.Errorf("repeating the step made version %d", now.Version)
				}
				checkChain(t, a)
			})
		}
	}
}

// testVersions looks whether the version before is there, and named by hash.
func testVersions(t *testing.T, a *storage.Archive, before, doc storage.Document) {
	t.Helper()
	if before.Object == doc.Object || before.WordsKey() == doc.WordsKey() {
		t.Errorf("version %d stands in %s and %s, where the one before was", doc.Version, doc.Object, doc.WordsKey())
	}
	for _, d := range []storage.Document{before, doc} {
		if err := a.VerifyObject(t.Context(), storage.Object{Key: d.Object, Size: d.Bytes, Digest: d.Digest}); err != nil {
			t.Error(err)
		}
	}
	var m storage.Manifest
	data := part(t, a, doc.ID, storage.ManifestPart(doc.Version))
	if err := json.Unmarshal(data, &m); err != nil || m.Previous == nil || m.Previous.Digest != before.Manifest || len(m.Pages) != doc.Pages {
		t.Errorf("manifest is %s, %v; want the hash of the one before and %d pages", data, err, doc.Pages)
	}
	old := part(t, a, doc.ID, storage.NotePart(before.Version))
	note := string(part(t, a, doc.ID, storage.NotePart(doc.Version)))
	for _, want := range []string{string(scanstation.DigestOf(old)), string(doc.Digest), `name="Nachscannen"`, `stapel="` + string(again) + `"`, "Auftrag "} {
		if !strings.Contains(note, want) {
			t.Errorf("transfer note lacks %q:\n%s", want, note)
		}
	}
	events, err := a.Events(t.Context(), storage.EventFilter{Object: string(doc.ID)})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(events, func(e storage.Event) bool { return e.Kind == storage.EventAmended })
	var body storage.Amendment
	if i < 0 || json.Unmarshal(events[i].Body, &body) != nil || body.Digest != doc.Digest || body.Text != doc.Text || body.Rescan.State == storage.RescanOpen || len(body.Batches) != 2 {
		t.Errorf("event is %+v", body)
	}
}

func part(t *testing.T, a *storage.Archive, id storage.DocumentID, name string) []byte {
	t.Helper()
	r, err := a.OpenPart(t.Context(), id, name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// What is not sure becomes a letter of its own, with the doubt, and leaves the
// other as it was.
func TestADoubtfulSheetIsNotFollowed(t *testing.T) {
	tests := map[string]struct {
		asked func(t *testing.T, a *storage.Archive, id storage.DocumentID) scanstation.RescanID
		fresh []string
		want  string
	}{
		"nobody asked": {func(*testing.T, *storage.Archive, storage.DocumentID) scanstation.RescanID { return "7F3K9Q2M" }, []string{"new"}, storage.SheetUnknown},
		"answered already": {func(t *testing.T, a *storage.Archive, id storage.DocumentID) scanstation.RescanID {
			r := ask(t, a, id, storage.ReplacePages, 2)
			if err := a.AnswerRescan(t.Context(), r.ID, storage.Said{Words: "legible", By: "c-1"}); err != nil {
				t.Fatal(err)
			}
			return r.ID
		}, []string{"new"}, storage.SheetUsed},
		"used twice": {func(t *testing.T, a *storage.Archive, id storage.DocumentID) scanstation.RescanID {
			r := ask(t, a, id, storage.AddPages, 2)
			rescan(t, a, "20261121-F1RST000", r.ID, "first")
			return r.ID
		}, []string{"new"}, storage.SheetUsed},
		"one page too many": {func(t *testing.T, a *storage.Archive, id storage.DocumentID) scanstation.RescanID {
			return ask(t, a, id, storage.ReplacePages, 2).ID
		}, []string{"new", "newer"}, storage.SheetCount},
		"the page was replaced before": {func(t *testing.T, a *storage.Archive, id storage.DocumentID) scanstation.RescanID {
			first, second := ask(t, a, id, storage.ReplacePages, 2), ask(t, a, id, storage.ReplacePages, 2)
			rescan(t, a, "20261121-F1RST000", first.ID, "first")
			return second.ID
		}, []string{"new"}, storage.SheetNoPage},
		"a letter to be split": {func(t *testing.T, a *storage.Archive, id storage.DocumentID) scanstation.RescanID {
			return ask(t, a, id, storage.SplitLetter, 2).ID
		}, []string{"new"}, storage.SheetUsed},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := open(t)
			id := letter(t, a, true)
			sheet := tt.asked(t, a, id)
			before, _ := textsOf(t, a, id)
			rescan(t, a, again, sheet, tt.fresh...)
			after, _ := textsOf(t, a, id)
			if before.Version != after.Version || before.Text != after.Text {
				t.Errorf("the letter went from version %d to %d", before.Version, after.Version)
			}
			doc, err := a.Document(t.Context(), storage.NewDocumentID(again, 1))
			if err != nil || doc.Pages != len(tt.fresh) || len(doc.Doubts) != 1 || doc.Doubts[0].Code != tt.want {
				t.Errorf("what came is %+v, %v; want a letter with the doubt %s", doc.Doubts, err, tt.want)
			}
			if b := batch(t, a, again); b.State != storage.BatchRead || !b.AddsUp() {
				t.Errorf("the stack is %+v", b)
			}
			checkChain(t, a)
		})
	}
}

func TestAnAmendedLetterInTheEFileHasToFollow(t *testing.T) {
	a := open(t)
	id := letter(t, a, true)
	for _, to := range []storage.DocumentState{storage.Assigned, storage.Filing, storage.Filed} {
		if err := move(t, a, id, to); err != nil {
			t.Fatal(err)
		}
	}
	r := ask(t, a, id, storage.ReplacePages, 2)
	if open := complaintsOf(t, a, id); len(open) != 1 || open[0].ID != r.ID {
		t.Errorf("open complaints are %v; want the one that was asked", open)
	}
	rescan(t, a, again, r.ID, "new")
	if open := complaintsOf(t, a, id); len(open) != 0 {
		t.Errorf("open complaints are %v; want none", open)
	}
	waiting, err := a.Rescans(t.Context(), storage.RescanFilter{State: storage.RescanSupplement})
	doc, _ := textsOf(t, a, id)
	if err != nil || len(waiting) != 1 || doc.State != storage.Filed || len(doc.Reasons) != 1 || doc.Reasons[0].Code != storage.AmendedAfterFiling {
		t.Fatalf("the letter is %s because of %v, waiting %v, %v", doc.State, doc.Reasons, waiting, err)
	}
	supplement := func() error {
		return a.Do(t.Context(), func(tx storage.Tx) error {
			return a.Supplemented(t.Context(), tx, id, storage.Said{Words: "WG 12-1", By: "c-1"})
		})
	}
	if err := supplement(); err != nil {
		t.Fatal(err)
	}
	if doc, _ = textsOf(t, a, id); len(doc.Reasons) != 0 {
		t.Errorf("reasons are %v after the supplement; want none", doc.Reasons)
	}
	if err := supplement(); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("a second supplement is %v; want ErrConflict", err)
	}
	checkChain(t, a)
}

func complaintsOf(t *testing.T, a *storage.Archive, id storage.DocumentID) (out []storage.Rescan) {
	t.Helper()
	if err := a.View(t.Context(), func(tx storage.Tx) (err error) {
		out, err = a.OpenComplaints(t.Context(), tx, id)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// What could not be read and is added again is settled by that.
func TestAnAddedPageSettlesTheImageThatCouldNotBeRead(t *testing.T) {
	a := open(t)
	receive(t, a, batchID, nil)
	failed := ocr.Reading{Failed: scanstation.Reason{Code: scanstation.Crashed}}
	read(t, a, batchID, page("one"), failed, page("three"), ocr.Reading{Separator: true}, page("other"), failed)
	for n := 1; n <= 2; n++ {
		if err := move(t, a, keep(t, a, batchID, n), storage.Inbox); err != nil {
			t.Fatal(err)
		}
	}
	first, second := storage.NewDocumentID(batchID, 1), storage.NewDocumentID(batchID, 2)
	r := ask(t, a, first, storage.AddPages, 1)
	rescan(t, a, again, r.ID, "two")
	if doc, _ := textsOf(t, a, first); doc.Text != "one\ftwo\fthree" {
		t.Errorf("the letter reads %q", doc.Text)
	}
	b := batch(t, a, batchID)
	if b.State != storage.BatchReview || b.Unsettled() != 1 || b.Rejected != 2 || !b.AddsUp() {
		t.Errorf("the stack is %+v; want one image left to be looked at", b)
	}
	images, err := a.Images(t.Context(), storage.ImageFilter{Batch: batchID})
	if err != nil {
		t.Fatal(err)
	}
	plan := storage.PlanOf(images)
	plan[0].Rotation = 90
	if _, err := a.Recut(t.Context(), batchID, b.Plan, plan, "c-1"); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("cutting an amended stack anew is %v; want ErrConflict", err)
	}
	plan = storage.PlanOf(images)
	plan[5].Sure = true
	if _, err := a.Recut(t.Context(), batchID, b.Plan, plan, "c-1"); err != nil {
		t.Errorf("looking at the rejected image is %v", err)
	}
	if b = batch(t, a, batchID); b.Unsettled() != 0 || b.State != storage.BatchReleased && b.State != storage.BatchReview {
		t.Errorf("the stack is %+v", b)
	}
	if doc, _ := textsOf(t, a, second); doc.Text != "other" {
		t.Errorf("the other letter reads %q", doc.Text)
	}
	checkChain(t, a)
}

// Whoever confirms the stack of a rescan stands in the note of the letter.
func TestConfirmingARescanNamesItsOperator(t *testing.T) {
	a := open(t)
	id := letter(t, a, true)
	r := ask(t, a, id, storage.ReplacePages, 2)
	receive(t, a, again, func(b *scanstation.Batch) { b.Operator = "" })
	read(t, a, again, ocr.Reading{Separator: true, Sheet: r.ID}, page("new"))
	keep(t, a, again, 1)
	if b := batch(t, a, again); b.State != storage.BatchReview || b.Reasons[0].Code != storage.OperatorMissing {
		t.Fatalf("the stack is %s because of %v", b.State, b.Reasons)
	}
	if err := a.Confirm(t.Context(), again, "Rolf Muster", "c-1"); err != nil {
		t.Fatal(err)
	}
	doc, _ := textsOf(t, a, id)
	note := string(part(t, a, id, storage.NotePart(doc.Version)))
	if doc.Version != 3 || !strings.Contains(note, "<Durchfuehrung>Rolf Muster") {
		t.Errorf("version %d of the note lacks the operator:\n%s", doc.Version, note)
	}
	if b := batch(t, a, again); b.State != storage.BatchReleased {
		t.Errorf("the stack is %s because of %v", b.State, b.Reasons)
	}
}

// The pages of a request are those that the letter has.
func TestAskingForPagesThatAreNotThere(t *testing.T) {
	a := open(t)
	id := letter(t, a, true)
	for name, tt := range map[string]struct {
		kind  storage.RescanKind
		pages []int
	}{
		"no page":             {storage.ReplacePages, nil},
		"page 0":              {storage.ReplacePages, []int{0}},
		"page 4":              {storage.ReplacePages, []int{4}},
		"twice the same":      {storage.ReplacePages, []int{2, 2}},
		"add behind two":      {storage.AddPages, []int{1, 2}},
		"add behind page 4":   {storage.AddPages, []int{4}},
		"another kind":        {"burn", []int{1}},
		"split at two places": {storage.SplitLetter, []int{1, 2}},
	} {
		err := a.Do(t.Context(), func(tx storage.Tx) error {
			_, err := a.AskRescan(t.Context(), tx, storage.Rescan{Document: id, Kind: tt.kind}, tt.pages, "c-1")
			return err
		})
		if !errors.Is(err, storage.ErrConflict) {
			t.Errorf("%s: %v; want ErrConflict", name, err)
		}
	}
}
