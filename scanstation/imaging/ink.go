package imaging

import "slices"

// What counts on a page with little on it, in millimetres.
const (
	middle      = 20.0 // from the edges; what stands within is no shadow of them
	margin      = 4.0  // crumpled edges, and nothing anybody writes
	edgeZone    = 20.0 // how far from the edge a shadow beside skewed paper reaches
	edgeRun     = 10.0 // how long it lies along the edge; no writing does
	edgeLine    = 60.0 // and how long the line of the paper's own edge is
	stroke      = 1.5  // the least that is written: a figure of six point
	scrap       = 0.8  // more than dust; several side by side are small print
	noisyStroke = 3.5  // the least of pale strokes on a page full of noise
	dashThin    = 0.6  // what shows of a weak streak
	dashMost    = 1000 // among so many marks at most
	holeCore    = 3.5  // solid enough for a punch hole, of 5.5 to 6
	holeMost    = 7.5
	holeZone    = 24.0 // how far from the edge they are punched
	stapleLong  = 14.0 // how long a staple's shadow is at most
	stapleShort = 9.0  // and at least: a figure in the corner is not as high
	stapleThn   = 1.3  // and how thick
	corner      = 35.0 // where staples are
)

const (
	plainly  = 0.01    // of the middle of a page black: somebody has written on it,
	surely   = 0.06    // even if all of it has rough edges, as noise has
	darkPage = 140     // level of gray below which no empty sheet is, whatever its colour
	noisy    = 600     // specks: a page full of noise
	maxMarks = 100_000 // more is noise, counted or not
)

// ink measures what stands on the page. A dark one always has something on it, if
// only that the lamp failed.
func (d *desk) ink(dpi int) (Ink, error) {
	out, err := d.inkOnPaper(dpi)
	if err == nil && out.Marks == 0 && d.gray.median() < darkPage {
		out.Marks = 1
	}
	return out, err
}

// inkOnPaper tells marks from dirt only where little stands on the page.
func (d *desk) inkOnPaper(dpi int) (Ink, error) {
	w, h := d.bits.width(), d.bits.height()
	edge := int(middle * float64(dpi) / 25.4)
	if min(w, h) <= 2*edge+16 { // a scrap, not a page: whatever is on it counts
		black := d.bits.black()
		return Ink{Coverage: float64(black) / float64(w*h), Marks: min(black, 1)}, nil
	}
	solid, err := d.bits.reduced(4) // noise never fills four pixels
	if err != nil {
		return Ink{}, err
	}
	defer solid.free()
	box := [4]int{edge / 2, edge / 2, w/2 - edge, h/2 - edge}
	out := Ink{Coverage: float64(solid.blackIn(box)) / float64(box[2]*box[3])}
	if out.Coverage >= plainly && (out.Coverage >= surely || d.bits.noise() <= rough) {
		out.Marks = 1
		return out, nil
	}
	marks, err := d.marks(dpi)
	out.Marks = len(marks)
	return out, err
}

// marks returns what somebody may have written, drawn or stamped, in windows of
// the view of a page. Where nothing is, and the paper is coloured, it looks for
// light writing.
func (d *desk) marks(dpi int) ([][4]int, error) {
	v, cell, err := d.reduce(dpi)
	defer v.free()
	if err != nil {
		return nil, err
	}
	mm := float64(dpi) / 25.4 / float64(cell)
	out, err := v.written(mm)
	if err != nil || len(out) > 0 || d.oneBit || v.seen.median() > palePaper {
		return out, err
	}
	light, err := v.inverted()
	defer light.free()
	if err != nil {
		return nil, err
	}
	return light.written(mm)
}

// written returns everything darker than what shines through from the back, but
// for specks, punch holes, staples, streaks of the scanner's glass and the shadows
// of edges.
func (v *view) written(mm float64) ([][4]int, error) {
	out, all, err := v.marks(false, stroke, mm)
	if err != nil || all < noisy {
		return out, err
	}
	// Noise makes chains of specks, but short or pale ones.
	long, _, err := v.marks(false, noisyStroke, mm)
	if err != nil {
		return nil, err
	}
	dark, _, err := v.marks(true, stroke, mm)
	return append(long, dark...), err
}

