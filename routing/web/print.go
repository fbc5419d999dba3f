package web

import (
	"maps"
	"slices"

	"mailroom/scanstation"
)

// The measures of a printed description in millimetres, and how many characters
// its columns hold.
const (
	printLeft, printSecond   = 22.0, 88.0
	printTop, printBottom    = 30.0, 272.0
	printLabels, printValues = 40, 58
)

// printer lays out lines on pages.
type printer struct {
	pages []scanstation.Print
	y     float64
}

// room begins another page unless so much is left of this one.
func (p *printer) room(height float64) *scanstation.Print {
	if len(p.pages) == 0 || p.y+height > printBottom {
		p.pages, p.y = append(p.pages, scanstation.Print{}), printTop
	}
	return &p.pages[len(p.pages)-1]
}

func (p *printer) line(x, size float64, bold bool, text string, height float64) {
	p.room(height).Write(x, p.y, size, bold, text)
	p.y += height
}

func (p *printer) rule() {
	page := p.room(2)
	page.Bars = append(page.Bars, scanstation.PrintBar{X: printLeft, Y: p.y - 4, Width: scanstation.PrintWidth - 2*printLeft, Height: 0.3})
	p.y += 2
}

// clause writes label and value beside each other; neither is cut by a page.
func (p *printer) clause(f clause) {
	labels, values := scanstation.Wrap(f.Label, printLabels), scanstation.Wrap(f.Value, printValues)
	rows := max(len(labels), len(values))
	page := p.room(float64(rows)*4.6 + 1)
	for i := range rows {
		if i < len(labels) {
			page.Write(printLeft, p.y, 9, false, labels[i])
		}
		if i < len(values) {
			page.Write(printSecond, p.y, 9, false, values[i])
		}
		p.y += 4.6
	}
	p.y++
}

// printed lays out sections with a title and a line below it; every page says
// which of how many it is.
func (t texts) printed(title, below string, sections []section) []scanstation.Print {
	p := &printer{}
	p.line(printLeft, 20, true, title, 9)
	p.line(printLeft, 10, false, below, 9)
	for i, s := range sections {
		if i > 0 {
			p.y += 5
		}
		p.room(24) // a heading stands with what it is about
		p.line(printLeft, 14, true, t.say(s.Key), 6)
		p.rule()
		p.y += 2
		for _, g := range s.Groups {
			if g.Title != "" {
				p.room(16)
				p.y += 2
				p.line(printLeft, 10.5, true, g.Title, 5.5)
			}
			for _, f := range g.Facts {
				p.clause(f)
			}
		}
	}
	for i := range p.pages {
		p.pages[i].Write(printLeft, 284, 8, false, t.say("print.page", i+1, len(p.pages)))
	}
	return p.pages
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
