package routing

import (
	"context"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
)

// Way is how somebody saw what stands in a letter.
type Way string

// The ways.
const (
	WayPage    Way = "page"    // the letter's page, with its words
	WayPicture Way = "picture" // images of its pages
	WayText    Way = "text"    // its text as a file
	WayPDF     Way = "pdf"
	WayNote    Way = "note" // the transfer note
	WaySearch  Way = "search"
	WayExport  Way = "export" // all of it, in one file or by a program
)

// Access is that somebody saw what stands in a letter (Zugriff). It is kept
// apart from the events, with a time of its own after which it goes.
type Access struct {
	N        int64 // counts; given by the store
	At       time.Time
	Day      scanstation.Date // of At, in the office
	Clerk    ClerkID
	Document storage.DocumentID // or the id of a stack
	Way      Way
	Role     Role // by which role it was theirs to see; empty: as recipient of sealed post
}

// AccessDay is one day of the log as it is bound into the chain of events.
type AccessDay struct {
	Day    scanstation.Date   `json:"day"`
	Rows   int                `json:"rows"`
	Digest scanstation.Digest `json:"sha256"` // of the day's rows in order, see the desk
}

// AccessFilter selects rows of the log, the newest first. One of Document,
// Clerk and Day is set.
type AccessFilter struct {
	Document storage.DocumentID
	Clerk    ClerkID
	Day      scanstation.Date // all of its rows, the oldest first
	Since    scanstation.Date
	After    int64 // for the next page of a day
	Before   int64 // for the next page otherwise
	Limit    int   // 0: 200
}

// Accesses keeps who saw which letter.
type Accesses interface {
	AddAccess(ctx context.Context, tx storage.Tx, rows []Access) error
	ListAccess(ctx context.Context, tx storage.Tx, f AccessFilter) ([]Access, error)
	// OpenDays returns the days before today that are not yet closed, oldest first.
	OpenDays(ctx context.Context, tx storage.Tx, today scanstation.Date) ([]scanstation.Date, error)
	// CloseDay notes that a day is bound into the chain; false: it was already.
	CloseDay(ctx context.Context, tx storage.Tx, d AccessDay) (bool, error)
	// DropAccess deletes closed days before day, and says how many rows went.
	DropAccess(ctx context.Context, tx storage.Tx, before scanstation.Date) (int64, error)
}
