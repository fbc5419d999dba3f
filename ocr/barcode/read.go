package barcode

import (
	"fmt"
	"image"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"mailroom/ocr"
)

// Read returns the codes of a page, those of the regions in their order, and the
// places where bars or a square of modules stand that nobody could read. A page
// without regions is taken to have no codes but patch codes.
func Read(p ocr.Prepared) (found []ocr.Barcode, unread []ocr.Box, err error) {
	if p.Gray.Width <= 0 || p.Gray.Height <= 0 || len(p.Gray.Pix) < p.Gray.Width*p.Gray.Height {
		return nil, nil, fmt.Errorf("gray image of %d x %d pixels holds %d bytes", p.Gray.Width, p.Gray.Height, len(p.Gray.Pix))
	}
	if p.DPI <= 0 {
		p.DPI = 300
	}
	found, unread = readPatches(p.Gray, p.DPI)
	patches := len(found)
	code := false
	for _, area := range areas(p) {
		l := lookAt(p.Gray, boxOf(area), p.DPI)
		if covered(found[:patches], area) {
			continue
		}
		var symbols []symbol
		if l.maybe() {
			symbols, err = readArea(p.Gray, area, linear|matrix|thorough)
		}
		if err == nil && len(add(nil, symbols)) == 0 {
			symbols, err = climb(p, area, l)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("read codes at %v: %w", area, err)
		}
		found = add(found, symbols)
		if len(add(nil, symbols)) == 0 && (l.bars() || l.maybe() && barred(p, area, l) || squared(p, area, l)) {
			unread = append(unread, boxOf(area))
		}
		code = code || l.code()
	}
	if len(found) > 0 || !code {
		return found, unread, nil
	}
	whole := image.Rect(0, 0, p.Gray.Width, p.Gray.Height)
	symbols, err := readArea(p.Gray, whole, linear|matrix)
	if err != nil {
		return nil, nil, fmt.Errorf("read codes of the page: %w", err)
	}
	found = add(nil, symbols)
	return found, slices.DeleteFunc(unread, func(b ocr.Box) bool { return covered(found, rect(b)) }), nil
}

// climb tries an area that looks like a code in further ways, one after the
// other until one reads it.
func climb(p ocr.Prepared, area image.Rectangle, l look) (found []symbol, err error) {
	for _, rung := range rungs(p, area, l) {
		if found, err = rung(); err != nil || len(add(nil, found)) > 0 {
			return found, err
		}
	}
	return nil, nil
}

// rungs are the further ways for an area that looks like l: cut out closely, for
// modules need little white around them and the reader starts in the middle; with
// a threshold for each place; straight and at twice the size; at half the size; each
// block of it that stands apart; smoothed along its bars, or all over.
func rungs(p ocr.Prepared, area image.Rectangle, l look) (out []func() ([]symbol, error)) {
	close := closely(p, area)
	if l.code() {
		out = []func() ([]symbol, error){
			func() ([]symbol, error) { return readArea(p.Gray, close, matrix|thorough) },
			func() ([]symbol, error) { return readArea(p.Gray, area, linear|matrix|thorough|local) },
			func() ([]symbol, error) { return tilt(p.Gray, close, 2, p.Skew).read(linear | matrix | thorough) },
			func() ([]symbol, error) { return tilt(p.Gray, area, 0.5, p.Skew).read(linear | matrix | thorough) },
		}
	}
	for _, block := range blocks(p, area, l) {
		out = append(out, func() ([]symbol, error) { return readArea(p.Gray, block, matrix|thorough) })
	}
	if !l.maybe() {
		return out
	}
	if l.stripes() {
		out = append(out, func() ([]symbol, error) { return striped(p, area, l) })
	}
	if l.grains() {
		out = append(out, func() ([]symbol, error) { return tilt(p.Gray, close, 2, p.Skew).smoothed().read(matrix | thorough) })
	}
	return out
}

// near is the white in millimetres that is left around a code that is cut out
// closely.
const near = 1.5

// closely cuts an area down to what is dark in it.
func closely(p ocr.Prepared, area image.Rectangle) image.Rectangle {
	limit, _ := middle(p.Gray, boxOf(area))
	in := rect(inked(p.Gray, boxOf(area), limit)).Inset(-int(near * float64(p.DPI) / 25.4)).Intersect(area)
	if in.Dx() < 8 || in.Dy() < 8 {
		return area
	}
	return in
}

// covered says whether most of an area belongs to one of the codes.
func covered(found []ocr.Barcode, area image.Rectangle) bool {
	return slices.ContainsFunc(found, func(c ocr.Barcode) bool {
		return 2*size(rect(c.Box).Intersect(area)) > size(rect(c.Box))
	})
}

func boxOf(r image.Rectangle) ocr.Box { return ocr.Box{r.Min.X, r.Min.Y, r.Dx(), r.Dy()} }

// quiet is the zone around a region, as a part of an inch, that the readers
// need empty beside a code: ten modules of a coarse code.
const quiet = 0.15

// areas grows the regions by the quiet zone and joins those that then overlap,
// so that no code is cut in two or read twice.
func areas(p ocr.Prepared) []image.Rectangle {
	margin := int(quiet * float64(p.DPI))
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
	switch unmarked := !s.eci && square(c.Format) && len(s.bytes) > 0; {
	case unmarked && !s.binary && utf8.Valid(s.bytes):
		c.Text = string(s.bytes)
	case unmarked && !s.binary:
		c.Text, c.Raw = western(s.bytes), s.bytes
	case s.binary || !utf8.ValidString(s.text) || strings.ContainsRune(s.text, utf8.RuneError):
		c.Raw = s.bytes
		c.Text = strings.ToValidUTF8(s.text, "\uFFFD")
	}
	return c
}

// western is text in Windows-1252, which holds Latin 1.
func western(b []byte) string {
	text, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	return string(text)
}

// square says whether a format carries bytes whose character set the reader
// would have to guess.
func square(format string) bool {
	switch format {
	case "QRCode", "DataMatrix", "Aztec", "PDF417":
		return true
	}
	return false
}
