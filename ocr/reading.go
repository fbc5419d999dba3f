package ocr

import (
	"context"
	"io"
	"strings"

	"mailroom/scanstation"
)

// Box is a rectangle x, y, width, height in pixels of the upright page image,
// the origin at its top left.
type Box [4]int

// Union returns the smallest box around b and c; an empty box counts nothing.
func (b Box) Union(c Box) Box {
	if b[2] == 0 || b[3] == 0 {
		return c
	}
	if c[2] == 0 || c[3] == 0 {
		return b
	}
	x, y := min(b[0], c[0]), min(b[1], c[1])
	return Box{x, y, max(b[0]+b[2], c[0]+c[2]) - x, max(b[1]+b[3], c[1]+c[3]) - y}
}

// Word is one recognised word.
type Word struct {
	Text       string  `json:"t"`
	Box        Box     `json:"b"`
	Confidence float64 `json:"c"` // 0 to 1, the engine's own
	Line       int     `json:"l"` // counts from 0 over the page, in reading order
}

// Barcode is one symbol on a page.
type Barcode struct {
	Format string `json:"format"` // zxing-cpp's name, such as Code128, QRCode or DataMatrix
	Text   string `json:"text"`
	Raw    []byte `json:"raw,omitempty"` // the bytes as coded, where text cannot hold them
	Box    Box    `json:"box"`
}

// PatchFormat is the format of a patch code, whose text is 1, 2, 3, 4, 6 or T.
const PatchFormat = "Patch"

// Reading is all that is known of one page image.
type Reading struct {
	Image     int     `json:"image"`  // from 0 within the batch
	Width     int     `json:"width"`  // of the upright image, pixels
	Height    int     `json:"height"` // of the upright image, pixels
	DPI       int     `json:"dpi"`
	Rotation  int     `json:"rotation"` // clockwise turn of the stored image that sets it upright: 0, 90, 180, 270
	Skew      float64 `json:"skew"`     // degrees the upright content still leans, clockwise positive
	Ink       Ink     `json:"ink"`
	Quality   Quality `json:"quality,omitzero"`
	Blank     bool    `json:"blank,omitempty"`
	Separator bool    `json:"separator,omitempty"`
	// Sheet is the request that a rescan sheet stands for; such a sheet is a
	// separator too.
	Sheet scanstation.RescanID `json:"sheet,omitempty"`
	// Placeholder is what a cover sheet stands for, in the place of something
	// that cannot be scanned; such a sheet is a page.
	Placeholder scanstation.PlaceholderID `json:"placeholder,omitempty"`
	// Later is what the sheet says that stayed with such a thing, Volume what the
	// sheet before a volume of a paper file says, and Box is the box of paper whose
	// sheet this is; all are separators too.
	Later  scanstation.PlaceholderID `json:"later,omitempty"`
	Volume scanstation.VolumeID      `json:"volume,omitempty"`
	Box    scanstation.BoxID         `json:"paper_box,omitempty"`
	// Divider is what the code of a printed separator says; Unsigned is such a code
	// that the house has not signed, on what is therefore a page.
	Divider  *scanstation.Divider `json:"divider,omitempty"`
	Unsigned string               `json:"unsigned,omitempty"`
	// Label is the code on a page with which a letter of its station begins.
	Label    string    `json:"label,omitempty"`
	Barcodes []Barcode `json:"barcodes,omitempty"`
	// Suspect is by what the page looks like a separator whose code was not read.
	Suspect string `json:"suspect,omitempty"`
	// Unread are places full of bars or with a square of modules that could not be read.
	Unread []Box `json:"unread,omitempty"`
	// Own says that Words are those that the page itself carried, as far as they
	// are what it shows.
	Own bool `json:"own,omitempty"`
	// Hidden is how many words the page carries where there is nothing to be seen.
	Hidden     int     `json:"hidden,omitempty"`
	Words      []Word  `json:"words,omitempty"`
	Confidence float64 `json:"confidence"`         // mean over the characters of all words, 0 to 1
	Language   string  `json:"language,omitempty"` // the Tesseract models used, "deu" or "deu+eng"
	Engine     string  `json:"engine,omitempty"`   // names and versions of what read the page
	// Flaws are the doubts about how the page was scanned.
	Flaws  []scanstation.Reason `json:"flaws,omitempty"`
	Failed scanstation.Reason   `json:"failed,omitzero"` // why the page could not be read; its code is empty for a good reading
	Steps  []Step               `json:"steps,omitempty"`
}

