package barcode

import (
	"slices"

	"mailroom/ocr"
)

// The measures of a patch code in millimetres: bars of 0.20 and 0.08 inch, 0.08
// inch apart, along an edge of the sheet and at most 3.75 inches from it.
const (
	wideBar, narrowBar = 5.08, 2.03
	barSlack           = 0.9
	patchHigh          = 20.3
	patchDeep          = 95.3 + patchHigh + 5
	besidePatch        = 2.5  // white in front of the first bar and behind the last
	patchStep          = 2.0  // between the lines that are looked along
	patchGap           = 10.0 // that a hole punched into the bars takes of them
	patchLong          = 17.0 // that the bars have at least; 0.75 inch is the shortest made
	patchApart         = 8.0  // how much nearer one edge must be
)

// patchBars are the bars of each patch code from the sheet's edge inwards.
var patchBars = map[string]string{"WWNN": "1", "WNNW": "2", "WNWN": "3", "NWWN": "4", "NNWW": "6", "NWNW": "T"}

// edge is one edge of a page as lines that lead inwards from it.
type edge struct {
	g             ocr.Raster
	origin        int // index of the pixel where line 0 begins
	inward, along int // steps from pixel to pixel
	deep, long    int
}

func edges(g ocr.Raster) [4]edge {
	w, h := g.Width, g.Height
	return [4]edge{
		{g, 0, w, 1, h, w},
		{g, (h - 1) * w, -w, 1, h, w},
		{g, 0, 1, w, w, h},
		{g, w - 1, -1, w, w, h},
	}
}

// strip is the part of a line that one patch code covers.
type strip struct {
	text        string
	line        int // which line along the edge
	first, last int // pixels from the edge
}

// readPatches reads the patch codes of a page. The edge next to one says what it
// is, for seen from the other end 1 is 6 and 3 is T. Codes that lie where no edge
// is next, or that contradict each other, are unread.
//
// What seems to be one, but torn, printed at another size, too short or too far from
// the edge, is unread on a page on which none is found.
func readPatches(g ocr.Raster, dpi int) (found []ocr.Barcode, unread []ocr.Box) {
	mm := float64(dpi) / 25.4
	var poor []ocr.Box
	for _, e := range edges(g) {
		for _, s := range e.patches(mm) {
			first, last := s[0], s[len(s)-1]
			box := e.box(first, last)
			if poorly(s, mm) {
				poor = append(poor, box)
				continue
			}
			nearer := float64(e.deep-last.last-first.first) / mm // than the edge across
			switch same := first.text == "2" || first.text == "4"; {
			case same && nearer < 0 || nearer < -patchApart:
				continue // the edge across says what it is
			case !same && nearer < patchApart:
				unread = append(unread, box)
				continue
			}
			found = append(found, ocr.Barcode{Format: ocr.PatchFormat, Text: first.text, Box: box})
		}
	}
	if len(found) == 0 && len(unread) == 0 {
		return nil, apart(poor)
	}
	for _, c := range found {
		if c.Text != found[0].Text {
			for _, c := range found {
				unread = append(unread, c.Box)
			}
			return nil, unread
		}
	}
	return found, unread
}

// patches returns the lines of each patch code along e.
func (e edge) patches(mm float64) (codes [][]strip) {
	deep := min(e.deep, max(int(patchDeep*mm), e.deep/2+int(patchHigh*mm)))
	step, gap := lineStep(mm), int(patchGap*mm)
	var open [][]strip
	close := func(c []strip) {
		if seen := float64(len(c)*step) / mm; seen >= patchLong || seen >= tornLong && unbroken(c, step) {
			codes = append(codes, c)
		}
	}
	for at := step / 2; at < e.long; at += step {
		var still [][]strip
		for _, s := range e.strips(at, deep, mm) {
			i := slices.IndexFunc(open, func(c []strip) bool {
				last := c[len(c)-1]
				return last.text == s.text && at-last.line <= gap && abs(s.first-last.first) < step
			})
			if i < 0 {
				still = append(still, []strip{s})
				continue
			}
			still = append(still, append(open[i], s))
			open = slices.Delete(open, i, i+1)
		}
		for _, c := range open {
			if at-c[len(c)-1].line < gap {
				still = append(still, c)
			} else {
				close(c)
			}
		}
		open = still
	}
	for _, c := range open {
		close(c)
	}
	return codes
}

