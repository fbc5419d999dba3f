package storage_test

import (
	"errors"
	"testing"

	"mailroom/ocr"
	"mailroom/storage"
)

// three keeps a released stack of three letters with one, two and one pages.
func three(t *testing.T, a *storage.Archive) (one, two, last storage.DocumentID) {
	t.Helper()
	sep := ocr.Reading{Separator: true}
	receive(t, a, batchID, nil)
	read(t, a, batchID, page("one"), sep, page("two"), page("three"), sep, page("four"))
	for n := 1; n <= 3; n++ {
		if err := move(t, a, keep(t, a, batchID, n), storage.Inbox); err != nil {
			t.Fatal(err)
		}
	}
	return number(1), number(2), number(3)
}

func TestTwoLettersBecomeOneAfterTheRelease(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func(*testing.T) *storage.Archive) {
		for name, tt := range map[string]struct {
			into, other int
			text        string
			streams     string
			paper       string
		}{
			"the one behind it":      {1, 2, "one\ftwo\fthree", "acd", "in-box 0-3 2026-12-20"},
			"the one in front of it": {2, 1, "one\ftwo\fthree", "acd", "in-box 0-3 2026-12-20"},
			"the last":               {2, 3, "two\fthree\ffour", "cdf", "in-box 2-5 2026-12-20"},
		} {
			t.Run(name, func(t *testing.T) {
				a := open(t)
				three(t, a)
				into, other := number(tt.into), number(tt.other)
				filed(t, a, into)
				was, _ := textsOf(t, a, other)
				missing := ask(t, a, other, storage.AddPages, 0)
				if _, err := a.Join(t.Context(), into, other, storage.Said{By: "c-1"}, nothing); err != nil {
					t.Fatal(err)
				}
				doc := wantLetter(t, a, into, tt.text, tt.streams)
				if doc.State != storage.Filed || doc.Version != 2 || len(doc.Reasons) != 1 || doc.Reasons[0].Code != storage.AmendedAfterFiling {
					t.Errorf("the letter is %s, version %d, %v", doc.State, doc.Version, doc.Reasons)
				}
				gone, err := a.Document(t.Context(), other)
				if err != nil || gone.State != storage.Superseded || gone.Into != into || gone.Text != "" {
					t.Errorf("the one taken in is %+v, %v", gone, err)
				}
				if got := paperOf(t, a, into); got != tt.paper {
					t.Errorf("the paper is %s; want %s", got, tt.paper)
				}
				if b := batch(t, a, batchID); !b.AddsUp() || b.Documents != 2 || b.Letters != 3 || b.State != storage.BatchReleased {
					t.Errorf("the stack is %+v", b)
				}
				if err := a.Tidy(t.Context(), batchID); err != nil {
					t.Fatal(err)
				}
				if err := a.VerifyObject(t.Context(), storage.Object{Key: was.Object, Size: was.Bytes, Digest: was.Digest}); err != nil {
					t.Errorf("what was kept of the letter that is taken in is gone: %v", err)
				}
				if open, err := a.Rescans(t.Context(), storage.RescanFilter{ID: missing.ID}); err != nil || open[0].Document != into {
					t.Errorf("the request is about %s, %v", open[0].Document, err)
				}
				checkChain(t, a)
			})
		}
	})
}

func TestWhatDoesNotBecomeOneLetter(t *testing.T) {
	for name, tt := range map[string]struct {
		into, other int
		change      func(t *testing.T, a *storage.Archive)
	}{
		"a letter between them":     {1, 3, nil},
		"the letter itself":         {1, 1, nil},
		"one that is in the e-file": {1, 2, func(t *testing.T, a *storage.Archive) { filed(t, a, number(2)) }},
		"paper that is held":        {1, 2, func(t *testing.T, a *storage.Archive) { setPaper(t, a, number(2), storage.Held) }},
		"sealed for others": {1, 2, func(t *testing.T, a *storage.Archive) {
			seal(t, a, number(1), "leitung")
			seal(t, a, number(2), "personal")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			a := open(t)
			three(t, a)
			if tt.change != nil {
				tt.change(t, a)
			}
			if _, err := a.Join(t.Context(), number(tt.into), number(tt.other), storage.Said{By: "c-1"}, nothing); !errors.Is(err, storage.ErrConflict) {
				t.Errorf("joining is %v; want ErrConflict", err)
			}
			wantLetter(t, a, number(1), "one", "a")
			wantLetter(t, a, number(2), "two\fthree", "cd")
		})
	}
}

func seal(t *testing.T, a *storage.Archive, id storage.DocumentID, who string) {
	t.Helper()
	err := a.Do(t.Context(), func(tx storage.Tx) error {
		_, err := a.Sealing(t.Context(), tx, id, "c-1", storage.EventSealed, nil, func(d *storage.Document) error {
			d.Seal = &storage.Seal{Source: storage.SealPerson, Recipients: []string{who}}
			return nil
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestOneSealedLetterClosesBoth(t *testing.T) {
	a := open(t)
	three(t, a)
	seal(t, a, number(2), "leitung")
	doc, err := a.Join(t.Context(), number(1), number(2), storage.Said{By: "c-1"}, nothing)
	if err != nil || doc.Seal == nil || doc.Seal.Recipients[0] != "leitung" {
		t.Errorf("the letter's seal is %+v, %v", doc.Seal, err)
	}
	if got, err := a.Search(t.Context(), storage.SearchFilter{Text: "one", All: true}); err != nil || len(got) != 0 {
		t.Errorf("a search finds %v, %v", got, err)
	}
}

// What was taken apart by mistake becomes one letter again.
func TestASplitIsTakenBackByJoining(t *testing.T) {
	a := open(t)
	id := letter(t, a, true)
	fresh := split(t, a, id, 2)
	if err := move(t, a, fresh, storage.Inbox); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Join(t.Context(), id, fresh, storage.Said{By: "c-1"}, nothing); err != nil {
		t.Fatal(err)
	}
	if doc := wantLetter(t, a, id, "one\ftwo\fthree", "abc"); doc.Version != 3 {
		t.Errorf("the letter has version %d", doc.Version)
	}
	if got := paperOf(t, a, id); got != "in-box 0-2 2026-12-20" {
		t.Errorf("the paper is %s", got)
	}
	checkChain(t, a)
}
