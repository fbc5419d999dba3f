// Package scan is the scanner and what it does to a page: it lays it down a
// little askew, lets the back shine through, blurs, dims and soils it.
//
//	front, back Canvas --Look.Apply--> Canvas as the scanner delivers it
//	Profile --Draw--> Look (the numbers for one sheet)
//
// Decisions: strength is a table of numbers, not an adjective, so a measured
// rate can be told together with what it was measured on. A sheet has one look:
// its back lies askew by the mirrored angle, as on a real feeder.
package scan

import (
	"fmt"
	"math/rand/v2"

	"mailroom/cmd/mailbag/paper"
)

// span is a range of numbers from which one is drawn evenly.
type span struct{ lo, hi float64 }

func (s span) draw(r *rand.Rand) float64 { return s.lo + (s.hi-s.lo)*r.Float64() }

// Profile is what a scanner of one strength does.
type Profile struct {
	skew     span    // degrees either way
	shift    float64 // millimetres either way
	blur     span    // standard deviation in 1/300 inch
	noise    span    // standard deviation in gray levels
	ink      span    // gray level of full ink
	white    span    // gray level of paper
	light    span    // gray levels lost towards one edge
	bleed    span    // share of the back's ink seen from the front
	specks   span    // dark specks of 0.1-0.5 mm per page
	streaks  span    // lines of dirty glass along the feed
	dropout  span    // share of ink spots lost in faint print
	fax      float64 // share of sheets that came through a fax of 200 dpi
	holes    float64 // share of sheets with punch holes
	staple   float64 // share of letters with a staple's shadow
	quality  int     // of JPEG
	cut      float64 // where gray becomes black, between ink and paper
	edgeDark float64 // share of sheets with the lid's shadow beside the paper
}

// profiles are strengths 0, 1 and 2; the doc of cmd/mailbag prints this table.
var profiles = [3]Profile{
	{white: span{255, 255}, quality: 92, cut: 0.5},
	{
		skew: span{0, 1}, shift: 1.5, blur: span{0.35, 0.7}, noise: span{2, 6}, ink: span{20, 55}, white: span{236, 250},
		light: span{0, 8}, bleed: span{0.02, 0.07}, specks: span{0, 12}, holes: 0.5, staple: 0.4, quality: 80, cut: 0.6, edgeDark: 0.1,
	},
	{
		skew: span{0.5, 3}, shift: 4, blur: span{0.7, 1.25}, noise: span{8, 16}, ink: span{60, 125}, white: span{205, 238},
		light: span{10, 35}, bleed: span{0.06, 0.16}, specks: span{20, 160}, streaks: span{0, 3.9}, dropout: span{0, 0.06},
		fax: 0.3, holes: 0.7, staple: 0.7, quality: 45, cut: 0.62, edgeDark: 0.4,
	},
}

// ProfileOf returns the numbers of a strength.
func ProfileOf(strength int) (Profile, error) {
	if strength < 0 || strength >= len(profiles) {
		return Profile{}, fmt.Errorf("strength %d: want 0, 1 or 2", strength)
	}
	return profiles[strength], nil
}

// Look is the numbers for one side of one sheet.
type Look struct {
	Skew           float64 // degrees, clockwise
	ShiftX, ShiftY float64 // millimetres
	Blur, Noise    float64
	Ink, White     float64
	Light          float64
	LightDown      bool // uneven along the feed instead of across
	Bleed          float64
	Dropout        float64
	Specks         int
	Streaks        int
	Fax            bool
	Holes, Staple  bool
	Back           bool // holes lie on the other side
	EdgeDark       bool
	Quality        int
	Cut            float64
}

// Draw draws the look of a front from the profile.
func (p Profile) Draw(r *rand.Rand) Look {
	sign := func(v float64) float64 {
		if r.IntN(2) == 0 {
			return -v
		}
		return v
	}
	return Look{
		Skew:   sign(p.skew.draw(r)),
		ShiftX: sign(p.shift * r.Float64()), ShiftY: sign(p.shift * r.Float64()),
		Blur: p.blur.draw(r), Noise: p.noise.draw(r), Ink: p.ink.draw(r), White: p.white.draw(r),
		Light: p.light.draw(r), LightDown: r.IntN(2) == 0,
		Bleed: p.bleed.draw(r), Dropout: p.dropout.draw(r),
		Specks: int(p.specks.draw(r)), Streaks: int(p.streaks.draw(r)),
		Fax: r.Float64() < p.fax, Holes: r.Float64() < p.holes, Staple: r.Float64() < p.staple,
		EdgeDark: r.Float64() < p.edgeDark, Quality: p.quality, Cut: p.cut,
	}
}

// Reverse is the look of the same sheet's back.
func (l Look) Reverse() Look {
	l.Skew, l.ShiftX = -l.Skew, -l.ShiftX
	l.Back, l.Staple = !l.Back, false
	return l
}

// Threshold is the gray level below which a one-bit scanner sees black.
func (l Look) Threshold() uint8 { return uint8(l.Ink + (l.White-l.Light/2-l.Ink)*l.Cut) }

// Apply scans front; back may be nil and shines through otherwise. The canvases
// given are not changed.
func (l Look) Apply(r *rand.Rand, front, back *paper.Canvas, dpi int) *paper.Canvas {
	c := l.lay(front, dpi)
	if l.Dropout > 0 {
		l.drop(r, c, dpi)
	}
	if l.Blur > 0 {
		blur(c, l.Blur*float64(dpi)/300)
	}
	if back != nil && l.Bleed > 0 {
		bleed(c, back, l.Bleed)
	}
	l.soil(r, c, dpi)
	l.tone(r, c)
	if l.Fax {
		l.fax(c, dpi)
	}
	return c
}
