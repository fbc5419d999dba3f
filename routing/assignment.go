package routing

import (
	"context"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
)

// Assignment says who works on a letter (Zuweisung). A letter has one at most;
// who had it before stands in its events only.
type Assignment struct {
	Document   storage.DocumentID
	Worker     string // as the register names them: a clerk's log-in, where there is such an account
	Department string
	By         ClerkID
	At         time.Time
	Remark     string

	// The letter's own, beside it to list by: saved in the transaction that
	// moves the letter.
	State      storage.DocumentState
	ReceivedOn scanstation.Date
	ChangedAt  time.Time
}

// AssignmentFilter selects assignments: what is empty means any.
type AssignmentFilter struct {
	Worker     string
	Department string
	By         ClerkID
	Reader     string // only of letters that are neither hidden from nor closed to this log-in
	HiddenFrom string // only of letters that are
	States     []storage.DocumentState
	// AfterDay and After are the last of the part before; not with Newest.
	AfterDay scanstation.Date
	After    storage.DocumentID
	Newest   bool // the last changed first; otherwise by ReceivedOn and Document
	Limit    int  // 0: 100
}

// Assignments keeps who works on which letter.
type Assignments interface {
	SaveAssignment(ctx context.Context, tx storage.Tx, a Assignment) error
	DropAssignment(ctx context.Context, tx storage.Tx, id storage.DocumentID) error
	// Assignment returns that of a document, storage.ErrNotFound if there is none.
	Assignment(ctx context.Context, tx storage.Tx, id storage.DocumentID) (Assignment, error)
	ListAssignments(ctx context.Context, tx storage.Tx, f AssignmentFilter) ([]Assignment, error)
	// OpenByWorker counts, for each worker whom the department's register names
	// or who has a letter of it, the letters that are not closed. It says how
	// things stand now; nothing is kept of how they stood.
	OpenByWorker(ctx context.Context, tx storage.Tx, department string) (map[string]int, error)
}
