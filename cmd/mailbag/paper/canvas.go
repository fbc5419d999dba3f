package paper

import "math"

// Canvas is a page of gray pixels, row by row, 255 is white. Tint is nil on a
// page without colour and otherwise names the ink of each pixel.
type Canvas struct {
	W, H int
	Pix  []uint8
	Tint []uint8
}

// NewCanvas returns white paper.
func NewCanvas(w, h int, colour bool) *Canvas {
	c := &Canvas{W: w, H: h, Pix: make([]uint8, w*h)}
	for i := range c.Pix {
		c.Pix[i] = 255
	}
	if colour {
		c.Tint = make([]uint8, w*h)
	}
	return c
}

// Ink lays ink of a gray level on one pixel; cover says how much of the pixel
// it hides. Ink never brightens and pixels outside the page are ignored.
func (c *Canvas) Ink(x, y int, cover, level uint8, tint Tint) {
	if cover == 0 || x < 0 || y < 0 || x >= c.W || y >= c.H {
		return
	}
	i := y*c.W + x
	old := c.Pix[i]
	v := uint8((int(old)*(255-int(cover)) + int(level)*int(cover)) / 255)
	if v >= old {
		return
	}
	c.Pix[i] = v
	if c.Tint != nil && (cover > 100 || old > 200) {
		c.Tint[i] = uint8(tint)
	}
}

// Rect fills whole pixels.
func (c *Canvas) Rect(x, y, w, h int, level uint8, tint Tint) {
	for j := max(y, 0); j < min(y+h, c.H); j++ {
		for i := max(x, 0); i < min(x+w, c.W); i++ {
			c.Ink(i, j, 255, level, tint)
		}
	}
}

// Disc lays a soft-edged round dot.
func (c *Canvas) Disc(x, y, r float64, level uint8, tint Tint) {
	for j := int(y - r - 1); j <= int(y+r+1); j++ {
		for i := int(x - r - 1); i <= int(x+r+1); i++ {
			d := r + 0.5 - math.Hypot(float64(i)-x, float64(j)-y)
			if d > 0 {
				c.Ink(i, j, uint8(255*min(d, 1)), level, tint)
			}
		}
	}
}

// Turn returns the page turned clockwise by 0, 90, 180 or 270 degrees.
func (c *Canvas) Turn(degrees int) *Canvas {
	if degrees%360 == 0 {
		return c
	}
	out := &Canvas{W: c.W, H: c.H}
	if degrees%180 != 0 {
		out.W, out.H = c.H, c.W
	}
	out.Pix = turn(c.Pix, c.W, c.H, degrees)
	if c.Tint != nil {
		out.Tint = turn(c.Tint, c.W, c.H, degrees)
	}
	return out
}

// turn moves the pixels of one plane.
func turn(pix []uint8, w, h, degrees int) []uint8 {
	out := make([]uint8, len(pix))
	for y := range h {
		row := pix[y*w : (y+1)*w]
		var at, step int
		switch degrees {
		case 90:
			at, step = h-1-y, h
		case 180:
			at, step = (h-y)*w-1, -1
		default:
			at, step = (w-1)*h+y, -h
		}
		for _, v := range row {
			out[at] = v
			at += step
		}
	}
	return out
}
