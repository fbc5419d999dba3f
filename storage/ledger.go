package storage

import (
	"context"
	"time"

	"mailroom/scanstation"
)

// Tx is one transaction of the ledger. SQL is written with $1, $2 … on every
// engine and stands only in packages named sqlstore. Times are passed and
// scanned as time.Time, digests and ids as strings.
type Tx interface {
	Exec(ctx context.Context, sql string, args ...any) (rows int64, err error)
	Query(ctx context.Context, sql string, args ...any) (Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) Row
	// Enqueue puts a job into the queue when, and only when, the transaction
	// commits. A job equal to one that still waits or runs is not put twice.
	Enqueue(ctx context.Context, j Job) error
}

// Row is one row; Scan returns ErrNotFound if there is none.
type Row interface{ Scan(dest ...any) error }

// Rows are the rows of a query; Close is called by whoever made the query.
type Rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close() error
}

// Ledger keeps the rows: batches with their images, documents, originals, and
// the chain of events. Save inserts or replaces by id. Lists are ordered as
// their filter says and never unbounded.
type Ledger interface {
	// Do runs f in one writing transaction: all of it or nothing. f may be run
	// again if the engine asks for it, so it must do nothing but use tx.
	Do(ctx context.Context, f func(tx Tx) error) error
	// View runs f on a consistent state without writing.
	View(ctx context.Context, f func(tx Tx) error) error

	// Append links e behind the last event and returns it as linked. The head
	// is locked until the transaction ends, so it is the last thing one does.
	Append(ctx context.Context, tx Tx, e Event) (Event, error)
	Events(ctx context.Context, tx Tx, f EventFilter) ([]Event, error)
	// EraseBodies deletes salt and body of the events of object.
	EraseBodies(ctx context.Context, tx Tx, object string) error

	SaveBatch(ctx context.Context, tx Tx, b Batch) error
	Batches(ctx context.Context, tx Tx, f BatchFilter) ([]Batch, error)
	// CountBatches counts the batches claimed since then and their images, by
	// station, of at most 500 stations.
	CountBatches(ctx context.Context, tx Tx, since time.Time) (map[string]BatchCount, error)
	SaveImages(ctx context.Context, tx Tx, images []Image) error
	Images(ctx context.Context, tx Tx, f ImageFilter) ([]Image, error)

	// SaveDocument keeps the words by which d is found as well.
	SaveDocument(ctx context.Context, tx Tx, d Document) error
	Documents(ctx context.Context, tx Tx, f DocumentFilter) ([]Document, error)
	// CountDocuments counts the documents in f.States for each of
	// f.Departments, none of them further than f.Limit. Without departments all
	// are counted together, under "".
	CountDocuments(ctx context.Context, tx Tx, f DocumentFilter) (map[string]int, error)
	// Search lists documents by their words, those kept last first. Superseded
	// ones are not found.
	Search(ctx context.Context, tx Tx, f SearchFilter) ([]DocumentID, error)
	// Hide replaces from whom a document is hidden, by log-in: no list or search
	// made for them has it.
	Hide(ctx context.Context, tx Tx, id DocumentID, readers []string) error
	SaveOriginal(ctx context.Context, tx Tx, o Original) error
	Originals(ctx context.Context, tx Tx, f OriginalFilter) ([]Original, error)
	Rescans
	Draws
	EventTree
	Samples
	PaperBooks
	Holds
	Standings
	Journal
	Boxes
	BatchSheets
	Recalls
	Disposals
	Leavings
	Placeholders
	Volumes
	Anchors
	Erasures
	Copies
}

// EventFilter selects events in order of Seq.
type EventFilter struct {
	After  int64  // events with a greater Seq
	Object string // of this object; empty: of all
	Newest bool   // the last ones first; After does not count
	Limit  int    // 0: 1,000
}

// BatchFilter selects batches, the newest id first.
type BatchFilter struct {
	ID     scanstation.BatchID
	IDs    []scanstation.BatchID // of these, at most 500
	Digest scanstation.Digest
	// Station is for the newest batches of a station, in whatever state.
	Station string
	States  []BatchState
	Before  scanstation.BatchID // for the next page of a list: ids less than this
	Lock    bool                // until the transaction ends, no other may lock them
	Limit   int                 // 0: 100
}

