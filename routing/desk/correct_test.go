package desk_test

import (
	"errors"
	"slices"
	"testing"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/scanstation"
	"mailroom/storage"
)

// two puts a released stack of two letters into the office: one of two pages
// about a case, and one of one page about none.
func two(o *desktest.Office) (one, other storage.DocumentID) {
	id := o.Put(desktest.Stack{
		Name: "zwei.tif", Received: "2026-11-20", Operator: "Sabine Scholz",
		Sheets: []desktest.Sheet{
			{Lines: desktest.Letter("Wohngeldstelle", "Otto Krämer", "WG-2023-004711")}, {Lines: []string{"Mietvertrag", "Anlage"}},
			{Lines: []string{"T R E N N B L A T T"}, Separator: true}, {Lines: []string{"Zweite Anlage"}},
		},
		Decide: func(n int, r []ocr.Reading) routing.Decision {
			if n == 1 {
				return desktest.Sure(desktest.Case("WG-2023-004711"), r)
			}
			return routing.Decision{Sure: true, Department: "wohngeld", Reasons: []scanstation.Reason{{Code: routing.NoNumber}}}
		},
	})
	return storage.NewDocumentID(id, 1), storage.NewDocumentID(id, 2)
}

func TestALetterInTheEFileIsTakenApart(t *testing.T) {
	o := desktest.Open(t)
	ctx, head, worker := t.Context(), o.Who("head-wohngeld"), o.Who("wohngeld-2")
	id, _ := two(o)
	for _, err := range []error{o.Assign(ctx, head, id, "wohngeld-2", ""), o.File(ctx, worker, id, "WG 1")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := o.Split(ctx, worker, id, 3, "")
	wantInvalid(t, "it", err, desk.PagesWrong)
	fresh, err := o.Split(ctx, worker, id, 2, " zwei Absender\x07 ")
	if err != nil {
		t.Fatal(err)
	}
	o.Carry(id.Batch())
	l, err := o.Letter(ctx, head, fresh)
	if err != nil || l.State != storage.Inbox || l.Text != "Mietvertrag Anlage" && l.Text != "Mietvertrag\nAnlage" || l.Life[0].Kind == "" {
		t.Errorf("the new letter is %s, %q, %v; want it in the inbox", l.State, l.Text, err)
	}
	list, err := o.Supplements(ctx, worker)
	if err != nil || len(list) != 1 || list[0].ID != id || list[0].Pages != 1 {
		t.Errorf("to be supplemented: %+v, %v", list, err)
	}
	l, err = o.Letter(ctx, worker, id)
	at := slices.IndexFunc(l.Life, func(m desk.Moment) bool { return m.Kind == storage.EventSplit })
	if err != nil || at < 0 || l.Life[at].Other != fresh || l.Life[at].Actor != string(worker.ID) {
		t.Errorf("the history is %+v, %v", l.Life, err)
	}
	if text, err := o.Text(ctx, worker, id); err != nil || text == "" || len(l.Pages) != 1 {
		t.Errorf("the letter reads %q on %d pages, %v", text, len(l.Pages), err)
	}
	// And back again: the one in the e-file goes on.
	into, err := o.Join(ctx, head, fresh, id, "doch einer")
	if err != nil || into != id {
		t.Fatalf("joined as %s, %v; want %s", into, err, id)
	}
	if got, err := o.GoneInto(ctx, worker, fresh); err != nil || got != id {
		t.Errorf("the number of the letter that was taken in leads to %s, %v", got, err)
	}
	if _, err := o.Letter(ctx, worker, fresh); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("the letter that was taken in: %v; want ErrNotFound", err)
	}
	if _, err := o.GoneInto(ctx, o.Who("head-soziales"), fresh); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("it leads a stranger on: %v", err)
	}
	if _, err := o.GoneInto(ctx, worker, id); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("a letter leads to itself: %v", err)
	}
}

func TestTheLetterThatHasComeFurtherGoesOn(t *testing.T) {
	o := desktest.Open(t)
	ctx, head, worker := t.Context(), o.Who("head-wohngeld"), o.Who("wohngeld-2")
	one, other := two(o)
	if err := o.SetDeadline(ctx, head, other, "Widerspruch", "2026-12-14"); err != nil {
		t.Fatal(err)
	}
	for _, id := range []storage.DocumentID{one, other} {
		if err := o.Assign(ctx, head, id, "wohngeld-2", ""); err != nil {
			t.Fatal(err)
		}
	}
	if beside, err := o.Neighbours(ctx, worker, other); err != nil || len(beside) != 1 || beside[0].ID != one || !beside[0].Before {
		t.Errorf("beside it lies %+v, %v", beside, err)
	}
	into, err := o.Join(ctx, worker, other, one, "")
	if err != nil || into != one {
		t.Fatalf("joined as %s, %v; want the one in front", into, err)
	}
	l, err := o.Letter(ctx, worker, one)
	if err != nil || l.State != storage.Assigned || len(l.Pages) != 3 || len(l.Handling.Deadlines) != 1 || l.Handling.Deadlines[0].Name != "Widerspruch" {
		t.Errorf("the letter is %s with %d pages and %+v, %v", l.State, len(l.Pages), l.Handling.Deadlines, err)
	}
	if own, err := o.Own(ctx, worker); err != nil || own.Open != 1 {
		t.Errorf("the worker has %d letters, %v; want one", own.Open, err)
	}
}

func TestTwoLettersInTheEFileAreNotJoined(t *testing.T) {
	o := desktest.Open(t)
	ctx, head, worker := t.Context(), o.Who("head-wohngeld"), o.Who("wohngeld-2")
	one, other := two(o)
	for _, id := range []storage.DocumentID{one, other} {
		for _, err := range []error{o.Assign(ctx, head, id, "wohngeld-2", ""), o.File(ctx, worker, id, "WG 1")} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	_, err := o.Join(ctx, worker, one, other, "")
	wantInvalid(t, "it", err, desk.JoinFiled)
	_, err = o.Join(ctx, worker, one, one, "")
	wantInvalid(t, "it", err, desk.CutFixed)
}

func TestWhoCorrectsTheCut(t *testing.T) {
	o := desktest.Open(t)
	f := o.Fill()
	one, other := two(o)
	open := storage.NewDocumentID(f.Review, 1)
	for who, ok := range map[string]bool{
		"head-wohngeld": true, "wohngeld-2": true, "records": true,
		"head-soziales": false, "scan": false, "auditor": false, "admin": false,
	} {
		for what, act := range map[string]func(routing.Clerk) error{
			"split": func(c routing.Clerk) error { _, err := o.Split(t.Context(), c, one, 9, ""); return err },
			"join":  func(c routing.Clerk) error { _, err := o.Join(t.Context(), c, one, one, ""); return err },
			"other": func(c routing.Clerk) error { _, err := o.Join(t.Context(), c, other, other, ""); return err },
		} {
			err := act(o.Who(who))
			if wrong := (*desk.Invalid)(nil); errors.As(err, &wrong) != ok || !ok && !errors.Is(err, storage.ErrNotFound) {
				t.Errorf("%s by %s: %v; want allowed %v", what, who, err, ok)
			}
		}
	}
	_, err := o.Split(t.Context(), o.Who("records"), open, 2, "")
	wantInvalid(t, "it", err, desk.StackMendable)
	if beside, err := o.Neighbours(t.Context(), o.Who("records"), open); err != nil || len(beside) != 0 {
		t.Errorf("beside a letter of an open stack: %v, %v", beside, err)
	}
}
