package web

import (
	"strconv"
	"strings"

	"mailroom/routing/desk"
)

// paperMaker makes the drawing and the tables of the paper in the house.
type paperMaker struct {
	texts
	p desk.PaperPicture
}

// groups are those that the visitor is shown: what was destroyed is counted for
// the whole house only.
func (m paperMaker) groups() []desk.PaperGroup {
	all := desk.PaperGroups()
	if !m.p.House {
		return all[1:]
	}
	return all
}

// shown says whether a day has a column: days on which nobody works and nothing
// happened have none.
func shown(d desk.PaperDay) bool { return d.Working || d.Total() > 0 }

func (m paperMaker) columns() (out []desk.PaperDay) {
	for _, d := range m.p.Days {
		if shown(d) || d.Day == m.p.Today {
			out = append(out, d)
		}
	}
	return out
}

func (m paperMaker) chart() *stacked {
	days := m.columns()
	most := int64(1)
	for _, d := range days {
		most = max(most, int64(d.Total()))
	}
	step := niceStep(most)
	top := (most + step - 1) / step * step
	c := &stacked{Width: chartWidth, Height: chartHeight, Left: chartLeft, Right: chartRight, End: chartBottom}
	y := func(n int) float64 { return chartBottom - (chartBottom-chartTop)*float64(n)/float64(top) }
	for n := int64(0); n <= top; n += step {
		c.Ticks = append(c.Ticks, tick{y(int(n)), m.number(int(n))})
	}
	wide := (chartRight - chartLeft) / float64(len(days))
	every := (len(days) + 9) / 10
	for i, d := range days {
		x := chartLeft + wide*float64(i)
		one := pile{X: x + wide*0.12, Width: wide * 0.76, Path: "/originale/tag/" + string(d.Day), Says: m.says(d)}
		sum := 0
		for _, g := range m.groups() {
			if n := d.N[g]; n > 0 {
				one.Parts = append(one.Parts, part1{g, y(sum + n), y(sum) - y(sum+n), n})
				sum += n
			}
		}
		c.Columns = append(c.Columns, one)
		if i%every == 0 {
			c.Labels = append(c.Labels, tick{x + wide/2, m.dayShort(d)})
		}
		if d.Day == m.p.Today {
			c.Now = x + wide/2
		}
	}
	sums := m.sums()
	c.Desc = m.say("paper.chart-says", m.number(m.p.Total), m.number(sums[desk.PaperFree]), m.number(sums[desk.PaperBlocked]), m.number(sums[desk.PaperHeld]), m.number(sums[desk.PaperOverdue]))
	return c
}

func (m paperMaker) dayShort(d desk.PaperDay) string {
	day := string(d.Day)
	if m.lang == "en" {
		return day[8:] + "/" + day[5:7]
	}
	return day[8:] + "." + day[5:7] + "."
}

// says tells a column in words.
func (m paperMaker) says(d desk.PaperDay) string {
	var parts []string
	for _, g := range m.groups() {
		if n := d.N[g]; n > 0 {
			parts = append(parts, m.say("paper.group."+string(g))+" "+m.number(n))
		}
	}
	if len(parts) == 0 {
		parts = []string{m.say("paper.none")}
	}
	return m.date(d.Day) + ": " + strings.Join(parts, ", ")
}

// sums adds up what is in the house, the days beyond the picture included.
func (m paperMaker) sums() map[desk.PaperGroup]int {
	out := map[desk.PaperGroup]int{}
	for _, d := range append([]desk.PaperDay{m.p.Earlier, m.p.Later}, m.p.Days...) {
		for g, n := range d.N {
			out[g] += n
		}
	}
	return out
}

