package paper

import (
	"fmt"
	"image"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
)

// Painter draws pages at one resolution and keeps the shapes of letters it has
// drawn. It is not safe for concurrent use.
type Painter struct {
	fonts  *Fonts
	dpi    int
	shapes map[shapeKey]shape
	faces  map[shapeKey]font.Face
}

type shapeKey struct {
	face Face
	size float64
	r    rune
}

// shape is one letter: its ink and where that lies from the base point.
type shape struct {
	w, h, dx, dy int
	cover        []uint8
	advance      float64
}

// NewPainter returns a painter for the resolution.
func NewPainter(f *Fonts, dpi int) *Painter {
	return &Painter{fonts: f, dpi: dpi, shapes: map[shapeKey]shape{}, faces: map[shapeKey]font.Face{}}
}

// px turns millimetres into pixels.
func (p *Painter) px(mm float64) float64 { return mm * float64(p.dpi) / 25.4 }

// Paint draws the page in black ink on white paper.
func (p *Painter) Paint(page *Page, colour bool) (*Canvas, error) {
	c := NewCanvas(int(math.Round(p.px(Width))), int(math.Round(p.px(Height))), colour)
	for _, m := range page.Marks {
		if err := p.mark(c, m); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (p *Painter) mark(c *Canvas, m Mark) error {
	switch m := m.(type) {
	case Text:
		return p.text(c, m, 0)
	case Rule:
		b := m.Box(p.fonts)
		p.rect(c, b, 0, m.Tint)
	case Fill:
		p.rect(c, m.Box(p.fonts), m.Gray, m.Tint)
	case Code:
		return p.code(c, m)
	case Stroke:
		p.stroke(c, m)
	case Stamp:
		return p.stamp(c, m)
	default:
		return fmt.Errorf("paint %T: unknown mark", m)
	}
	return nil
}

func (p *Painter) rect(c *Canvas, b Box, level uint8, tint Tint) {
	x, y := int(math.Round(p.px(b.X))), int(math.Round(p.px(b.Y)))
	c.Rect(x, y, max(1, int(math.Round(p.px(b.W)))), max(1, int(math.Round(p.px(b.H)))), level, tint)
}

func (p *Painter) text(c *Canvas, t Text, level uint8) error {
	x, y := p.px(t.X), int(math.Round(p.px(t.Y)))
	for _, r := range t.S {
		s, err := p.shape(shapeKey{t.Face, t.Size, r})
		if err != nil {
			return err
		}
		left, top := int(math.Round(x))+s.dx, y+s.dy
		for j := range s.h {
			for i, cover := range s.cover[j*s.w : (j+1)*s.w] {
				c.Ink(left+i, top+j, cover, level, t.Tint)
			}
		}
		x += s.advance
	}
	return nil
}

// shape draws a letter once and remembers it.
func (p *Painter) shape(k shapeKey) (shape, error) {
	if s, ok := p.shapes[k]; ok {
		return s, nil
	}
	fk := shapeKey{k.face, k.size, 0}
	face, ok := p.faces[fk]
	if !ok {
		var err error
		if face, err = p.fonts.open(k.face, k.size, p.dpi); err != nil {
			return shape{}, err
		}
		p.faces[fk] = face
	}
	dr, mask, at, adv, ok := face.Glyph(fixed.Point26_6{}, k.r)
	s := shape{advance: float64(adv) / 64}
	if alpha, isAlpha := mask.(*image.Alpha); ok && isAlpha {
		s.w, s.h, s.dx, s.dy = dr.Dx(), dr.Dy(), dr.Min.X, dr.Min.Y
		for j := range s.h {
			o := alpha.PixOffset(at.X, at.Y+j)
			s.cover = append(s.cover, alpha.Pix[o:o+s.w]...)
		}
	}
	p.shapes[k] = s
	return s, nil
}

func (p *Painter) code(c *Canvas, m Code) error {
	img, err := m.Modules()
	if err != nil {
		return err
	}
	unit := int(math.Round(p.px(m.Module())))
	tall := unit
	if m.Linear() {
		tall = int(p.px(m.Tall))
	}
	x0, y0 := int(p.px(m.X)), int(p.px(m.Y))
	Runs(img, func(x, y, n int) {
		c.Rect(x0+x*unit, y0+y*tall, n*unit, tall, 0, Black)
	})
	return nil
}

func (p *Painter) stroke(c *Canvas, s Stroke) {
	r := p.px(s.Width) / 2
	for i := 1; i < len(s.Points); i++ {
		a, b := s.Points[i-1], s.Points[i]
		n := max(1, int(p.px(math.Hypot(b.X-a.X, b.Y-a.Y))/max(r, 0.7)))
		for k := range n {
			f := float64(k) / float64(n)
			c.Disc(p.px(a.X+(b.X-a.X)*f), p.px(a.Y+(b.Y-a.Y)*f), r, 40, s.Tint)
		}
	}
}

// stamp draws the stamp upright on a patch of its own and lays it on the page
// at its angle.
func (p *Painter) stamp(c *Canvas, s Stamp) error {
	const level = 70
	w, h := int(p.px(s.W)), int(p.px(s.H))
	patch := NewCanvas(w, h, false)
	t := max(2, int(p.px(0.5)))
	patch.Rect(0, 0, w, t, level, s.Tint)
	patch.Rect(0, h-t, w, t, level, s.Tint)
	patch.Rect(0, 0, t, h, level, s.Tint)
	patch.Rect(w-t, 0, t, h, level, s.Tint)
	step := s.H / float64(len(s.Lines)+1)
	for i, line := range s.Lines {
		size := step / PointMM * 0.8
		if wide := p.fonts.Width(s.Face, size, line); wide > s.W*0.92 {
			size *= s.W * 0.92 / wide
		}
		x := (s.W - p.fonts.Width(s.Face, size, line)) / 2
		err := p.text(patch, Text{X: x, Y: step * (float64(i) + 1.15), Size: size, Face: s.Face, S: line}, level)
		if err != nil {
			return err
		}
	}
	sin, cos := math.Sincos(s.Angle * math.Pi / 180)
	b := s.Box(p.fonts)
	cx, cy := p.px(s.X), p.px(s.Y)
	for y := int(p.px(b.Y)); y <= int(p.px(b.Y+b.H)); y++ {
		for x := int(p.px(b.X)); x <= int(p.px(b.X+b.W)); x++ {
			dx, dy := float64(x)-cx, float64(y)-cy
			u, v := dx*cos+dy*sin+float64(w)/2, dy*cos-dx*sin+float64(h)/2
			if u < 0 || v < 0 || int(u) >= w || int(v) >= h {
				continue
			}
			if g := patch.Pix[int(v)*w+int(u)]; g < 250 {
				c.Ink(x, y, 255, g, s.Tint)
			}
		}
	}
	return nil
}
