package ocr

import (
	"fmt"
	"math"
	"slices"

	"mailroom/scanstation"
)

// Quality measures how well a page was scanned; what it does not show is 0.
type Quality struct {
	Contrast float64 `json:"contrast,omitempty"` // of letters against the paper, 0 to 1
	Blur     float64 `json:"blur,omitempty"`     // how wide the edges of letters are, millimetres
	Border   float64 `json:"border,omitempty"`   // part of the image that is black along its edges, 0 to 1
	Noise    float64 `json:"noise,omitempty"`    // part of the black runs that are one pixel long, 0 to 1
	// Streaks are where thin dark lines stand from one end of the scan to the
	// other, in millimetres from the left of the stored image.
	Streaks []float64 `json:"streaks,omitempty"`
}

// The doubts about how a page was scanned.
const (
	ScanCoarse   = "scan-coarse"   // its resolution is low
	ScanFaint    = "scan-faint"    // letters hardly stand out against the paper
	ScanBlurred  = "scan-blurred"  // the edges of letters are soft
	ScanBordered = "scan-bordered" // much of it is black along the edges
	ScanAskew    = "scan-askew"    // it leans
	ScanCut      = "scan-cut"      // words touch the edge of the image
	ScanStreaked = "scan-streaked" // a streak at the same place on several images
	ScanBare     = "scan-bare"     // hardly anything is on it, and that may be noise
)

// flaws are the doubts that the measures of a page raise.
func (r Reading) flaws(l scanstation.QualityLimits) (out []scanstation.Reason) {
	if l == (scanstation.QualityLimits{}) {
		return nil
	}
	raise := func(broken bool, code, form string, measure ...any) {
		if broken {
			out = append(out, scanstation.Reason{Code: code, Detail: fmt.Sprintf(form, measure...)})
		}
	}
	q := r.Quality
	raise(l.DPI > 0 && r.DPI < l.DPI, ScanCoarse, "%d dpi", r.DPI)
	raise(q.Contrast > 0 && q.Contrast < l.Contrast, ScanFaint, "%.0f %%", 100*q.Contrast)
	raise(l.Blur > 0 && q.Blur > l.Blur, ScanBlurred, "%.0f µm", 1000*q.Blur)
	raise(l.Border > 0 && q.Border > l.Border, ScanBordered, "%.0f %%", 100*q.Border)
	raise(l.Skew > 0 && math.Abs(r.Skew) > l.Skew, ScanAskew, "%.0f°", math.Abs(r.Skew))
	raise(r.bare(), ScanBare, "")
	raise(l.CutWords > 0 && r.cutWords() > l.CutWords, ScanCut, "")
	return out
}

// What an empty side may show that was scanned with much noise: up to bareMarks marks,
// where bareNoise of the black runs are single pixels, and hardly a word: of what is
// read out of noise, one in bareWords may look like a sure one.
const (
	bareMarks = 20
	bareNoise = 0.025
	bareWords = 10
	plainInk  = 0.06 // from which coverage on marks are not counted in such noise
)

// bare says whether the page may be an empty side whose noise looks like marks.
func (r Reading) bare() bool {
	few := r.Ink.Marks > 1 || r.Ink.Marks == 1 && r.Ink.Coverage < plainInk
	sure := 0
	for _, w := range r.Words {
		if len(w.Text) > 2 && w.Confidence > surely {
			sure++
		}
	}
	return few && r.Ink.Marks <= bareMarks && r.Quality.Noise > bareNoise && (sure == 0 || bareWords*sure < len(r.Words))
}

// surely is how sure a word is that is taken for one and not for dirt at the edge.
const surely = 0.7

// cutWords counts the words that touch an edge of the image.
func (r Reading) cutWords() (n int) {
	near := r.DPI / 150 // a sixth of a millimetre
	for _, w := range r.Words {
		b := w.Box
		touches := min(b[0], b[1]) <= near || b[0]+b[2] >= r.Width-near || b[1]+b[3] >= r.Height-near
		if touches && len(w.Text) > 2 && w.Confidence > surely {
			n++
		}
	}
	return n
}

// StreakReach is how many images before a stack tell whether a streak on its first
// one is dirt on the glass.
const StreakReach = 2 * (streakTimes - 1)

const (
	streakNear  = 0.4 // millimetres that a streak moves from one image to the next
	streakTimes = 3   // images that show it, one after the other or each second one: a side of the sheets
)

// streaked returns for each reading whether it shows a streak that stands at the same
// place on others around it: dirt on the glass, and no line of a form. before are the
// streaks of the images that were scanned before, the last one last.
func streaked(readings []Reading, before [][]float64) map[int]scanstation.Reason {
	all := slices.Clone(before)
	for _, r := range readings {
		all = append(all, r.Quality.Streaks)
	}
	out := map[int]scanstation.Reason{}
	for i := range all {
		for _, x := range all[i] {
			for step := 1; step <= 2; step++ {
				run := []int{i}
				for j := i + step; j < len(all) && streakAt(all[j], x) && len(run) < streakTimes; j += step {
					run = append(run, j)
				}
				for _, j := range run {
					if len(run) == streakTimes {
						out[j-len(before)] = scanstation.Reason{Code: ScanStreaked, Detail: fmt.Sprintf("%.0f mm", x)}
					}
				}
			}
		}
	}
	return out
}

func streakAt(streaks []float64, x float64) bool {
	return slices.ContainsFunc(streaks, func(at float64) bool { return math.Abs(at-x) <= streakNear })
}
