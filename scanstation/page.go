package scanstation

import (
	"context"
	"io"
	"os"
)

// Encoding says how the stream of a page is to be read.
type Encoding string

// The encodings a page may be kept in. Each can stand in a PDF/A unchanged.
const (
	JPEG  Encoding = "jpeg"  // a complete JPEG file
	CCITT Encoding = "ccitt" // one bare CCITT G4 (T.6) stream, most significant bit first
	PNG   Encoding = "png"   // a complete PNG file without interlace and alpha
)

// Page is one image of a batch as it was delivered (Abbild).
type Page struct {
	Image      int      `json:"image"` // from 0 within the batch
	File       int      `json:"file"`  // index into Batch.Files
	Encoding   Encoding `json:"encoding"`
	Width      int      `json:"width"` // pixels as stored, before any turn
	Height     int      `json:"height"`
	DPI        int      `json:"dpi"`        // 0: the file does not say
	Components int      `json:"components"` // 1 gray or bitonal, 3 colour
	Bits       int      `json:"bits"`       // per component: 1, 2, 4, 8, 16
	// Palette of a PNG with indexed colour: red, green and blue of each entry.
	Palette []byte `json:"palette,omitempty"`
	// BlackIs1 is the polarity of a CCITT stream, as in a PDF's DecodeParms.
	BlackIs1 bool `json:"black_is_1,omitempty"`
	// Turn is the clockwise turn in degrees that the file itself asks for
	// (EXIF, TIFF Orientation, PDF Rotate).
	Turn int `json:"turn,omitempty"`
	// PDF is the number of the page in the PDF that came in, from 1; 0: it is no page
	// of one.
	PDF int `json:"pdf,omitempty"`
	// Untouched says that what is coded in the stream is the scanner's own, byte for
	// byte; Done names what was put around it.
	Untouched bool `json:"untouched"`
	// Done lists what was done to get the stream, for the transfer note.
	Done   Steps  `json:"done,omitempty"`
	Digest Digest `json:"digest"` // of the stream
	Bytes  int64  `json:"bytes"`
	// Words are the text that a born-digital page carries, none for scans. Whether
	// it is what the page shows, nobody has looked at yet.
	Words []Word `json:"words,omitempty"`
	// Set says that the page was set from Words in this house: it shows them.
	Set bool `json:"set,omitempty"`
	// Left lists, at the first page of a file, what the file has and its pages do
	// not show: for the transfer note.
	Left []Reason `json:"left,omitempty"`
}

// Word is one word that a page carries, with its place in the stored image:
// x, y, width, height in pixels from the upper left.
type Word struct {
	Text string `json:"t"`
	Box  [4]int `json:"b"`
	Line int    `json:"l"` // counts from 0 over the page, in reading order
}

// The codes of what a file has and its pages do not show; the detail names it.
const (
	LeftSignature = "signature"   // a signature, with the name of its field
	LeftFile      = "attachment"  // a file within the file
	LeftUnread    = "unread-file" // a file within the file that cannot be opened: a person has to look
	LeftAction    = "action"      // a script, or what a program is to do
	LeftForm      = "form"        // the fields of a form can no longer be filled in
	LeftMedia     = "media"       // sound, video, a model in space
	LeftLayer     = "layer"       // a layer that is switched off
	LeftDamage    = "damage"      // the file is damaged: what could be seen is shown
	LeftHTML      = "html"        // the layout of a message
)

// Limits bound what an Opener accepts; a file beyond them is refused with the
// code of the limit. Zero fields are replaced by DefaultLimits.
type Limits struct {
	FileBytes  int64 `yaml:"file_bytes" json:"file_bytes"`
	Pages      int   `yaml:"pages" json:"pages"`
	PagePixels int64 `yaml:"page_pixels" json:"page_pixels"`
}

// DefaultLimits holds 2 GiB a file, 5,000 pages, and 200 million pixels a page
// (A0 at 300 dpi has 139 million).
var DefaultLimits = Limits{FileBytes: 2 << 30, Pages: 5000, PagePixels: 200e6}

// OrDefault returns l with its zero fields replaced.
func (l Limits) OrDefault() Limits {
	if l.FileBytes == 0 {
		l.FileBytes = DefaultLimits.FileBytes
	}
	if l.Pages == 0 {
		l.Pages = DefaultLimits.Pages
	}
	if l.PagePixels == 0 {
		l.PagePixels = DefaultLimits.PagePixels
	}
	return l
}

// Opener takes a file apart into page images.
type Opener interface {
	// Complete says whether the file is structurally whole: %%EOF and xref,
	// TIFF directory chain, JPEG end, PNG IEND. A file of an unknown kind is
	// complete; Open will refuse it with a reason.
	Complete(ctx context.Context, f *os.File) (bool, error)
	// Open yields the pages of f in order; Page.Image counts from 0 within f,
	// and the stream must be read before keep returns. What cannot be opened is
	// a *Refusal.
	Open(ctx context.Context, f *os.File, settings OpenSettings, keep func(Page, io.Reader) error) error
}

// OpenSettings is what an Opener has to know about the batch.
type OpenSettings struct {
	Kind   Kind   `json:"kind"`
	Limits Limits `json:"limits"`
	// Pixels is Station.Pixels.
	Pixels Pixels `json:"pixels,omitzero"`
}

// Renderer makes pictures for the screen. Its output is never evidence.
type Renderer interface {
	// Render returns page, whose stream is r, as a JPEG width pixels wide,
	// turned clockwise by turn degrees (0, 90, 180 or 270).
	Render(ctx context.Context, page Page, r io.Reader, turn, width int) ([]byte, error)
}
