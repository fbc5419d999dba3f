package storage

import (
	"context"
	"io"
	"time"

	"mailroom/scanstation"
)

// Checkpoint is how the tree over all events stood when there were Size of them:
// whoever has it on paper can tell of any event whether it was among them. The
// tree is that of RFC 6962 over SHA-256; its leaves are the hashes of the
// events, as 32 bytes each, in their order.
type Checkpoint struct {
	Size int64              `json:"size"`
	Root scanstation.Digest `json:"root"`
	Hash scanstation.Digest `json:"hash"` // of the last of these events, in their chain
	At   time.Time          `json:"at"`
}

// EventTree keeps the tree over all events.
type EventTree interface {
	// Tiles counts the nodes that are kept of a level.
	Tiles(ctx context.Context, tx Tx, level int) (int64, error)
	// EventHashes returns the hashes of the events behind after, in order.
	EventHashes(ctx context.Context, tx Tx, after int64, limit int) ([]scanstation.Digest, error)
	// SaveTiles keeps nodes of a level, the first of which is the n-th. What was
	// kept before stays.
	SaveTiles(ctx context.Context, tx Tx, level int, n int64, hashes []scanstation.Digest) error
	// TileHashes returns nodes of a level from the n-th on, in order.
	TileHashes(ctx context.Context, tx Tx, level int, n int64, limit int) ([]scanstation.Digest, error)
}

// Package is what an auditor takes along: letters with all that proves them.
type Package struct {
	Title   string
	Letters []PackageLetter
	Sample  *Sample           // nil: it is not about one
	Files   map[string][]byte // further files, such as a report, by name
	// Plain returns further files that speak of the checkpoint that the package
	// is proved against; nil: there are none.
	Plain func(at Anchor) (map[string][]byte, error)
}

// PackageLetter is one letter of a package.
type PackageLetter struct {
	ID DocumentID
	// Objects are what events of its life are about, beside itself.
	Objects []PackageObject
	// Shut leaves out what stands in the letter: its files, and what its events
	// say. That they happened is proved all the same.
	Shut bool
}

// PackageObject is something, such as a stack, whose events belong to the life
// of a letter.
type PackageObject struct {
	ID   string
	Shut bool               // what its events say concerns others as well and is left out
	Only func(e Event) bool // which of its events; nil: all
}

// Prover proves what happened.
type Prover interface {
	// Checkpoint returns how the tree over all events stands.
	Checkpoint(ctx context.Context) (Checkpoint, error)
	// Anchor puts that outside of the ledger, and has it stamped where there is
	// an authority.
	Anchor(ctx context.Context, actor string) (Anchor, error)
	// Pack writes p as a ZIP file that can be checked without this house, and
	// returns the checkpoint that it is proved against.
	Pack(ctx context.Context, w io.Writer, p Package) (Checkpoint, error)
}
