package barcode

import "mailroom/ocr"

// look is what the pixels of a region look like: how much of the box around
// everything dark is dark, and how often a row and a column of it change between
// dark and light.
type look struct {
	dark         float64
	across, down float64
	wide, high   float64 // of that box, in millimetres
}

// What codes look like, measured on drawn ones with modules of 0.25 to 0.36 mm
// and on the bold words, holes and black edges that are found beside them: a
// code is 0.42 to 0.58 dark, a word of a letter 0.2 to 0.3, a hole 0.75.
const (
	darkest, lightest = 0.70, 0.32 // of what is tried at all
	codeDark          = 0.36       // of what surely is one
	codeLight         = 0.66
	fewChanges        = 5   // of the smallest DataMatrix
	barChanges        = 16  // eight bars
	barShare          = 4.0 // changes across bars for each one along them
	large             = 12.0
	stripeShare       = 1.5 // of bars that noise cuts to pieces
	stripeLong        = 5.0 // millimetres
	stripeMost        = 60.0
	grainsDark        = 0.2
	grainsChanges     = 8
	grainsMost        = 40.0 // millimetres
)

// maybe says whether the region is worth trying. A large one may hold a code
// beside something else.
func (l look) maybe() bool {
	return l.wide > large && l.high > large ||
		l.dark > lightest && l.dark < darkest && max(l.across, l.down) >= fewChanges
}

// bars says whether the region is filled with bars and nothing else.
func (l look) bars() bool {
	s := l.standing()
	return l.code() && s.across >= barChanges && s.across/max(s.wide, 1) > barShare*s.down/max(s.high, 1)
}

// upright says whether bars in the region would stand rather than lie.
func (l look) upright() bool { return l.across/max(l.wide, 1) > l.down/max(l.high, 1) }

// standing is what the region looks like turned so that bars in it stand.
func (l look) standing() look {
	if l.upright() {
		return l
	}
	return look{dark: l.dark, across: l.down, down: l.across, wide: l.high, high: l.wide}
}

// stripes says whether there seem to be bars in the region, however poor.
func (l look) stripes() bool {
	s := l.standing()
	return s.across >= barChanges && s.across/max(s.wide, 1) > stripeShare*s.down/max(s.high, 1) && s.high > stripeLong && min(s.wide, s.high) < stripeMost
}

// grains says whether the region may hold modules beside something else.
func (l look) grains() bool {
	return l.dark > grainsDark && min(l.across, l.down) >= grainsChanges && max(l.wide, l.high) < grainsMost
}

// code says whether the region is filled as a code is.
func (l look) code() bool {
	return l.dark > codeDark && l.dark < codeLight && max(l.across, l.down) >= 2*fewChanges
}

// lookAt measures a region of g.
func lookAt(g ocr.Raster, b ocr.Box, dpi int) look {
	limit, ok := middle(g, b)
	if !ok {
		return look{}
	}
	in := inked(g, b, limit)
	if in[2] < 8 || in[3] < 8 {
		return look{}
	}
	var dark, all, across, down int
	for y := in[1]; y < in[1]+in[3]-2; y += 2 { // compared to the next that is seen, whichever row the modules begin in
		for i := y*g.Width + in[0]; i < y*g.Width+in[0]+in[2]-1; i++ {
			d := g.Pix[i] < limit
			all++
			if d {
				dark++
			}
			if d != (g.Pix[i+1] < limit) {
				across++
			}
			if d != (g.Pix[i+2*g.Width] < limit) {
				down++
			}
		}
	}
	rows, mm := float64(in[3])/2, float64(dpi)/25.4
	return look{
		dark: float64(dark) / float64(max(all, 1)), across: float64(across) / rows, down: float64(down) / float64(in[2]),
		wide: float64(in[2]) / mm, high: float64(in[3]) / mm,
	}
}

// middle is half way between the dark and the light of a region; ok is false
// where they hardly differ.
func middle(g ocr.Raster, b ocr.Box) (limit byte, ok bool) {
	var count [256]int
	n := 0
	for y := b[1]; y < b[1]+b[3]; y += 2 {
		for x := b[0]; x < b[0]+b[2]; x += 2 {
			count[g.Pix[y*g.Width+x]]++
			n++
		}
	}
	at := func(part int) int { // in a thousand
		sum := 0
		for v, c := range count {
			if sum += c; sum*1000 >= n*part {
				return v
			}
		}
		return 255
	}
	low, high := at(8), at(900)
	return byte((low + high) / 2), high-low > 40
}

// inked is the box around the pixels of b that are darker than limit, specks
// left out: a row or column counts with five of them.
func inked(g ocr.Raster, b ocr.Box, limit byte) ocr.Box {
	rows, cols := make([]int, b[3]), make([]int, b[2])
	for y := range rows {
		for x := range cols {
			if g.Pix[(b[1]+y)*g.Width+b[0]+x] < limit {
				rows[y]++
				cols[x]++
			}
		}
	}
	first, last := span(rows)
	left, right := span(cols)
	return ocr.Box{b[0] + left, b[1] + first, right - left, last - first}
}

func span(counts []int) (first, last int) {
	for first < len(counts) && counts[first] < 5 {
		first++
	}
	for last = len(counts); last > first && counts[last-1] < 5; last-- {
	}
	return first, last
}
