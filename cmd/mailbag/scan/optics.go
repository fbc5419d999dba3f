package scan

import (
	"math"

	"mailroom/cmd/mailbag/paper"
)

// lay copies the page turned by the skew and moved; what lies beside the paper
// is white, or the lid's shadow.
func (l Look) lay(src *paper.Canvas, dpi int) *paper.Canvas {
	dst := &paper.Canvas{W: src.W, H: src.H, Pix: make([]uint8, len(src.Pix))}
	if src.Tint != nil {
		dst.Tint = make([]uint8, len(src.Tint))
	}
	if l.Skew == 0 && l.ShiftX == 0 && l.ShiftY == 0 {
		copy(dst.Pix, src.Pix)
		copy(dst.Tint, src.Tint)
		return dst
	}
	beside := uint8(255)
	if l.EdgeDark {
		beside = 90
	}
	const one = 1 << 16
	sin, cos := math.Sincos(l.Skew * math.Pi / 180)
	mm := float64(dpi) / 25.4
	cx, cy := float64(src.W)/2, float64(src.H)/2
	stepX, stepY := int(cos*one), int(-sin*one)
	for y := range dst.H {
		dy := float64(y) - cy - l.ShiftY*mm
		dx := -cx - l.ShiftX*mm
		u := int((cx + dx*cos + dy*sin) * one)
		v := int((cy - dx*sin + dy*cos) * one)
		row := dst.Pix[y*dst.W : (y+1)*dst.W]
		for x := range row {
			ix, iy := u>>16, v>>16
			if ix < 0 || iy < 0 || ix+1 >= src.W || iy+1 >= src.H {
				row[x] = beside
			} else {
				i := iy*src.W + ix
				row[x] = mix(src.Pix[i:i+2], src.Pix[i+src.W:i+src.W+2], (u&0xffff)>>8, (v&0xffff)>>8)
				if src.Tint != nil {
					dst.Tint[y*dst.W+x] = nearest(src, i, (u>>15)&1, (v>>15)&1)
				}
			}
			u += stepX
			v += stepY
		}
	}
	return dst
}

// mix is the bilinear value between four pixels; fx and fy are of 256.
func mix(top, bottom []uint8, fx, fy int) uint8 {
	a := int(top[0])*(256-fx) + int(top[1])*fx
	b := int(bottom[0])*(256-fx) + int(bottom[1])*fx
	return uint8((a*(256-fy) + b*fy) >> 16)
}

// nearest is the tint of the closest of four pixels, or any tint among them.
func nearest(c *paper.Canvas, i, dx, dy int) uint8 {
	if t := c.Tint[i+dy*c.W+dx]; t != 0 {
		return t
	}
	return c.Tint[i] | c.Tint[i+1] | c.Tint[i+c.W]
}

// blur softens by a bell of the given standard deviation in pixels, as
// passes of a three-tap filter along rows and columns.
func blur(c *paper.Canvas, sigma float64) {
	passes := int(math.Ceil(sigma / 0.7))
	side := sigma * sigma / float64(passes) / 2 // variance of the taps (s,1-2s,s) is 2s
	k1 := int(side * 256)
	k0 := 256 - 2*k1
	prev, here := make([]uint8, c.W), make([]uint8, c.W)
	for range passes {
		for y := range c.H {
			row := c.Pix[y*c.W : (y+1)*c.W]
			left := int(row[0])
			for x := 1; x+1 < len(row); x++ {
				v := int(row[x])
				row[x] = uint8(((left+int(row[x+1]))*k1 + v*k0 + 128) >> 8)
				left = v
			}
		}
		copy(prev, c.Pix[:c.W])
		for y := 1; y+1 < c.H; y++ {
			row, next := c.Pix[y*c.W:(y+1)*c.W], c.Pix[(y+1)*c.W:(y+2)*c.W]
			copy(here, row)
			for x := range row {
				row[x] = uint8(((int(prev[x])+int(next[x]))*k1 + int(here[x])*k0 + 128) >> 8)
			}
			prev, here = here, prev
		}
	}
}

// bleed lets the mirrored back shine through, diffused by the paper: the back
// is averaged over cells of four pixels and smoothed between them.
func bleed(c, back *paper.Canvas, share float64) {
	const cell = 4
	w, h := c.W/cell, c.H/cell
	sum := make([]int, w)
	line := make([]int, c.W)
	k := int(share * 65536)
	for y := range h {
		clear(sum)
		for j := range cell {
			row := back.Pix[(y*cell+j)*back.W:]
			for x := range sum {
				at := row[x*cell : x*cell+cell]
				sum[x] += 4*255 - int(at[0]) - int(at[1]) - int(at[2]) - int(at[3])
			}
		}
		for x := range line {
			m := (c.W - 1 - x - cell/2) // mirrored, between cell centres
			i, f := max(0, m/cell), max(0, m%cell)
			line[x] = (sum[min(i, w-1)]*(cell-f) + sum[min(i+1, w-1)]*f) / cell
		}
		for j := range cell {
			row := c.Pix[(y*cell+j)*c.W : (y*cell+j+1)*c.W]
			for x, v := range line {
				if v != 0 {
					row[x] = uint8(max(0, int(row[x])-(v*k>>20)))
				}
			}
		}
	}
}

// fax passes the page through a machine of 200 dpi and one bit.
func (l Look) fax(c *paper.Canvas, dpi int) {
	if dpi < 200 {
		return
	}
	at := make([]int, c.W)
	for x := range at {
		at[x] = min((x*200/dpi)*dpi/200, c.W-1)
	}
	limit := l.Threshold()
	line := make([]uint8, c.W)
	last := -1
	for y := range c.H {
		sy := (y * 200 / dpi) * dpi / 200
		if sy != last {
			row := c.Pix[sy*c.W : (sy+1)*c.W]
			for x, sx := range at {
				line[x] = uint8(l.White)
				if row[sx] < limit {
					line[x] = uint8(l.Ink)
				}
			}
			last = sy
		}
		copy(c.Pix[y*c.W:(y+1)*c.W], line)
	}
}
