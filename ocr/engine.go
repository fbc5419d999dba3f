package ocr

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"mailroom/scanstation"
)

// Raster is an 8-bit gray image, rows from the top, Width bytes a row.
type Raster struct {
	Width, Height int
	Pix           []byte
}

// Prepared is one decoded page, ready for the engines. Everything in it but
// Straight shows the upright page as it was scanned; of a very large page it shows,
// and measures in its pixels, a copy reduced to one part in Reduction.
type Prepared struct {
	Reduction     int     // 0 and 1: it was not
	Width, Height int     // of the upright image
	DPI           int     // as used; 300 where the file does not say and the size gives no hint
	Rotation      int     // see Reading.Rotation
	Skew          float64 // see Reading.Skew
	Ink           Ink
	Quality       Quality
	Gray          Raster // upright
	Regions       []Box  // where bars and modules stand close together, for the barcode reader
	Straight      []byte // a TIFF of one bit or smoothed gray, upright and deskewed about its centre, Width by Height; none of an empty side
}

// Engines are the functions that a worker child hands to ReadPage. Each is
// used by one goroutine at a time.
type Engines struct {
	// Prepare decodes a page and measures it. What a person said about it, if
	// said is not nil, stands in place of what the page looks like.
	Prepare func(page scanstation.Page, stream []byte, said *Said) (Prepared, error)
	// Barcodes reads the symbols of a prepared page, and says where there are some
	// that it could not read.
	Barcodes func(p Prepared) (codes []Barcode, unread []Box, err error)
	// Recognise reads the text of a prepared page once. The boxes it returns are
	// those of Straight; ReadPage brings them back to the upright image.
	Recognise func(p Prepared, languages []string) ([]Word, error)
	// Name is written into Reading.Engine.
	Name string
	// Measure runs one named step and appends what it cost to steps; nil: not measured.
	Measure func(steps *[]Step, name string, f func() error) error
}

// ReadPage reads one page with the engines: it prepares it, reads its barcodes,
// and recognises its text unless the page is blank or a separator. What a
// person called a page is neither.
func ReadPage(e Engines, page scanstation.Page, stream []byte, s Settings) (Reading, error) {
	r, reduction, err := readPage(e, page, stream, s)
	if reduction > 1 {
		r.enlarge(reduction, page)
	}
	if s.Said == nil && !r.Separator && !r.Blank && !page.Set && r.Placeholder == "" {
		r.Flaws = r.flaws(s.Quality)
	}
	return r, err
}

// readPage measures in the pixels of a page that was reduced as it says.
func readPage(e Engines, page scanstation.Page, stream []byte, s Settings) (r Reading, reduction int, err error) {
	r = Reading{Image: page.Image, Engine: e.Name}
	step := func(name string, f func() error) error {
		if e.Measure == nil {
			return f()
		}
		return e.Measure(&r.Steps, name, f)
	}
	var p Prepared
	err = step("prepare", func() (err error) {
		p, err = e.Prepare(page, stream, s.Said)
		return err
	})
	reduction = p.Reduction
	if err != nil {
		return r, reduction, fmt.Errorf("prepare image %d: %w", page.Image, err)
	}
	r.Width, r.Height, r.DPI = p.Width, p.Height, p.DPI
	r.Rotation, r.Skew, r.Ink, r.Quality = p.Rotation, p.Skew, p.Ink, p.Quality
	err = step("barcodes", func() (err error) {
		r.Barcodes, r.Unread, err = e.Barcodes(p)
		return err
	})
	if err != nil {
		return r, reduction, fmt.Errorf("read barcodes of image %d: %w", page.Image, err)
	}
	r.sort(s)
	if r.Separator || r.Blank {
		return r, reduction, nil
	}
	if page.Set {
		r.Words, r.Own = setWords(page.Words, p), true
		r.Confidence = meanConfidence(r.Words)
		return r, reduction, nil
	}
	err = step("recognise", func() (err error) {
		if p.Straight == nil { // an empty side with a code, which makes it a page
			if p, err = e.Prepare(page, stream, &Said{Rotation: p.Rotation}); err != nil {
				return err
			}
		}
		if len(page.Words) == 0 {
			p.Gray = Raster{} // recognising takes much memory, and nobody looks at it any more
		}
		r.Words, err = e.Recognise(p, s.Languages)
		return err
	})
	if err != nil {
		return r, reduction, fmt.Errorf("recognise image %d: %w", page.Image, err)
	}
	r.Language = strings.Join(s.Languages, "+")
	for i := range r.Words {
		r.Words[i].Box = leanBack(r.Words[i].Box, r.Skew, r.Width, r.Height)
	}
	r.Words, r.Own, r.Hidden = ownWords(page.Words, p, r.Words)
	r.Confidence = meanConfidence(r.Words)
	if s.Said == nil && r.Placeholder == "" {
		r.Label = labelOn(r.Barcodes, s.Labels)
		r.Suspect = cmp.Or(r.Suspect, suspected(r, s.Separators))
		r.seal(s)
	}
	return r, reduction, nil
}

// sort tells by the codes on a page and its ink whether it is a sheet of the house,
// a separator or an empty side.
func (r *Reading) sort(s Settings) {
	var found printed
	differing := ""
	if s.Sheets {
		found, differing = sheetOn(r.Barcodes)
	}
	r.Placeholder = found.cover // a page, whatever else was said of it
	if s.Said != nil {
		return
	}
	r.Suspect = differing
	r.Sheet, r.Later, r.Volume, r.Box = found.rescan, found.later, found.volume, found.box
	if found.divider.Level != "" {
		r.Divider = &found.divider
	}
	r.Separator = differing == "" && (found.divides() || isSeparator(r.Barcodes, s.Separators))
	r.Blank = !r.Separator && len(r.Barcodes) == 0 && r.Ink.Blank() && !r.Envelope()
}

// sealWords is how many words a seal sheet has at most; one printed here has eleven.
const sealWords = 16

// seal tells whether a page with the code of a seal sheet is one. That code is the
// same in every house, so that it may stand on a letter as well: a page with more
// on it than a sheet says stays a page.
func (r *Reading) seal(s Settings) {
	if !s.Sheets || !sealing(r.Barcodes) {
		return
	}
	if r.wordsBesideCodes() > sealWords {
		r.Unsigned = SealSheet
		return
	}
	r.Separator, r.Label, r.Suspect = true, "", ""
	r.Words, r.Own, r.Hidden, r.Confidence, r.Language = nil, false, 0, 0, ""
}

// wordsBesideCodes counts the words that are not the bars of a code, read as words.
func (r Reading) wordsBesideCodes() (n int) {
	for _, w := range r.Words {
		if !slices.ContainsFunc(r.Barcodes, func(c Barcode) bool { return c.Box.holds(w.Box) }) {
			n++
		}
	}
	return n
}

// isSeparator says whether one of codes is what the station calls a separator: the
// text of a barcode, or "patch:T" for a patch code.
func isSeparator(codes []Barcode, separators []string) bool {
	return slices.ContainsFunc(codes, func(c Barcode) bool {
		text := strings.TrimSpace(c.Text)
		if c.Format == PatchFormat {
			text = scanstation.PatchSeparator + text
		} else if strings.HasPrefix(text, scanstation.PatchSeparator) {
			return false
		}
		return slices.Contains(separators, text)
	})
}

// meanConfidence weighs each word by its characters, so that a page of long
// sure words is not dragged down by a few specks read as dots.
func meanConfidence(words []Word) float64 {
	sum, n := 0.0, 0
	for _, w := range words {
		k := len([]rune(w.Text))
		sum += w.Confidence * float64(k)
		n += k
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}
