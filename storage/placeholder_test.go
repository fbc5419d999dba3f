package storage_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
)

func signature(by string) storage.Signature { return storage.Signature{By: by, Name: "Person " + by} }

func record(t *testing.T, a *storage.Archive, p storage.Placeholder) storage.Placeholder {
	t.Helper()
	return acted(t, a, func(tx storage.Tx) (storage.Placeholder, error) {
		return a.RecordPlaceholder(t.Context(), tx, p, signature("c-1"))
	})
}

func acted(t *testing.T, a *storage.Archive, f func(tx storage.Tx) (storage.Placeholder, error)) (p storage.Placeholder) {
	t.Helper()
	err := a.Do(t.Context(), func(tx storage.Tx) (err error) {
		p, err = f(tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func placeholder(t *testing.T, a *storage.Archive, id scanstation.PlaceholderID) storage.Placeholder {
	t.Helper()
	found, err := a.Placeholders(t.Context(), storage.PlaceholderFilter{ID: id})
	if err != nil || len(found) != 1 {
		t.Fatalf("placeholder %s: %d, %v", id, len(found), err)
	}
	return found[0]
}

// kindsOf are the kinds of the events of an object.
func kindsOf(t *testing.T, a *storage.Archive, object string) (kinds []string) {
	t.Helper()
	events, err := a.Events(t.Context(), storage.EventFilter{Object: object})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

var (
	money = storage.Placeholder{Kind: storage.Cash, Cents: 5000, Currency: "EUR", Place: "Tresor 1"}
	plan  = storage.Placeholder{Kind: storage.LargePlan, Words: "Lageplan 1:500", Place: "Planschrank 3"}
)

func cover(p storage.Placeholder) ocr.Reading {
	r := page("ERSATZBELEG")
	r.Placeholder = p.ID
	return r
}

func TestMoneyTakesTwoPeople(t *testing.T) {
	a := open(t)
	p := record(t, a, money)
	if p.State != storage.PlaceholderPending {
		t.Fatalf("recorded money is %s", p.State)
	}
	sign := func(by string, seen int) (storage.Placeholder, error) {
		var got storage.Placeholder
		return got, a.Do(t.Context(), func(tx storage.Tx) (err error) {
			got, err = a.SignPlaceholder(t.Context(), tx, p.ID, seen, signature(by))
			return err
		})
	}
	for name, try := range map[string]func() error{
		"the same person":      func() error { _, err := sign("c-1", p.Version); return err },
		"nobody":               func() error { _, err := sign("", p.Version); return err },
		"with another version": func() error { _, err := sign("c-2", p.Version+1); return err },
		"handed out before": func() error {
			return a.Do(t.Context(), func(tx storage.Tx) error {
				_, err := a.HandOut(t.Context(), tx, p.ID, p.Version, "Kasse", "", signature("c-2"))
				return err
			})
		},
		"made void as it is": func() error {
			return a.Do(t.Context(), func(tx storage.Tx) error {
				_, err := a.VoidPlaceholder(t.Context(), tx, p.ID, p.Version, "Irrtum", "c-2")
				return err
			})
		},
		"money without amount": func() error {
			return a.Do(t.Context(), func(tx storage.Tx) error {
				_, err := a.RecordPlaceholder(t.Context(), tx, storage.Placeholder{Kind: storage.Cheque, Place: "Tresor"}, signature("c-1"))
				return err
			})
		},
		"something of no kind": func() error {
			return a.Do(t.Context(), func(tx storage.Tx) error {
				_, err := a.RecordPlaceholder(t.Context(), tx, storage.Placeholder{Kind: "gold", Place: "Tresor"}, signature("c-1"))
				return err
			})
		},
		"something in no place": func() error {
			return a.Do(t.Context(), func(tx storage.Tx) error {
				_, err := a.RecordPlaceholder(t.Context(), tx, storage.Placeholder{Kind: storage.BoundBook}, signature("c-1"))
				return err
			})
		},
	} {
		if err := try(); !errors.Is(err, storage.ErrConflict) {
			t.Errorf("%s: %v; want a conflict", name, err)
		}
	}
	// Two second people at once: one of them signs.
	var wait sync.WaitGroup
	results := make([]error, 4)
	for i := range results {
		wait.Go(func() { _, results[i] = sign([]string{"c-2", "c-3"}[i%2], p.Version) })
	}
	wait.Wait()
	if n := len(slices.DeleteFunc(results, func(err error) bool { return errors.Is(err, storage.ErrConflict) })); n != 1 {
		t.Errorf("%d of four second signatures counted: %v", n, results)
	}
	p = placeholder(t, a, p.ID)
	if p.State != storage.PlaceholderKept || p.Second == nil || p.Second.By == "c-1" {
		t.Fatalf("signed money is %+v", p)
	}
	out := acted(t, a, func(tx storage.Tx) (storage.Placeholder, error) {
		return a.HandOut(t.Context(), tx, p.ID, p.Version, "Stadtkasse, Herr Lang", "", signature("c-2"))
	})
	if out.State != storage.PlaceholderLeaving || !out.Open() {
		t.Errorf("money that one person handed out is %s", out.State)
	}
	if _, err := sign("c-2", out.Version); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("who handed money out signed twice: %v", err)
	}
	kept := acted(t, a, func(tx storage.Tx) (storage.Placeholder, error) {
		return a.RefusePlaceholder(t.Context(), tx, p.ID, out.Version, "Quittung fehlt", signature("c-3"))
	})
	if kept.State != storage.PlaceholderKept || kept.Out != nil {
		t.Errorf("money that was refused is %+v", kept)
	}
	out = acted(t, a, func(tx storage.Tx) (storage.Placeholder, error) {
		return a.HandOut(t.Context(), tx, p.ID, kept.Version, "Stadtkasse", "Quittung 12", signature("c-2"))
	})
	if _, err := sign("c-1", out.Version); err != nil {
		t.Error(err)
	}
	p = placeholder(t, a, p.ID)
	if p.State != storage.PlaceholderHandedOut || p.Open() || p.Out.Second == nil {
		t.Errorf("money that two people handed out is %+v", p)
	}
	want := []string{storage.EventPlaceholder, storage.EventPlaceholderSigned, storage.EventPlaceholderLeaving, storage.EventPlaceholderRefused, storage.EventPlaceholderLeaving, storage.EventPlaceholderOut}
	if got := kindsOf(t, a, string(p.ID)); !slices.Equal(got, want) {
		t.Errorf("events are %v; want %v", got, want)
	}
}

func TestACoverSheetTiesItsThingToTheLetter(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { testCover(t, open) })
	t.Run("PostgreSQL", func(t *testing.T) { testCover(t, onPostgres(t)) })
}

func testCover(t *testing.T, open func(*testing.T) *storage.Archive) {
	a := open(t)
	a.Classes = storage.BuiltInClasses(30, 14)
	a.Receipts = func(context.Context, storage.Tx, storage.DocumentID) (storage.Receipts, error) {
		return storage.Receipts{}, nil
	}
	p, other := record(t, a, money), record(t, a, plan)
	receive(t, a, batchID, nil)
	read(t, a, batchID, page("one"), cover(p), page("two"), ocr.Reading{Separator: true}, page("three"), cover(other))
	line(t, a, batchID)
	for number, want := range map[int]storage.Placeholder{1: p, 2: other} {
		got := placeholder(t, a, want.ID)
		if got.Document != storage.NewDocumentID(batchID, number) || got.Image == nil || got.Version != want.Version+1 {
			t.Errorf("placeholder %s is tied as %+v", want.ID, got)
		}
	}
	doc, _ := textsOf(t, a, number(1))
	if doc.Pages != 3 || doc.Text != "one\fERSATZBELEG\ftwo" {
		t.Errorf("the letter reads %q; want the cover sheet as its second page", doc.Text)
	}
	if got := against(t, a, number(1)); !slices.Contains(got, storage.PlaceholderOpen) {
		t.Errorf("against the destruction are %v", got)
	}
	for _, by := range []string{"c-2", "c-3"} {
		acted(t, a, func(tx storage.Tx) (storage.Placeholder, error) {
			seen := placeholder(t, a, p.ID)
			if by == "c-2" {
				return a.SignPlaceholder(t.Context(), tx, p.ID, seen.Version, signature(by))
			}
			return a.HandOut(t.Context(), tx, p.ID, seen.Version, "Kasse", "", signature(by))
		})
	}
	if got := against(t, a, number(1)); !slices.Contains(got, storage.PlaceholderOpen) {
		t.Errorf("with one signature of two, against the destruction are %v", got)
	}
	acted(t, a, func(tx storage.Tx) (storage.Placeholder, error) {
		return a.SignPlaceholder(t.Context(), tx, p.ID, placeholder(t, a, p.ID).Version, signature("c-1"))
	})
	if got := against(t, a, number(1)); slices.Contains(got, storage.PlaceholderOpen) {
		t.Errorf("after it was handed out, against the destruction are %v", got)
	}

	// The same sheets again, one that nobody recorded, and the plan itself.
	receive(t, a, again, nil)
	later := ocr.Reading{Separator: true, Later: other.ID}
	read(t, a, again, page("four"), cover(p), ocr.Reading{Separator: true}, page("five"), cover(storage.Placeholder{ID: "7F3K9Q2M"}), later, page("plan"), page("plan, back"), ocr.Reading{Separator: true}, page("six"))
	for n := range 4 {
		keep(t, a, again, n+1)
	}
	for number, want := range map[int]string{1: storage.PlaceholderTwice, 2: storage.PlaceholderUnknown, 4: ""} {
		doc, err := a.Document(t.Context(), storage.NewDocumentID(again, number))
		if err != nil {
			t.Fatal(err)
		}
		if want == "" && len(doc.Doubts) > 0 || want != "" && (len(doc.Doubts) != 1 || doc.Doubts[0].Code != want) {
			t.Errorf("letter %d has doubts %v; want %q", number, doc.Doubts, want)
		}
	}
	doc, _ = textsOf(t, a, number(2))
	if doc.Text != "three\fERSATZBELEG\fplan\fplan, back" || doc.Version != 2 {
		t.Errorf("version %d of the letter of the plan reads %q", doc.Version, doc.Text)
	}
	got := placeholder(t, a, other.ID)
	if got.State != storage.PlaceholderJoined || got.Rescan == "" || got.Open() {
		t.Errorf("the plan is %+v", got)
	}
	if got := against(t, a, number(2)); slices.Contains(got, storage.PlaceholderOpen) {
		t.Errorf("after the plan came, against the destruction are %v", got)
	}
	if !strings.Contains(noteOf(t, a, doc), "Ersatzbeleg "+string(other.ID)+": ergänzt nach Seite 2") {
		t.Errorf("the transfer note says nothing of the plan: %s", noteOf(t, a, doc))
	}
	if err := a.Tidy(t.Context(), again); err != nil {
		t.Error(err)
	}
}

func noteOf(t *testing.T, a *storage.Archive, doc storage.Document) string {
	t.Helper()
	r, err := a.OpenPart(t.Context(), doc.ID, storage.NotePart(doc.Version))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var b strings.Builder
	if _, err := r.Seek(0, 0); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 1<<16)
	for {
		n, err := r.Read(buf)
		b.Write(buf[:n])
		if err != nil {
			return b.String()
		}
	}
}

func TestWhatComesLaterIsDoubtedWithoutItsCover(t *testing.T) {
	a := open(t)
	untied, card, book := record(t, a, plan), record(t, a, storage.Placeholder{Kind: storage.IdentityCard, Place: "Tresor 1"}), record(t, a, storage.Placeholder{Kind: storage.BoundBook, Place: "Regal"})
	receive(t, a, batchID, nil)
	read(t, a, batchID, page("one"), cover(card), cover(book))
	line(t, a, batchID)
	acted(t, a, func(tx storage.Tx) (storage.Placeholder, error) {
		return a.HandOut(t.Context(), tx, book.ID, placeholder(t, a, book.ID).Version, "Bücherei", "", signature("c-2"))
	})
	receive(t, a, again, nil)
	later := func(id scanstation.PlaceholderID) ocr.Reading { return ocr.Reading{Separator: true, Later: id} }
	read(t, a, again, later(untied.ID), page("a"), later(card.ID), page("b"), later(book.ID), page("c"), later("7F3K9Q2M"), page("d"))
	for number, want := range []string{storage.PlaceholderUntied, storage.PlaceholderClosed, storage.PlaceholderClosed, storage.PlaceholderUnknown} {
		doc, err := a.Document(t.Context(), keep(t, a, again, number+1))
		if err != nil || len(doc.Doubts) != 1 || doc.Doubts[0].Code != want {
			t.Errorf("letter %d has doubts %v, %v; want %q", number+1, doc.Doubts, err, want)
		}
	}
}

func TestAPlaceholderFollowsItsSheetThroughTheMending(t *testing.T) {
	a := open(t)
	p, hand := record(t, a, money), record(t, a, plan)
	receive(t, a, batchID, func(b *scanstation.Batch) { b.Operator = "" })
	read(t, a, batchID, page("one"), page("two"), cover(p))
	line(t, a, batchID)
	acted(t, a, func(tx storage.Tx) (storage.Placeholder, error) {
		return a.TiePlaceholder(t.Context(), tx, hand.ID, hand.Version, number(1), "c-1")
	})
	wants := func(when string, sheet, byHand int) {
		t.Helper()
		for id, n := range map[scanstation.PlaceholderID]int{p.ID: sheet, hand.ID: byHand} {
			want := number(n)
			if n == 0 {
				want = ""
			}
			if got := placeholder(t, a, id); got.Document != want {
				t.Errorf("%s: placeholder %s is of %q; want %q", when, id, got.Document, want)
			}
		}
	}
	cut := planOf(t, a)
	cut[1].Letter, cut[1].Page, cut[2].Letter, cut[2].Page = 2, 1, 2, 2
	recut(t, a, cut)
	line(t, a, batchID)
	wants("cut in two", 3, 2)
	rejected := planOf(t, a)
	rejected[2] = storage.Placement{Image: 2, Fate: ocr.RejectedFate, Reason: scanstation.Reason{Code: storage.Twice}, Sure: true}
	recut(t, a, rejected)
	line(t, a, batchID)
	wants("its sheet rejected", 0, 2)
	if _, err := a.Unmend(t.Context(), batchID, batch(t, a, batchID).Plan, "c-1"); err != nil {
		t.Fatal(err)
	}
	line(t, a, batchID)
	wants("undone", 5, 2)
	if got := kindsOf(t, a, string(p.ID)); len(got) != 5 {
		t.Errorf("events are %v; want one for each change", got)
	}
}

func TestACoverSheetIsFoundAtTheSecondReading(t *testing.T) {
	a := open(t)
	p := record(t, a, money)
	receive(t, a, batchID, nil)
	read(t, a, batchID, page("one"), ocr.Reading{Failed: scanstation.Reason{Code: scanstation.Crashed}})
	line(t, a, batchID)
	mended := planOf(t, a)
	mended[1] = storage.Placement{Image: 1, Fate: ocr.PageFate, Letter: 1, Page: 2, Rotation: 180, Sure: true}
	recut(t, a, mended)
	r := cover(p)
	r.Image, r.Rotation = 1, 180
	for range 2 {
		if err := a.Note(t.Context(), batchID, r); err != nil {
			t.Fatal(err)
		}
	}
	line(t, a, batchID)
	if got := placeholder(t, a, p.ID); got.Document != number(2) || got.Version != p.Version+1 {
		t.Errorf("placeholder is %+v; want it of %s", got, number(2))
	}
}
