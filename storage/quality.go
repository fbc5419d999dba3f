package storage

import (
	"context"
	"slices"
	"time"
)

// The numbers of the rule by which the share of checked letters follows what
// the checks find. See [Quality].
const (
	RateFactor  = 2   // a letter with a defect multiplies the share by it, up to all letters
	CleanChecks = 20  // so many letters without a defect, one after the other, divide it by it again
	Everything  = 1.0 // the share of which all letters are checked
)

// maxQualityMonths is how many months the counts of one row go back.
const maxQualityMonths = 24

// Quality is what the checks of one class at one station have found lately, and
// how much is checked because of it (Prüfquote).
//
// The rule: each checked letter with a defect doubles the share that is drawn,
// up to all letters; after every twenty checked letters in a row without one it
// is halved, down to the share of the class. A letter that is checked again
// after its rescan counts if it still has a defect, and otherwise not. A letter
// that its case worker sends back counts as one with a defect; that it is
// complete lowers nothing, for nobody held the paper beside it. A class of
// which nothing is drawn stays without a draw.
type Quality struct {
	Station string         `json:"station"`
	Class   string         `json:"class"`
	Level   int            `json:"level"` // how often the share is doubled
	Clean   int            `json:"clean"` // letters without a defect since the share changed
	Months  []QualityMonth `json:"months,omitempty"`
}

// QualityMonth is what the checks of a month found, the newest first.
type QualityMonth struct {
	Month      string         `json:"month"` // "2026-11"
	Checked    int            `json:"checked"`
	Failed     int            `json:"failed"`
	Defects    map[string]int `json:"defects,omitempty"`
	Complete   int            `json:"complete"`   // letters that a case worker found complete
	Incomplete int            `json:"incomplete"` // and those that they sent back
}

// Rate returns the share of letters to be drawn where base is that of the class.
func (q Quality) Rate(base float64) float64 {
	for range q.Level {
		if base >= Everything {
			break
		}
		base *= RateFactor
	}
	return min(base, Everything)
}

// After returns q once a letter was checked, of a class whose share is base.
func (q Quality) After(defect bool, base float64) Quality {
	q.Level = min(q.Level, levels(base))
	switch {
	case defect:
		q.Level, q.Clean = min(q.Level+1, levels(base)), 0
	case q.Level == 0:
		q.Clean = min(q.Clean+1, CleanChecks)
	case q.Clean+1 >= CleanChecks:
		q.Level, q.Clean = q.Level-1, 0
	default:
		q.Clean++
	}
	return q
}

// levels is how often base can be doubled until everything is checked.
func levels(base float64) (n int) {
	for base > 0 && base < Everything {
		base *= RateFactor
		n++
	}
	return n
}

// month returns the counts of the month of at, which it adds if need be.
func (q *Quality) month(at time.Time) *QualityMonth {
	name := at.Format("2006-01")
	q.Months = slices.Clone(q.Months)
	if len(q.Months) == 0 || q.Months[0].Month != name {
		q.Months = slices.Insert(q.Months, 0, QualityMonth{Month: name})
		q.Months = q.Months[:min(len(q.Months), maxQualityMonths)]
	}
	return &q.Months[0]
}

// checked counts a letter that was checked, with the kinds of its defects.
// again says that it was checked before.
func (q Quality) checked(at time.Time, base float64, defects []string, again bool) Quality {
	if again && len(defects) == 0 {
		return q
	}
	m := q.month(at)
	if !again {
		m.Checked++
	}
	if len(defects) > 0 {
		m.Failed++
	}
	for _, kind := range defects {
		m.count(kind)
	}
	return q.After(len(defects) > 0, base)
}

// count counts a defect of that kind.
func (m *QualityMonth) count(kind string) {
	kinds := map[string]int{kind: 1}
	for k, n := range m.Defects {
		kinds[k] += n
	}
	m.Defects = kinds
}

// told counts what a case worker said about a letter.
func (q Quality) told(at time.Time, base float64, complete bool) Quality {
	m := q.month(at)
	if complete {
		m.Complete++
		return q
	}
	m.Incomplete++
	return q.After(true, base)
}

// quality returns the row of a station and class, locked.
func (a *Archive) quality(ctx context.Context, tx Tx, station, class string) (Quality, error) {
	found, err := a.Ledger.Qualities(ctx, tx, QualityFilter{Station: station, Class: class, Lock: true})
	if err != nil || len(found) == 0 {
		return Quality{Station: station, Class: class}, err
	}
	return found[0], nil
}

// share is the share of letters of a class that is drawn without a defect; of a
// class that is not known, all.
func (a *Archive) share(class string) float64 {
	if c, ok := a.Classes.Find(class); ok {
		return c.Check
	}
	return Everything
}
