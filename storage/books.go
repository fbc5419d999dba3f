package storage

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"mailroom/scanstation"
)

// EventBooksClosed: the books on the paper of one day were closed.
const EventBooksClosed = "books-closed"

// PaperMove is how many originals of a class went from one state into another on
// a day. From is empty for what came in.
type PaperMove struct {
	Day   scanstation.Date `json:"day"`
	Class string           `json:"class,omitempty"`
	From  OriginalState    `json:"from,omitempty"`
	To    OriginalState    `json:"to"`
	N     int              `json:"n"`
}

// PaperCount is how many originals in the house are alike.
type PaperCount struct {
	State   OriginalState
	DueOn   scanstation.Date
	Since   scanstation.Date // when its stack came into the house
	Class   string
	Against []string // codes of what stands against its destruction, beside the period
	N       int
}

// BoxSum is how much paper lies in a box; of box "" are those in none.
type BoxSum struct {
	Box     scanstation.BoxID `json:"box,omitempty"`
	N       int               `json:"n"`
	Blocked int               `json:"blocked,omitempty"` // something stands against it beside the period, or it is held
	Oldest  scanstation.Date  `json:"oldest"`            // the earliest and the latest day on which some is due
	Newest  scanstation.Date  `json:"newest"`
}

// PaperLine is one original in the house.
type PaperLine struct {
	Document   DocumentID
	State      OriginalState
	DueOn      scanstation.Date
	Class      string
	Box        scanstation.BoxID
	Department string
	Against    []string
}

// PaperStock is how many originals stood in a state.
type PaperStock struct {
	State OriginalState `json:"state"`
	N     int           `json:"n"`
}

// Books are the books on the paper of one day, as it ended (Tagesbericht). What
// stood in a state when the day before was closed, with what came and without
// what went, must be what stands there: the first is kept from day to day, the
// second is noted with each move, and the third is counted.
type Books struct {
	Day     scanstation.Date `json:"day"`
	At      time.Time        `json:"at"`
	First   bool             `json:"first,omitempty"` // there were none before: the opening follows from the moves
	Opening []PaperStock     `json:"opening"`
	Moves   []PaperMove      `json:"moves"`
	Closing []PaperStock     `json:"closing"`
	// How what is in the house stood when they were closed.
	Overdue      int           `json:"overdue"` // due before that day, not held, and still there
	Held         int           `json:"held"`
	Reasons      []ReasonCount `json:"reasons,omitempty"` // against destructions, beside the period
	Ages         []AgeCount    `json:"ages,omitempty"`
	Boxes        []BoxSum      `json:"boxes,omitempty"`        // at most maxBookBoxes, those due first
	Certificates []Certified   `json:"certificates,omitempty"` // entered on that day
	Checkpoint   Checkpoint    `json:"checkpoint"`
}

// InHouse says whether paper in state s is in the house: it lies in its place,
// or in the sealed container.
func (s OriginalState) InHouse() bool { return s.Present() || s == Sealed }

// Leaves says whether paper in state s is to be destroyed in the end, as far as
// is known.
func (s OriginalState) Leaves() bool {
	return s == InBox || s == Due || s == Approved || s == Held
}

// allStates are the states that books are kept of.
var allStates = append(slices.Clone(present), Sealed, Lost, Destroyed, DestroyedEarly, SentBack, HandedOn, Recut)

// BookedStates are the states that books are kept of, in their order.
func BookedStates() []OriginalState { return slices.Clone(allStates) }

func stock(of map[OriginalState]int) (out []PaperStock) {
	for _, s := range allStates {
		if of[s] != 0 {
			out = append(out, PaperStock{s, of[s]})
		}
	}
	return out
}

// ReasonCount says against how many originals there is a reason.
type ReasonCount struct {
	Code string `json:"code"`
	N    int    `json:"n"`
}

// AgeCount is how much paper had been in the house for so many days.
type AgeCount struct {
	From int `json:"from"`
	To   int `json:"to,omitempty"` // 0: and longer
	N    int `json:"n"`
}

// PaperAges are the ages that paper is counted by.
func PaperAges() []AgeCount {
	return []AgeCount{{0, 10, 0}, {11, 20, 0}, {21, 30, 0}, {31, 60, 0}, {61, 0, 0}}
}

// CountAge adds n originals that came on a day to those of their age.
func CountAge(ages []AgeCount, came, today scanstation.Date, n int) {
	for i, age := range ages {
		if age.To == 0 || came >= today.Plus(-age.To) {
			ages[i].N += n
			return
		}
	}
}

