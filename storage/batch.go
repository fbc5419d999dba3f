package storage

import (
	"fmt"
	"time"

	"mailroom/ocr"
	"mailroom/scanstation"
)

// Batch is a batch as the ledger has it.
type Batch struct {
	scanstation.Batch
	State      BatchState           `json:"state"`
	Images     int                  `json:"images"`
	Pages      int                  `json:"pages"`
	Separators int                  `json:"separators"`
	Blanks     int                  `json:"blanks"`
	Rejected   int                  `json:"rejected"`
	Replaced   int                  `json:"replaced,omitempty"` // those of the rejected for which a better image came
	Documents  int                  `json:"documents"`
	Amending   []int                `json:"amending,omitempty"`   // drafts whose pages went into letters of other stacks
	Reasons    []scanstation.Reason `json:"reasons,omitempty"`    // why it is in review or parked
	SameAs     scanstation.BatchID  `json:"same_as,omitempty"`    // an earlier batch of the same bytes
	VerifiedAt time.Time            `json:"verified_at,omitzero"` // the raw files were re-read by hash
	ChangedAt  time.Time            `json:"changed_at"`
	ReadImages int                  `json:"read_images"` // how many images have been read, for the progress
}

// AddsUp says whether every image of b has met exactly one fate.
func (b Batch) AddsUp() bool {
	return b.Images == b.Pages+b.Separators+b.Blanks+b.Rejected
}

// RawKey is the object key of the i-th file of batch id as it was received.
func RawKey(id scanstation.BatchID, i int) string {
	return fmt.Sprintf("%s/%s/raw-%03d", id.Day(), id, i)
}

// workPrefix is where the objects lie that batch id needs until its release.
func workPrefix(id scanstation.BatchID) string { return "work/" + string(id) + "/" }

// Image is one image of a batch with what became of it.
type Image struct {
	Batch scanstation.BatchID `json:"batch"`
	scanstation.Page
	Stream   string             `json:"stream"`             // key of the work object with its stream
	Reading  string             `json:"reading,omitempty"`  // key of the work object with its reading; empty: not yet read
	Fate     ocr.Fate           `json:"fate,omitempty"`     // empty: not yet cut
	Reason   scanstation.Reason `json:"reason,omitzero"`    // why it was rejected
	Document DocumentID         `json:"document,omitempty"` // the document it stands in
	Number   int                `json:"number,omitempty"`   // its page there, from 1
	// Doubts are those about the letter that begins with this image.
	Doubts []scanstation.Reason `json:"doubts,omitempty"`
	// Sheet is the request of the rescan sheet before the draft that begins with
	// this image; empty: there was none, or it was not followed.
	Sheet scanstation.RescanID `json:"sheet,omitempty"`
	// Offset and Length find the stream inside a PDF, by default the first one of
	// its document; Length 0: not in a PDF.
	Object string `json:"object,omitempty"`
	Offset int64  `json:"offset,omitempty"`
	Length int64  `json:"length,omitempty"`
	// What the reading said, kept for lists and the transfer note.
	Rotation   int     `json:"rotation"`
	Skew       float64 `json:"skew"`
	Confidence float64 `json:"confidence"`
	Language   string  `json:"language,omitempty"`
}
