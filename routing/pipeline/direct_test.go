package pipeline_test

import (
	"log/slog"
	"testing"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk/desktest"
	"mailroom/routing/pipeline"
	"mailroom/routing/sqlstore"
	"mailroom/scanstation"
	"mailroom/storage"
)

// TestStraightToTheOwner carries a letter of a known case from its cut to its
// end of the line, in a department that lets it go straight to the owner.
func TestStraightToTheOwner(t *testing.T) {
	tests := map[string]struct {
		direct, person, number string
		away                   bool
		want                   storage.DocumentState
	}{
		"the owner is there":            {routing.KnownCase, "Otto Krämer", "WG-2023-004711", false, storage.Assigned},
		"the department does not":       {"", "Otto Krämer", "WG-2023-004711", false, storage.Inbox},
		"the owner is away":             {routing.KnownCase, "Otto Krämer", "WG-2023-004711", true, storage.Inbox},
		"the owner has no account":      {routing.KnownCase, "Petra Neumann", "WG-2024-000815", false, storage.Inbox},
		"no case is known":              {routing.KnownCase, "Jana Weiß", "", false, storage.Inbox},
		"the number is somebody else's": {routing.KnownCase, "Jana Weiß", "WG-2023-004799", false, storage.Review},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			o := desktest.Open(t)
			deps := desktest.Departments()
			deps[0].Direct = tt.direct
			p := line(t, o, deps)
			if tt.away {
				a := routing.Absence{Clerk: o.Who("wohngeld-2").ID, From: "2026-11-24", To: "2026-11-24"}
				if err := o.EnterAbsence(t.Context(), o.Who("wohngeld-2"), a); err != nil {
					t.Fatal(err)
				}
			}
			b := o.Put(desktest.Stack{Name: "brief.tif", Received: "2026-11-24", Operator: "Sabine Scholz", Sheets: []desktest.Sheet{{Lines: desktest.Letter("Wohngeld", tt.person, tt.number)}}})
			for _, step := range []string{storage.StepCut, storage.StepKeep, storage.StepRoute, storage.StepRoute} {
				if err := p.Handle(t.Context(), storage.Job{Step: step, Batch: b, Number: 1}); err != nil {
					t.Fatalf("%s: %v", step, err)
				}
			}
			id := storage.NewDocumentID(b, 1)
			doc, err := o.Archive.Document(t.Context(), id)
			if err != nil || doc.State != tt.want {
				t.Fatalf("%s, %v, %v; want %s", doc.State, doc.Reasons, err, tt.want)
			}
			l, err := o.Assigned(t.Context(), o.Who("head-wohngeld"), "wohngeld", true, "")
			if err != nil || len(l.Letters) == 1 != (tt.want == storage.Assigned) {
				t.Fatalf("%d letters went straight to the owner, %v", len(l.Letters), err)
			}
			if tt.want != storage.Assigned {
				return
			}
			if g := l.Letters[0]; !g.Direct || g.Worker != "wohngeld-2" || g.Name != "Eva Sommer" {
				t.Errorf("it went to %+v", g.Assignment)
			}
			if err := o.Unassign(t.Context(), o.Who("head-wohngeld"), id); err != nil {
				t.Errorf("the head takes it back: %v", err)
			}
		})
	}
}

// TestARuleNamesTheClass carries letters down the line of which a rule says what
// they are: the paper follows, unless the station said something already.
func TestARuleNamesTheClass(t *testing.T) {
	tests := map[string]struct{ words, station, want string }{
		"the rule holds":           {"Postzustellungsurkunde", "", "pzu"},
		"the rule does not":        {"Antrag", "", "normal"},
		"the station says another": {"Postzustellungsurkunde", "high", "high"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			o := desktest.Open(t)
			p := line(t, o, desktest.Departments())
			rules, err := routing.NewRules([]routing.Rule{{Name: "Urkunden", When: `has("Postzustellungsurkunde")`, Class: "pzu"}}, desktest.Departments(), o.Archive.Classes)
			if err != nil {
				t.Fatal(err)
			}
			p.Router.Rules = rules
			lines := append(desktest.Letter("Wohngeld", "Otto Krämer", "WG-2023-004711"), tt.words)
			b := o.Put(desktest.Stack{Name: "brief.tif", Received: "2026-11-24", Operator: "Sabine Scholz", Class: tt.station, Sheets: []desktest.Sheet{{Lines: lines}}})
			for _, step := range []string{storage.StepCut, storage.StepKeep, storage.StepRoute, storage.StepRoute} {
				if err := p.Handle(t.Context(), storage.Job{Step: step, Batch: b, Number: 1}); err != nil {
					t.Fatalf("%s: %v", step, err)
				}
			}
			id := storage.NewDocumentID(b, 1)
			doc, err := o.Archive.Document(t.Context(), id)
			if err != nil || doc.Class != tt.want || doc.State != storage.Inbox {
				t.Errorf("the letter is %s of class %q, %v; want %q", doc.State, doc.Class, err, tt.want)
			}
			paper, err := o.Archive.Original(t.Context(), id)
			if err != nil || paper.Class != tt.want || (paper.State == storage.ToKeep) != (tt.want == "pzu") {
				t.Errorf("its paper is %s of class %q, %v", paper.State, paper.Class, err)
			}
			told, err := o.Archive.Events(t.Context(), storage.EventFilter{Object: string(id)})
			n := 0
			for _, e := range told {
				if e.Kind == storage.EventReclassed {
					n++
				}
			}
			if err != nil || (n == 1) != (tt.want == "pzu") || n > 1 {
				t.Errorf("%d events tell of another class, %v", n, err)
			}
		})
	}
}

func line(t *testing.T, o *desktest.Office, deps []routing.Department) *pipeline.Pipeline {
	t.Helper()
	var grammars []ocr.Grammar
	for _, d := range deps {
		patterns, err := d.Patterns()
		if err != nil {
			t.Fatal(err)
		}
		grammars = append(grammars, ocr.Grammar{Department: d.ID, Numbers: patterns, Names: []string{d.Name}})
	}
	finder, err := ocr.NewFinder(grammars)
	if err != nil {
		t.Fatal(err)
	}
	rows := sqlstore.Store{}
	return &pipeline.Pipeline{
		Archive: o.Archive, Finder: finder, Router: routing.Router{Register: rows}, Decisions: rows,
		Veil:   routing.Veil{Archive: o.Archive, Blocks: rows, Register: rows, Filings: rows, Decisions: rows, Assignments: rows, Now: o.Clock.Now},
		Limits: scanstation.DefaultLimits, Temp: t.TempDir(), Now: o.Clock.Now, Log: slog.New(slog.DiscardHandler),
		Giver: pipeline.Giver{Departments: deps, Clerks: rows, Absences: rows, Assignments: rows},
	}
}
