package ocr

import (
	"math"

	"mailroom/scanstation"
)

// enlarge brings the measures of a reduced copy back to the page itself.
func (r *Reading) enlarge(n int, page scanstation.Page) {
	r.Width, r.Height, r.DPI = page.Width, page.Height, r.DPI*n
	if r.Rotation%180 != 0 {
		r.Width, r.Height = r.Height, r.Width
	}
	for i := range r.Words {
		r.Words[i].Box = r.Words[i].Box.times(n)
	}
	for i := range r.Barcodes {
		r.Barcodes[i].Box = r.Barcodes[i].Box.times(n)
	}
	for i := range r.Unread {
		r.Unread[i] = r.Unread[i].times(n)
	}
}

func (b Box) times(n int) Box { return Box{b[0] * n, b[1] * n, b[2] * n, b[3] * n} }

// leanBack moves a box of the deskewed image to where its content stands in
// the upright image, which leans by skew degrees clockwise about its centre.
// The box keeps its size; a word leans too little for that to matter.
func leanBack(b Box, skew float64, width, height int) Box {
	if skew == 0 {
		return b
	}
	sin, cos := math.Sincos(skew * math.Pi / 180)
	cx, cy := float64(width)/2, float64(height)/2
	x := float64(b[0]) + float64(b[2])/2 - cx
	y := float64(b[1]) + float64(b[3])/2 - cy
	// Clockwise on an image whose y axis points down.
	mx := cx + x*cos - y*sin
	my := cy + x*sin + y*cos
	return Box{int(math.Round(mx - float64(b[2])/2)), int(math.Round(my - float64(b[3])/2)), b[2], b[3]}
}
