package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Figures is what happened in a period, added up (Auswertung).
type Figures struct {
	Days        int // one of FigureDays
	From, To    scanstation.Date
	Until       time.Time            // of the last event that is counted; zero: none is
	Departments []routing.Department // that may be chosen
	Department  string               // that was chosen; empty: all that may be seen
	House       bool                 // the whole house is seen, not only departments
	Few         bool                 // nothing is shown: too few people would be behind it
	Series      []Period
	Total       Sums
	By          []DepartmentSums
	Stations    []StationSums
	Steps       []StepSums
	Open        []OpenSums
	Reasons     []ReasonSum // why letters went to review
	Refusals    []ReasonSum // why departments gave them back
}

// Sums are figures by what they count.
type Sums map[string]int64

// Period is a day, a week or a month with its figures.
type Period struct {
	From scanstation.Date
	Sums
}

// DepartmentSums are the figures of a department, or of all that are too small
// to stand by themselves.
type DepartmentSums struct {
	ID     string
	Folded bool
	Sums
}

// StationSums are the figures of a station, or of all if too few people scan.
type StationSums struct {
	Name   string
	Folded bool
	Sums
}

// StepSums says how long a step took. Of few letters there is nothing to say.
type StepSums struct {
	Step        string
	N           int64
	Median, P95 time.Duration
	Known       bool
}

// OpenSums says how many letters stand in a state, and since when the oldest is here.
type OpenSums struct {
	State  storage.DocumentState
	N      int64
	Oldest scanstation.Date
}

// ReasonSum says how often there was a reason.
type ReasonSum struct {
	Code string
	N    int64
}

// FigureDays are the lengths of a period that may be chosen.
func FigureDays() []int { return []int{7, 30, 90, 365} }

// MaySeeFigures says whether there are any figures for who.
func (d *Desk) MaySeeFigures(who routing.Clerk) bool {
	return May(who, SeeFigures, Thing{Department: anyDepartment}) || d.mayIn(who, SeeFigures)
}

const (
	fewPeople  = 3 // of fewer no figures are shown by themselves
	fewLetters = 3 // of fewer no duration is told
)

// Figures returns the figures of the last days. Heads see their departments,
// and nobody sees a group so small that it would show the work of one person:
// such departments are put together, stations as well, or left out.
func (d *Desk) Figures(ctx context.Context, who routing.Clerk, days int, department string) (f Figures, err error) {
	if !d.MaySeeFigures(who) {
		return f, missing("figures")
	}
	if !slices.Contains(FigureDays(), days) {
		days = 30
	}
	hidden, err := d.hiddenLetters(ctx, who)
	if err != nil {
		return f, err
	}
	return d.sums.of(fmt.Sprint(d.today(), days, department, who.Grants, hidden), d.cfg.Now(), func() (Figures, error) {
		return d.figures(context.WithoutCancel(ctx), who, days, department, hidden) // others may wait for it, too
	})
}

func (d *Desk) figures(ctx context.Context, who routing.Clerk, days int, department string, hidden []storage.DocumentID) (f Figures, err error) {
	f = Figures{Days: days, To: d.today(), Department: department, House: May(who, SeeFigures, Thing{Department: anyDepartment})}
	f.From = d.figuresFrom(days)
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		var until int64
		if until, f.Until, err = d.cfg.Figures.FiguresUntil(ctx, tx, routing.FiguresVersion); err != nil {
			return err
		}
		g, err := d.groups(ctx, tx, who, f.House)
		if err != nil {
			return err
		}
		for _, dep := range d.cfg.Departments {
			if slices.Contains(g.alone, dep.ID) {
				f.Departments = append(f.Departments, dep)
			}
		}
		if department != "" && !slices.Contains(g.alone, department) {
			return missing("figures of " + department)
		}
		if f.Few = g.few; f.Few {
			return nil
		}
		var less []routing.Figure
		if len(hidden) > 0 {
			if less, err = d.cfg.Uncount(ctx, tx, hidden, until); err != nil {
				return err
			}
		}
		return d.sum(ctx, tx, &f, g, less)
	})
	return f, err
}

// figuresFrom is the first day of a period: of the longest, of a month.
func (d *Desk) figuresFrom(days int) scanstation.Date {
	now := d.Now()
	switch days {
	case 365:
		return scanstation.DateOf(time.Date(now.Year(), now.Month()-11, 1, 0, 0, 0, 0, time.UTC))
	case 90: // whole weeks
		monday := now.AddDate(0, 0, -(int(now.Weekday())+6)%7)
		return scanstation.DateOf(monday.AddDate(0, 0, -12*7))
	}
	return scanstation.DateOf(now.AddDate(0, 0, 1-days))
}

// groups are the departments of which figures may be shown.
type groups struct {
	alone    []string // by themselves
	together []string // only added up
	few      bool     // not even added up
	scanners int      // people who scan
}

// all are the departments whose figures may be added up; nil: all there are.
func (g groups) all(house bool) []string {
	if house {
		return nil
	}
	return slices.Concat(g.alone, g.together)
}

