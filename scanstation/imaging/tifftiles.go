package imaging

import (
	"bytes"
	"image"
	"image/draw"

	"golang.org/x/image/tiff"
)

// decodeTiles decodes a TIFF in tiles, which leptonica does not read, in Go.
func decodeTiles(file []byte) (*pix, error) {
	m, err := tiff.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	b := m.Bounds()
	w, h := b.Dx(), b.Dy()
	if gray, ok := m.(*image.Gray); ok && gray.Stride == w {
		return packedPix(w, h, 8, w, gray.Pix, false)
	}
	flat := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(flat, flat.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(flat, flat.Rect, m, b.Min, draw.Over)
	rgb := flat.Pix[:0]
	for i := 0; i < len(flat.Pix); i += 4 {
		rgb = append(rgb, flat.Pix[i], flat.Pix[i+1], flat.Pix[i+2])
	}
	return packedPix(w, h, 24, 3*w, rgb, false)
}
