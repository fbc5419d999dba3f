package sheets

import (
	"errors"
	"fmt"

	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/qr"

	"mailroom/scanstation"
)

// thin is the thinnest bar of a label in millimetres: two dots of a printer of
// 203 dpi, three of one of 300 dpi.
const thin = 0.25

// margin is the rim of a label on which label printers print nothing.
const margin = 2.5

// Box implements scanstation.Printer.
func (q Printer) Box(s scanstation.BoxSheet) (p scanstation.Print, err error) {
	if !s.ID.Valid() {
		return p, fmt.Errorf("box id %q is none", s.ID)
	}
	if s.Width > 0 || s.Height > 0 {
		return q.label(s)
	}
	if err := codes(&p, s.Code, string(s.ID)); err != nil {
		return p, err
	}
	p.Write(left, 90, 48, true, s.Headline)
	p.Bars = append(p.Bars, scanstation.PrintBar{X: left, Y: 97, Width: squareLeft - left - 8, Height: 0.4})
	c := column{Print: &p, x: left, y: 112, lowest: codeLow - 26}
	for i, fact := range s.Facts {
		size, most := 16.0, 44
		if i == 0 {
			size, most = 26, 26
		}
		c.add(fact, size, most, i == 0, 0.55)
		c.y += 3
	}
	for i, line := range scanstation.Wrap(s.Footnote, 66) {
		p.Write(left, codeLow-18+5.5*float64(i), 10, false, line)
	}
	return p, nil
}

// label lays out a label: the square code at the left, the bars beside or below
// it, and what people read in what is left.
func (q Printer) label(s scanstation.BoxSheet) (p scanstation.Print, err error) {
	p.Width, p.Height = s.Width, s.Height
	img, err := code128.Encode(string(s.ID))
	if err != nil {
		return p, fmt.Errorf("draw code %q: %w", s.ID, err)
	}
	modules := float64(img.Bounds().Dx())
	tall := s.Height >= s.Width
	// The square, with its quiet zone of four modules, takes what the bars leave.
	cell := 0.5
	if !tall && s.Height > 40 {
		cell = 0.75
	}
	if tall {
		cell = 1
	}
	side, err := q.Square(&p, margin+2*cell, margin+2*cell, cell, string(s.ID))
	if err != nil {
		return p, err
	}
	quiet := 10 * thin
	x, room := margin+side+6*cell, s.Width-margin
	if tall { // the bars below the square
		x = margin
	}
	module := thin
	for _, wider := range []float64{0.375, 0.5} {
		if modules*wider+2*quiet <= room-x {
			module = wider
		}
	}
	if modules*module+2*quiet > room-x || s.Height < 20 {
		return p, errors.New("the label is too small for the code")
	}
	height, top := s.Height*0.36, s.Height*0.64-margin-3.5
	if tall {
		height, top = min(20, s.Height*0.2), margin+side+6*cell
	}
	runs(img, 0, func(at, n int) {
		p.Bars = append(p.Bars, scanstation.PrintBar{X: x + quiet + float64(at)*module, Y: top, Width: float64(n) * module, Height: height})
	})
	p.Write(x+quiet, top+height+3.2, 8.5, true, string(s.ID))
	q.words(&p, s, tall, x+quiet, margin+side+4*cell, top+height)
	return p, nil
}

// words writes what people read: beside the square, above the bars; on a tall
// label below them.
func (Printer) words(p *scanstation.Print, s scanstation.BoxSheet, tall bool, x, squareEnd, barsEnd float64) {
	size := min(max(s.Height*0.32, 8), 16)
	c := column{Print: p, x: x, y: margin + size*0.36, lowest: barsEnd - s.Height*0.36 - 1}
	if tall {
		size = 15
		c.x, c.y, c.lowest = margin+1, barsEnd+12, s.Height-margin
	}
	for i, fact := range append([]string{s.Headline}, s.Facts...) {
		at := size
		if i >= 2 {
			at = size * 0.75
		}
		c.add(fact, at, max(int((s.Width-margin-c.x)/(at*0.2)), 8), i < 2, 0.42)
	}
}

// Square implements scanstation.Printer.
func (Printer) Square(p *scanstation.Print, x, y, cell float64, text string) (float64, error) {
	img, err := qr.Encode(text, qr.M, qr.AlphaNumeric)
	if err != nil {
		return 0, fmt.Errorf("draw square code %q: %w", text, err)
	}
	for row := range img.Bounds().Dy() {
		runs(img, row, func(at, n int) {
			p.Bars = append(p.Bars, scanstation.PrintBar{X: x + float64(at)*cell, Y: y + float64(row)*cell, Width: float64(n) * cell, Height: cell})
		})
	}
	return float64(img.Bounds().Dx()) * cell, nil
}
