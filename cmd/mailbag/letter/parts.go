package letter

import (
	"fmt"
	"math"
	"strings"

	"mailroom/cmd/mailbag/cases"
	"mailroom/cmd/mailbag/paper"
)

// The office all letters are written to.
const (
	officeTown   = "00417 Auenstedt"
	officeStreet = "Rathausplatz 3"
)

// letterhead prints the sender above the address field.
func (d *draft) letterhead() {
	lines := []string{d.firm[0]}
	if d.firm[1] != "" {
		lines = append(lines, d.firm[1])
	}
	lines = append(lines, d.home.Street+" · "+d.home.Town)
	y := d.address() - 17
	if d.head == headBand {
		d.page().Add(paper.Fill{X: 0, Y: y - 7, W: paper.Width, H: 17, Gray: 225})
	}
	for i, s := range lines {
		size, bold := 9.0, false
		if i == 0 {
			size, bold = 13, true
		}
		if d.firm[1] == "" {
			size, bold = d.Size, false
		}
		face := d.face(bold)
		x := d.left
		switch wide := d.fonts.Width(face, size, s); d.head {
		case headCentre:
			x = (paper.Width - wide) / 2
		case headRight:
			x = d.right - wide
		}
		tint := paper.Black
		if i == 0 && d.firm[1] != "" {
			tint = paper.Tint(d.dates + 1)
		}
		d.page().Add(paper.Text{X: x, Y: y, Size: size, Face: face, S: s, Tint: tint})
		y += 5
	}
	if d.head == headCentre {
		d.page().Add(paper.Rule{X1: d.left, Y1: y - 2, X2: d.right, Y2: y - 2, Width: 0.3, Tint: paper.Tint(d.dates + 1)})
	}
	for _, fold := range []float64{d.address() + 60, paper.Height / 2, d.address() + 165} {
		d.page().Add(paper.Rule{X1: 4, Y1: fold, X2: 8, Y2: fold, Width: 0.15})
	}
}

// addressField prints the return line, sometimes postage, and the office.
func (d *draft) addressField() {
	y := d.address() + 4
	back := fmt.Sprintf("%s, %s, %s", d.firm[0], d.home.Street, d.home.Town)
	size := 6.5
	if wide := d.fonts.Width(d.face(false), size, back); wide > 80 {
		size *= 80 / wide
	}
	if d.firm[1] != "" {
		d.page().Add(paper.Text{X: d.left, Y: y, Size: size, Face: d.face(false), S: back},
			paper.Rule{X1: d.left, Y1: y + 1, X2: d.left + 80, Y2: y + 1, Width: 0.15})
	}
	if d.firm[1] != "" && d.r.IntN(8) == 0 { // postage printed with the address is a barcode that is not ours
		d.page().Add(paper.Code{X: d.left + 62, Y: y + 2.5, Format: paper.DataMatrix, Data: fmt.Sprintf("FR%020d", d.r.Int64N(1e18))})
	}
	y += 11
	lines := []string{"Stadt Auenstedt", "Amt für Soziales"}
	if d.Class == Person || d.r.IntN(10) < 7 {
		lines = append(lines, d.office.Office)
	}
	for _, s := range append(lines, officeStreet, officeTown) {
		d.page().Add(paper.Text{X: d.left, Y: y, Size: min(d.Size, 11), Face: d.face(false), S: s})
		y += 5
	}
}

// references prints the block of signs and the date, and leaves the cursor
// where the subject goes.
func (d *draft) references() {
	labels, values := d.signs()
	d.y = d.address() + 54
	small := min(d.Size, 9)
	put := func(x, y, size float64, s string) {
		d.page().Add(paper.Text{X: x, Y: y, Size: size, Face: d.face(false), S: s})
	}
	switch d.refs {
	case refsBlock, refsStacked:
		y := d.address() + 8
		for i, label := range labels {
			if d.refs == refsStacked {
				put(125, y, small-1.5, label)
				put(125, y+4, small+1, values[i])
				y += 10
				continue
			}
			put(125, y, small, strings.TrimSuffix(label, ":")+":")
			put(125+max(26, d.fonts.Width(d.face(false), small, label)+4), y, small, values[i])
			y += 5.2
		}
	case refsColumns:
		step := (d.right - d.left) / float64(len(labels))
		for i, label := range labels {
			put(d.left+float64(i)*step, d.y, small-1, strings.TrimSuffix(label, ":"))
		}
		for i, v := range values {
			put(d.left+float64(i)*step, d.y+4.5, small, v)
		}
		d.y += 12
	case refsInline:
		for i, label := range labels {
			put(d.left, d.y, small, strings.TrimSuffix(label, ":")+": "+values[i])
			d.y += 4.6
		}
		d.y += 4
	}
	d.y += 6
}

// signs lists what stands in the reference block. Residents give the date only,
// and our number where the class wants it.
func (d *draft) signs() (labels, values []string) {
	add := func(label, value string) {
		labels, values = append(labels, label), append(values, value)
	}
	if d.Class == YourSign {
		add(d.words.yours[d.r.IntN(len(d.words.yours))], d.Case.Number)
	}
	if d.firm[1] != "" {
		add(d.words.theirs[d.r.IntN(len(d.words.theirs))], d.own)
	}
	if d.firm[1] != "" && len(labels) < 3 {
		add("Telefon", fmt.Sprintf("0%d %d", 3000+d.r.IntN(900), 10000+d.r.IntN(90000)))
	}
	if len(labels) > 1 && d.Class == YourSign && d.r.IntN(3) == 0 {
		labels[0], labels[1], values[0], values[1] = labels[1], labels[0], values[1], values[0]
	}
	add("Datum", written(d.Date, d.dates))
	return labels, values
}

