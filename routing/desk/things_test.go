package desk_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/scanstation"
	"mailroom/storage"
)

// wrongBy returns the code of an answer that must be given differently.
func wrongBy(err error) string {
	var wrong *desk.Invalid
	if errors.As(err, &wrong) {
		return wrong.Code
	}
	return ""
}

// withCover puts a letter with the cover sheet of a thing into the office.
func withCover(o *desktest.Office, id scanstation.PlaceholderID) storage.DocumentID {
	b := o.Put(desktest.Stack{
		Name: "brief.tif", Received: "2026-11-20", Operator: "Sabine Scholz",
		Sheets: []desktest.Sheet{{Lines: []string{"Ihr Zeichen: WG-2023-004711"}}, {Lines: []string{"ERSATZBELEG"}, Cover: id}},
		Decide: func(_ int, r []ocr.Reading) routing.Decision {
			return desktest.Sure(desktest.Case("WG-2023-004711"), r)
		},
	})
	return storage.NewDocumentID(b, 1)
}

func TestAThingGoesItsWay(t *testing.T) {
	o := desktest.Open(t)
	ctx, scan, records, worker := t.Context(), o.Who("scan"), o.Who("records"), o.Who("wohngeld-2")
	cash := desk.NewThing{Kind: storage.Cash, Amount: "1.250,50", Currency: "eur", Place: "Tresor 1", Words: "25 Scheine\x07"}
	for name, tt := range map[string]struct {
		change func(*desk.NewThing)
		want   string
	}{
		"no kind":          {func(n *desk.NewThing) { n.Kind = "gold" }, desk.ThingUnknown},
		"no amount":        {func(n *desk.NewThing) { n.Amount = "" }, desk.AmountWrong},
		"nothing":          {func(n *desk.NewThing) { n.Amount = "0,00" }, desk.AmountWrong},
		"no number":        {func(n *desk.NewThing) { n.Amount = "12,5" }, desk.AmountWrong},
		"a dot too many":   {func(n *desk.NewThing) { n.Amount = "12.50" }, desk.AmountWrong},
		"no currency":      {func(n *desk.NewThing) { n.Currency = "Mark" }, desk.AmountWrong},
		"no place":         {func(n *desk.NewThing) { n.Place = " " }, desk.PlaceMissing},
		"too many letters": {func(n *desk.NewThing) { n.Words = strings.Repeat("x", 5000) }, desk.TextLong},
	} {
		n := cash
		tt.change(&n)
		if _, err := o.RecordThing(ctx, scan, n); wrongBy(err) != tt.want {
			t.Errorf("%s: %v; want %s", name, err, tt.want)
		}
	}
	p, err := o.RecordThing(ctx, scan, cash)
	if err != nil || p.Value() != "1.250,50 EUR" || p.Words != "25 Scheine" || p.First.Name != scan.Name {
		t.Fatalf("recorded %+v, %v", p, err)
	}
	id := withCover(o, p.ID)
	list, err := o.Things(ctx, records)
	if err != nil || len(list.Open) != 1 || !list.Records || !list.Open[0].Signs || list.Open[0].Document != id || !list.Open[0].Letter {
		t.Fatalf("records see %+v, %v", list, err)
	}
	list, err = o.Things(ctx, scan)
	if err != nil || len(list.Open) != 1 || list.Open[0].Signs || list.Open[0].Letter {
		t.Errorf("who recorded it sees %+v, %v; want no signature offered, and no letter after the release", list, err)
	}
	var pdf bytes.Buffer
	if err := o.PrintThing(ctx, scan, p.ID, &pdf); err != nil || !bytes.HasPrefix(pdf.Bytes(), []byte("%PDF-1.7")) {
		t.Errorf("printed %d bytes, %v", pdf.Len(), err)
	}
	seen := list.Open[0].Version
	act := func(who routing.Clerk, do desk.ThingStep, text, words string) error {
		p, err := o.ActOnThing(ctx, who, p.ID, desk.ThingAct{Do: do, Seen: seen, Text: text, Words: words})
		if err == nil {
			seen = p.Version
		}
		return err
	}
	if err := act(scan, desk.SignThing, "", ""); wrongBy(err) != desk.SignedBefore {
		t.Errorf("the first person signed again: %v", err)
	}
	for _, step := range []struct {
		who         routing.Clerk
		do          desk.ThingStep
		text, words string
		want        string
	}{
		{records, desk.MoveThing, "Tresor 2", "", desk.ThingOvertaken}, // not before it is signed
		{records, desk.SignThing, "", "", ""},
		{records, desk.SignThing, "", "", desk.ThingOvertaken},
		{records, desk.MoveThing, "Tresor 2", "", ""},
		{records, desk.VoidThing, "", "Irrtum", desk.ThingOvertaken},
		{records, desk.HandOutThing, " ", "", desk.ReceiverMissing},
		{records, desk.HandOutThing, "Stadtkasse", "Quittung 4", ""},
		{records, desk.SignThing, "", "", desk.SignedBefore},
		{scan, desk.RefuseThing, "", "", desk.ReasonMissing},
		{scan, desk.SignThing, "", "", ""},
	} {
		if err := act(step.who, step.do, step.text, step.words); wrongBy(err) != step.want || step.want == "" && err != nil {
			t.Errorf("%s by %s: %v; want %q", step.do, step.who.Login, err, step.want)
		}
	}
	l, err := o.Letter(ctx, worker, id)
	if err != nil || len(l.Things) != 1 || l.Things[0].State != storage.PlaceholderHandedOut || l.Things[0].Place != "Tresor 2" || l.Things[0].Acts {
		t.Errorf("the worker sees %+v, %v", l.Things, err)
	}
	var kinds []string
	for _, m := range l.Life {
		if m.Number == string(p.ID) {
			kinds = append(kinds, m.Kind)
		}
	}
	if len(kinds) != 6 || kinds[0] != storage.EventPlaceholder || kinds[5] != storage.EventPlaceholderOut {
		t.Errorf("the letter's life tells %v", kinds)
	}
}