// BatchCount is how many batches there are, with how many images, and when the
// newest was claimed.
type BatchCount struct {
	Batches, Images int
	Latest          time.Time
}

// ImageFilter selects images of a batch, in order of Image, or of a document,
// in the order of its pages.
type ImageFilter struct {
	Batch    scanstation.BatchID
	Document DocumentID
	Image    *int // only this one
	Unread   bool // only those without a reading
	Limit    int  // 0: 10,000
}

// DocumentFilter selects documents, the newest id first; of one batch, in order.
type DocumentFilter struct {
	ID          DocumentID
	IDs         []DocumentID // of these, at most 500
	Batch       scanstation.BatchID
	States      []DocumentState
	Department  string
	Departments []string   // with Waiting: of any of these, "" is of none; nil: of whatever department
	Recipient   string     // sealed ones that are for this log-in
	Reader      string     // only what is not hidden from this log-in
	Before      DocumentID // for the next page of a list
	Waiting     bool       // by [Document.Turn] instead, the first to be taken up first; needs States
	After       Place      // with Waiting: for the next page, behind this place
	Lock        bool
	WithText    bool
	Limit       int // 0: 100
}

// OriginalFilter selects originals in order of DueOn and Document, those of a
// box in order of their places.
type OriginalFilter struct {
	Document DocumentID
	Box      scanstation.BoxID
	After    int // with Box: of greater places
	Upto     int // with Box: of lesser places, the greatest first
	Batch    scanstation.BatchID
	States   []OriginalState
	// With DueBy, Behind or From, in each of States by their own index.
	From, DueBy scanstation.Date // days on which they are due, both included; empty: no bound
	Behind      *Original        // behind this one, for the next page
	// Alarmed selects those that people are told of, the most urgent first, and of
	// Departments only, if there are any.
	Alarmed     bool
	Departments []string
	Lock        bool // until the transaction ends, no other may lock them
	Limit       int  // 0: 1,000
}

// The steps of the line that jobs carry out.
const (
	StepUnpack = "unpack" // a batch
	StepRead   = "read"   // an image: Number is its index
	StepCut    = "cut"    // a batch
	StepKeep   = "keep"   // a draft: Number is its number
	StepRoute  = "route"  // a document: Number is its number
	StepTidy   = "tidy"   // a released batch: its work objects go
	StepVerify = "verify" // a batch's raw files are re-read by hash
	StepAttest = "attest" // a released batch: what quality control found goes into the transfer notes
	StepReread = "reread" // a document that has paper: its copy is re-read before the paper may go
	StepLog    = "log"    // an e-file system is told what became of the paper of a document: Filing is which of its filings
	StepHand   = "hand"   // a document is handed to an e-file system: Filing is which of its filings
	StepErase  = "erase"  // the objects of a document whose copy is gone, or with Number 0 the files of a batch, are erased
	StepGuard  = "guard"  // the objects of a document, or with Number 0 the files of a batch, are protected as they must be
	StepStamp  = "stamp"  // an authority is asked for a time stamp on a checkpoint: Number is of how many events
)

// Job is one step to be carried out, once its transaction has committed. Every
// step may be carried out again.
type Job struct {
	Step     string              `json:"step"`
	Batch    scanstation.BatchID `json:"batch"`
	Number   int                 `json:"number,omitempty"`
	Filing   int                 `json:"filing,omitempty"`
	Priority int                 `json:"-"` // 1 (first) to 4; 0: 2
}

// Queue hands out jobs.
type Queue interface {
	// Work hands out jobs until ctx ends and returns when the last handler has.
	// Reading jobs run readers at a time, all others others at a time.
	//
	// A handler's error brings the job back after a pause; one that wraps
	// ErrUnavailable does not count as an attempt. After its last attempt the
	// job is discarded and gaveUp is called with its last error.
	Work(ctx context.Context, w Work) error
}

// Work is what a node does with jobs.
type Work struct {
	Readers, Others int
	Handle          func(ctx context.Context, j Job) error
	GaveUp          func(ctx context.Context, j Job, err error)
}