// subject prints the subject, the case line and the person's line.
func (d *draft) subject() {
	above := d.r.IntN(2) == 0
	if d.Class == CaseLine && above {
		d.line(d.say.one(d.words.az), false)
	}
	s := d.say.one(d.topic.subject)
	if d.Class == New {
		s = d.say.applied
	}
	d.wrap(s, true)
	if d.topic.firm != nil || d.Class == Person || d.r.IntN(2) == 0 {
		d.wrap(d.say.one(d.words.about), true)
	}
	if d.Class == CaseLine && !above {
		d.line(d.say.one(d.words.az), d.r.IntN(2) == 0)
	}
	d.gap(1)
}

// closing prints greeting, signature, name, enclosures and the barcode.
func (d *draft) closing(length int) {
	d.room(7)
	d.line(d.say.one(d.words.bye), false)
	d.scribble(d.left+4, d.y+3)
	d.gap(2.4)
	name := d.firm[0]
	if d.firm[1] != "" && d.r.IntN(2) == 0 {
		name = "i. A. " + cases.NewPerson(d.r).Surname
	}
	d.line(name, false)
	if len(d.topic.enclosed) > 0 && length > 1 {
		d.gap(1)
		d.line("Anlagen", true)
		for _, e := range d.say.some(d.topic.enclosed, 1+d.r.IntN(3)) {
			d.line("- "+e, false)
		}
	}
	if d.Class == Barcode {
		d.pages[0].Add(d.code)
	}
}

// scribble signs with a pen.
func (d *draft) scribble(x, y float64) {
	pts := make([]paper.Point, 0, 90)
	a, b, p := 1.5+2*d.r.Float64(), 0.7+0.8*d.r.Float64(), d.r.Float64()*6
	for i := range 90 {
		t := float64(i) / 6
		fade := 1 - float64(i)/130
		pts = append(pts, paper.Point{
			X: x + t*2.1 + 1.6*math.Sin(t*a),
			Y: y - 3.2*fade*math.Sin(t*a*b+p)*math.Cos(t*0.9) + 0.08*t,
		})
	}
	d.page().Add(paper.Stroke{Points: pts, Width: 0.35 + 0.3*d.r.Float64(), Tint: paper.Blue})
}

// footers prints bank details and page numbers once the pages are counted.
func (d *draft) footers() {
	bank := fmt.Sprintf("Bankverbindung DE%02d %04d %04d %04d %04d %02d · Steuernummer %03d/%03d/%05d", d.r.IntN(90)+10, d.r.IntN(10000),
		d.r.IntN(10000), d.r.IntN(10000), d.r.IntN(10000), d.r.IntN(100), d.r.IntN(1000), d.r.IntN(1000), d.r.IntN(100000))
	n := len(d.pages)
	for i, p := range d.pages {
		y := 284.0
		if d.firm[1] != "" && i == 0 {
			d.small(p, bank, y-6, d.left)
		}
		if n == 1 && d.foot != footCentre {
			continue
		}
		s := fmt.Sprintf("Seite %d von %d", i+1, n)
		wide := d.fonts.Width(d.face(false), 8, s)
		x := (paper.Width - wide) / 2
		switch d.foot {
		case footRight:
			x = d.right - wide
		case footTop:
			x, y = d.right-wide, 8
			if d.head == headRight {
				x = d.left
			}
		case footRule:
			p.Add(paper.Rule{X1: d.left, Y1: y - 4, X2: d.right, Y2: y - 4, Width: 0.25})
			s = fmt.Sprintf("- %d / %d -", i+1, n)
		}
		d.small(p, s, y, x)
	}
}

func (d *draft) small(p *paper.Page, s string, y, x float64) {
	p.Add(paper.Text{X: x, Y: y, Size: 8, Face: d.face(false), S: s})
}

// runningHead names the letter on top of each further page.
func (d *draft) runningHead() {
	d.small(d.page(), d.firm[0]+", "+written(d.Date, d.dates), 18, d.left)
	d.bottom = 268
}

// arrive stamps the first page where it is empty, or not at all.
func (d *draft) arrive() {
	w, h := 46+8*d.r.Float64(), 20+5*d.r.Float64()
	s := paper.Stamp{W: w, H: h, Angle: d.r.Float64()*14 - 7, Face: paper.Face{Family: "liberation-sans", Bold: true},
		Lines: []string{"Stadt Auenstedt", "EINGEGANGEN", written(d.received, 1), "Amt für Soziales"}, Tint: paper.Tint(1 + d.r.IntN(2))}
	const air = 2.5
	for range 60 {
		s.X, s.Y = 45+140*d.r.Float64(), 18+230*d.r.Float64()*d.r.Float64()
		b := s.Box(d.fonts)
		around := paper.Box{X: b.X - air, Y: b.Y - air, W: b.W + 2*air, H: b.H + 2*air}
		if around.X > 3 && around.Y > 2 && around.X+around.W < paper.Width-3 && d.pages[0].Free(around, d.fonts) {
			d.pages[0].Add(s)
			return
		}
	}
}
