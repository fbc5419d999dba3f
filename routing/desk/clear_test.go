package desk_test

import (
	"errors"
	"testing"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/storage"
)

// An answer may name several files: all of them or none.
func TestResolveIntoSeveralFiles(t *testing.T) {
	o := desktest.Open(t)
	ctx, head := t.Context(), o.Who("head-wohngeld")
	id := storage.NewDocumentID(o.Fill().Review, 1)
	further := func(number routing.CaseNumber) routing.Filing {
		return routing.Filing{Department: "soziales", CaseNumber: number}
	}
	for name, wrong := range map[string][]routing.Filing{
		"no such case":  {further("so-2025-00042"), further("SO-1900-00001")},
		"the same file": {{Department: "wohngeld", CaseNumber: "WG-2024-000816"}},
		"twice":         {further("SO-2025-00042"), further("so-2025-00042")},
	} {
		var invalid *desk.Invalid
		if err := o.Resolve(ctx, head, id, "wohngeld", "WG-2024-000816", wrong...); !errors.As(err, &invalid) {
			t.Errorf("%s: %v; want it refused", name, err)
		}
		if got := stands(t, o, id); got != "review: " {
			t.Fatalf("%s: the letter stands %q; want it untouched", name, got)
		}
	}
	if err := o.Resolve(ctx, head, id, "wohngeld", "", further("SO-2025-00042")); err == nil {
		t.Error("a further file beside none is taken")
	}
	if err := o.Resolve(ctx, head, id, "wohngeld", "WG-2024-000816", further("so-2025-00042")); err != nil {
		t.Fatal(err)
	}
	if got := stands(t, o, id); got != "inbox: open" {
		t.Errorf("the letter stands %q; want it in the inbox with a further filing", got)
	}
	l, err := o.Letter(ctx, o.Who("head-soziales"), id)
	if err != nil || len(l.Parts) != 2 || l.Parts[1].CaseNumber != "SO-2025-00042" {
		t.Errorf("the other department sees %+v, %v; want both files", l.Parts, err)
	}
	var kinds []string
	for _, m := range l.Life {
		kinds = append(kinds, m.Kind)
	}
	if len(kinds) == 0 || kinds[len(kinds)-1] != routing.EventFiling+string(routing.FilingOpen) {
		t.Errorf("the events are %v; want the filing last", kinds)
	}
}
