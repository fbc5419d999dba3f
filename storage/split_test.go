package storage_test

import (
	"bytes"
	"context"
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

func nothing([]ocr.Reading) ocr.Findings { return ocr.Findings{} }

// split takes a letter apart.
func split(t *testing.T, a *storage.Archive, id storage.DocumentID, page int) storage.DocumentID {
	t.Helper()
	fresh, err := a.Split(t.Context(), id, page, storage.Said{Words: "zwei Absender", By: "c-1"}, nothing)
	if err != nil {
		t.Fatal(err)
	}
	return fresh.ID
}

// wantLetter compares text and streams of a letter.
func wantLetter(t *testing.T, a *storage.Archive, id storage.DocumentID, text, streams string) storage.Document {
	t.Helper()
	doc, got := textsOf(t, a, id)
	if doc.Text != text || got != streams || doc.Pages != len(streams) {
		t.Errorf("letter %s is %q, streams %q, %d pages; want %q, %q", id, doc.Text, got, doc.Pages, text, streams)
	}
	if err := a.VerifyObject(t.Context(), storage.Object{Key: doc.Object, Size: doc.Bytes, Digest: doc.Digest}); err != nil {
		t.Error(err)
	}
	if words, err := a.Words(t.Context(), doc); err != nil || len(words) != doc.Pages {
		t.Errorf("letter %s has words of %d pages, %v", id, len(words), err)
	}
	return doc
}

func paperOf(t *testing.T, a *storage.Archive, id storage.DocumentID) string {
	t.Helper()
	o, err := a.Original(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s %d-%d %s", o.State, o.First, o.Last, o.DueOn)
}

// filed takes a letter into the e-file.
func filed(t *testing.T, a *storage.Archive, id storage.DocumentID) {
	t.Helper()
	for _, to := range []storage.DocumentState{storage.Assigned, storage.Filing, storage.Filed} {
		if err := move(t, a, id, to); err != nil {
			t.Fatal(err)
		}
	}
}

func TestALetterIsTakenApartAfterTheRelease(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func(*testing.T) *storage.Archive) {
		for _, inFile := range []bool{false, true} {
			t.Run(fmt.Sprintf("in the e-file %v", inFile), func(t *testing.T) {
				a := open(t)
				id := letter(t, a, true)
				before, _ := textsOf(t, a, id)
				if inFile {
					filed(t, a, id)
				}
				asked := ask(t, a, id, storage.SplitLetter)
				fresh := split(t, a, id, 2)
				rest := wantLetter(t, a, id, "one", "a")
				doc := wantLetter(t, a, fresh, "two\fthree", "bc")
				if fresh != storage.NewDocumentID(batchID, 2) || doc.State != storage.Archived || doc.Version != 1 || doc.ReceivedOn != rest.ReceivedOn || doc.Department != rest.Department {
					t.Errorf("the letter that arose is %+v", doc)
				}
				if rest.State == storage.Filed != inFile || rest.Version != 2 || before.Object == rest.Object {
					t.Errorf("the letter that stays is %s, version %d", rest.State, rest.Version)
				}
				b := batch(t, a, batchID)
				if b.State != storage.BatchReleased || !b.AddsUp() || b.Documents != 2 || b.Letters != 2 || b.Pages != 3 {
					t.Errorf("the stack is %+v", b)
				}
				if one, two := paperOf(t, a, id), paperOf(t, a, fresh); one != "in-box 0-0 2026-12-20" || two != "in-box 1-2 2026-12-20" {
					t.Errorf("the paper lies at %s and at %s", one, two)
				}
				wantAfterwards(t, a, id, asked.ID, inFile)
				testVersionBefore(t, a, before, rest, fresh)
				if err := move(t, a, fresh, storage.Inbox); err != nil {
					t.Fatal(err)
				}
				if err := a.Tidy(t.Context(), batchID); err != nil {
					t.Fatal(err)
				}
				wantLetter(t, a, fresh, "two\fthree", "bc")
				checkChain(t, a)
			})
		}
	})
}

