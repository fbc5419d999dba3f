package barcode

import (
	"image"
	"math"
	"slices"

	"mailroom/ocr"
)

// What still shows that a square code stood in an area.
const (
	leastModule, mostModule = 0.25, 3.0 // millimetres
	mostArea                = 100.0     // of an area with one; longer ones are edges of the paper
	runSlack                = 0.6       // modules by which a run may be off
	ringsRight              = 0.9       // of the places on the rings that are as they should be

	leastSide, mostSide     = 3.0, 60.0 // of a DataMatrix, in millimetres
	mostDark                = 0.8       // of one with a blot on it
	solidSide               = 0.65      // of the lines of a side without gaps, at least
	brokenLeast, brokenMost = 0.3, 0.7  // of one with gaps
	brokenChanges           = 8         // between bar and gap
	sideSlack               = 0.15      // millimetres by which the edge of a side may be off
	mostLean                = 0.06      // of a side, as a tangent
)

// rings are the marks by which readers find a square code, as the widths of the runs
// across their middle in modules and whether the rings around it are dark, from the
// inside.
var rings = []struct {
	runs []float64
	dark []bool
}{
	{[]float64{1, 1, 3, 1, 1}, []bool{true, true, false, true}},        // a corner of a QR code
	{[]float64{1, 1, 1, 1, 1}, []bool{true, false, true, false, true}}, // the middle of an Aztec code
}

// squared says whether something in an area that looks like l can only be what is
// left of a QR, Aztec or DataMatrix code.
func squared(p ocr.Prepared, area image.Rectangle, l look) bool {
	limit, ok := middle(p.Gray, boxOf(area))
	if !ok || max(l.wide, l.high) > mostArea {
		return false
	}
	v := view{p.Gray, area, limit, float64(p.DPI) / 25.4}
	return v.ringed() || l.dark > lightest && l.dark < mostDark && max(l.wide, l.high) < mostSide && v.cornered()
}

// view is an area of an image in dark and light.
type view struct {
	ocr.Raster
	area  image.Rectangle
	limit byte
	mm    float64 // pixels of a millimetre
}

func (v view) dark(x, y int) bool {
	return image.Pt(x, y).In(v.area) && v.Pix[y*v.Width+x] < v.limit
}

// ringed looks for the mark of a QR or an Aztec code.
func (v view) ringed() bool {
	var at []int // where runs begin, the first of them dark
	for y := v.area.Min.Y; y < v.area.Max.Y; y += 3 {
		at = at[:0]
		dark := false
		for i, value := range v.Pix[y*v.Width+v.area.Min.X : y*v.Width+v.area.Max.X] {
			if (value < v.limit) != dark {
				dark = !dark
				at = append(at, v.area.Min.X+i)
			}
		}
		for i := 0; i < len(at); i += 2 {
			for _, r := range rings {
				if n := len(r.runs); i+n < len(at) && v.ring(at[i:i+n+1], y, r.runs, r.dark) {
					return true
				}
			}
		}
	}
	return false
}

// ring says whether runs that begin at these pixels of row y, where the last begins
// what follows, cross the middle of such a mark.
func (v view) ring(at []int, y int, runs []float64, dark []bool) bool {
	n := len(runs)
	all := 0.0
	for _, want := range runs {
		all += want
	}
	module := float64(at[n]-at[0]) / all
	if module < leastModule*v.mm || module > mostModule*v.mm {
		return false
	}
	for i, want := range runs {
		if math.Abs(float64(at[i+1]-at[i])-want*module) > runSlack*module {
			return false
		}
	}
	x := (at[n/2] + at[n/2+1]) / 2
	up, down := v.run(x, y, -1, true), v.run(x, y+1, 1, true)
	if math.Abs(float64(up+down)-runs[n/2]*module) > 2*runSlack*module {
		return false
	}
	top, bottom := y-up, y+down
	for i := n/2 + 1; i < n; i++ {
		above, below := v.run(x, top, -1, i%2 == 0), v.run(x, bottom+1, 1, i%2 == 0)
		if max(math.Abs(float64(above)-runs[i]*module), math.Abs(float64(below)-runs[i]*module)) > runSlack*module {
			return false
		}
		top, bottom = top-above, bottom+below
	}
	y = y + (down-up)/2
	right := 0
	for k, want := range dark {
		for _, d := range [][2]float64{{1, 0}, {1, 1}, {0, 1}, {-1, 1}, {-1, 0}, {-1, -1}, {0, -1}, {1, -1}} {
			dx, dy := math.Round(d[0]*float64(k)*module), math.Round(d[1]*float64(k)*module)
			if v.dark(x+int(dx), y+int(dy)) == want {
				right++
			}
		}
	}
	return float64(right) >= ringsRight*float64(8*len(dark))
}