// groups sees to it that no figure, and no difference of two, is about fewer
// people than it must: a small department is put together with the next larger.
func (d *Desk) groups(ctx context.Context, tx storage.Tx, who routing.Clerk, house bool) (g groups, err error) {
	clerks, err := d.cfg.Clerks.ListClerks(ctx, tx, maxClerks)
	if err != nil {
		return g, err
	}
	type group struct {
		id string
		n  int
	}
	var list []group
	for _, dep := range d.cfg.Departments {
		if !May(who, SeeFigures, Thing{Department: dep.ID}) {
			continue
		}
		people, err := d.cfg.Assignments.OpenByWorker(ctx, tx, dep.ID)
		if err != nil {
			return g, err
		}
		for _, c := range clerks {
			if c.Served() && (c.HasIn(routing.Worker, dep.ID) || c.HasIn(routing.Head, dep.ID)) {
				people[c.Login] = 0
			}
		}
		list = append(list, group{dep.ID, len(people)})
	}
	for _, c := range clerks {
		if c.Served() && c.Has(routing.ScanRoom) {
			g.scanners++
		}
	}
	slices.SortStableFunc(list, func(a, b group) int { return cmp.Compare(a.n, b.n) })
	people := 0
	for _, one := range list {
		if one.n < fewPeople || people > 0 && people < fewPeople {
			people += one.n
			g.together = append(g.together, one.id)
		} else {
			g.alone = append(g.alone, one.id)
		}
	}
	if people < fewPeople && !house {
		g.together = nil // not even together
	}
	g.few = len(g.alone) == 0 && people < fewPeople
	return g, nil
}

// counted are the figures of a period, beside those with a code.
var counted = []string{
	routing.CountItems, routing.CountPages, routing.CountArrived, routing.CountSheets, routing.CountAssigned, routing.CountFiled,
	routing.CountClosed, routing.CountEnded, routing.CountNumber, routing.CountKnown, routing.CountDoubtful, routing.CountCorrected,
	routing.CountRefused, routing.CountForwarded,
}

// sum fills in everything that is shown, without what hidden counts.
func (d *Desk) sum(ctx context.Context, tx storage.Tx, f *Figures, g groups, hidden []routing.Figure) error {
	scope := g.all(f.House)
	if f.Department != "" {
		scope = []string{f.Department}
	}
	grain := routing.Daily
	if f.Days == 365 {
		grain = routing.Monthly
	}
	add := func(filter routing.FigureFilter) ([]routing.Figure, error) {
		list, err := d.cfg.Figures.SumFigures(ctx, tx, filter)
		return without(list, hidden, filter), err
	}
	get := func(whats []string, departments []string, by ...string) ([]routing.Figure, error) {
		return add(routing.FigureFilter{Grain: grain, From: f.From, To: f.To, Whats: whats, Departments: departments, By: by})
	}
	days, err := get(counted, scope, "day")
	if err != nil {
		return err
	}
	f.Series, f.Total = d.series(*f, days)
	departments, err := get(counted, scope, "department")
	if err != nil {
		return err
	}
	f.By = d.byDepartment(g, f.House, departments)
	spans, err := get([]string{routing.SpanPrefix}, scope, "bucket")
	if err != nil {
		return err
	}
	f.Steps = steps(spans)
	reasons, err := get([]string{routing.ReasonPrefix, routing.RefusalPrefix}, scope)
	if err != nil {
		return err
	}
	f.Reasons, f.Refusals = reasonSums(reasons, routing.ReasonPrefix), reasonSums(reasons, routing.RefusalPrefix)
	if f.House && f.Department == "" {
		stations, err := get([]string{routing.CountStacks, routing.CountItems, routing.CountPages, routing.CountImages, routing.CountBlanks, routing.CountRejected, routing.CountParked}, nil, "station")
		if err != nil {
			return err
		}
		f.Stations = byStation(g.scanners < fewPeople, stations)
	}
	open, err := add(routing.FigureFilter{Grain: routing.Now, Whats: []string{routing.OpenPrefix}, Departments: scope, By: []string{"day"}})
	f.Open = openSums(open)
	return err
}

// series puts figures of days into the periods of a chart.
func (d *Desk) series(f Figures, list []routing.Figure) (out []Period, total Sums) {
	total = Sums{}
	at := map[scanstation.Date]int{}
	day, _ := time.Parse(time.DateOnly, string(f.From))
	for scanstation.DateOf(day) <= f.To {
		p := Period{From: scanstation.DateOf(day), Sums: Sums{}}
		next := map[int]time.Time{90: day.AddDate(0, 0, 7), 365: day.AddDate(0, 1, 0)}[f.Days]
		if next.IsZero() {
			next = day.AddDate(0, 0, 1)
		}
		for ; day.Before(next); day = day.AddDate(0, 0, 1) {
			at[scanstation.DateOf(day)] = len(out)
		}
		out = append(out, p)
	}
	for _, one := range list {
		total[one.What] += one.N
		if i, ok := at[one.Day]; ok {
			out[i].Sums[one.What] += one.N
		}
	}
	return out, total
}