// wantAfterwards looks what became of the request to split, and of the e-file.
func wantAfterwards(t *testing.T, a *storage.Archive, id storage.DocumentID, asked scanstation.RescanID, inFile bool) {
	t.Helper()
	open, err := a.Rescans(t.Context(), storage.RescanFilter{ID: asked})
	if err != nil || len(open) != 1 || open[0].State != storage.RescanAnswered {
		t.Errorf("the request is %+v, %v; want it answered", open, err)
	}
	waiting, err := a.Rescans(t.Context(), storage.RescanFilter{State: storage.RescanSupplement})
	doc, _ := textsOf(t, a, id)
	told := slices.ContainsFunc(doc.Reasons, func(r scanstation.Reason) bool { return r.Code == storage.AmendedAfterFiling })
	if err != nil || len(waiting) == 1 != inFile || told != inFile {
		t.Errorf("the e-file has to follow: %v, %v, %v; want %v", waiting, doc.Reasons, err, inFile)
	}
}

// testVersionBefore wants the version before to be there and named by hash.
func testVersionBefore(t *testing.T, a *storage.Archive, before, rest storage.Document, fresh storage.DocumentID) {
	t.Helper()
	if err := a.VerifyObject(t.Context(), storage.Object{Key: before.Object, Size: before.Bytes, Digest: before.Digest}); err != nil {
		t.Error(err)
	}
	var m storage.Manifest
	if err := json.Unmarshal(part(t, a, rest.ID, storage.ManifestPart(rest.Version)), &m); err != nil || m.Previous == nil || m.Previous.Digest != before.Manifest {
		t.Errorf("the manifest names %+v before it, %v", m.Previous, err)
	}
	if note := string(part(t, a, rest.ID, storage.NotePart(rest.Version))); !strings.Contains(note, "Ab Seite 2 war es ein anderer Brief") {
		t.Errorf("the note does not tell of the correction:\n%s", note)
	}
	if note := string(part(t, a, fresh, storage.NotePart(1))); !strings.Contains(note, string(rest.ID)) {
		t.Errorf("the note of the new letter does not name the one it was part of:\n%s", note)
	}
	if got := kindsOf(t, a, string(rest.ID)); !slices.Contains(got, storage.EventSplit) {
		t.Errorf("the letter's events are %v", got)
	}
	if got := kindsOf(t, a, string(fresh)); len(got) != 1 || got[0] != storage.EventArchived {
		t.Errorf("the new letter's events are %v", got)
	}
}

func TestWhatIsNotTakenApart(t *testing.T) {
	for name, tt := range map[string]struct {
		released bool
		page     int
		change   func(t *testing.T, a *storage.Archive, id storage.DocumentID)
	}{
		"before the release":       {false, 2, nil},
		"at its first page":        {true, 1, nil},
		"behind its last page":     {true, 4, nil},
		"paper that is to go soon": {true, 2, func(t *testing.T, a *storage.Archive, id storage.DocumentID) { setPaper(t, a, id, storage.Approved) }},
	} {
		t.Run(name, func(t *testing.T) {
			a := open(t)
			id := letter(t, a, tt.released)
			if tt.change != nil {
				tt.change(t, a, id)
			}
			if _, err := a.Split(t.Context(), id, tt.page, storage.Said{By: "c-1"}, nothing); !errors.Is(err, storage.ErrConflict) {
				t.Errorf("splitting is %v; want ErrConflict", err)
			}
			if doc := wantLetter(t, a, id, "one\ftwo\fthree", "abc"); doc.Version != 1 {
				t.Errorf("the letter has version %d", doc.Version)
			}
		})
	}
	if _, err := open(t).Split(t.Context(), "20261120-7F3K9Q2M-009", 2, storage.Said{By: "c-1"}, nothing); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("splitting what is not there is %v", err)
	}
}

