package web

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

// figuresBody is the page of figures.
type figuresBody struct {
	desk.Figures
	Facts   []fact
	Chart   *chart
	Tables  []figureTable
	Query   string // of the address of what belongs to the page
	Choices []int
}

// fact is one number with what it says.
type fact struct{ Key, Value, Detail string }

// figureTable is a part of the page, and as a file one to calculate with.
type figureTable struct {
	Name  string // in its address and its keys
	Head  []string
	Rows  [][]cell
	Bars  []bar // beside each row; nil: none
	Marks []string
}

// cell is a value as it is read, and as a program takes it.
type cell struct{ Shown, Plain string }

// bar is a line of a chart, in parts of a hundred: one behind the other.
type bar [3]float64

// figuresEnding is that of a table as a file.
const figuresEnding = ".csv"

func (s *server) figures(v *visit) (b figuresBody, err error) {
	in := v.r.URL.Query()
	days, _ := strconv.Atoi(in.Get("tage"))
	if b.Figures, err = s.Desk.Figures(v.r.Context(), v.who, days, in.Get("bereich")); err != nil {
		return b, err
	}
	b.Query = fmt.Sprintf("?tage=%d", b.Days)
	if b.Department != "" {
		b.Query += "&" + queryOf("bereich", b.Department)
	}
	b.Choices = desk.FigureDays()
	t := s.pages[v.prefs.Lang].texts
	m := maker{t, s.Desk, b.Figures}
	b.Facts = m.facts()
	b.Tables = []figureTable{m.days(), m.steps(), m.open(), m.recognised(), m.departments(), m.reasons("gruende", b.Reasons, m.doubt), m.reasons("rueckgaben", b.Refusals, m.refusal), m.stations()}
	if b.Total[m.received()]+b.Total[routing.CountClosed]+b.Total[routing.CountFiled] > 0 {
		b.Chart = m.chart()
	}
	return b, nil
}

func (s *server) figuresPage(v *visit) error {
	b, err := s.figures(v)
	if err != nil {
		return err
	}
	return s.show(v, http.StatusOK, "figures", view{Title: "figures.title", Body: b})
}