func (m paperMaker) facts() []fact {
	sums := m.sums()
	return []fact{
		{"paper.fact.total", m.number(m.p.Total), ""},
		{"paper.group.free", m.number(sums[desk.PaperFree]), m.say("paper.fact.due", m.number(m.dueFree()))},
		{"paper.group.blocked", m.number(sums[desk.PaperBlocked]), ""},
		{"paper.group.held", m.number(sums[desk.PaperHeld]), ""},
		{"paper.group.apart", m.number(sums[desk.PaperApart]), ""},
		{"paper.group.overdue", m.number(sums[desk.PaperOverdue]), ""},
	}
}

// dueFree is how much of what nothing is against is due by today.
func (m paperMaker) dueFree() (n int) {
	n = m.p.Earlier.N[desk.PaperFree]
	for _, d := range m.p.Days {
		if d.Day <= m.p.Today {
			n += d.N[desk.PaperFree]
		}
	}
	return n
}

func (m paperMaker) n(n int) cell { return cell{Shown: m.number(n), Plain: strconv.Itoa(n)} }

func (m paperMaker) days() figureTable {
	t := figureTable{Name: "tage", Head: []string{"paper.due-on"}}
	for _, g := range m.groups() {
		t.Head = append(t.Head, "paper.group."+string(g))
	}
	t.Head = append(t.Head, "paper.sum")
	row := func(name cell, path string, d desk.PaperDay) {
		cells := []cell{name}
		for _, g := range m.groups() {
			cells = append(cells, m.n(d.N[g]))
		}
		t.Rows, t.Links = append(t.Rows, append(cells, m.n(d.Total()))), append(t.Links, path)
	}
	if m.p.Earlier.Total() > 0 {
		words := m.say("paper.earlier", m.date(m.p.Earlier.Day))
		row(cell{Shown: words, Plain: words}, "", m.p.Earlier)
	}
	for _, d := range m.columns() {
		row(cell{Shown: m.date(d.Day), Plain: string(d.Day)}, "/originale/tag/"+string(d.Day), d)
	}
	if m.p.Later.Total() > 0 {
		words := m.say("paper.later", m.date(m.p.Later.Day))
		row(cell{Shown: words, Plain: words}, "", m.p.Later)
	}
	return t
}

func (m paperMaker) reasons() figureTable {
	t := figureTable{Name: "hindernisse", Head: []string{"figures.reason", "paper.originals"}}
	for _, r := range m.p.Reasons {
		words := m.or("reason."+r.Code, r.Code)
		t.Rows = append(t.Rows, []cell{{Shown: words, Plain: words}, m.n(int(r.N))})
		t.Bars = append(t.Bars, bar{part(r.N, m.p.Reasons[0].N)})
	}
	return t
}

func (m paperMaker) ages() figureTable {
	t := figureTable{Name: "alter", Head: []string{"paper.age", "paper.originals"}}
	most := 0
	for _, a := range m.p.Ages {
		most = max(most, a.N)
	}
	for _, a := range m.p.Ages {
		words := m.say("paper.age-days", strconv.Itoa(a.From), strconv.Itoa(a.To))
		if a.To == 0 {
			words = m.say("paper.age-over", strconv.Itoa(a.From-1))
		}
		t.Rows = append(t.Rows, []cell{{Shown: words, Plain: words}, m.n(a.N)})
		t.Bars = append(t.Bars, bar{part(int64(a.N), int64(most))})
	}
	return t
}

func (m paperMaker) boxes() figureTable {
	t := figureTable{Name: "kartons", Head: []string{"paper.box", "paper.originals", "paper.group.blocked", "paper.first-due", "paper.last-due"}}
	for _, b := range m.p.Boxes {
		name, path := string(b.Box), "/originale/karton/"+string(b.Box)
		if b.Box == "" {
			name, path = m.say("paper.no-box"), ""
		}
		t.Rows = append(t.Rows, []cell{{Shown: name, Plain: name}, m.n(b.N), m.n(b.Blocked), {Shown: m.date(b.Oldest), Plain: string(b.Oldest)}, {Shown: m.date(b.Newest), Plain: string(b.Newest)}})
		t.Links = append(t.Links, path)
	}
	return t
}
