package desk_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/storage"
)

// worked is an office in which letters have gone their ways.
func worked(t *testing.T) *desktest.Office {
	ctx, o := context.Background(), desktest.Open(t)
	f := o.Fill()
	head, worker := o.Who("head-wohngeld"), o.Who("wohngeld-2")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for n := range 4 {
		id := o.Brief()
		o.Clock.Time = o.Clock.Time.Add(2 * time.Hour)
		must(o.Assign(ctx, head, id, "wohngeld-2", "Eilt"))
		o.Clock.Time = o.Clock.Time.Add(30 * time.Minute)
		must(o.File(ctx, worker, id, "WG-2023-004711"))
		if n > 0 {
			must(o.Begin(ctx, worker, id))
			must(o.Close(ctx, worker, id))
		}
	}
	must(o.Refuse(ctx, head, storage.NewDocumentID(f.Released, 2), routing.OtherRefusal, "Frau Neumann ist verzogen"))
	must(o.Forward(ctx, head, storage.NewDocumentID(f.Released, 3), "soziales", ""))
	must(o.End(ctx, o.Who("head-soziales"), storage.NewDocumentID(f.Released, 4), desk.Ending{State: storage.Finance, Reason: "Rechnung"}))
	o.Count()
	return o
}

func TestFiguresOfTheHouse(t *testing.T) {
	o := worked(t)
	f, err := o.Figures(context.Background(), o.Who("records"), 30, "")
	if err != nil {
		t.Fatal(err)
	}
	want := desk.Sums{
		routing.CountItems: 10, routing.CountPages: 11, routing.CountArrived: 8, routing.CountSheets: 9, routing.CountAssigned: 4, routing.CountFiled: 4,
		routing.CountClosed: 3, routing.CountEnded: 1, routing.CountNumber: 7, routing.CountKnown: 1, routing.CountDoubtful: 2, routing.CountCorrected: 2,
		routing.CountRefused: 1, routing.CountForwarded: 1,
	}
	for what, n := range want {
		if f.Total[what] != n {
			t.Errorf("%s: %d; want %d", what, f.Total[what], n)
		}
	}
	if len(f.Series) != 30 || f.Series[29].From != f.To || f.Until.IsZero() {
		t.Errorf("%d days until %s, counted until %s", len(f.Series), f.To, f.Until)
	}
	for _, s := range f.Steps {
		near := map[string]time.Duration{routing.StepAssigned: 2 * time.Hour, routing.StepFiled: 30 * time.Minute, routing.StepClosed: 0}
		if d, ok := near[s.Step]; ok && (!s.Known || s.Median < d*85/100 || s.Median > d*115/100 || s.P95 < s.Median) {
			t.Errorf("%s takes %s, %s at most; want %s", s.Step, s.Median, s.P95, d)
		}
	}
	open := map[storage.DocumentState]int64{}
	for _, s := range f.Open {
		open[s.State] = s.N
		if s.N > 0 && s.Oldest == "" {
			t.Errorf("nothing is the oldest in %s", s.State)
		}
	}
	if open[storage.Review] != 3 || open[storage.Inbox] != 2 || open[storage.Filed] != 1 || open[storage.InWork] != 0 {
		t.Errorf("open are %v", open)
	}
	if !slices.Contains(f.Refusals, desk.ReasonSum{Code: routing.OtherRefusal, N: 1}) || !slices.Contains(f.Reasons, desk.ReasonSum{Code: routing.UnknownDepartment, N: 1}) {
		t.Errorf("reasons %v, refusals %v", f.Reasons, f.Refusals)
	}
	if len(f.Stations) != 1 || !f.Stations[0].Folded || f.Stations[0].Sums[routing.CountStacks] != 5 {
		t.Errorf("one person scans; stations are %v", f.Stations)
	}
}

