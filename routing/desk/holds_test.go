package desk_test

import (
	"errors"
	"testing"

	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/scanstation"
	"mailroom/storage"
)

func TestAHoldKeepsPaperAndCopy(t *testing.T) {
	o := desktest.Open(t)
	f := o.Fill()
	id := storage.NewDocumentID(f.Released, 1)
	head, foreign := o.Who("head-wohngeld"), o.Who("head-soziales")
	ctx := t.Context()
	for name, w := range map[string]desk.HoldWish{
		"without a reason":           {Document: id},
		"of nothing":                 {Reason: "Klage"},
		"that is over already":       {Document: id, Reason: "Klage", EndsOn: scanstation.DateOf(o.Clock.Now())},
		"of a case nobody knows":     {Number: "WG-1999-000001", Reason: "Klage"},
		"of what no search finds":    {Search: desk.Search{Text: "Zebrastreifen"}, Reason: "Klage"},
		"of what is somebody else's": {Search: desk.Search{Department: "soziales", Text: "Musterstadt"}, Reason: "Klage"},
	} {
		var wrong *desk.Invalid
		if _, err := o.Hold(ctx, head, w); !errors.As(err, &wrong) {
			t.Errorf("a hold %s: %v; want it invalid", name, err)
		}
	}
	if _, err := o.Hold(ctx, foreign, desk.HoldWish{Document: id, Reason: "Klage"}); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("another department holds the letter: %v", err)
	}
	h, err := o.Hold(ctx, head, desk.HoldWish{Document: id, Reason: "Klage vor dem Verwaltungsgericht"})
	if err != nil || h.Letters != 1 {
		t.Fatalf("hold = %+v, %v", h, err)
	}
	state := func(want storage.OriginalState) {
		t.Helper()
		if p, err := o.Archive.Original(ctx, id); err != nil || p.State != want {
			t.Errorf("the paper is %s, %v; want %s", p.State, err, want)
		}
	}
	state(storage.Held)
	for who, want := range map[string]struct{ told, release, seen bool }{
		"head-wohngeld": {true, true, true}, "auditor": {true, false, true}, "scan": {false, false, true}, "head-soziales": {},
	} {
		list, err := o.Holds(ctx, o.Who(who), false, "")
		if err != nil || (len(list.Holds) == 1) != want.seen {
			t.Errorf("%s sees %d holds, %v", who, len(list.Holds), err)
			continue
		}
		if want.seen && (list.Holds[0].Told != want.told || list.Holds[0].Release != want.release || (list.Holds[0].Reason != "") != want.told) {
			t.Errorf("%s sees %+v; want %+v", who, list.Holds[0], want)
		}
	}
	if _, err := o.Holds(ctx, o.Who("worker-wohngeld"), false, ""); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("a worker sees holds: %v", err)
	}
	for name, who := range map[string]string{"another head": "head-soziales", "the scan room": "scan", "the auditor": "auditor"} {
		if _, err := o.LetGo(ctx, o.Who(who), h.ID, "erledigt"); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("%s releases the hold: %v", name, err)
		}
	}
	var wrong *desk.Invalid
	if _, err := o.LetGo(ctx, head, h.ID, " "); !errors.As(err, &wrong) || wrong.Code != desk.ReasonMissing {
		t.Errorf("released without a reason: %v", err)
	}
	if _, err := o.LetGo(ctx, head, h.ID, "Klage zurückgenommen"); err != nil {
		t.Fatal(err)
	}
	state(storage.InBox)
	if _, err := o.LetGo(ctx, head, h.ID, "noch einmal"); !errors.As(err, &wrong) || wrong.Code != desk.Overtaken {
		t.Errorf("released twice: %v", err)
	}
	if list, err := o.Holds(ctx, head, true, ""); err != nil || len(list.Holds) != 1 || list.Holds[0].Released == nil {
		t.Errorf("released holds are %+v, %v", list.Holds, err)
	}
}
