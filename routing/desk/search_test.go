package desk_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/scanstation"
	"mailroom/storage"
)

func TestSearch(t *testing.T) {
	o := desktest.Open(t)
	f := o.Fill()
	released := func(n int) storage.DocumentID { return storage.NewDocumentID(f.Released, n) }
	review := func(n int) storage.DocumentID { return storage.NewDocumentID(f.Review, n) }
	tests := map[string]struct {
		who  string
		q    desk.Search
		want []storage.DocumentID
	}{
		"a head finds the own department's letters":     {"head-wohngeld", desk.Search{Text: "Bescheinigung Vermieter"}, []storage.DocumentID{review(1), released(3), released(2), released(1)}},
		"a worker finds the same":                       {"worker-wohngeld", desk.Search{Text: "Bescheinigung Vermieter"}, []storage.DocumentID{review(1), released(3), released(2), released(1)}},
		"another head finds only the other department":  {"head-soziales", desk.Search{Text: "Bescheinigung Vermieter"}, []storage.DocumentID{released(4)}},
		"a foreign letter is not found by its number":   {"head-wohngeld", desk.Search{Text: "SO-2025-00042"}, nil},
		"a foreign letter is not found by its name":     {"head-wohngeld", desk.Search{Text: "Hoffmann"}, nil},
		"a foreign letter is not found by its id":       {"head-wohngeld", desk.Search{Text: string(released(4))}, nil},
		"a foreign letter is not found by misreading":   {"head-wohngeld", desk.Search{Text: "Hofmann"}, nil},
		"choosing a foreign department gives nothing":   {"head-wohngeld", desk.Search{Text: "Bescheinigung", Department: "soziales"}, nil},
		"choosing no department gives nothing":          {"head-wohngeld", desk.Search{Text: "Formular", Department: desk.NoDepartment}, nil},
		"records find letters of no department":         {"records", desk.Search{Text: "Formular Telefon"}, []storage.DocumentID{review(2)}},
		"records choose letters of no department":       {"records", desk.Search{Text: "ich", Department: desk.NoDepartment}, []storage.DocumentID{review(2)}},
		"the auditor finds all":                         {"auditor", desk.Search{Text: "Hoffmann"}, []storage.DocumentID{released(4)}},
		"the auditor chooses a department":              {"auditor", desk.Search{Text: "Bescheinigung Vermieter", Department: "soziales"}, []storage.DocumentID{released(4)}},
		"by a whole case number":                        {"head-wohngeld", desk.Search{Text: "WG-2023-004711"}, []storage.DocumentID{released(1)}},
		"by a misspelt name":                            {"head-wohngeld", desk.Search{Text: "Neumamn"}, []storage.DocumentID{review(1), released(2)}},
		"by state":                                      {"head-wohngeld", desk.Search{Text: "Vermieter", State: storage.Review}, []storage.DocumentID{review(1)}},
		"by the day of receipt":                         {"head-wohngeld", desk.Search{Text: "Vermieter", From: "2026-11-21", To: "2026-11-23"}, []storage.DocumentID{review(1)}},
		"without words nothing is found":                {"auditor", desk.Search{Text: "  "}, nil},
		"a state that is none finds nothing":            {"auditor", desk.Search{Text: "Vermieter", State: "'"}, nil},
		"a cursor that is no letter leads nowhere else": {"auditor", desk.Search{Text: "Vermieter", Before: "x"}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			found, err := o.Search(context.Background(), o.Who(tt.who), tt.q)
			if err != nil {
				t.Fatal(err)
			}
			var got []storage.DocumentID
			for _, h := range found.Hits {
				got = append(got, h.ID)
			}
			if !slices.Equal(got, tt.want) || found.Next != "" {
				t.Errorf("found %v, next %q; want %v", got, found.Next, tt.want)
			}
		})
	}
}

func TestSearchIsNotForAll(t *testing.T) {
	o := desktest.Open(t)
	for _, who := range []string{"scan", "admin"} {
		c := o.Who(who)
		if _, err := o.Search(context.Background(), c, desk.Search{Text: "Miete"}); !errors.Is(err, storage.ErrNotFound) || o.MaySearch(c) {
			t.Errorf("%s may search: %v", who, err)
		}
	}
	for _, day := range []scanstation.Date{"gestern", "2026-13-01"} {
		var wrong *desk.Invalid
		if _, err := o.Search(context.Background(), o.Who("auditor"), desk.Search{Text: "Miete", From: day}); !errors.As(err, &wrong) || wrong.Code != desk.DateWrong {
			t.Errorf("received from %q: %v", day, err)
		}
	}
}

func TestSnippetAndSpots(t *testing.T) {
	o := desktest.Open(t)
	id := storage.NewDocumentID(o.Fill().Released, 1)
	found, err := o.Search(context.Background(), o.Who("head-wohngeld"), desk.Search{Text: "kaltmieten mietbescheinigung"})
	if err != nil || len(found.Hits) != 1 {
		t.Fatalf("found %v, %v", found, err)
	}
	h, marked, all := found.Hits[0], []string{}, ""
	for _, p := range h.Snippet {
		if all += p.Text; p.Marked {
			marked = append(marked, p.Text)
		}
	}
	if h.Page != 2 || !slices.Equal(marked, []string{"Mietbescheinigung", "Kaltmiete"}) || !strings.HasPrefix(all, "Anlage: Mietbescheinigung Kaltmiete 480,00") {
		t.Errorf("page %d, %q marks %q", h.Page, all, marked)
	}
	spots, err := o.Spots(context.Background(), o.Who("head-wohngeld"), id, "WG-2023-004711 Kaltmiete")
	if err != nil || len(spots) != 2 || spots[0].Page != 1 || spots[0].Text != "WG-2023-004711" || spots[1].Page != 2 || spots[1].Box[2] == 0 {
		t.Errorf("spots %+v, %v", spots, err)
	}
	if _, err := o.Spots(context.Background(), o.Who("head-soziales"), id, "Miete"); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("places on a foreign letter: %v", err)
	}
}

func TestSearchPages(t *testing.T) {
	o := desktest.Open(t)
	s := desktest.Stack{Name: "viele.tif", Received: "2026-11-20", Operator: "Sabine Scholz"}
	for range 45 {
		s.Sheets = append(s.Sheets, desktest.Sheet{Lines: []string{"Antrag auf Wohngeld"}}, desktest.Sheet{Lines: []string{"T R E N N B L A T T"}, Separator: true})
	}
	s.Decide = sureOfWohngeld
	o.Put(s)
	q, seen := desk.Search{Text: "Antrag"}, map[storage.DocumentID]bool{}
	var pages []int
	for more := true; more; more = q.Before != "" {
		found, err := o.Search(context.Background(), o.Who("head-wohngeld"), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range found.Hits {
			seen[h.ID] = true
		}
		pages, q.Before = append(pages, len(found.Hits)), found.Next
	}
	if !slices.Equal(pages, []int{20, 20, 5}) || len(seen) != 45 {
		t.Errorf("pages of %v, %d letters", pages, len(seen))
	}
}

func sureOfWohngeld(int, []ocr.Reading) routing.Decision {
	return routing.Decision{Sure: true, Department: "wohngeld", Confidence: 0.9}
}