// marks returns the marks that are at least least millimetres long, and how
// many specks there are in all.
func (v *view) marks(sure bool, least, mm float64) (out [][4]int, all int, err error) {
	strokes, err := v.strokes(sure, mm)
	if err != nil {
		return nil, 0, err
	}
	defer strokes.free()
	w, h := float64(strokes.width())/mm, float64(strokes.height())/mm
	var small [][4]int
	specks := strokes.marks(maxMarks)
	for _, b := range specks {
		m := markOf(b, mm)
		edge := m.edge(w, h)
		if edge {
			if edge, err = strokes.line(b, mm); err != nil {
				return nil, 0, err
			}
		}
		switch {
		case edge || m.staple(w, h):
		case m.long() >= least:
			out = append(out, b)
		case m.long() >= scrap && least == stroke:
			small = append(small, b)
		}
	}
	others := 2
	if len(specks) >= noisy {
		others = 5
	}
	small = neighbours(small, int(2*mm), others)
	return v.withoutDashes(append(out, small...), mm), len(specks), nil
}

// withoutDashes leaves out the thin marks that stand on a weak streak: what shows
// of one that comes and goes.
func (v *view) withoutDashes(marks [][4]int, mm float64) [][4]int {
	if len(marks) == 0 || len(marks) > dashMost {
		return marks
	}
	thin := func(m mark) bool { return m.w <= dashThin && m.h >= 1.5*m.w }
	if !slices.ContainsFunc(marks, func(b [4]int) bool { return thin(markOf(b, mm)) || thin(markOf(b, mm).aside()) }) {
		return marks
	}
	columns, rows := v.streaks(weakStreak)
	on := func(found []int, at, long int) bool {
		return slices.ContainsFunc(found, func(x int) bool { return x >= at-1 && x <= at+long })
	}
	return slices.DeleteFunc(marks, func(b [4]int) bool {
		m := markOf(b, mm)
		return thin(m) && on(columns, b[0], b[2]) || thin(m.aside()) && on(rows, b[1], b[3])
	})
}

func markOf(b [4]int, mm float64) mark {
	return mark{float64(b[0]) / mm, float64(b[1]) / mm, float64(b[2]) / mm, float64(b[3]) / mm}
}

// mark is the box around a mark in millimetres.
type mark struct{ x, y, w, h float64 }

func (m mark) long() float64 { return max(m.w, m.h) }

// aside is the mark seen from the side.
func (m mark) aside() mark { return mark{m.y, m.x, m.h, m.w} }

// staple says that m is the shadow of a staple on a page of w by h.
func (m mark) staple(w, h float64) bool {
	dx, dy := min(m.x+m.w/2, w-m.x-m.w/2), min(m.y+m.h/2, h-m.y-m.h/2)
	return dx < corner && dy < corner && m.long() <= stapleLong && m.long() >= stapleShort && min(m.w, m.h) <= stapleThn
}

// edge says that m lies where the line of the edge of the paper does, a little askew.
func (m mark) edge(w, h float64) bool {
	if m.long() < edgeLine || min(m.w, m.h) > edgeZone/2 {
		return false
	}
	if m.h > m.w {
		return min(m.x+m.w, w-m.x) < edgeZone
	}
	return min(m.y+m.h, h-m.y) < edgeZone
}

// neighbours returns those of boxes that have others others within gap.
func neighbours(boxes [][4]int, gap, others int) (out [][4]int) {
	slices.SortFunc(boxes, func(a, b [4]int) int { return a[1] - b[1] })
	for i, a := range boxes {
		near := [4]int{a[0] - gap, a[1] - gap, a[2] + 2*gap, a[3] + 2*gap}
		n := 0
		for _, b := range boxes[max(0, i-20):min(len(boxes), i+20)] {
			if overlap(near, b) {
				n++
			}
		}
		if n > others {
			out = append(out, a)
		}
	}
	return out
}
