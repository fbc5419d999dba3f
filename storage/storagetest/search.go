package storagetest

import (
	"context"
	"slices"
	"testing"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
)

// sought is a document as a search sees it.
type sought struct {
	number     int
	department string
	state      storage.DocumentState
	received   scanstation.Date
	text       string
}

var letters = []sought{
	{1, "wohngeld", storage.Inbox, "2026-11-01", "Rechnung über die Miete der Lindenstraße"},
	{2, "wohngeld", storage.Inbox, "2026-11-02", "Az. WG-2023-004711\nMietbe-\nscheinigung von Otto Krämer"},
	{3, "soziales", storage.Inbox, "2026-11-03", "Die Rechnungen und Häuser in der Lindenstrasse, Az. WG-2023-004712"},
	{4, "", storage.Review, "2026-11-04", "Rechnung ohne Absender"},
	{5, "wohngeld", storage.Closed, "2026-11-05", "Rechnvng, schlecht gelesen, Az. WG-2O23-004711"},
	{6, "wohngeld", storage.Superseded, "2026-11-05", "Rechnung, anders getrennt"},
	{7, "soziales", storage.Inbox, "2026-11-07", "Haus Kraemer, Geheimwort\x00" + hard},
}

// cases are those of some of the letters.
var cases = map[int]storage.About{
	2: {Number: "WG-2023-004711", Person: "Krämer, Otto"}, 3: {Number: "WG-2023-004712", Person: "Kramer-Öz, Ina"}, 5: {Number: "WG-2023-004711", Person: "Krämer, Otto"},
}

func (s sought) document() storage.Document {
	d := newDocument(1, s.number, s.state, s.department)
	d.CaseNumber, d.Person = cases[s.number].Number, cases[s.number].Person
	d.Text, d.ReceivedOn, d.Findings = s.text, s.received, ocr.Findings{}
	return d
}

// fill saves all letters as they arrive: archived first, then moved without
// their text.
func fill(t *testing.T, l storage.Ledger) {
	t.Helper()
	for _, s := range letters {
		for _, state := range []storage.DocumentState{storage.Archived, s.state} {
			d := s.document()
			if d.State = state; state != storage.Archived {
				d.Text = ""
			} else {
				d.Department = "station"
			}
			do(t, l, func(ctx context.Context, tx storage.Tx) error { return l.SaveDocument(ctx, tx, d) })
		}
	}
}

func search(t *testing.T, l storage.Ledger, f storage.SearchFilter) (got []int) {
	t.Helper()
	view(t, l, func(ctx context.Context, tx storage.Tx) error {
		ids, err := l.Search(ctx, tx, f)
		got = nil
		for _, id := range ids {
			n := slices.IndexFunc(letters, func(s sought) bool { return s.document().ID == id })
			got = append(got, n+1)
		}
		return err
	})
	return got
}

