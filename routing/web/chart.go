package web

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mailroom/routing"
	"mailroom/routing/desk"
)

// chart is the course of a period as a drawing: columns for what came in, lines
// for what was done, that differ in stroke and marks and not in colour alone.
type chart struct {
	Title, Desc   string
	Width, Height int
	Left, Bottom  float64
	Columns       []column
	Lines         []line
	Ticks         []tick // of the scale, from below
	Labels        []tick // of the days
}

type column struct {
	X, Y, Width, Height float64
	Says                string
}

// line is one course; Kind names its stroke and its marks.
type line struct {
	Kind, Key, Points string
	Marks             []point
}

type point struct{ X, Y float64 }

type tick struct {
	At   float64
	Text string
}

// The size of the drawing and its margins.
const (
	chartWidth, chartHeight = 860, 300
	chartLeft, chartRight   = 56.0, 850.0
	chartTop, chartBottom   = 14.0, 258.0
)

var chartLines = [][2]string{{"assigned", routing.CountAssigned}, {"filed", routing.CountFiled}, {"closed", routing.CountClosed}}

func (m maker) chart() *chart {
	c := &chart{Title: m.say("figures.course"), Width: chartWidth, Height: chartHeight, Left: chartLeft, Bottom: chartBottom}
	most := int64(1)
	m.f.Series = slices.DeleteFunc(slices.Clone(m.f.Series), m.idle)
	for _, p := range m.f.Series {
		most = max(most, p.Sums[m.received()], p.Sums[routing.CountAssigned], p.Sums[routing.CountFiled], p.Sums[routing.CountClosed])
	}
	step := niceStep(most)
	top := (most + step - 1) / step * step
	y := func(n int64) float64 { return chartBottom - (chartBottom-chartTop)*float64(n)/float64(top) }
	for n := int64(0); n <= top; n += step {
		c.Ticks = append(c.Ticks, tick{y(n), m.number(int(n))})
	}
	wide := (chartRight - chartLeft) / float64(len(m.f.Series))
	every := (len(m.f.Series) + 9) / 10
	for i, p := range m.f.Series {
		x, n := chartLeft+wide*float64(i), p.Sums[m.received()]
		c.Columns = append(c.Columns, column{x + wide*0.15, y(n), wide * 0.7, chartBottom - y(n), m.date(p.From) + ": " + m.number(int(n))})
		if i%every == 0 {
			c.Labels = append(c.Labels, tick{x + wide/2, m.short(string(p.From), m.f.Days)})
		}
	}
	for _, l := range chartLines {
		one, points := line{Kind: l[0], Key: "figures." + l[0]}, []string{}
		for i, p := range m.f.Series {
			at := point{chartLeft + wide*(float64(i)+0.5), y(p.Sums[l[1]])}
			one.Marks = append(one.Marks, at)
			points = append(points, fmt.Sprintf("%.1f,%.1f", at.X, at.Y))
		}
		one.Points = strings.Join(points, " ")
		c.Lines = append(c.Lines, one)
	}
	t := m.f.Total
	c.Desc = m.say("figures.course-says", m.number(int(t[m.received()])), m.number(int(t[routing.CountAssigned])), m.number(int(t[routing.CountFiled])), m.number(int(t[routing.CountClosed])), m.number(int(most)))
	return c
}

// idle says whether p is a day at the weekend on which nothing happened.
func (m maker) idle(p desk.Period) bool {
	day, err := time.Parse(time.DateOnly, string(p.From))
	weekend := err == nil && (day.Weekday() == time.Saturday || day.Weekday() == time.Sunday)
	return weekend && m.f.Days < 90 && p.Sums[m.received()]+p.Sums[routing.CountAssigned]+p.Sums[routing.CountFiled]+p.Sums[routing.CountClosed] == 0
}

// niceStep is the distance of the lines of a scale up to most: 1, 2 or 5 with
// noughts, so that there are at most five.
func niceStep(most int64) int64 {
	for step := int64(1); ; step *= 10 {
		for _, k := range []int64{1, 2, 5} {
			if step*k*5 >= most {
				return step * k
			}
		}
	}
}

// short writes a day below a chart: day and month, of a year the month.
func (m maker) short(day string, days int) string {
	if len(day) != len("2006-01-02") {
		return day
	}
	if days == 365 {
		return day[5:7] + "/" + day[2:4]
	}
	if m.lang == "en" {
		return day[8:] + "/" + day[5:7]
	}
	return day[8:] + "." + day[5:7] + "."
}
