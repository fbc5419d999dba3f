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
	Procedure  *Procedure           `json:"procedure,omitempty"` // in force when it was received
	Images     int                  `json:"images"`
	Pages      int                  `json:"pages"`
	Separators int                  `json:"separators"`
	Blanks     int                  `json:"blanks"`
	Rejected   int                  `json:"rejected"`
	Replaced   int                  `json:"replaced,omitempty"` // those of the rejected for which a better image came
	Documents  int                  `json:"documents"`
	Amended    int                  `json:"amended,omitempty"`    // how often pages of its letters were replaced or added
	Amending   []int                `json:"amending,omitempty"`   // drafts whose pages went into letters of other stacks
	Reasons    []scanstation.Reason `json:"reasons,omitempty"`    // why it is in review or parked
	SameAs     scanstation.BatchID  `json:"same_as,omitempty"`    // an earlier batch of the same bytes
	VerifiedAt time.Time            `json:"verified_at,omitzero"` // the raw files were re-read by hash
	ChangedAt  time.Time            `json:"changed_at"`
	ReadImages int                  `json:"read_images"` // how many images have been read, for the progress

	// What people did to it before its release; see Archive.Recut.
	Plan     int      `json:"plan,omitempty"`     // how often its cut was mended
	Letters  int      `json:"letters,omitempty"`  // the highest number that a letter of it was given; 0: Documents
	Undo     []string `json:"undo,omitempty"`     // keys of the plans to go back to, the nearest last
	Accepted int      `json:"accepted,omitempty"` // rejected images that a person has looked at
	Wanted   int      `json:"wanted,omitempty"`   // images to be scanned again
	Counted  *Count   `json:"counted,omitempty"`  // what a person counted with the paper in hand
	Passed   bool     `json:"passed,omitempty"`   // a person released it as it is

	Volumes int   `json:"volumes,omitempty"` // of paper files that it is of
	Sheets  []int `json:"sheets,omitempty"`  // the numbers of its batch sheets

	RawGone *CopyGone `json:"raw_gone,omitempty"` // nil: its files are kept as they were received

	LeftOpen []LeftOpen `json:"left_open,omitempty"` // questions that somebody left to others
	Lays     []Lay      `json:"lays,omitempty"`      // in which boxes its paper lies, by images
	// Imprint is the number that the scanner wrote onto the first sheet; empty: it
	// writes none, or nobody has said it.
	Imprint scanstation.Imprint `json:"imprint,omitempty"`
}

// Count is what a person counted in a stack.
type Count struct {
	Images    int    `json:"images"`
	Documents int    `json:"documents"`
	By        string `json:"by"`
}

// numbers is the highest number that a letter of b was given.
func (b Batch) numbers() int { return max(b.Letters, b.Documents) }

// Unsettled is how many rejected images no person has looked at.
func (b Batch) Unsettled() int { return max(b.Rejected-b.Accepted, 0) }

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
	// Doubts are those about the letter that begins with this image, and about
	// the cut before it that was not made.
	Doubts []scanstation.Reason `json:"doubts,omitempty"`
	Sealed bool                 `json:"sealed,omitempty"` // stands in a closed letter: it stays closed however it is cut
	Open   bool                 `json:"open,omitempty"`   // stood in an open letter; see markPages
	// Sheet is the request of the rescan sheet before the draft that begins with
	// this image; empty: there was none, or it was not followed.
	Sheet scanstation.RescanID `json:"sheet,omitempty"`
	// Placeholder is what it is the cover sheet of, Volume the volume of a paper
	// file that it is a page of.
	Placeholder scanstation.PlaceholderID `json:"placeholder,omitempty"`
	Volume      scanstation.VolumeID      `json:"volume,omitempty"`
	// Divider is what the sheets before its letter say about it; Enclosure says that
	// an enclosure of the letter begins with it.
	Divider   *scanstation.Divider `json:"divider,omitempty"`
	Enclosure bool                 `json:"enclosure,omitempty"`
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
	// Streaks are where it shows streaks of the glass, in millimetres; see ocr.Quality.
	Streaks []float64 `json:"streaks,omitempty"`

	// What people said; see Placement.
	Rescan scanstation.Reason `json:"rescan,omitzero"`
	Sure   bool               `json:"sure,omitempty"`
	// Asked is the open request that Rescan made.
	Asked scanstation.RescanID `json:"asked,omitempty"`
	// CutAt is when its letter was cut, by which the letter's objects are dated.
	CutAt time.Time `json:"cut_at,omitzero"`
	// Made are the readings of it that there are, one for each turn.
	Made []Made `json:"made,omitempty"`
}

// Made is a reading of an image.
type Made struct {
	Reading    string  `json:"reading"` // its key
	Text       bool    `json:"text"`    // it was read as a page, so words were looked for
	Rotation   int     `json:"rotation"`
	Skew       float64 `json:"skew"`
	Confidence float64 `json:"confidence"`
	Language   string  `json:"language,omitempty"`
}

// letter is the number of the letter of its own stack in which img stands, 0 if
// it stands in none.
func (img Image) letter() int {
	if img.Document.Batch() != img.Batch {
		return 0
	}
	return img.Document.Number()
}

// Unanswered are the doubts about an image that nobody has answered. Where a letter
// begins no separator is missing, whatever else is in doubt there.
func (img Image) Unanswered() (out []scanstation.Reason) {
	for _, d := range img.Doubts {
		if !img.Sure && (d.Code != ocr.MissingSeparator || img.Number != 1) {
			out = append(out, d)
		}
	}
	return out
}

// take makes m the reading of img.
func (img *Image) take(m Made) {
	img.Reading, img.Rotation, img.Skew = m.Reading, m.Rotation, m.Skew
	img.Confidence, img.Language = m.Confidence, m.Language
}

// made returns the reading of img as a page that stands upright by rotation.
func (img Image) made(rotation int) (Made, bool) {
	for _, m := range img.Made {
		if m.Text && m.Rotation == rotation {
			return m, true
		}
	}
	return Made{}, false
}