func lineStep(mm float64) int { return max(1, int(patchStep*mm)) }

// strips returns the patch codes that one line shows.
func (e edge) strips(line, deep int, mm float64) (out []strip) {
	runs := e.runs(line, deep, mm)
	for i := 1; i+8 < len(runs); i += 2 {
		white := min(runs[i]-runs[i-1], runs[i+8]-runs[i+7])
		if text := patchOf(runs[i:i+8], mm); text != "" && float64(white) >= besidePatch*mm {
			out = append(out, strip{text, line, runs[i], runs[i+7]})
		}
	}
	if len(out) == 0 {
		return tornStrips(runs, line, mm)
	}
	return out
}

// patchOf returns which patch code bars are that begin and end at these pixels.
func patchOf(at []int, mm float64) string {
	var bars [4]byte
	for k := range 7 {
		long := float64(at[k+1]-at[k]) / mm
		narrow := long > narrowBar-barSlack && long < narrowBar+barSlack
		switch {
		case narrow && k%2 == 0:
			bars[k/2] = 'N'
		case k%2 == 0 && long > wideBar-barSlack && long < wideBar+barSlack:
			bars[k/2] = 'W'
		case !narrow:
			return ""
		}
	}
	if whole := float64(at[7]-at[0]) / mm; whole < 0.9*patchHigh || whole > 1.1*patchHigh {
		return ""
	}
	return patchBars[string(bars[:])]
}

// runs returns where a line changes between light and dark, and where it ends: it
// begins light at 0, which may be nothing. Changes that last less than half a narrow bar are none.
func (e edge) runs(line, deep int, mm float64) []int {
	runs := []int{0}
	near := min(deep, int(patchDeep*mm))
	low, high := e.contrast(line, 0, near)
	if high-low < leastContrast {
		l, h := e.contrast(line, near, deep)
		if low, high = min(low, l), max(high, h); high-low < leastContrast && !e.pale(line, deep, low, high) {
			return runs
		}
	}
	limit, least := byte((low+high)/2), max(2, int(narrowBar*mm/3))
	dark := false
	since := -1 // where it seems to have changed
	for i := range deep {
		switch d := e.at(line, i) < limit; {
		case d == dark:
			since = -1
		case since < 0:
			since = i
		case i-since >= least:
			runs = append(runs, since)
			dark, since = d, -1
		}
	}
	return append(runs, deep)
}

// leastContrast is the least of a line with bars, whose ink is not pale.
const leastContrast, paleContrast = 40, 20

// contrast returns the darkest and the lightest of a line between two pixels.
func (e edge) contrast(line, from, to int) (low, high int) {
	low = 255
	for i := from; i < to; i += 3 {
		v := int(e.at(line, i))
		low, high = min(low, v), max(high, v)
	}
	return low, high
}

// pale says whether a line of little contrast is dark as far as pale bars make it
// so; mere noise is dark half of the time.
func (e edge) pale(line, deep, low, high int) bool {
	if high-low < paleContrast {
		return false
	}
	dark, all := 0, 0
	for i := 0; i < deep; i += 12 {
		all++
		if int(e.at(line, i)) < (low+high)/2 {
			dark++
		}
	}
	return 30*dark > all && 4*dark < all
}

func (e edge) at(line, i int) byte { return e.g.Pix[e.origin+line*e.along+i*e.inward] }

// box is the box of the page from the first strip of a code to its last.
func (e edge) box(first, last strip) ocr.Box {
	from := e.origin + first.line*e.along + min(first.first, last.first)*e.inward
	to := e.origin + last.line*e.along + max(first.last, last.last)*e.inward
	x0, y0, x1, y1 := from%e.g.Width, from/e.g.Width, to%e.g.Width, to/e.g.Width
	return ocr.Box{min(x0, x1), min(y0, y1), abs(x1-x0) + 1, abs(y1-y0) + 1}
}

func abs(n int) int { return max(n, -n) }
