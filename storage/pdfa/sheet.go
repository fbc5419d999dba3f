package pdfa

import (
	"fmt"

	"mailroom/storage"
)

// The bounds of a page in points (ISO 19005-2, 6.1.13), and the resolution of
// an image of which nobody knows it.
const (
	minSide    = 3
	maxSide    = 14400
	defaultDPI = 300
)

// sheet is the page of a leaf: the unturned image laid on paper. Points count
// from its lower left, pixels from the upper left of the upright image.
type sheet struct {
	width, height float64 // points, before the turn
	rotation      int     // clockwise turn that sets the page upright
	sx, sy        float64 // points per pixel along the width and height of the unturned page
	columns, rows float64 // pixels of the unturned image
}

// sheetOf returns the page of leaf. An image too large for a page at its
// resolution is scaled down, one too small is stretched to the least page.
func sheetOf(leaf storage.Leaf) (sheet, error) {
	page, reading := leaf.Page, leaf.Reading
	s := sheet{rotation: reading.Rotation, columns: float64(page.Width), rows: float64(page.Height)}
	if r := reading.Rotation; r != 0 && r != 90 && r != 180 && r != 270 {
		return sheet{}, fmt.Errorf("rotation of %d degrees", r)
	}
	if w, h := s.upright(); reading.Width != 0 && (float64(reading.Width) != w || float64(reading.Height) != h) {
		return sheet{}, fmt.Errorf("reading of %d by %d pixels is not of this image, %.0f by %.0f upright", reading.Width, reading.Height, w, h)
	}
	dpi := page.DPI
	if dpi <= 0 {
		dpi = reading.DPI
	}
	if dpi <= 0 {
		dpi = defaultDPI
	}
	scale := min(72/float64(dpi), maxSide/max(s.columns, s.rows))
	s.width, s.height = max(minSide, s.columns*scale), max(minSide, s.rows*scale)
	s.sx, s.sy = s.width/s.columns, s.height/s.rows
	return s, nil
}

// point maps a pixel position of the upright image onto the page.
func (s sheet) point(x, y float64) (float64, float64) {
	u, v := x, y // position in the stored image
	switch s.rotation {
	case 90:
		u, v = y, s.rows-x
	case 180:
		u, v = s.columns-x, s.rows-y
	case 270:
		u, v = s.columns-y, x
	}
	return u * s.sx, (s.rows - v) * s.sy
}

// upright returns the width and height of the upright image.
func (s sheet) upright() (float64, float64) {
	if s.rotation%180 != 0 {
		return s.rows, s.columns
	}
	return s.columns, s.rows
}

// vector maps a way in pixels of the upright image onto the page.
func (s sheet) vector(x, y float64) (float64, float64) {
	x0, y0 := s.point(0, 0)
	x1, y1 := s.point(x, y)
	return x1 - x0, y1 - y0
}