func TestWhoMayKeepThings(t *testing.T) {
	o := desktest.Open(t)
	ctx := t.Context()
	p, err := o.RecordThing(ctx, o.Who("records"), desk.NewThing{Kind: storage.LargePlan, Place: "Planschrank"})
	if err != nil || p.State != storage.PlaceholderKept {
		t.Fatalf("recorded %+v, %v", p, err)
	}
	for login, want := range map[string][2]bool{"scan": {true, true}, "records": {true, true}, "auditor": {true, false}, "admin": {}, "head-wohngeld": {}, "wohngeld-2": {}} {
		who := o.Who(login)
		_, see := o.Things(ctx, who)
		_, keep := o.ActOnThing(ctx, who, p.ID, desk.ThingAct{Do: desk.MoveThing})
		print := o.PrintThing(ctx, who, p.ID, &bytes.Buffer{})
		for what, got := range map[string]struct {
			err error
			may bool
		}{"see": {see, want[0]}, "keep": {keep, want[1]}, "print": {print, want[1]}} {
			if errors.Is(got.err, storage.ErrNotFound) == got.may {
				t.Errorf("%s: %s: %v; want allowed %v", login, what, got.err, got.may)
			}
		}
	}
	letter := o.Brief()
	for text, want := range map[string]string{"": desk.LetterUnknown, "20261124-ZZZZZZZZ-001": desk.LetterUnknown, string(letter): ""} {
		if _, err := o.ActOnThing(ctx, o.Who("scan"), p.ID, desk.ThingAct{Do: desk.TieThing, Seen: p.Version, Text: text}); wrongBy(err) != want {
			t.Errorf("tied to %q: %v; want %q", text, err, want)
		}
	}
	if err := o.PrintThing(ctx, o.Who("scan"), "7F3K9Q2M", &bytes.Buffer{}); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("printed what nobody recorded: %v", err)
	}
}
