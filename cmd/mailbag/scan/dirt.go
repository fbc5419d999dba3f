package scan

import (
	"math"
	"math/rand/v2"

	"mailroom/cmd/mailbag/paper"
)

// drop takes spots out of the ink, as a dying ribbon or toner does.
func (l Look) drop(r *rand.Rand, c *paper.Canvas, dpi int) {
	const cell = 3
	share := uint32(l.Dropout * (1 << 32))
	w := c.W / cell
	for y := 0; y+cell <= c.H; y += cell {
		for x := range w {
			if r.Uint32() >= share {
				continue
			}
			for j := range cell {
				at := c.Pix[(y+j)*c.W+x*cell:]
				for i := range cell {
					at[i] = 255 - (255-at[i])/3
				}
			}
		}
	}
}

// soil adds what hands and machines leave: holes, staples, specks, streaks.
func (l Look) soil(r *rand.Rand, c *paper.Canvas, dpi int) {
	px := func(mm float64) float64 { return mm * float64(dpi) / 25.4 }
	if l.Holes {
		x := 12 + r.Float64()*2
		if l.Back {
			x = paper.Width - x
		}
		for _, y := range []float64{paper.Height/2 - 40, paper.Height/2 + 40} {
			c.Disc(px(x+l.ShiftX), px(y+l.ShiftY), px(2.9), 60, paper.Black)
		}
	}
	if l.Staple {
		l.staple(r, c, px)
	}
	for range l.Specks {
		x, y := r.Float64()*float64(c.W), r.Float64()*float64(c.H)
		c.Disc(x, y, px(0.05+0.2*r.Float64()*r.Float64()), uint8(r.IntN(120)), paper.Black)
	}
	for range l.Streaks {
		x, w := r.IntN(c.W), max(1, int(px(0.1+0.15*r.Float64())))
		level := 110 + r.IntN(90)
		for y := range c.H {
			for i := x; i < min(x+w, c.W); i++ {
				p := &c.Pix[y*c.W+i]
				*p = uint8(min(int(*p), level))
			}
		}
	}
}

// staple draws the thin wire or its mark in the upper left corner, slanted.
func (l Look) staple(r *rand.Rand, c *paper.Canvas, px func(float64) float64) {
	x, y, turn := 7+4*r.Float64(), 7+4*r.Float64(), r.Float64()*1.2-1.2
	sin, cos := math.Sincos(turn)
	for s := 0.0; s < 11; s += 0.08 {
		c.Disc(px(x+s*cos), px(y+s*sin+0.5), px(0.5), 205, paper.Black)
		c.Disc(px(x+s*cos), px(y+s*sin), px(0.22), 110, paper.Black)
	}
}

// tone maps ink and paper to their gray levels, adds the fall of light and the
// noise of the sensor in one pass.
func (l Look) tone(r *rand.Rand, c *paper.Canvas) {
	if l.Ink == 0 && l.White == 255 && l.Light == 0 && l.Noise == 0 {
		return
	}
	var levels [256]int
	for i := range levels {
		levels[i] = int(l.Ink + (l.White-l.Ink)*float64(i)/255)
	}
	const many = 1 << 14
	noise := make([]int, many)
	for i := range noise {
		noise[i] = int(math.Round(r.NormFloat64() * l.Noise))
	}
	across := make([]int, c.W)
	for x := range across {
		if !l.LightDown {
			across[x] = int(l.Light * float64(x) / float64(c.W))
		}
	}
	for y := range c.H {
		down := 0
		if l.LightDown {
			down = int(l.Light * float64(y) / float64(c.H))
		}
		at := r.IntN(many)
		row := c.Pix[y*c.W : (y+1)*c.W]
		for x, v := range row {
			g := levels[v] - across[x] - down + noise[(at+x)&(many-1)]
			row[x] = uint8(max(0, min(255, g)))
		}
	}
}
