package storagetest

import (
	"context"
	"slices"
	"testing"

	"mailroom/storage"
)

// testSight asks who comes across sealed and hidden documents.
func testSight(t *testing.T, l storage.Ledger) {
	fill(t, l)
	list := func(f storage.DocumentFilter) (got []int) {
		view(t, l, func(ctx context.Context, tx storage.Tx) error {
			docs, err := l.Documents(ctx, tx, f)
			got = nil
			for _, d := range docs {
				got = append(got, d.Number)
			}
			slices.Sort(got)
			return err
		})
		return got
	}
	expect := func(when string, got []int, want ...int) {
		t.Helper()
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v; want %v", when, got, want)
		}
	}
	all := storage.SearchFilter{Text: "Rechnung", All: true}
	seal := func(text string, s *storage.Seal) {
		d := letters[0].document()
		d.Text, d.Seal = text, s
		do(t, l, func(ctx context.Context, tx storage.Tx) error { return l.SaveDocument(ctx, tx, d) })
	}
	expect("before", search(t, l, all), 1, 3, 4, 5)
	for _, text := range []string{"", letters[0].text} {
		seal(text, &storage.Seal{Source: storage.SealPerson, Recipients: []string{"anna", "bert"}})
		expect("sealed", search(t, l, all), 3, 4, 5)
	}
	expect("for a recipient", list(storage.DocumentFilter{Recipient: "bert", States: []storage.DocumentState{storage.Inbox, storage.Review}}), 1)
	expect("for another", list(storage.DocumentFilter{Recipient: "carl"}))
	seal("", &storage.Seal{Source: storage.SealPerson, Recipients: []string{"carl"}})
	expect("for one no longer", list(storage.DocumentFilter{Recipient: "bert"}))
	seal(letters[0].text, nil)
	expect("opened", search(t, l, all), 1, 3, 4, 5)
	expect("for nobody", list(storage.DocumentFilter{Recipient: "carl"}))

	inbox := storage.DocumentFilter{States: []storage.DocumentState{storage.Inbox}, Reader: "anna"}
	both := storage.DocumentFilter{States: []storage.DocumentState{storage.Inbox, storage.Review}, Reader: "anna"}
	own := storage.DocumentFilter{Department: "wohngeld", States: []storage.DocumentState{storage.Inbox}, Reader: "anna"}
	one := storage.DocumentFilter{ID: letters[1].document().ID, Reader: "anna"}
	expect("nothing is hidden", list(inbox), 1, 2, 3, 7)
	hide := func(readers ...string) {
		do(t, l, func(ctx context.Context, tx storage.Tx) error {
			return l.Hide(ctx, tx, letters[1].document().ID, readers)
		})
	}
	hide("anna", "bert")
	for when, tt := range map[string]struct {
		f    storage.DocumentFilter
		want []int
	}{"in one state": {inbox, []int{1, 3, 7}}, "in two": {both, []int{1, 3, 4, 7}}, "of a department": {own, []int{1}}, "by its id": {one, nil}} {
		expect("hidden, "+when, list(tt.f), tt.want...)
	}
	own.Reader = "carl"
	expect("for others", list(own), 1, 2)
	number := storage.SearchFilter{Text: "WG-2023-004711", All: true, Reader: "anna"}
	expect("in the search, where near words stand in", search(t, l, number), 5)
	number.Reader = "carl"
	expect("in the search for others", search(t, l, number), 2, 5)
	hide("bert")
	expect("shown again", list(own), 1, 2)
	own.Reader, number.Reader = "anna", "anna"
	expect("to the one as well", list(own), 1, 2)
	expect("and found", search(t, l, number), 2, 5)
}