// run counts the pixels from x, y up or down that are dark, or light.
func (v view) run(x, y, step int, dark bool) (n int) {
	for image.Pt(x, y).In(v.area) && v.dark(x, y) == dark {
		n, y = n+1, y+step
	}
	return n
}

// cornered looks for a DataMatrix: two sides that meet are solid, one of the others
// at least is made of bars and gaps.
func (v view) cornered() bool {
	b := inked(v.Raster, boxOf(v.area), v.limit)
	long, short := float64(max(b[2], b[3])), float64(min(b[2], b[3]))
	if short < leastSide*v.mm || long > 1.4*short {
		return false
	}
	var share [4]float64
	var broken [4]bool
	for i, depths := range v.sides(b) {
		n := 0
		share[i], n = v.side(depths)
		broken[i] = share[i] > brokenLeast && share[i] < brokenMost && n >= brokenChanges
	}
	for i := range 4 {
		next, across, last := (i+1)%4, (i+2)%4, (i+3)%4
		if min(share[i], share[next]) >= solidSide && share[across] < share[i] && share[last] < share[next] && (broken[across] || broken[last]) {
			return true
		}
	}
	return false
}

// sides are, from the left side clockwise, how far from it the first dark pixel lies,
// line by line.
func (v view) sides(b ocr.Box) (out [4][]int) {
	deep := func(x, y, dx, dy, most int) int {
		for n := range most {
			if v.dark(x+n*dx, y+n*dy) {
				return n
			}
		}
		return most
	}
	right, bottom := b[0]+b[2]-1, b[1]+b[3]-1
	for y := b[1]; y <= bottom; y++ {
		out[0] = append(out[0], deep(b[0], y, 1, 0, b[2]))
		out[2] = append(out[2], deep(right, y, -1, 0, b[2]))
	}
	for x := b[0]; x <= right; x++ {
		out[1] = append(out[1], deep(x, b[1], 0, 1, b[3]))
		out[3] = append(out[3], deep(x, bottom, 0, -1, b[3]))
	}
	return out
}

// side returns the share of the lines that reach the straight edge of a side, which
// may lean, and how often they begin or cease to.
func (v view) side(depths []int) (share float64, changes int) {
	slack := max(1.5, sideSlack*v.mm)
	off := make([]float64, len(depths))
	best, edge, slope := 0, 0.0, 0.0
	for s := -mostLean; s <= mostLean; s += 0.01 {
		for k, d := range depths {
			off[k] = float64(d) - s*float64(k)
		}
		slices.Sort(off)
		for i, j := 0, 0; i < len(off); i++ {
			for j < len(off) && off[j] <= off[i]+2*slack {
				j++
			}
			if j-i > best {
				best, edge, slope = j-i, off[i]+slack, s
			}
		}
	}
	last := false
	for k, d := range depths {
		if reaches := math.Abs(float64(d)-slope*float64(k)-edge) <= slack; reaches != last {
			last = reaches
			changes++
		}
	}
	return float64(best) / float64(max(len(depths), 1)), changes
}