func TestFiguresAreOfOwnDepartments(t *testing.T) {
	ctx, o := context.Background(), worked(t)
	for who, want := range map[string]struct {
		departments int
		missing     bool
		arrived     int64
	}{
		"head-wohngeld": {1, false, 7}, "head-soziales": {1, false, 1}, "records": {2, false, 8}, "auditor": {2, false, 8}, "admin": {2, false, 8},
		"worker-wohngeld": {0, true, 0}, "scan": {0, true, 0},
	} {
		f, err := o.Figures(ctx, o.Who(who), 30, "")
		if want.missing != errors.Is(err, storage.ErrNotFound) || len(f.Departments) != want.departments || f.Total[routing.CountArrived] != want.arrived {
			t.Errorf("%s: %d departments, %d letters, %v", who, len(f.Departments), f.Total[routing.CountArrived], err)
		}
	}
	head := o.Who("head-wohngeld")
	for _, foreign := range []string{"soziales", "standesamt", "gibtsnicht", "'"} {
		if _, err := o.Figures(ctx, head, 30, foreign); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("figures of %s: %v", foreign, err)
		}
	}
	f, err := o.Figures(ctx, head, 12345, "wohngeld")
	if err != nil || f.Days != 30 || f.Stations != nil {
		t.Errorf("a period that is none: %d days, stations %v, %v", f.Days, f.Stations, err)
	}
}

func TestFiguresHideFewPeople(t *testing.T) {
	ctx, o := context.Background(), worked(t)
	admin := o.Who("admin")
	// Soziale Hilfen: one more head, who also leads the Standesamt, where nobody else works.
	once, err := o.AddClerk(ctx, admin, "head-standesamt", "Ines Blum", []routing.Grant{{Role: routing.Head, Department: "standesamt"}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := o.Authenticate(ctx, "head-standesamt", once)
	if err == nil {
		err = o.ChangePassword(ctx, c, once, desktest.Password)
	}
	if err != nil {
		t.Fatal(err)
	}
	f, err := o.Figures(ctx, o.Who("head-standesamt"), 30, "")
	if err != nil || !f.Few || f.Total != nil || f.By != nil || f.Open != nil {
		t.Errorf("the only one of a department sees %+v, %v", f, err)
	}
	f, err = o.Figures(ctx, o.Who("records"), 30, "")
	if err != nil || len(f.Departments) != 1 || f.Departments[0].ID != "wohngeld" {
		t.Fatalf("departments %v, %v; want the small one put together with the next", f.Departments, err)
	}
	if i := slices.IndexFunc(f.By, func(d desk.DepartmentSums) bool { return d.Folded }); i < 0 || f.By[i].ID != "" || f.By[i].Sums[routing.CountEnded] != 1 {
		t.Errorf("by department: %v", f.By)
	}
	if _, err := o.Figures(ctx, o.Who("records"), 30, "soziales"); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("figures of what is put together, by itself: %v", err)
	}
}

// TestFiguresAreWithoutHiddenLetters hides the letters of one case, which are all
// that was worked on, from the head: to them nothing was, to others all of it.
func TestFiguresAreWithoutHiddenLetters(t *testing.T) {
	o := worked(t)
	ctx, records := context.Background(), o.Who("records")
	before, err := o.Figures(ctx, records, 30, "")
	if err != nil {
		t.Fatal(err)
	}
	err = o.AddBlock(ctx, records, routing.Block{Blocked: []string{"head-wohngeld"}, Numbers: []routing.CaseNumber{"WG-2023-004711"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, days := range desk.FigureDays() {
		f, err := o.Figures(ctx, o.Who("head-wohngeld"), days, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, what := range []string{routing.CountAssigned, routing.CountFiled, routing.CountClosed} {
			if f.Total[what] != 0 {
				t.Errorf("%d days: %s is %d; want 0", days, what, f.Total[what])
			}
		}
		for _, p := range f.Series {
			for what, n := range p.Sums {
				if n < 0 {
					t.Errorf("%d days, %s: %s is %d", days, p.From, what, n)
				}
			}
		}
		for _, s := range f.Steps {
			if s.Step != routing.StepKept && s.N != 0 {
				t.Errorf("%d days: %d letters have a step %s", days, s.N, s.Step)
			}
		}
		for _, open := range f.Open {
			if open.State == storage.Filed && open.N != 0 {
				t.Errorf("%d days: %d letters are in a file", days, open.N)
			}
		}
		if f.Total[routing.CountRefused] != 1 {
			t.Errorf("%d days: %d refusals; want the one of another letter", days, f.Total[routing.CountRefused])
		}
	}
	after, err := o.Figures(ctx, records, 30, "")
	if err != nil || after.Total[routing.CountClosed] != before.Total[routing.CountClosed] || before.Total[routing.CountClosed] == 0 {
		t.Errorf("to others %d are closed, %v; want %d", after.Total[routing.CountClosed], err, before.Total[routing.CountClosed])
	}
}
