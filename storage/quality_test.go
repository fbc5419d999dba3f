package storage_test

import (
	"math"
	"strings"
	"testing"

	"mailroom/storage"
)

// after plays checks one by one: x found a defect, a dot none; a digit that many
// tens without one.
func after(q storage.Quality, base float64, checks string) storage.Quality {
	for _, c := range checks {
		switch {
		case c == 'x':
			q = q.After(true, base)
		case c >= '0' && c <= '9':
			for range 10 * int(c-'0') {
				q = q.After(false, base)
			}
		default:
			q = q.After(false, base)
		}
	}
	return q
}

func TestTheShareFollowsWhatChecksFind(t *testing.T) {
	tests := map[string]struct {
		base   float64
		checks string
		want   float64
	}{
		"nothing was checked":                            {0.05, "", 0.05},
		"no defect for long":                             {0.05, "999", 0.05},
		"one defect":                                     {0.05, "x", 0.10},
		"two defects":                                    {0.05, "x..x", 0.20},
		"nineteen without are one too few":               {0.05, "x1.........", 0.10},
		"twenty without":                                 {0.05, "x2", 0.05},
		"twenty without, after two defects":              {0.05, "xx2", 0.10},
		"forty without, after two defects":               {0.05, "xx4", 0.05},
		"a defect begins the count anew":                 {0.05, "x1.........x1.........", 0.20},
		"never more than everything":                     {0.05, "xxxxxxxxx", 1},
		"from everything it comes down in as many steps": {0.05, "xxxxxxxxx2", 0.80},
		"and down to the base":                           {0.05, "xxxxxxxxx" + strings.Repeat("2", 5), 0.05},
		"a class of which everything is checked":         {1, "xx2", 1},
		"a class of which nothing is drawn":              {0, "xxx", 0},
		"clean checks beforehand are no credit":          {0.05, "9x1.........", 0.10},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			q := after(storage.Quality{}, tt.base, tt.checks)
			if got := q.Rate(tt.base); math.Abs(got-tt.want) > 1e-9 {
				t.Errorf("after %q the share is %v (level %d); want %v", tt.checks, got, q.Level, tt.want)
			}
		})
	}
}

func TestTheShareFollowsAClassThatChanges(t *testing.T) {
	q := after(storage.Quality{}, 0.05, "xxxxx")
	if got := q.Rate(0.5); got != 1 {
		t.Errorf("the share is %v of a class that is checked more by now; want 1", got)
	}
	if q = q.After(false, 0.5); q.Level != 1 {
		t.Errorf("the level is %d once half of the class is checked; want 1, for more is not possible", q.Level)
	}
}
