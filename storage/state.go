package storage

import (
	"fmt"
	"slices"
)

// BatchState is where a batch stands.
type BatchState string

// The states of a batch.
const (
	BatchReceived BatchState = "received"
	BatchRead     BatchState = "read"
	BatchReview   BatchState = "review"
	BatchReleased BatchState = "released"
	BatchParked   BatchState = "parked"
)

// DocumentState is where a document stands.
type DocumentState string

// The states of a document.
const (
	Archived    DocumentState = "archived"
	Review      DocumentState = "review" // Klärung
	Inbox       DocumentState = "inbox"  // Postkorb
	Assigned    DocumentState = "assigned"
	Filing      DocumentState = "filing"
	Filed       DocumentState = "filed" // zur Akte genommen
	InWork      DocumentState = "in-work"
	Closed      DocumentState = "closed"
	NoRelevance DocumentState = "no-relevance" // keine Aktenrelevanz
	Finance     DocumentState = "finance"
	HandedOver  DocumentState = "handed-over" // an andere Behörde abgegeben
	Returned    DocumentState = "returned"
	Duplicate   DocumentState = "duplicate"
	Superseded  DocumentState = "superseded"
	Erased      DocumentState = "erased" // our copy is gone, by its date or by law
)

// Routed says whether a document in state s has reached a department.
func (s DocumentState) Routed() bool {
	return s != Archived && s != Review && s != Superseded && s != Erased
}

// OriginalState is where the paper stands.
type OriginalState string

// The states of an original.
const (
	InBox     OriginalState = "in-box"
	Held      OriginalState = "held"
	ToReturn  OriginalState = "to-return"
	ToKeep    OriginalState = "to-keep"
	Lost      OriginalState = "lost"
	Due       OriginalState = "due"
	Approved  OriginalState = "approved"
	Sealed    OriginalState = "sealed"
	Destroyed OriginalState = "destroyed"
	SentBack  OriginalState = "returned"
	// What nobody permitted, and was recorded all the same.
	DestroyedEarly OriginalState = "destroyed-early"
	HandedOn       OriginalState = "handed-on" // to an archive or a court

	Recut OriginalState = "superseded" // its paper belongs to other letters now
)

// The transition table. What does not stand here cannot happen.
var (
	batchMoves = map[BatchState][]BatchState{
		"":            {BatchReceived},
		BatchReceived: {BatchRead, BatchParked},
		BatchRead:     {BatchReview, BatchReleased, BatchParked, BatchRead},
		BatchReview:   {BatchReleased, BatchParked, BatchReview, BatchRead},
		BatchParked:   {BatchReceived, BatchRead},
	}
	documentMoves = map[DocumentState][]DocumentState{
		"":       {Archived},
		Archived: {Review, Inbox, Superseded},
		Review:   {Archived, Inbox, Superseded, Review, NoRelevance, HandedOver, Returned, Duplicate, Erased},
		// From the inbox to filing where a department distributes inside its e-file
		// system; back again if that refused a letter nobody was assigned.
		Inbox:    {Archived, Assigned, Filing, Inbox, Review, Superseded, NoRelevance, Finance, HandedOver, Returned, Duplicate, Erased},
		Assigned: {Filing, Inbox, Assigned, NoRelevance, Finance, HandedOver, Returned, Duplicate, Erased},
		Filing:   {Filed, Assigned, Inbox},
		Filed:    {InWork, Filing, Erased}, // filing: a further case was found
		InWork:   {Closed, Erased},
		Closed:   {InWork, Erased},
		// An end is taken back while nothing has happened to the paper.
		NoRelevance: {Inbox, Review, Erased}, Finance: {Inbox, Review, Erased}, HandedOver: {Inbox, Review, Erased}, Returned: {Inbox, Review, Erased}, Duplicate: {Inbox, Review, Erased},
		Superseded: {Erased}, // with the letter that its pages stand in
	}
	originalMoves = map[OriginalState][]OriginalState{
		"":             {InBox},
		InBox:          {Due, Held, ToReturn, ToKeep, Lost, HandedOn, DestroyedEarly, Recut},
		Due:            {Approved, InBox, Held, ToReturn, ToKeep, Lost, HandedOn, DestroyedEarly, Recut},
		Approved:       {Sealed, Due, Held, Lost, DestroyedEarly},
		Sealed:         {Destroyed, InBox, Lost, DestroyedEarly}, // in its box again if the container was opened
		Held:           {InBox, ToReturn, ToKeep, Lost, HandedOn, DestroyedEarly, Recut},
		ToReturn:       {SentBack, InBox, ToKeep, Held, Lost, HandedOn, DestroyedEarly, Recut},
		ToKeep:         {InBox, ToReturn, Held, Lost, HandedOn, DestroyedEarly, Recut},
		Lost:           {InBox, DestroyedEarly, Recut},
		HandedOn:       {InBox},
		DestroyedEarly: {InBox}, // it was another one's
		SentBack:       {InBox}, // undeliverable
	}
)

// mayMove returns ErrConflict, with what was wanted, unless table lets from become to.
func mayMove[S ~string](table map[S][]S, object string, from, to S) error {
	if slices.Contains(table[from], to) {
		return nil
	}
	return fmt.Errorf("%s cannot go from %q to %q: %w", object, from, to, ErrConflict)
}
