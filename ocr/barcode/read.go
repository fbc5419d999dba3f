package barcode

import (
	"fmt"
	"image"
	"strings"
	"unicode/utf8"

	"mailroom/ocr"
)

// Read returns the codes of a page, those of the regions in their order. A
// page without regions is taken to have none.
func Read(p ocr.Prepared) ([]ocr.Barcode, error) {
	if p.Gray.Width <= 0 || p.Gray.Height <= 0 || len(p.Gray.Pix) < p.Gray.Width*p.Gray.Height {
		return nil, fmt.Errorf("gray image of %d x %d pixels holds %d bytes", p.Gray.Width, p.Gray.Height, len(p.Gray.Pix))
	}
	var found []ocr.Barcode
	for _, area := range areas(p) {
		symbols, err := readArea(p.Gray, area, true)
		if err != nil {
			return nil, fmt.Errorf("read codes at %v: %w", area, err)
		}
		found = add(found, symbols)
	}
	if len(found) > 0 || len(p.Regions) == 0 {
		return found, nil
	}
	whole := image.Rect(0, 0, p.Gray.Width, p.Gray.Height)
	symbols, err := readArea(p.Gray, whole, false)
	if err != nil {
		return nil, fmt.Errorf("read codes of the page: %w", err)
	}
	return add(nil, symbols), nil
}

// quiet is the zone around a region, as a part of an inch, that the readers
// need empty beside a code: ten modules of a coarse code.
const quiet = 0.15

// areas grows the regions by the quiet zone and joins those that then overlap,
// so that no code is cut in two or read twice.
func areas(p ocr.Prepared) []image.Rectangle {
	dpi := p.DPI
	if dpi <= 0 {
		dpi = 300
	}
	margin := int(quiet * float64(dpi))
	page := image.Rect(0, 0, p.Gray.Width, p.Gray.Height)
	var grown []image.Rectangle
	for _, b := range p.Regions {
		r := image.Rect(b[0], b[1], b[0]+b[2], b[1]+b[3]).Inset(-margin).Intersect(page)
		if r.Dx() > margin && r.Dy() > margin {
			grown = append(grown, r)
		}
	}
	return join(grown)
}

// join unites rectangles that share most of the smaller one.
func join(rects []image.Rectangle) []image.Rectangle {
	for i := 0; i < len(rects); i++ {
		for j := i + 1; j < len(rects); j++ {
			common := rects[i].Intersect(rects[j])
			if 2*size(common) <= min(size(rects[i]), size(rects[j])) {
				continue
			}
			rects[i] = rects[i].Union(rects[j])
			rects = append(rects[:j], rects[j+1:]...)
			i, j = -1, len(rects) // start over: the union may reach further ones
		}
	}
	return rects
}

func size(r image.Rectangle) int { return r.Dx() * r.Dy() }

// add appends the believable symbols that are not there yet.
func add(found []ocr.Barcode, symbols []symbol) []ocr.Barcode {
	for _, s := range symbols {
		c := barcode(s)
		if believable(s, c.Text) && !contains(found, c) {
			found = append(found, c)
		}
	}
	return found
}

// contains says whether c stands in found already: same content, same place.
func contains(found []ocr.Barcode, c ocr.Barcode) bool {
	for _, f := range found {
		if f.Format == c.Format && f.Text == c.Text && string(f.Raw) == string(c.Raw) && rect(f.Box).Overlaps(rect(c.Box)) {
			return true
		}
	}
	return false
}

func rect(b ocr.Box) image.Rectangle { return image.Rect(b[0], b[1], b[0]+b[2], b[1]+b[3]) }

// weak are the linear codes without a check digit that is always there, with
// the fewest characters and scan lines at which they are believed.
func weak(format string) (length, lines int) {
	switch format {
	case "ITF":
		return 6, 3
	case "Codabar":
		return 6, 3
	case "Code39":
		return 4, 3
	case "Code93":
		return 2, 2
	}
	return 1, 0
}

func believable(s symbol, text string) bool {
	length, lines := weak(s.format)
	return utf8.RuneCountInString(text) >= length && s.lines >= lines
}

// barcode brings the content of s into text, or into raw bytes where no text
// can hold it.
func barcode(s symbol) ocr.Barcode {
	c := ocr.Barcode{Format: strings.ReplaceAll(s.format, " ", ""), Text: s.text, Box: s.box}
	unmarked := !s.eci && matrix(c.Format) && len(s.bytes) > 0
	switch {
	case unmarked && !s.binary && utf8.Valid(s.bytes):
		c.Text = string(s.bytes)
	case s.binary || !utf8.ValidString(s.text):
		c.Raw = s.bytes
		c.Text = strings.ToValidUTF8(s.text, "\uFFFD")
	}
	return c
}

// matrix says whether a format carries bytes whose character set the reader
// would have to guess.
func matrix(format string) bool {
	switch format {
	case "QRCode", "DataMatrix", "Aztec", "PDF417":
		return true
	}
	return false
}