func testSearch(t *testing.T, l storage.Ledger) {
	fill(t, l)
	all := func(text string) storage.SearchFilter { return storage.SearchFilter{Text: text, All: true} }
	of := func(text string, departments ...string) storage.SearchFilter {
		return storage.SearchFilter{Text: text, Departments: departments}
	}
	tests := map[string]struct {
		filter storage.SearchFilter
		want   []int
	}{
		"a word in all its forms, newest first":     {all("rechnungen"), []int{5, 4, 3, 1}},
		"every word must stand there":               {all("Rechnung Miete"), []int{1}},
		"umlauts and sharp s however written":       {all("HAUS lindenstraße"), []int{3}},
		"an umlaut written as two letters":          {all("Krämer"), []int{7, 2}},
		"a word parted at the end of a line":        {all("Mietbescheinigung"), []int{2}},
		"a whole case number, misread ones as well": {all("WG-2023-004711"), []int{5, 2}},
		"a case number written otherwise":           {all("wg 2023 004711"), []int{5, 2}},
		"a misread word":                            {all("Mietbeschcinigung"), []int{2}},
		"the document's own name":                   {all(string(letters[2].document().ID)), []int{3}},
		"no word finds nothing":                     {all(" - "), nil},
		"a word that stands nowhere":                {all("Zebra"), nil},
		"one word of two that stands nowhere":       {all("Rechnung Zebra"), nil},
		"superseded ones are not found":             {all("getrennt"), nil},
		"whoever may see nothing finds nothing":     {storage.SearchFilter{Text: "Rechnung"}, nil},
		"only of one department":                    {of("Rechnung", "wohngeld"), []int{5, 1}},
		"of two departments":                        {of("Rechnung", "wohngeld", "soziales"), []int{5, 3, 1}},
		"a foreign letter by its very word":         {of("Geheimwort", "wohngeld"), nil},
		"the department it had before is not asked": {of("Rechnung", "station"), nil},
		"only of no department":                     {storage.SearchFilter{Text: "Rechnung", Unknown: true}, []int{4}},
		"of a department and of none":               {storage.SearchFilter{Text: "Rechnung", Unknown: true, Departments: []string{"soziales"}}, []int{4, 3}},
		"in a state":                                {storage.SearchFilter{Text: "Rechnung", All: true, States: []storage.DocumentState{storage.Closed, storage.Review}}, []int{5, 4}},
		"received from a day":                       {storage.SearchFilter{Text: "Rechnung", All: true, From: "2026-11-04"}, []int{5, 4}},
		"received until a day":                      {storage.SearchFilter{Text: "Rechnung", All: true, To: "2026-11-03"}, []int{3, 1}},
		"by the number of its case alone":           {storage.SearchFilter{Number: "wg 2023/004711", All: true}, []int{5, 2}},
		"by the number of a foreign case":           {storage.SearchFilter{Number: "WG-2023-004711", Departments: []string{"soziales"}}, nil},
		"by whose case it is":                       {storage.SearchFilter{Person: "Kraemer", All: true}, []int{5, 3, 2}},
		"by surname and given name":                 {storage.SearchFilter{Person: "krämer otto", All: true}, []int{5, 2}},
		"by person and word":                        {storage.SearchFilter{Person: "Krämer", Text: "Mietbescheinigung", All: true}, []int{2}},
		"of one kind of post":                       {storage.SearchFilter{Text: "Rechnung", All: true, Kind: "fax"}, nil},
		"but not these":                             {storage.SearchFilter{Text: "Rechnung", All: true, Without: []storage.DocumentID{letters[3].document().ID}}, []int{5, 3, 1}},
		"one of another department":                 {storage.SearchFilter{Text: "Rechnung", Departments: []string{"wohngeld"}, Also: []storage.DocumentID{letters[2].document().ID, letters[4].document().ID}}, []int{5, 3, 1}},
		"one of another department, page after":     {storage.SearchFilter{Text: "Rechnung", Departments: []string{"wohngeld"}, Also: []storage.DocumentID{letters[2].document().ID}, Before: letters[4].document().ID, Limit: 1}, []int{3}},
		"one of another department alone":           {storage.SearchFilter{Text: "Geheimwort", Also: []storage.DocumentID{letters[6].document().ID}}, []int{7}},
		"no other of that department":               {storage.SearchFilter{Text: "Krämer", Also: []storage.DocumentID{letters[6].document().ID}}, []int{7}},
		"one of another department by its number":   {storage.SearchFilter{Number: "WG-2023-004711", Also: []storage.DocumentID{letters[1].document().ID}}, []int{2}},
		"no more than wanted":                       {storage.SearchFilter{Text: "Rechnung", All: true, Limit: 2}, []int{5, 4}},
		"the page after":                            {storage.SearchFilter{Text: "Rechnung", All: true, Limit: 2, Before: letters[3].document().ID}, []int{3, 1}},
		"after a document that never was":           {storage.SearchFilter{Text: "Rechnung", All: true, Before: "20261122-7F3K0001-999"}, nil},
		"quotes and place holders are plain words":  {all(`Geheimwort " ' $1 ?1 -- /* ;`), []int{7}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := search(t, l, tt.filter); !slices.Equal(got, tt.want) {
				t.Errorf("got %v; want %v", got, tt.want)
			}
		})
	}
}

