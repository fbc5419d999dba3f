package barcode

import (
	"image"
	"math"
	"slices"

	"mailroom/ocr"
)

// How striped areas are read.
const (
	leanMost  = 4.0  // degrees by which bars lean at most on a page set straight
	leanStep  = 0.25 // between the angles that are tried
	smearLong = 3.0  // millimetres over which bars are averaged
	inkSpread = 4    // half pixels by which weak scans thicken bars at most
)

// checked are the formats in which a misread bar is noticed: averaged lines all say
// the same, so their number proves nothing.
var checked = []string{"Code128", "Code39", "Code93", "EAN-13", "EAN-8", "UPC-A"}

// striped reads a linear code whose single lines are spoilt by noise, lost ink or
// a fax: it averages along the bars, set straight by themselves, and then takes
// from them what ink they have grown.
func striped(p ocr.Prepared, area image.Rectangle, l look) ([]symbol, error) {
	t := smeared(p, area, l, 2)
	for range inkSpread {
		found, err := t.read(linear | thorough)
		if err != nil {
			return nil, err
		}
		found = slices.DeleteFunc(found, func(s symbol) bool { return !slices.Contains(checked, s.format) })
		if len(add(nil, found)) > 0 {
			return found, nil
		}
		t.thin(l.upright())
	}
	return nil, nil
}

// barred says whether an area that looks like l is filled with bars once they are
// averaged.
func barred(p ocr.Prepared, area image.Rectangle, l look) bool {
	if !l.stripes() {
		return false
	}
	t := smeared(p, area, l, 1)
	return lookAt(t.Raster, ocr.Box{0, 0, t.Width, t.Height}, p.DPI).bars()
}

// smeared is a copy of an area, averaged along its bars, which stand straight.
func smeared(p ocr.Prepared, area image.Rectangle, l look, scale float64) tilted {
	t := tilt(p.Gray, area, scale, leanOf(p.Gray, area, l.upright()))
	t.smear(l.upright(), int(scale*smearLong*float64(p.DPI)/25.4))
	return t
}

// leanOf returns by how many degrees the bars of an area lean clockwise: seen
// along them, light and dark change most.
func leanOf(g ocr.Raster, area image.Rectangle, upright bool) (lean float64) {
	across, along, n, lines := 1, g.Width, area.Dx(), area.Dy()
	if !upright {
		across, along, n, lines = g.Width, 1, area.Dy(), area.Dx()
	}
	from := area.Min.Y*g.Width + area.Min.X
	sum := make([]int, n)
	most := -1
	for a := -leanMost; a <= leanMost; a += leanStep {
		slope := math.Tan(a * math.Pi / 180)
		if upright {
			slope = -slope
		}
		clear(sum)
		for i := 0; i < lines; i += 3 {
			shift := int(math.Round(slope * float64(i-lines/2)))
			for k := max(0, -shift); k < min(n, n-shift); k++ {
				sum[k] += int(g.Pix[from+i*along+(k+shift)*across])
			}
		}
		change := 0
		edge := int(math.Abs(slope)*float64(lines)/2) + 1
		for k := edge; k+1 < n-edge; k++ {
			d := (sum[k+1] - sum[k]) >> 4
			change += d * d
		}
		if change > most {
			most, lean = change, a
		}
	}
	return lean
}

// smear averages the copy along its bars, which stand upright or lie, over long
// pixels: noise goes, bars stay.
func (t tilted) smear(upright bool, long int) {
	step, next, n, lines := 1, t.Width, t.Width, t.Height
	if upright {
		step, next, n, lines = t.Width, 1, t.Height, t.Width
	}
	long = min(long, n)
	was := make([]int, n)
	for i := range lines {
		at := t.Pix[i*next:]
		for k := range was {
			was[k] = int(at[k*step])
		}
		sum, first, end := 0, 0, 0
		for k := range n {
			for ; end < min(n, k+long/2+1); end++ {
				sum += was[end]
			}
			for ; first < k-long/2; first++ {
				sum -= was[first]
			}
			at[k*step] = byte(sum / (end - first))
		}
	}
}

// smoothed averages the copy over squares of five pixels, and returns it.
func (t tilted) smoothed() tilted {
	t.smear(true, 5)
	t.smear(false, 5)
	return t
}

// thin takes one pixel of breadth from all bars.
func (t tilted) thin(upright bool) {
	step := 1
	if !upright {
		step = t.Width
	}
	for i := range len(t.Pix) - step {
		t.Pix[i] = max(t.Pix[i], t.Pix[i+step])
	}
}
