package barcode

import (
	"image"
	"math"

	"mailroom/ocr"
)

// tilted is an area of an image, enlarged and turned about its centre.
type tilted struct {
	ocr.Raster
	area     image.Rectangle
	scale    float64
	sin, cos float64
}

// tilt copies an area of g, enlarged by scale, and turns it so that what leans
// clockwise by skew degrees stands upright.
func tilt(g ocr.Raster, area image.Rectangle, scale, skew float64) tilted {
	w, h := int(scale*float64(area.Dx())), int(scale*float64(area.Dy()))
	t := tilted{Raster: ocr.Raster{Width: w, Height: h, Pix: make([]byte, w*h)}, area: area, scale: scale}
	t.sin, t.cos = math.Sincos(skew * math.Pi / 180)
	const one = 1 << 16
	stepX, stepY := int(t.cos/scale*one), int(t.sin/scale*one)
	for y := range h {
		sx, sy := t.from(0, float64(y))
		u, v := int(sx*one), int(sy*one)
		row := t.Pix[y*w : (y+1)*w]
		for x := range row {
			ix := min(max(u>>16, area.Min.X), area.Max.X-2)
			iy := min(max(v>>16, area.Min.Y), area.Max.Y-2)
			fx, fy := u>>8&0xff, v>>8&0xff
			top, bottom := g.Pix[iy*g.Width+ix:], g.Pix[(iy+1)*g.Width+ix:]
			a := int(top[0])*(256-fx) + int(top[1])*fx
			b := int(bottom[0])*(256-fx) + int(bottom[1])*fx
			row[x] = byte((a*(256-fy) + b*fy) >> 16)
			u += stepX
			v += stepY
		}
	}
	return t
}

// from returns which point of the image a point of the copy shows.
func (t tilted) from(x, y float64) (float64, float64) {
	dx := (x + 0.5 - float64(t.Width)/2) / t.scale
	dy := (y + 0.5 - float64(t.Height)/2) / t.scale
	cx, cy := float64(t.area.Min.X+t.area.Max.X)/2, float64(t.area.Min.Y+t.area.Max.Y)/2
	return cx + dx*t.cos - dy*t.sin - 0.5, cy + dx*t.sin + dy*t.cos - 0.5
}

// back returns the box in the image around a box of the copy.
func (t tilted) back(b ocr.Box) ocr.Box {
	left, top, right, bottom := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, corner := range [][2]int{{b[0], b[1]}, {b[0] + b[2], b[1]}, {b[0], b[1] + b[3]}, {b[0] + b[2], b[1] + b[3]}} {
		x, y := t.from(float64(corner[0]), float64(corner[1]))
		left, right = min(left, x), max(right, x)
		top, bottom = min(top, y), max(bottom, y)
	}
	x, y := int(math.Round(left)), int(math.Round(top))
	return ocr.Box{x, y, int(math.Round(right)) - x, int(math.Round(bottom)) - y}
}

// read reads the codes of the copy and returns them where the image has them.
func (t tilted) read(how int) ([]symbol, error) {
	if t.Width < 8 || t.Height < 8 {
		return nil, nil
	}
	found, err := readArea(t.Raster, image.Rect(0, 0, t.Width, t.Height), how)
	for i, s := range found {
		found[i].box = t.back(s.box)
	}
	return found, err
}