// figuresFile sends one table of the page.
func (s *server) figuresFile(v *visit) error {
	b, err := s.figures(v)
	if err != nil {
		return err
	}
	name, ok := strings.CutSuffix(v.r.PathValue("file"), figuresEnding)
	for _, table := range b.Tables {
		if ok && table.Name == name && !b.Few {
			h := v.w.Header()
			h.Set("Content-Type", "text/csv; charset=utf-8")
			h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="auswertung-%s-%s-bis-%s.csv"`, name, b.From, b.To))
			_, err := v.w.Write(table.csv(s.pages[v.prefs.Lang].texts))
			return err
		}
	}
	return storage.ErrNotFound
}

// maker makes tables out of figures.
type maker struct {
	texts
	desk *desk.Desk
	f    desk.Figures
}

// received is what counts as received: a department gets only what was routed.
func (m maker) received() string {
	if m.f.House && m.f.Department == "" {
		return routing.CountItems
	}
	return routing.CountArrived
}

func (m maker) pages() string {
	if m.received() == routing.CountItems {
		return routing.CountPages
	}
	return routing.CountSheets
}

func (m maker) n(n int64) cell { return cell{m.number(int(n)), strconv.FormatInt(n, 10)} }

// rate is a part of something; of nothing there is none.
func (m maker) rate(part, of int64) cell {
	if of == 0 {
		return cell{"–", ""}
	}
	f := float64(part) / float64(of)
	return cell{m.percent(f), m.decimal(f*100, 1)}
}

// decimal writes f with so many places, as a table calculation of the
// language takes it.
func (m maker) decimal(f float64, places int) string {
	s := strconv.FormatFloat(f, 'f', places, 64)
	if m.lang == "de" {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

// long writes a duration in words; a program gets hours.
func (m maker) long(d time.Duration, known bool) cell {
	if !known {
		return cell{m.say("figures.few-letters"), ""}
	}
	plain := m.decimal(d.Hours(), 2)
	switch {
	case d < time.Minute:
		return cell{m.say("figures.moment"), plain}
	case d < time.Hour:
		return cell{m.count("figures.minutes", int(d.Minutes())), plain}
	case d < 48*time.Hour:
		return cell{m.say("figures.hours", m.decimal(d.Hours(), 1)), plain}
	}
	return cell{m.say("figures.days", m.decimal(d.Hours()/24, 1)), plain}
}

func (m maker) facts() []fact {
	t := m.f.Total
	var open int64
	oldest := ""
	for _, o := range m.f.Open {
		open += o.N
		if day := string(o.Oldest); day != "" {
			oldest = cmp.Or(oldest, day)
			oldest = min(oldest, day)
		}
	}
	known := t[routing.CountNumber] + t[routing.CountKnown]
	out := []fact{
		{"figures.received", m.number(int(t[m.received()])), m.count("count.pages", int(t[m.pages()]))},
		{"figures.assigned", m.number(int(t[routing.CountAssigned])), ""},
		{"figures.filed", m.number(int(t[routing.CountFiled])), ""},
		{"figures.closed", m.number(int(t[routing.CountClosed])), ""},
		{"figures.recognised", m.rate(known, known+t[routing.CountDoubtful]).Shown, ""},
		{"figures.open", m.number(int(open)), ""},
	}
	if oldest != "" {
		out[5].Detail = m.say("figures.oldest", m.date(scanstation.Date(oldest)))
	}
	return out
}

func (m maker) days() figureTable {
	t := figureTable{Name: "verlauf", Head: []string{"figures.from." + strconv.Itoa(m.f.Days), "figures.received", "figures.pages", "figures.assigned", "figures.filed", "figures.closed"}}
	for i := len(m.f.Series) - 1; i >= 0; i-- {
		p := m.f.Series[i]
		row := []cell{{m.date(p.From), string(p.From)}}
		for _, what := range []string{m.received(), m.pages(), routing.CountAssigned, routing.CountFiled, routing.CountClosed} {
			row = append(row, m.n(p.Sums[what]))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// longest is the end of the scale of durations: a year.
const longest = 365 * 24 * time.Hour

// onScale is how far a duration reaches on a scale on which each tenth is
// several times the one before: from a minute to a year.
func onScale(d time.Duration) float64 {
	if d < time.Minute {
		return 1
	}
	return max(1, min(100, 100*math.Log(d.Minutes())/math.Log(longest.Minutes())))
}

func (m maker) steps() figureTable {
	t := figureTable{Name: "dauer", Head: []string{"figures.step", "figures.letters", "figures.median", "figures.p95"}, Marks: []string{"figures.until-median", "figures.until-p95"}}
	for _, s := range m.f.Steps {
		name := m.say("figures.step." + s.Step)
		t.Rows = append(t.Rows, []cell{{name, name}, m.n(s.N), m.long(s.Median, s.Known), m.long(s.P95, s.Known)})
		b := bar{}
		if s.Known {
			b = bar{onScale(s.Median), onScale(s.P95) - onScale(s.Median), 0}
		}
		t.Bars = append(t.Bars, b)
	}
	return t
}

func (m maker) open() figureTable {
	t := figureTable{Name: "offen", Head: []string{"figures.state", "figures.letters", "figures.oldest-day"}}
	most := int64(1)
	for _, o := range m.f.Open {
		most = max(most, o.N)
	}
	for _, o := range m.f.Open {
		name, oldest := m.say("document."+string(o.State)), cell{"–", ""}
		if o.Oldest != "" {
			oldest = cell{strings.TrimSpace(m.date(o.Oldest) + " " + m.age(o.Oldest, m.desk.Now())), string(o.Oldest)}
		}
		t.Rows = append(t.Rows, []cell{{name, name}, m.n(o.N), oldest})
		t.Bars = append(t.Bars, bar{part(o.N, most)})
	}
	return t
}

func part(n, of int64) float64 {
	if of == 0 {
		return 0
	}
	return 100 * float64(n) / float64(of)
}

func (m maker) department(d desk.DepartmentSums) cell {
	name := m.desk.DepartmentName(d.ID)
	switch {
	case d.Folded:
		name = m.say("figures.folded")
	case d.ID == "":
		name = m.say("fact.no-department")
	}
	return cell{name, name}
}

func (m maker) recognised() figureTable {
	t := figureTable{Name: "erkennung", Head: []string{"fact.department", "figures.decided", "figures.with-number", "figures.by-department", "figures.doubtful", "figures.corrected"},
		Marks: []string{"figures.with-number", "figures.by-department", "figures.doubtful"}}
	for _, d := range m.f.By {
		number, known, doubt := d.Sums[routing.CountNumber], d.Sums[routing.CountKnown], d.Sums[routing.CountDoubtful]
		all := number + known + doubt
		if all == 0 {
			continue
		}
		t.Rows = append(t.Rows, []cell{m.department(d), m.n(all), m.rate(number, all), m.rate(known, all), m.rate(doubt, all), m.rate(d.Sums[routing.CountCorrected], number+known)})
		t.Bars = append(t.Bars, bar{part(number, all), part(known, all), part(doubt, all)})
	}
	return t
}

func (m maker) departments() figureTable {
	t := figureTable{Name: "bereiche", Head: []string{"fact.department", "figures.received", "figures.pages", "figures.assigned", "figures.filed", "figures.closed", "figures.ended", "figures.refused", "figures.forwarded"}}
	for _, d := range m.f.By {
		row := []cell{m.department(d)}
		some := int64(0)
		for _, what := range []string{routing.CountArrived, routing.CountSheets, routing.CountAssigned, routing.CountFiled, routing.CountClosed, routing.CountEnded, routing.CountRefused, routing.CountForwarded} {
			row, some = append(row, m.n(d.Sums[what])), some+d.Sums[what]
		}
		if some > 0 {
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

func (m maker) reasons(name string, list []desk.ReasonSum, say func(code string) string) figureTable {
	t := figureTable{Name: name, Head: []string{"figures.reason", "figures.letters"}}
	for _, r := range list {
		words := say(r.Code)
		t.Rows = append(t.Rows, []cell{{words, words}, m.n(r.N)})
		t.Bars = append(t.Bars, bar{part(r.N, list[0].N)})
	}
	return t
}

// doubt says why a letter came into review.
func (m maker) doubt(code string) string { return m.or("short."+code, code) }

// refusal says why a letter was given back: as the office has it or, of letters
// from before there were reasons to choose from, as their doubt.
func (m maker) refusal(code string) string {
	for _, r := range m.desk.Refusals() {
		if r.Code == code && r.Words != "" {
			return r.Words
		}
	}
	return m.or("refusal."+code, m.doubt(code))
}

func (m maker) stations() figureTable {
	t := figureTable{Name: "stationen", Head: []string{"figures.station", "figures.stacks", "figures.letters", "figures.pages", "figures.images", "figures.blank-rate", "figures.rejected-rate", "figures.parked"}}
	for _, s := range m.f.Stations {
		name := s.Name
		if s.Folded {
			name = m.say("figures.all-stations")
		}
		images := s.Sums[routing.CountImages]
		t.Rows = append(t.Rows, []cell{{name, name}, m.n(s.Sums[routing.CountStacks]), m.n(s.Sums[routing.CountItems]), m.n(s.Sums[routing.CountPages]), m.n(images),
			m.rate(s.Sums[routing.CountBlanks], images), m.rate(s.Sums[routing.CountRejected], images), m.n(s.Sums[routing.CountParked])})
	}
	return t
}
