package imaging

import "image"

// InkOf measures the ink of a page that a test has drawn; bilevel says that it
// came in one bit.
func InkOf(m *image.Gray, dpi int, bilevel bool) (Ink, error) {
	quiet()
	d := desk{oneBit: bilevel}
	defer d.free()
	var err error
	if d.gray, err = packedPix(m.Rect.Dx(), m.Rect.Dy(), 8, m.Stride, m.Pix, false); err != nil {
		return Ink{}, err
	}
	if err := d.binarise(); err != nil {
		return Ink{}, err
	}
	return d.ink(dpi)
}

// Smoothed is what smoothed makes of m in one bit.
func Smoothed(m *image.Gray) (Raster, error) {
	row := (m.Rect.Dx() + 7) / 8
	b := make([]byte, row*m.Rect.Dy())
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			if m.Pix[y*m.Stride+x] < 128 {
				b[y*row+x/8] |= 128 >> (x % 8)
			}
		}
	}
	p, err := packedPix(m.Rect.Dx(), m.Rect.Dy(), 1, row, b, true)
	if err != nil {
		return Raster{}, err
	}
	defer p.free()
	gray, err := p.smoothed()
	if err != nil {
		return Raster{}, err
	}
	defer gray.free()
	return gray.raster(), nil
}

// JoinStrips is joinStrips.
var JoinStrips = joinStrips
