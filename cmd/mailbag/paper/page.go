// Package paper is the sheet before it meets a scanner: what stands where on a
// page, in millimetres, and how that becomes pixels.
//
//	Page (a list of marks) --Painter.Paint--> Canvas (gray pixels)
//	                       --Page.Text-----> what a reader would read
//
// One list of marks serves the picture, the born-digital PDF and the truth, so
// the three cannot disagree.
//
// Decisions: pixels are gray with an optional plane of ink colours beside
// them, because nearly all work is on gray and colour costs one byte more only
// where a format wants it. Stamps and signatures are marks but not text: the
// truth promises what is typed.
package paper

import (
	"math"
	"strings"
)

// A4 in millimetres.
const (
	Width  = 210.0
	Height = 297.0
)

// Tint is the colour of an ink.
type Tint uint8

// The inks of an office.
const (
	Black Tint = iota
	Blue
	Red
	Green
)

// Mark is anything printed, stamped or written on a page.
type Mark interface {
	// Box is the area the mark covers, in millimetres.
	Box(f *Fonts) Box
}

// Box is an area of a page in millimetres.
type Box struct{ X, Y, W, H float64 }

// Touches reports whether two areas share a point.
func (b Box) Touches(o Box) bool {
	return b.X < o.X+o.W && o.X < b.X+b.W && b.Y < o.Y+o.H && o.Y < b.Y+b.H
}

// Text is one run of type; Y is the base line.
type Text struct {
	X, Y, Size float64
	Face       Face
	S          string
	Tint       Tint
}

// Box covers the run from ascender to descender.
func (t Text) Box(f *Fonts) Box {
	h := t.Size * PointMM
	return Box{t.X, t.Y - h*0.8, f.Width(t.Face, t.Size, t.S), h}
}

// Rule is a straight line, upright or level.
type Rule struct {
	X1, Y1, X2, Y2, Width float64
	Tint                  Tint
}

// Box covers the line and its thickness.
func (r Rule) Box(*Fonts) Box {
	x, y := min(r.X1, r.X2), min(r.Y1, r.Y2)
	return Box{x - r.Width/2, y - r.Width/2, math.Abs(r.X2-r.X1) + r.Width, math.Abs(r.Y2-r.Y1) + r.Width}
}

// Fill is a filled rectangle of one gray level, as behind a table head.
type Fill struct {
	X, Y, W, H float64
	Gray       uint8
	Tint       Tint
}

// Box is the rectangle itself.
func (r Fill) Box(*Fonts) Box { return Box{r.X, r.Y, r.W, r.H} }

// Point is a place on a page in millimetres.
type Point struct{ X, Y float64 }

// Stroke is a line drawn by hand.
type Stroke struct {
	Points []Point
	Width  float64
	Tint   Tint
}

// Box covers all points of the stroke.
func (s Stroke) Box(*Fonts) Box {
	if len(s.Points) == 0 {
		return Box{}
	}
	lo, hi := s.Points[0], s.Points[0]
	for _, p := range s.Points {
		lo = Point{min(lo.X, p.X), min(lo.Y, p.Y)}
		hi = Point{max(hi.X, p.X), max(hi.Y, p.Y)}
	}
	return Box{lo.X, lo.Y, hi.X - lo.X, hi.Y - lo.Y}
}

// Stamp is a framed rubber stamp around its centre, turned by Angle degrees.
type Stamp struct {
	X, Y, W, H, Angle float64
	Lines             []string
	Face              Face
	Tint              Tint
}

// Box covers the turned frame.
func (s Stamp) Box(*Fonts) Box {
	sin, cos := math.Sincos(math.Abs(s.Angle) * math.Pi / 180)
	w, h := s.W*cos+s.H*sin, s.W*sin+s.H*cos
	return Box{s.X - w/2, s.Y - h/2, w, h}
}

// Page is one side of one sheet.
type Page struct{ Marks []Mark }

// Add puts marks on the page, in reading order.
func (p *Page) Add(m ...Mark) { p.Marks = append(p.Marks, m...) }

// Text is what is typed on the page in the order it was put there: runs on the
// same base line are joined by a blank, others stand on lines of their own.
func (p *Page) Text() string {
	var b strings.Builder
	last := math.Inf(-1)
	for _, m := range p.Marks {
		t, ok := m.(Text)
		if !ok || t.S == "" {
			continue
		}
		switch {
		case b.Len() == 0:
		case math.Abs(t.Y-last) < 0.1:
			b.WriteByte(' ')
		default:
			b.WriteByte('\n')
		}
		b.WriteString(t.S)
		last = t.Y
	}
	return b.String()
}

// Codes returns the barcodes of the page.
func (p *Page) Codes() []Code {
	var codes []Code
	for _, m := range p.Marks {
		if c, ok := m.(Code); ok {
			codes = append(codes, c)
		}
	}
	return codes
}

// Free reports whether nothing on the page touches the area.
func (p *Page) Free(b Box, f *Fonts) bool {
	for _, m := range p.Marks {
		if m.Box(f).Touches(b) {
			return false
		}
	}
	return true
}