// Certified is a certificate as books name it.
type Certified struct {
	ID          CertificateID    `json:"id"`
	Firm        string           `json:"firm"`
	Number      string           `json:"number"`
	Level       string           `json:"level"`
	DestroyedOn scanstation.Date `json:"destroyed_on"`
	Letters     int              `json:"letters"`
}

// In is how many of a list stand in state s.
func In(list []PaperStock, s OriginalState) int {
	for _, one := range list {
		if one.State == s {
			return one.N
		}
	}
	return 0
}

// Came and Went say how many came into, and left, a state on the day.
func (b Books) Came(s OriginalState) (n int) {
	for _, m := range b.Moves {
		if m.To == s {
			n += m.N
		}
	}
	return n
}

// Went is the counterpart of Came.
func (b Books) Went(s OriginalState) (n int) {
	for _, m := range b.Moves {
		if m.From == s {
			n += m.N
		}
	}
	return n
}

// Gap is a state of which the books do not balance.
type Gap struct {
	State       OriginalState
	Want, Found int
}

// Gaps returns every state whose closing is not its opening with what came and
// without what went; none: the books balance.
func (b Books) Gaps() (out []Gap) {
	for _, s := range allStates {
		want := In(b.Opening, s) + b.Came(s) - b.Went(s)
		if found := In(b.Closing, s); found != want {
			out = append(out, Gap{s, want, found})
		}
	}
	return out
}

// Sum puts the books of successive days together: how it was before the first
// and after the last, and all that happened in between.
func Sum(days []Books) (out Books) {
	for i, b := range days {
		if i == 0 {
			out = b
			out.Moves, out.Certificates = nil, nil
		}
		opening, first := out.Opening, out.First
		moves, certificates := append(out.Moves, b.Moves...), append(out.Certificates, b.Certificates...)
		out = b
		out.Opening, out.First, out.Moves, out.Certificates = opening, first, moves, certificates
	}
	return out
}

// PaperBooks keeps what books are made of, and the books.
type PaperBooks interface {
	// CountMove adds m to what was moved like that on its day.
	CountMove(ctx context.Context, tx Tx, m PaperMove) error
	// PaperMoves lists moves of the days from and to, both included, in order.
	PaperMoves(ctx context.Context, tx Tx, from, to scanstation.Date) ([]PaperMove, error)
	// CountStates counts all originals there ever were by their states.
	CountStates(ctx context.Context, tx Tx) ([]PaperStock, error)
	// CountPaper counts the paper in the house by state, due day, class and what
	// stands against it, and SumBoxes by its box; of some departments, or with
	// nil of all.
	CountPaper(ctx context.Context, tx Tx, departments []string) ([]PaperCount, error)
	SumBoxes(ctx context.Context, tx Tx, departments []string, limit int) ([]BoxSum, error)
	PaperLines(ctx context.Context, tx Tx, f PaperFilter) ([]PaperLine, error)
	// Unjudged lists paper that was judged before a time, and due by a day if
	// one is given, the longest unjudged first.
	Unjudged(ctx context.Context, tx Tx, before time.Time, due scanstation.Date, limit int) ([]DocumentID, error)
	// Judge keeps what stands against the destruction of paper in the house.
	Judge(ctx context.Context, tx Tx, id DocumentID, against []string, at time.Time) error
	SaveBooks(ctx context.Context, tx Tx, b Books) error
	Books(ctx context.Context, tx Tx, f BooksFilter) ([]Books, error)
}

// PaperFilter selects paper in the house in order of due day and document.
type PaperFilter struct {
	From, To    scanstation.Date // due on these days, both included; empty: no bound
	States      []OriginalState
	Departments []string // nil: of all
	Reader      string   // only what is not hidden from this log-in
	Box         *scanstation.BoxID
	Against     string // a code that stands against it
	Blocked     *bool  // something does, or nothing
	After       PaperLine
	Limit       int // 0: 100
}

// BooksFilter selects books in order of their days.
type BooksFilter struct {
	From, To scanstation.Date // both included; empty: no bound
	Newest   bool             // the last first
	Limit    int              // 0: 400
}

// bookkeeper is a ledger that notes every move of paper with the move itself.
type bookkeeper struct {
	Ledger
	today func() scanstation.Date
}

