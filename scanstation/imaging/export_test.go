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