// Envelope says whether the page is an envelope, by its size. It may be all that
// says when a letter came, or that it came back: it is never an empty side, and
// it stands before or behind its letter without being a page of it.
func (r Reading) Envelope() bool { return scanstation.Envelope(r.Width, r.Height, r.DPI) }

// page says whether r is one of the pages that somebody wrote: no cover sheet and no
// envelope.
func (r Reading) page() bool { return r.Placeholder == "" && !r.Envelope() }

// Ink measures how much is on a page.
type Ink struct {
	Coverage float64 `json:"coverage"` // black part of the middle of the page, 0 to 1
	// Marks is how much somebody may have written, drawn or stamped, with dirt,
	// shadows and what shines through left out; 1 on a page with much on it.
	Marks int `json:"marks"`
}

// Blank says whether a page with this ink is an empty side (Leerseite). A single
// mark keeps a page: being wrong there loses content, being wrong the other way
// only keeps an empty page.
func (i Ink) Blank() bool { return i.Marks == 0 }

// Step is what one step of reading a page cost.
type Step struct {
	Name string  `json:"name"` // decode, prepare, barcodes, recognise
	CPU  float64 `json:"cpu"`  // seconds of the child's user and system time
	Wall float64 `json:"wall"` // seconds
}

// Line is one line of a page's text with the box around its words.
type Line struct {
	Text       string
	Box        Box
	Confidence float64 // of its least certain word
	Words      []Word
}

// Lines returns the text of the page line by line in reading order.
func (r Reading) Lines() []Line {
	var lines []Line
	last := -1
	for _, w := range r.Words {
		if w.Line != last || len(lines) == 0 {
			lines = append(lines, Line{Text: w.Text, Box: w.Box, Confidence: w.Confidence, Words: []Word{w}})
			last = w.Line
			continue
		}
		l := &lines[len(lines)-1]
		l.Text += " " + w.Text
		l.Box = l.Box.Union(w.Box)
		l.Confidence = min(l.Confidence, w.Confidence)
		l.Words = append(l.Words, w)
	}
	return lines
}

// Text returns the text of the page, a line each.
func (r Reading) Text() string {
	var b strings.Builder
	for i, l := range r.Lines() {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(l.Text)
	}
	return b.String()
}

// Settings is what reading a page has to know about its station.
type Settings struct {
	Separators []string `json:"separators"` // barcode texts that stand for a separator sheet
	Languages  []string `json:"languages"`  // Tesseract models, the main one first
	// Sheets says that the sheets of the house count, such as rescan sheets: only where paper is scanned in the
	// house, for their codes would otherwise come in by fax.
	Sheets bool `json:"sheets,omitempty"`
	// Quality is what a page must come up to; its zero value asks for nothing.
	Quality scanstation.QualityLimits `json:"quality,omitzero"`
	// Labels are patterns of the codes with which letters begin, on pages that stay pages.
	Labels []string `json:"labels,omitempty"`
	Said   *Said    `json:"said,omitempty"`
}

// Said is what a person said of an image: that it is a page, whatever it looks
// like, and which turn sets it upright.
type Said struct {
	Rotation int `json:"rotation"` // see Reading.Rotation
}

// Reader reads one page. A page that cannot be read comes back with a Failed
// reason; an error means that it is worth trying again later.
type Reader interface {
	Read(ctx context.Context, page scanstation.Page, stream io.Reader, s Settings) (Reading, error)
}
