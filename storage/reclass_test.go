package storage_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"mailroom/scanstation"
	"mailroom/storage"
)

// TestPaperStaysUntilTheEFileHasTheNewVersion: pages came by a rescan, and the
// e-file still has the letter without them.
func TestPaperStaysUntilTheEFileHasTheNewVersion(t *testing.T) {
	onEngines(t, func(t *testing.T, a *storage.Archive) {
		id := openLasting(t, a).letter(t, batchID, "normal")
		r := storage.Rescan{ID: "R-2222-3333", Document: id, Kind: storage.AddPages, Complaint: storage.MissingPage}
		for state, want := range map[storage.RescanState]string{
			storage.RescanOpen: storage.AgainstRescan, storage.RescanSupplement: storage.AgainstSupplement, storage.RescanDone: "",
		} {
			r.State = state
			if err := a.Do(t.Context(), func(tx storage.Tx) error { return a.Ledger.SaveRescan(t.Context(), tx, r) }); err != nil {
				t.Fatal(err)
			}
			for _, code := range []string{storage.AgainstRescan, storage.AgainstSupplement} {
				if got := slices.Contains(against(t, a, id), code); got != (code == want) {
					t.Errorf("with a rescan that is %s the gate says %s: %v", state, code, got)
				}
			}
		}
	})
}

