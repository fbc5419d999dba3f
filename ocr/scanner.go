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

// backAt is the doubt about image i if it lies where the printed back of a separator
// does. Whether it is one cannot be told by the stack: where the scanner left out two
// empty backs, or made one image of each sheet for once, a letter begins there.
func (s Scanner) backAt(readings []Reading, i int) []scanstation.Reason {
	if s.Sides != 2 || i%2 == 0 || !readings[i-1].Separator || otherSize(readings[i-1], readings[i]) != "" {
		return nil
	}
	return []scanstation.Reason{{Code: PrintedBack}}
}