// SaveOriginal implements Ledger.
func (k bookkeeper) SaveOriginal(ctx context.Context, tx Tx, o Original) error {
	before, err := k.Originals(ctx, tx, OriginalFilter{Document: o.Document, Limit: 1})
	if err != nil {
		return err
	}
	m := PaperMove{Day: k.today(), Class: o.Class, To: o.State, N: 1}
	if len(before) > 0 {
		m.From = before[0].State
	}
	if m.From != m.To {
		if err := k.CountMove(ctx, tx, m); err != nil {
			return err
		}
	}
	return k.Ledger.SaveOriginal(ctx, tx, o)
}

// CloseBooks closes the books of a day that is over, once: they are counted,
// kept and recorded with how the tree over all events stood. It says whether it
// was it that closed them. Days are closed in their order.
func (a *Archive) CloseBooks(ctx context.Context, day scanstation.Date, c Checkpoint) (b Books, closed bool, err error) {
	if day >= a.today() {
		return b, false, fmt.Errorf("close the books of %s, which is not over: %w", day, ErrConflict)
	}
	err = a.Do(ctx, func(tx Tx) error {
		last, err := a.Ledger.Books(ctx, tx, BooksFilter{Newest: true, Limit: 1})
		if err != nil {
			return err
		}
		if closed = len(last) == 0 || last[0].Day < day; !closed {
			return nil
		}
		if b, err = a.books(ctx, tx, day, last); err != nil {
			return err
		}
		b.Checkpoint = c
		if err := a.Ledger.SaveBooks(ctx, tx, b); err != nil {
			return err
		}
		return a.Record(ctx, tx, System, EventBooksClosed, "paper-"+string(day), b)
	})
	return b, closed, err
}

// books counts what the books of day say. What has moved since the day ended is
// taken back from what is counted now.
func (a *Archive) books(ctx context.Context, tx Tx, day scanstation.Date, last []Books) (b Books, err error) {
	b = Books{Day: day, At: a.Now().UTC(), First: len(last) == 0}
	since := day
	if !b.First {
		b.Opening, since = last[0].Closing, last[0].Day.Plus(1)
	}
	if b.Moves, err = a.Ledger.PaperMoves(ctx, tx, since, day); err != nil {
		return b, err
	}
	later, err := a.Ledger.PaperMoves(ctx, tx, day.Plus(1), "9999-12-31")
	if err != nil {
		return b, err
	}
	counted, err := a.Ledger.CountStates(ctx, tx)
	if err != nil {
		return b, err
	}
	now := map[OriginalState]int{}
	for _, c := range counted {
		now[c.State] += c.N
	}
	for _, m := range later {
		now[m.To] -= m.N
		now[m.From] += m.N
	}
	b.Closing = stock(now)
	if b.First {
		b.Opening = stock(opening(now, b.Moves))
	}
	return b, a.describe(ctx, tx, &b)
}

const (
	maxBookBoxes        = 200
	maxBookCertificates = 100
)

// describe fills in how what is in the house stands.
func (a *Archive) describe(ctx context.Context, tx Tx, b *Books) error {
	counts, err := a.Ledger.CountPaper(ctx, tx, nil)
	if err != nil {
		return err
	}
	reasons := map[string]int{}
	b.Ages = PaperAges()
	for _, c := range counts {
		CountAge(b.Ages, c.Since, b.Day, c.N)
		switch {
		case c.State == Held:
			b.Held += c.N
		case c.State.Leaves() && c.DueOn < b.Day:
			b.Overdue += c.N
		}
		for _, code := range c.Against {
			reasons[code] += c.N
		}
	}
	for _, code := range slices.Sorted(maps.Keys(reasons)) {
		b.Reasons = append(b.Reasons, ReasonCount{code, reasons[code]})
	}
	if b.Boxes, err = a.Ledger.SumBoxes(ctx, tx, nil, maxBookBoxes); err != nil {
		return err
	}
	list, err := a.Ledger.Certificates(ctx, tx, CertificateFilter{Limit: maxBookCertificates})
	for _, c := range list {
		if a.dayOf(c.Entered.At) == b.Day {
			b.Certificates = append(b.Certificates, Certified{c.ID, c.Firm, c.Number, c.Level, c.DestroyedOn, c.Letters})
		}
	}
	return err
}

// opening takes moves back from a closing.
func opening(closing map[OriginalState]int, moves []PaperMove) map[OriginalState]int {
	out := map[OriginalState]int{}
	for s, n := range closing {
		out[s] = n
	}
	for _, m := range moves {
		out[m.To] -= m.N
		out[m.From] += m.N
	}
	return out
}