// shut closes a letter, or opens it again.
func shut(t *testing.T, a *storage.Archive, id storage.DocumentID, s *storage.Seal) {
	t.Helper()
	err := a.Do(t.Context(), func(tx storage.Tx) error {
		_, err := a.Sealing(t.Context(), tx, id, "c-1", storage.EventSealed, nil, func(d *storage.Document) error { d.Seal = s; return nil })
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestASealedLetterIsNotWaitedFor(t *testing.T) {
	onEngines(t, func(t *testing.T, a *storage.Archive) {
		checking(a, 1)
		closed(t, a, batchID, 2, nil)
		first, second := storage.NewDocumentID(batchID, 1), storage.NewDocumentID(batchID, 2)
		shut(t, a, first, &storage.Seal{Source: storage.SealWords})
		d := drawOf(t, a, batchID)
		if c := d.Find(first); c.State != storage.CheckSealed || c.Pending() || d.Waiting() != 1 || d.State != storage.DrawOpen {
			t.Errorf("the check of the sealed letter is %s, the draw %s with %d waiting", c.State, d.State, d.Waiting())
		}
		for page := 1; page <= 2; page++ {
			if _, err := a.Judge(t.Context(), storage.Judgement{Document: second, Version: 1, Page: page, By: "c-2", Name: "Anna Vogt"}); err != nil {
				t.Fatal(err)
			}
		}
		if d := drawOf(t, a, batchID); d.State != storage.DrawPassed {
			t.Errorf("the draw is %s, want passed: nobody could look at the sealed letter", d.State)
		}
		shut(t, a, first, nil)
		if d := drawOf(t, a, batchID); d.Find(first).State != storage.CheckOpen || d.State != storage.DrawOpen {
			t.Errorf("once the letter is open again its check is %s and the draw %s", d.Find(first).State, d.State)
		}
	})
}

// TestADefectOutlivesASeal: what was found is not gone because fewer may see it.
func TestADefectOutlivesASeal(t *testing.T) {
	a := open(t)
	checking(a, 1)
	closed(t, a, batchID, 1, nil)
	id := storage.NewDocumentID(batchID, 1)
	if _, err := a.Judge(t.Context(), storage.Judgement{Document: id, Version: 1, Page: 1, Defect: storage.CutOff, By: "c-2", Name: "Anna Vogt"}); err != nil {
		t.Fatal(err)
	}
	shut(t, a, id, &storage.Seal{Source: storage.SealWords})
	if d := drawOf(t, a, batchID); d.State != storage.DrawFailed {
		t.Errorf("the draw is %s, want failed", d.State)
	}
	asked, err := a.MendCheck(t.Context(), id, "c-2")
	if err != nil || len(asked) != 1 {
		t.Fatalf("%v, %v", asked, err)
	}
	if err := a.AnswerRescan(t.Context(), asked[0].ID, storage.Said{Words: "lesbar", By: "c-1"}); err != nil {
		t.Fatal(err)
	}
	if d := drawOf(t, a, batchID); d.State != storage.DrawPassed || d.Find(id).State != storage.CheckSealed {
		t.Errorf("once its rescan is answered the draw is %s and the check %s", d.State, d.Find(id).State)
	}
}

// TestAStackIsDrawnAfterwards: it closed before there were draws.
func TestAStackIsDrawnAfterwards(t *testing.T) {
	onEngines(t, func(t *testing.T, a *storage.Archive) {
		checking(a, 1)
		closed(t, a, batchID, 3, nil)
		if err := a.DrawLate(t.Context(), batchID, "c-records"); !errors.Is(err, storage.ErrConflict) {
			t.Errorf("a stack is drawn twice: %v", err)
		}
		gone := storage.NewDocumentID(batchID, 2)
		err := a.Do(t.Context(), func(tx storage.Tx) error {
			if _, err := tx.Exec(t.Context(), `DELETE FROM draws`); err != nil {
				return err
			}
			_, err := a.Happen(t.Context(), tx, storage.Incident{Document: gone, Kind: storage.HappenedLost, On: a.Today(), Words: "fehlt", Noted: storage.Signed{By: "c-1"}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if codes := against(t, a, storage.NewDocumentID(batchID, 1)); !slices.Contains(codes, storage.CheckMissing) {
			t.Errorf("without a draw the gate says %v", codes)
		}
		if err := a.DrawLate(t.Context(), batchID, "c-records"); err != nil {
			t.Fatal(err)
		}
		d := drawOf(t, a, batchID)
		if len(d.Letters) != 2 || d.Drawn() != 2 || d.Find(gone) != nil || d.Reproduce() != nil {
			t.Errorf("the late draw is %+v, want both letters whose paper is here", d)
		}
		events, err := a.Events(t.Context(), storage.EventFilter{Object: string(batchID)})
		if last := events[len(events)-1]; err != nil || last.Kind != storage.EventDrawn || last.Actor != "c-records" {
			t.Errorf("the last event is %s by %s, %v", last.Kind, last.Actor, err)
		}
		if codes := against(t, a, storage.NewDocumentID(batchID, 1)); slices.Contains(codes, storage.CheckMissing) || !slices.Contains(codes, storage.CheckPending) {
			t.Errorf("with its draw the gate says %v", codes)
		}
	})
}

func TestAnotherClass(t *testing.T) {
	onEngines(t, func(t *testing.T, a *storage.Archive) {
		l := openLasting(t, a)
		id := l.letter(t, batchID, "normal")
		reclass := func(class string) (o storage.Original, err error) {
			return o, a.Do(t.Context(), func(tx storage.Tx) error {
				o, err = a.Reclass(t.Context(), tx, id, class, "Es ist eine Urkunde", "c-1")
				return err
			})
		}
		for _, class := range []string{"normal", "gone"} {
			if _, err := reclass(class); !errors.Is(err, storage.ErrConflict) {
				t.Errorf("it becomes %q: %v", class, err)
			}
		}
		if o, err := reclass("certificate"); err != nil || o.Class != "certificate" || o.State != storage.InBox {
			t.Errorf("in an open stack it is %+v, %v", o, err)
		}
		if err := move(t, a, id, storage.Inbox); err != nil {
			t.Fatal(err)
		}
		if o, err := a.Original(t.Context(), id); err != nil || o.State != storage.ToKeep {
			t.Errorf("once its stack is released the certificate is %s, %v", o.State, err)
		}
		if o, err := reclass("normal"); err != nil || o.State != storage.InBox {
			t.Errorf("back in its class it is %s, %v", o.State, err)
		}
		if codes := against(t, a, id); slices.Contains(codes, storage.AgainstKeep) {
			t.Errorf("the gate still takes it for a certificate: %v", codes)
		}
		d, err := a.Document(t.Context(), id)
		if err != nil || d.Class != "normal" {
			t.Errorf("the letter is %q, %v", d.Class, err)
		}
		events, err := a.Events(t.Context(), storage.EventFilter{Object: string(id)})
		if err != nil {
			t.Fatal(err)
		}
		var said storage.PaperStep
		last := events[len(events)-1]
		if err := json.Unmarshal(last.Body, &said); err != nil || last.Kind != storage.EventReclassed || said.Words != "Es ist eine Urkunde" || said.Class != "normal" {
			t.Errorf("the event is %s %+v, %v", last.Kind, said, err)
		}
		l.hold(t, storage.HoldDocument, "", id)
		if _, err := reclass("high"); !errors.Is(err, storage.ErrConflict) {
			t.Errorf("held paper gets another class: %v", err)
		}
	})
}

// TestHandingOnSaysWhatSpokeAgainstIt: a court takes a paper that is held. That
// it went is true, and so is what spoke against it.
func TestHandingOnSaysWhatSpokeAgainstIt(t *testing.T) {
	a := open(t)
	l := openLasting(t, a)
	id := l.letter(t, batchID, "normal")
	if err := move(t, a, id, storage.Inbox); err != nil {
		t.Fatal(err)
	}
	l.hold(t, storage.HoldDocument, "", id)
	var i storage.Incident
	err := a.Do(t.Context(), func(tx storage.Tx) (err error) {
		i, err = a.Happen(context.WithoutCancel(t.Context()), tx, storage.Incident{
			Document: id, Kind: storage.HappenedCourt, On: a.Today(), To: "Verwaltungsgericht", Words: "angefordert", Noted: storage.Signed{By: "c-1"},
		})
		return err
	})
	if err != nil || len(i.Against) != 1 || i.Against[0].Code != storage.AgainstHold {
		t.Errorf("the incident says %+v, %v; want the hold", i.Against, err)
	}
	events, err := a.Events(t.Context(), storage.EventFilter{Object: string(id)})
	if err != nil {
		t.Fatal(err)
	}
	var said struct{ Reasons []scanstation.Reason }
	if err := json.Unmarshal(events[len(events)-1].Body, &said); err != nil || len(said.Reasons) != 1 {
		t.Errorf("the event says %+v, %v", said, err)
	}
}
