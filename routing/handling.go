package routing

import (
	"context"
	"slices"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
)

// Handling is what people have to keep in mind about a letter (Bearbeitungsstand):
// its deadlines, remarks and dates. Every letter has one from its first move on.
type Handling struct {
	Document storage.DocumentID `json:"document"`
	// The letter's own, beside it to list by: kept by Diary.Follow in the
	// transaction that moves the letter.
	Department string                `json:"department"`
	State      storage.DocumentState `json:"state"`
	ReceivedOn scanstation.Date      `json:"received_on"`

	Deadlines []Deadline       `json:"deadlines,omitempty"`
	Flags     []Flag           `json:"flags,omitempty"`
	Priority  int              `json:"priority,omitempty"` // 1 before others, -1 after them
	FollowUp  *FollowUp        `json:"follow_up,omitempty"`
	Turns     int              `json:"turns,omitempty"`     // how often it was refused or forwarded
	Comments  int              `json:"comments,omitempty"`  // how many were written; their words stand in the events
	TargetOn  scanstation.Date `json:"target_on,omitempty"` // last day of the internal target for its state
	Backlog   bool             `json:"backlog,omitempty"`   // it waits behind the day's post, without targets and deadlines by rules
	ChangedAt time.Time        `json:"changed_at"`
}

// Deadline is a legal deadline of a letter (Frist).
type Deadline struct {
	Name  string           `json:"name"`            // that of the rule, too
	On    scanstation.Date `json:"on"`              // its last day
	By    ClerkID          `json:"by,omitempty"`    // who set or changed it; empty: found by a rule
	Words string           `json:"words,omitempty"` // the line that it was found by; empty: the class alone
	Page  int              `json:"page,omitempty"`  // where they stand, from 1; 0: nobody noted it
	// From is what the rule counted from, and Since that day; empty: nobody noted it.
	From  string           `json:"from,omitempty"`
	Since scanstation.Date `json:"since,omitempty"`
	// Delivery is a day of delivery before the receipt that the letter names, and
	// Earlier the last day counted from it, for a person to judge.
	Delivery scanstation.Date `json:"delivery,omitempty"`
	Earlier  scanstation.Date `json:"earlier,omitempty"`
}

// FollowUp brings a letter back to the top on a day (Wiedervorlage).
type FollowUp struct {
	On    scanstation.Date `json:"on"`
	Words string           `json:"words,omitempty"`
	By    ClerkID          `json:"by"`
}

// Flag is a remark that is put on a letter with one key (Vermerk).
type Flag string

// The flags.
const (
	FlagTalk   Flag = "talk"   // Rücksprache
	FlagUrgent Flag = "urgent" // Eilt
	FlagNotice Flag = "notice" // Zur Kenntnis
	FlagSubmit Flag = "submit" // Vorlage
)

// Flags are all flags, in the order in which they are offered.
func Flags() []Flag { return []Flag{FlagTalk, FlagUrgent, FlagNotice, FlagSubmit} }

// Next returns the deadline that ends first; false if there is none.
func (h Handling) Next() (Deadline, bool) {
	if len(h.Deadlines) == 0 {
		return Deadline{}, false
	}
	return slices.MinFunc(h.Deadlines, func(a, b Deadline) int {
		switch {
		case a.On < b.On:
			return -1
		case a.On > b.On:
			return 1
		}
		return 0
	}), true
}

// Urgency is the turn of the letter among those that wait: priority and the flag
// urgent come first, then whatever has a deadline by its last day, then the rest
// by receipt, then what may wait, and the backlog last. Empty is the ordinary turn.
func (h Handling) Urgency() string {
	weight := h.Priority
	if h.Has(FlagUrgent) {
		weight++
	}
	next, due := h.Next()
	day := h.ReceivedOn
	if due {
		day = next.On
	}
	switch {
	case weight > 1:
		return "2 " + string(day)
	case weight > 0:
		return "3 " + string(day)
	case weight < 0:
		return "6 " + string(day)
	case due:
		return "4 " + string(day)
	case h.Backlog:
		return "8 " + string(day)
	}
	return ""
}

// Has says whether the letter bears a flag.
func (h Handling) Has(f Flag) bool { return slices.Contains(h.Flags, f) }

// Open says whether somebody still has to do something about a letter in state s.
func Open(s storage.DocumentState) bool { return slices.Contains(OpenStates(), s) }

// OpenStates are the states in which somebody has to do something.
func OpenStates() []storage.DocumentState {
	return []storage.DocumentState{storage.Archived, storage.Review, storage.Inbox, storage.Assigned, storage.Filing, storage.Filed, storage.InWork}
}

// HandlingFilter selects handlings: what is empty means any.
type HandlingFilter struct {
	Departments []string // nil: all; "" among them is the unknown one
	Reader      string   // only of letters that are not hidden from this log-in
	States      []storage.DocumentState
	Flag        Flag
	DueBy       scanstation.Date // with a deadline on this day or before
	FollowUpBy  scanstation.Date // with a follow-up on this day or before
	// LateOn selects the letters that are late on this day: a target or a
	// deadline is over, or they were sent astray too often.
	LateOn scanstation.Date
	// Urgent selects what has something that brings it before others: a deadline,
	// more weight than others, a follow-up on Today or before.
	Urgent bool
	// Today puts first what comes back on this day or before; then follow
	// priority and the flag urgent, the next deadline, the receipt. Empty: by
	// receipt and document alone.
	Today  scanstation.Date
	Offset int
	Limit  int // 0: 100
}

// Handlings keeps what there is to keep in mind about letters.
type Handlings interface {
	SaveHandling(ctx context.Context, tx storage.Tx, h Handling) error
	// Handling returns that of a document, storage.ErrNotFound if it has not
	// moved yet.
	Handling(ctx context.Context, tx storage.Tx, id storage.DocumentID) (Handling, error)
	// HandlingsOf returns those of at most 500 documents.
	HandlingsOf(ctx context.Context, tx storage.Tx, ids []storage.DocumentID) (map[storage.DocumentID]Handling, error)
	ListHandlings(ctx context.Context, tx storage.Tx, f HandlingFilter) ([]Handling, error)
	// CountHandlings counts what f selects, no further than f.Limit.
	CountHandlings(ctx context.Context, tx storage.Tx, f HandlingFilter) (int, error)
}

// Information gives a letter to a clerk to know of, without more (zur Kenntnis).
type Information struct {
	Document storage.DocumentID
	Clerk    ClerkID
	By       ClerkID
	At       time.Time
	Words    string
	Seen     bool // the clerk has taken note
}

// Informed keeps who was given which letter for information. It ends when it is
// taken back, whatever becomes of the letter.
type Informed interface {
	SaveInformation(ctx context.Context, tx storage.Tx, i Information) error
	DropInformation(ctx context.Context, tx storage.Tx, id storage.DocumentID, clerk ClerkID) error
	// InformedOf lists to whom a letter was given, at most 100.
	InformedOf(ctx context.Context, tx storage.Tx, id storage.DocumentID) ([]Information, error)
	// InformedTo lists what was given to a clerk, and neither hidden from nor
	// closed to them since, the last first; of id only that letter, if it is not
	// empty.
	InformedTo(ctx context.Context, tx storage.Tx, clerk ClerkID, id storage.DocumentID, limit int) ([]Information, error)
}
