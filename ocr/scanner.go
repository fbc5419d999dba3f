package ocr

import "mailroom/scanstation"

// Scanner is what the cut of a stack has to know of the scanner that made it; its
// zero value knows nothing.
type Scanner struct {
	Sides int // of each sheet; see scanstation.Station
	// Glass are the streaks, in millimetres from the left, of the last StreakReach
	// images before this stack.
	Glass [][]float64
}

// Cut cuts a stack of a scanner of which nothing is known.
func Cut(readings []Reading) Cutting { return Scanner{}.Cut(readings) }

// What the back of a separator is, behind its front.
const (
	noBack   = iota
	mayBack  // it stands where a back does
	sureBack // all sheets of the stack show that fronts and backs pair up
)

// backAt says whether image i is the printed back of the separator before it. On old
// paper that may be a letter of anybody.
func (s Scanner) backAt(readings []Reading, i int) int {
	r := readings[i]
	if s.Sides != 2 || i%2 == 0 || r.Separator || r.Blank || r.Failed.Code != "" || r.Suspect != "" {
		return noBack
	}
	front := readings[i-1]
	switch {
	case !front.Separator || otherSize(front, r) != "":
		return noBack
	case len(r.Barcodes) > 0 || r.Label != "" || r.Unsigned != "" || !paired(readings):
		return mayBack
	}
	return sureBack
}

// paired says whether the sheets of a stack show that each is a front and a back: no
// separator begins on a back, no front is blank, and blank backs were not dropped.
func paired(readings []Reading) bool {
	blank := false
	for i, r := range readings {
		front := i%2 == 0
		if front && r.Blank || !front && r.Separator && !readings[i-1].Separator {
			return false
		}
		blank = blank || r.Blank
	}
	return blank && len(readings)%2 == 0
}

// doubtedBack is the doubt about a page that may be the back of a separator.
func doubtedBack(back int) []scanstation.Reason {
	if back != mayBack {
		return nil
	}
	return []scanstation.Reason{{Code: PrintedBack}}
}
