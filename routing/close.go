package routing

import (
	"context"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
)

// DayClose is what the scan room signs at the end of a day (Tagesabschluss). It
// counts stacks, never people.
type DayClose struct {
	Number int              `json:"number"` // from 1
	Day    scanstation.Date `json:"day"`
	At     time.Time        `json:"at"`
	By     ClerkID          `json:"by"`
	Name   string           `json:"name"`

	Stacks     int `json:"stacks"`
	Released   int `json:"released"`
	Letters    int `json:"letters"`
	Images     int `json:"images"`
	Pages      int `json:"pages"`
	Separators int `json:"separators"`
	Blanks     int `json:"blanks"`
	Rejected   int `json:"rejected"`

	Rescans  int `json:"rescans"`   // requests that are open
	Doubts   int `json:"doubts"`    // stacks, of whatever day, that wait for a person
	Working  int `json:"working"`   // stacks that the line is at
	Aside    int `json:"aside"`     // files set aside at the stations
	Arriving int `json:"arriving"`  // files that have not yet been taken
	NoAccess int `json:"no_access"` // stations whose folder cannot be read

	Reason  string                `json:"reason,omitempty"` // why it was signed although something is missing
	Batches []scanstation.BatchID `json:"batches"`          // that it counts
}

// Missing says whether something stands against the close.
func (c DayClose) Missing() bool {
	return c.Doubts+c.Working+c.Aside+c.Arriving+c.NoAccess > 0 || !c.AddsUp()
}

// AddsUp says whether every image of the day has met exactly one fate.
func (c DayClose) AddsUp() bool {
	return c.Working > 0 || c.Images == c.Pages+c.Separators+c.Blanks+c.Rejected
}

// DayCloses keeps them. SaveClose is storage.ErrConflict for a number that was
// given before; ListCloses has the last first.
type DayCloses interface {
	SaveClose(ctx context.Context, tx storage.Tx, c DayClose) error
	ListCloses(ctx context.Context, tx storage.Tx, before, limit int) ([]DayClose, error)
}
