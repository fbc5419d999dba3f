package desktest

import (
	"context"
	"fmt"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/figures"
	"mailroom/routing/sqlstore"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Filled names the stacks of a filled office.
type Filled struct {
	Released, Review, Reading, Parked scanstation.BatchID
}

// Fill puts a stack in every state into the office: one released with four
// letters, one in review with two and a rejected image, one being read, one
// that could not be opened.
func (o *Office) Fill() Filled {
	o.t.Helper()
	return Filled{Released: o.released(), Review: o.inReview(), Reading: o.reading(), Parked: o.Put(Stack{Name: "post/geschuetzt.pdf", Received: "2026-11-24", Operator: "Sabine Scholz", Park: scanstation.Encrypted})}
}

func (o *Office) released() scanstation.BatchID {
	sep := Sheet{Lines: []string{"T R E N N B L A T T"}, Separator: true}
	cases := []routing.CaseNumber{"WG-2023-004711", "WG-2024-000815", "", "SO-2025-00042"}
	return o.Put(Stack{
		Name: "post/vormittag.tif", Received: "2026-11-20", Operator: "Sabine Scholz",
		Sheets: []Sheet{
			{Lines: Letter("Wohngeldstelle", "Otto Krämer", "WG-2023-004711")}, {Lines: []string{"Anlage: Mietbescheinigung", "", "Kaltmiete 480,00 EUR", "Nebenkosten 120,00 EUR"}}, {}, sep,
			{Lines: Letter("Wohngeldstelle", "Petra Neumann", "WG-2024-000815"), PNG: true}, sep,
			{Lines: Letter("Wohngeldstelle", "Jana Weiß", "")}, sep,
			{Lines: Letter("Amt für Soziales", "Klara Hoffmann", "SO-2025-00042")},
		},
		Decide: func(n int, r []ocr.Reading) routing.Decision {
			if cases[n-1] == "" {
				return routing.Decision{Sure: true, Department: "wohngeld", Confidence: 0.9, Reasons: []scanstation.Reason{{Code: routing.NoNumber}}}
			}
			return Sure(Case(cases[n-1]), r)
		},
	})
}

func (o *Office) inReview() scanstation.BatchID {
	return o.Put(Stack{
		Name: "post/nachmittag.tif", Received: "2026-11-23", Operator: "",
		Sheets: []Sheet{
			{Lines: Letter("Wohngeldstelle", "P. Neumann", "")}, {Failed: scanstation.Crashed}, {}, {Lines: []string{"T R E N N B L A T T"}, Separator: true},
			{Lines: []string{"Guten Tag,", "", "wie am Telefon besprochen schicke ich Ihnen das Formular.", "", "M. Schulte"}},
		},
		Decide: func(n int, r []ocr.Reading) routing.Decision {
			if n == 1 {
				return routing.Decision{
					Department: "wohngeld", Confidence: 0.5,
					Options: []routing.Option{Option("WG-2024-000815", r, "P. Neumann"), Option("WG-2024-000816", r, "P. Neumann")},
					Reasons: []scanstation.Reason{{Code: routing.SeveralCases, Detail: "WG-2024-000815, WG-2024-000816"}, {Code: routing.DoubtfulCut}},
				}
			}
			return routing.Decision{Reasons: []scanstation.Reason{{Code: routing.UnknownDepartment}}}
		},
	})
}

func (o *Office) reading() scanstation.BatchID {
	s := Stack{Name: "post/mittag.tif", Received: "2026-11-24", Operator: "Sabine Scholz", Unread: 5}
	for i := range 8 {
		s.Sheets = append(s.Sheets, Sheet{Lines: []string{fmt.Sprintf("Blatt %d", i+1)}})
	}
	return o.Put(s)
}

// Private puts a stack of one letter to the staff council into the office: it
// is sealed, and for the log-in personalrat. Words of its own are "Abmahnung"
// and its sender, Rita Falk.
func (o *Office) Private(department string) storage.DocumentID {
	o.t.Helper()
	return o.closed(department, "Personalrat")
}

// Confidential is Private with words in its address that name no recipient.
func (o *Office) Confidential(department string) storage.DocumentID {
	o.t.Helper()
	return o.closed(department, "Persönlich / Vertraulich")
}

func (o *Office) closed(department, line string) storage.DocumentID {
	id := o.Put(Stack{
		Name: "rita-falk.tif", Received: "2026-11-20", Operator: "Sabine Scholz",
		Sheets: []Sheet{{Lines: []string{
			"Rita Falk", "Lindenweg 7", "12345 Musterstadt", "", "Stadt Musterstadt", line, "Rathausplatz 1", "", "",
			"Ihr Zeichen: WG-2023-004711", "", "wegen der Abmahnung bitte ich um ein Gespräch.", "", "Rita Falk",
		}}},
		Decide: func(int, []ocr.Reading) routing.Decision { return routing.Decision{Department: department} },
	})
	return storage.NewDocumentID(id, 1)
}

// Count brings the figures up to date.
func (o *Office) Count() {
	o.t.Helper()
	f := &figures.Follower{Archive: o.Archive, Figures: sqlstore.Store{}}
	for more := true; more; {
		var err error
		more, err = f.Step(context.Background())
		o.must(err)
	}
}

// Brief puts a stack of one letter into the office, which is sure and proposed
// to wohngeld-2.
func (o *Office) Brief() storage.DocumentID {
	o.t.Helper()
	id := o.Put(Stack{
		Name: "brief.tif", Received: "2026-11-20", Operator: "Sabine Scholz",
		Sheets: []Sheet{{Lines: []string{"Ihr Zeichen: WG-2023-004711"}}},
		Decide: func(_ int, r []ocr.Reading) routing.Decision { return Sure(Case("WG-2023-004711"), r) },
	})
	return storage.NewDocumentID(id, 1)
}
