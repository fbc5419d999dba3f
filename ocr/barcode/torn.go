package barcode

import (
	"slices"
	"strings"

	"mailroom/ocr"
)

// What still shows that a sheet bore a patch code.
const (
	torn                  = "?"  // the text of such strips
	tornLong              = 10.0 // millimetres along which its bars are seen
	tornSlack             = 0.4  // narrow bars by which an edge of a bar may be off
	tornBar, tornBarMost  = 0.7, 8.2
	leastScale, mostScale = 0.6, 1.6  // of the size it should have
	leastThree, mostThree = 0.84, 1.2 // the same where three bars are left, which say less
)

// tornStrips returns what one line shows of patch codes that cannot be read. Where
// several bars might be meant it is the first three.
func tornStrips(runs []int, line int, mm float64) []strip {
	for i := 1; i+6 < len(runs); i += 2 {
		for _, n := range []int{8, 6, 10} {
			if i+n >= len(runs) {
				continue
			}
			white := min(runs[i]-runs[i-1], runs[i+n]-runs[i+n-1])
			if float64(white) >= besidePatch*mm && tornBars(runs[i:i+n], mm) {
				return []strip{{torn, line, runs[i], runs[i+n-1]}}
			}
		}
	}
	return nil
}

// tornBars says whether bars that begin and end at these pixels may be what is left
// of a patch code, or one of another size.
func tornBars(at []int, mm float64) bool {
	thin, thick := at[1]-at[0], 0
	for i := 0; i < len(at); i += 2 {
		thin, thick = min(thin, at[i+1]-at[i]), max(thick, at[i+1]-at[i])
	}
	if float64(thin) < tornBar*mm || float64(thick) > tornBarMost*mm || 2*thick < 3*thin {
		return false
	}
	for bars := range patchBars {
		p := plan(bars)
		for _, ends := range [][2]int{{0, 7}, {0, 5}, {2, 7}} {
			unit := float64(at[len(at)-1]-at[0]) / (p[ends[1]] - p[ends[0]])
			least, most := leastScale, mostScale
			if ends[1]-ends[0] < 7 {
				least, most = leastThree, mostThree
			}
			if scale := unit / mm / narrowBar; scale > least && scale < most && fits(at, unit, p, p[ends[0]], bars) {
				return true
			}
		}
	}
	return false
}

// plan is where the bars of a patch code begin and end, in narrow bars.
func plan(bars string) (at [8]float64) {
	x := 0.0
	for i := range 4 {
		at[2*i] = x
		if x++; bars[i] == 'W' {
			x += wideBar/narrowBar - 1
		}
		at[2*i+1] = x
		x++
	}
	return at
}

// fits says whether all bars lie where the plan of a patch code has some, the first
// at from, and show three of its bars, one wide and one narrow of them whole.
func fits(at []int, unit float64, plan [8]float64, from float64, bars string) bool {
	var shown, whole string
	for i := 0; i < len(at); i += 2 {
		first, last := from+float64(at[i]-at[0])/unit, from+float64(at[i+1]-at[0])/unit
		k := slices.IndexFunc([]int{0, 1, 2, 3}, func(k int) bool {
			return first > plan[2*k]-tornSlack && last < plan[2*k+1]+tornSlack
		})
		if k < 0 {
			return false
		}
		if bar := string(rune('0' + k)); !strings.Contains(shown, bar) {
			shown += bar
		}
		if first < plan[2*k]+tornSlack && last > plan[2*k+1]-tornSlack {
			whole += string(bars[k])
		}
	}
	return len(shown) >= 3 && strings.Contains(whole, "W") && strings.Contains(whole, "N")
}

// unbroken says whether the lines of c follow each other but for one in five.
func unbroken(c []strip, step int) bool {
	lines := (c[len(c)-1].line-c[0].line)/step + 1
	return 5*len(c) >= 4*lines
}

// poorly says whether a patch code is torn, too short or too far from the edge.
func poorly(c []strip, mm float64) bool {
	short := float64(len(c)*lineStep(mm)) < patchLong*mm
	return short || c[0].text == torn || float64(min(c[0].last, c[len(c)-1].last)) > patchDeep*mm
}

// apart leaves out boxes that overlap one before: both edges see the same bars.
func apart(boxes []ocr.Box) (out []ocr.Box) {
	for _, b := range boxes {
		if !slices.ContainsFunc(out, func(o ocr.Box) bool { return rect(o).Overlaps(rect(b)) }) {
			out = append(out, b)
		}
	}
	return out
}