// testVocabulary sees that no word outlasts the last document that has it, and
// that words move with their document from department to department.
func testVocabulary(t *testing.T, l storage.Ledger) {
	save := func(n int, state storage.DocumentState, department, text string) {
		d := newDocument(1, n, state, department)
		d.Text, d.Findings = text, ocr.Findings{}
		do(t, l, func(ctx context.Context, tx storage.Tx) error { return l.SaveDocument(ctx, tx, d) })
	}
	words := func() int { return count(t, l, `SELECT count(*) FROM search_vocabulary`) }
	in := func(department string) []storage.DocumentID {
		var ids []storage.DocumentID
		view(t, l, func(ctx context.Context, tx storage.Tx) (err error) {
			ids, err = l.Search(ctx, tx, storage.SearchFilter{Text: "Geheimnis", Departments: []string{department}})
			return err
		})
		return ids
	}
	save(1, storage.Archived, "", "Geheimnis Miete")
	if words() != 0 || len(in("")) != 0 {
		t.Error("what nobody has decided on yet is found")
	}
	save(1, storage.Inbox, "bau", "")
	alone := words()
	save(2, storage.Inbox, "soziales", "Miete")
	both := words()
	if alone == 0 || both <= alone || len(in("bau")) != 1 {
		t.Fatalf("%d words, then %d, %d found", alone, both, len(in("bau")))
	}
	save(1, storage.Inbox, "soziales", "")
	if len(in("bau")) != 0 || len(in("soziales")) != 1 || words() != both {
		t.Error("the words did not move with their document")
	}
	save(1, storage.Superseded, "soziales", "")
	if left := words(); left != both-3 { // Geheimnis and what its name has for itself
		t.Errorf("%d of %d words are left", left, both)
	}
	save(2, storage.Superseded, "soziales", "")
	if words() != 0 || count(t, l, `SELECT count(*) FROM search_words`) != 0 {
		t.Error("words are left of no document")
	}
}

func testSearchFollows(t *testing.T, l storage.Ledger) {
	fill(t, l)
	d := letters[0].document()
	d.Text = "Kündigung"
	do(t, l, func(ctx context.Context, tx storage.Tx) error { return l.SaveDocument(ctx, tx, d) })
	if got := search(t, l, storage.SearchFilter{Text: "Kündigung", All: true}); !slices.Equal(got, []int{1}) {
		t.Errorf("by its new word: %v", got)
	}
	if got := search(t, l, storage.SearchFilter{Text: "Lindenstraße", All: true}); !slices.Equal(got, []int{3}) {
		t.Errorf("by its old word: %v", got)
	}
	d.State = storage.Superseded
	do(t, l, func(ctx context.Context, tx storage.Tx) error { return l.SaveDocument(ctx, tx, d) })
	if got := search(t, l, storage.SearchFilter{Text: "Kündigung", All: true}); got != nil {
		t.Errorf("superseded: %v", got)
	}
}

// testSearchMany looks for a word that stands in more documents than a page
// holds, page by page.
func testSearchMany(t *testing.T, l storage.Ledger) {
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		for n := range 120 {
			d := newDocument(1, n+1, storage.Inbox, []string{"wohngeld", "soziales"}[n%2])
			d.Text = "Miete und Nachweise"
			if n == 60 {
				d.Text += " Mieze" // one letter beside, but there are enough
			}
			if err := l.SaveDocument(ctx, tx, d); err != nil {
				return err
			}
		}
		return nil
	})
	f := storage.SearchFilter{Text: "Miete Nachweis", Departments: []string{"wohngeld"}, Limit: 25}
	var pages []int
	seen := map[storage.DocumentID]bool{}
	for range 5 {
		view(t, l, func(ctx context.Context, tx storage.Tx) error {
			ids, err := l.Search(ctx, tx, f)
			pages = append(pages, len(ids))
			for _, id := range ids {
				if f.Before != "" && id >= f.Before || seen[id] {
					t.Errorf("%s after %s", id, f.Before)
				}
				seen[id], f.Before = true, id
			}
			return err
		})
	}
	if !slices.Equal(pages, []int{25, 25, 10, 0, 0}) || len(seen) != 60 {
		t.Errorf("pages of %v, %d documents", pages, len(seen))
	}
	f = storage.SearchFilter{Text: "Miete", All: true, Limit: 1000}
	view(t, l, func(ctx context.Context, tx storage.Tx) error {
		ids, err := l.Search(ctx, tx, f)
		if len(ids) != 100 {
			t.Errorf("%d at once; want no more than 100", len(ids))
		}
		return err
	})
}
