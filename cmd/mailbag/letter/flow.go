package letter

import (
	"strings"

	"mailroom/cmd/mailbag/paper"
)

// flow sets lines one below another and turns the page when it is full.
type flow struct {
	Layout
	fonts       *paper.Fonts
	pages       []*paper.Page
	y           float64 // base line of the next line
	left, right float64
	bottom      float64
	turn        func() // prints the head of a further page
}

func (f *flow) page() *paper.Page { return f.pages[len(f.pages)-1] }

func (f *flow) start() { f.pages = append(f.pages, &paper.Page{}) }

// gap leaves lines free.
func (f *flow) gap(lines float64) { f.y += lines * f.lead() }

// room turns the page unless that many lines fit.
func (f *flow) room(lines float64) {
	if f.y+lines*f.lead() <= f.bottom {
		return
	}
	f.start()
	f.turn()
	f.y = 30
}

// line sets one line that is known to fit the width.
func (f *flow) line(s string, bold bool) {
	f.room(1)
	f.page().Add(paper.Text{X: f.left, Y: f.y, Size: f.Size, Face: f.face(bold), S: s})
	f.y += f.lead()
}

// wrap sets a text in as many lines as it needs.
func (f *flow) wrap(s string, bold bool) {
	for _, l := range f.broken(s, bold, f.right-f.left) {
		f.line(l, bold)
	}
}

// broken breaks a text at blanks to fit the width.
func (f *flow) broken(s string, bold bool, width float64) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		longer := strings.TrimPrefix(line+" "+word, " ")
		if line != "" && f.fonts.Width(f.face(bold), f.Size, longer) > width {
			lines = append(lines, line)
			longer = word
		}
		line = longer
	}
	return append(lines, line)
}

// paragraph sets a text and leaves a line free.
func (f *flow) paragraph(s string) {
	if s == "" {
		return
	}
	f.room(3)
	f.wrap(s, false)
	f.gap(0.8)
}

// form sets labels and values in boxes, as a printed form does.
func (f *flow) form(rows [][]string) {
	const high = 7.2
	mid := f.left + 62
	for _, row := range rows {
		f.room(high / f.lead())
		top := f.y - 5
		if f.table == tableShaded {
			f.page().Add(paper.Fill{X: f.left, Y: top, W: mid - f.left, H: high, Gray: 228})
		}
		f.box(f.left, top, f.right, top+high)
		f.page().Add(paper.Rule{X1: mid, Y1: top, X2: mid, Y2: top + high, Width: 0.2})
		f.cell(f.left+2, row[0], mid-f.left-4, false)
		if len(row) > 1 {
			f.cell(mid+2, row[1], f.right-mid-4, false)
		}
		f.y += high
	}
	f.gap(1)
}

// tabulate sets a table with a head.
func (f *flow) tabulate(head []string, rows [][]string) {
	const high = 6.4
	step := (f.right - f.left) / float64(len(head))
	f.room(3 * high / f.lead())
	for i, row := range append([][]string{head}, rows...) {
		f.room(high / f.lead())
		top := f.y - 4.6
		if i == 0 && f.table == tableShaded {
			f.page().Add(paper.Fill{X: f.left, Y: top, W: f.right - f.left, H: high, Gray: 220})
		}
		switch f.table {
		case tableGrid:
			f.box(f.left, top, f.right, top+high)
			for k := 1; k < len(head); k++ {
				x := f.left + float64(k)*step
				f.page().Add(paper.Rule{X1: x, Y1: top, X2: x, Y2: top + high, Width: 0.2})
			}
		case tableLines, tableShaded:
			f.page().Add(paper.Rule{X1: f.left, Y1: top + high, X2: f.right, Y2: top + high, Width: 0.2})
		}
		for k, s := range row {
			f.cell(f.left+float64(k)*step+1.5, s, step-3, i == 0)
		}
		f.y += high
	}
	f.gap(1)
}

// cell sets a text on the current line, smaller if it would not fit.
func (f *flow) cell(x float64, s string, width float64, bold bool) {
	size := min(f.Size, 10)
	if wide := f.fonts.Width(f.face(bold), size, s); wide > width {
		size = max(7, float64(int(size*width/wide*2))/2)
	}
	f.page().Add(paper.Text{X: x, Y: f.y, Size: size, Face: f.face(bold), S: s})
}

// box draws a frame.
func (f *flow) box(x1, y1, x2, y2 float64) {
	for _, r := range [][4]float64{{x1, y1, x2, y1}, {x1, y2, x2, y2}, {x1, y1, x1, y2}, {x2, y1, x2, y2}} {
		f.page().Add(paper.Rule{X1: r[0], Y1: r[1], X2: r[2], Y2: r[3], Width: 0.2})
	}
}
