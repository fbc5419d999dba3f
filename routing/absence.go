package routing

import (
	"context"
	"slices"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
)

// Absence is when a clerk is away, and who stands in for them (Vertretung). It
// is kept until it is over, not longer: no history of who was away gathers.
type Absence struct {
	ID       string
	Clerk    ClerkID
	Deputy   ClerkID // empty: nobody was named
	From, To scanstation.Date
	By       ClerkID // who entered it
	At       time.Time
}

// On says whether the clerk is away on day.
func (a Absence) On(day scanstation.Date) bool { return a.From <= day && day <= a.To }

// Overlaps says whether both have a day in common.
func (a Absence) Overlaps(b Absence) bool { return a.From <= b.To && b.From <= a.To }

// Away returns the absence of c on day.
func Away(all []Absence, c ClerkID, day scanstation.Date) (Absence, bool) {
	i := slices.IndexFunc(all, func(a Absence) bool { return a.Clerk == c && a.On(day) })
	if i < 0 {
		return Absence{}, false
	}
	return all[i], true
}

// longestChain is how many deputies may stand in for one another.
const longestChain = 5

// StandIn returns who acts for c on day, and until when: the deputy or, who is
// away as well, the deputy's own. ok is false if c is there, or if the chain
// ends with nobody.
func StandIn(all []Absence, c ClerkID, day scanstation.Date) (deputy ClerkID, until scanstation.Date, ok bool) {
	at := c
	for range longestChain {
		a, away := Away(all, at, day)
		if !away {
			return at, until, at != c
		}
		if until == "" || a.To < until {
			until = a.To
		}
		if at = a.Deputy; at == "" || at == c {
			return "", "", false
		}
	}
	return "", "", false
}

// Circle says whether fresh would, on a day, make a clerk stand in for
// themselves by way of others, or make a chain that is too long.
func Circle(all []Absence, fresh Absence) bool {
	at := []ClerkID{fresh.Deputy}
	for range longestChain {
		if slices.Contains(at, fresh.Clerk) {
			return true
		}
		var next []ClerkID
		for _, a := range all {
			if a.Overlaps(fresh) && a.Deputy != "" && slices.Contains(at, a.Clerk) {
				next = append(next, a.Deputy)
			}
		}
		if at = next; len(at) == 0 {
			return false
		}
	}
	return true
}

// Absences keeps who is away.
type Absences interface {
	SaveAbsence(ctx context.Context, tx storage.Tx, a Absence) error
	DropAbsence(ctx context.Context, tx storage.Tx, id string) error
	// AbsencesFrom lists those that last until day or longer, by their first day.
	AbsencesFrom(ctx context.Context, tx storage.Tx, day scanstation.Date) ([]Absence, error)
	// ForgetAbsences drops those that were over before day.
	ForgetAbsences(ctx context.Context, tx storage.Tx, day scanstation.Date) error
}