func setPaper(t *testing.T, a *storage.Archive, id storage.DocumentID, to storage.OriginalState) {
	t.Helper()
	o, err := a.Original(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	o.State = to
	if err := a.Do(t.Context(), func(tx storage.Tx) error { return a.Ledger.SaveOriginal(t.Context(), tx, o) }); err != nil {
		t.Fatal(err)
	}
}

// What an attempt that died has left behind is neither taken nor written over.
func TestASplitOutlivesWhatDiedBeforeIt(t *testing.T) {
	a := open(t)
	id := letter(t, a, true)
	left := map[string]string{}
	for _, key := range []string{id.Key("document-2.pdf"), storage.NewDocumentID(batchID, 2).Key(storage.PDFPart), storage.NewDocumentID(batchID, 3).Key(storage.NotePart(1))} {
		left[key] = "left by " + key
		b := []byte(left[key])
		if _, err := a.Blobs.PutNew(t.Context(), key, bytes.NewReader(b), int64(len(b)), scanstation.DigestOf(b)); err != nil {
			t.Fatal(err)
		}
	}
	fresh := split(t, a, id, 3)
	if fresh != storage.NewDocumentID(batchID, 4) {
		t.Errorf("the new letter is %s; want the first number under which nothing lies", fresh)
	}
	wantLetter(t, a, fresh, "three", "c")
	if doc := wantLetter(t, a, id, "one\ftwo", "ab"); doc.Version != 3 {
		t.Errorf("the letter has version %d", doc.Version)
	}
	for key, want := range left {
		r, err := a.Blobs.Get(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := io.ReadAll(r)
		r.Close()
		if string(got) != want {
			t.Errorf("%s holds %q", key, got)
		}
	}
	if b := batch(t, a, batchID); b.Letters != 4 || b.Documents != 2 {
		t.Errorf("the stack is %+v", b)
	}
}

// Two people at the same letter: the one who was overtaken starts again.
func TestASplitAmidstAnother(t *testing.T) {
	a := open(t)
	id := letter(t, a, true)
	room := a.Assembler
	a.Assembler = during{func() {
		a.Assembler = room
		split(t, a, id, 3)
	}}
	fresh, err := a.Split(t.Context(), id, 2, storage.Said{By: "c-2"}, nothing)
	if err != nil {
		t.Fatal(err)
	}
	wantLetter(t, a, id, "one", "a")
	wantLetter(t, a, fresh.ID, "two", "b")
	if b := batch(t, a, batchID); !b.AddsUp() || b.Documents != 3 {
		t.Errorf("the stack is %+v", b)
	}
	checkChain(t, a)
}

func TestTheRequestGoesWithItsPage(t *testing.T) {
	a := open(t)
	id := letter(t, a, true)
	second, first := ask(t, a, id, storage.ReplacePages, 3), ask(t, a, id, storage.ReplacePages, 1)
	fresh := split(t, a, id, 2)
	rescan(t, a, again, second.ID, "new")
	wantLetter(t, a, fresh, "two\fnew", "bb")
	rescan(t, a, "20261121-AGA1N001", first.ID, "front")
	wantLetter(t, a, id, "front", "b")
	// A letter with a page of another stack is taken apart like any other.
	if err := move(t, a, fresh, storage.Inbox); err != nil {
		t.Fatal(err)
	}
	third := split(t, a, fresh, 2)
	wantLetter(t, a, third, "new", "b")
	if b := batch(t, a, again); !b.AddsUp() || b.State != storage.BatchReleased {
		t.Errorf("the stack of the rescan is %+v", b)
	}
	checkChain(t, a)
}

func TestASealedLetterStaysSealedWhenTakenApart(t *testing.T) {
	a := open(t)
	id := letter(t, a, true)
	seal(t, a, id, "leitung")
	doc, err := a.Document(t.Context(), split(t, a, id, 2))
	if err != nil || doc.Seal == nil || !slices.Equal(doc.Seal.Recipients, []string{"leitung"}) {
		t.Errorf("the new letter's seal is %+v, %v", doc.Seal, err)
	}
	for _, img := range imagesOf(t, a, batchID) {
		if !img.Sealed {
			t.Errorf("image %d is open", img.Image)
		}
	}
	if got, err := a.Search(t.Context(), storage.SearchFilter{Text: "three", All: true}); err != nil || len(got) != 0 {
		t.Errorf("a search finds %v, %v", got, err)
	}
}

func TestASplitIsToldOf(t *testing.T) {
	a := open(t)
	id := letter(t, a, true)
	var told []string
	a.Reread = func(_ context.Context, _ storage.Tx, d storage.Document) error {
		told = append(told, string(d.ID)+" "+d.Text)
		return nil
	}
	fresh := split(t, a, id, 3)
	want := []string{string(id) + " one\ftwo", string(fresh) + " three"}
	if !slices.Equal(told, want) {
		t.Errorf("told of %q; want %q", told, want)
	}
}
