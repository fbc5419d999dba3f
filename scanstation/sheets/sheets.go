package sheets

import (
	"fmt"
	"image"
	"image/color"
	"slices"

	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/qr"

	"mailroom/scanstation"
)

// Printer implements scanstation.Printer. Its zero value is ready.
type Printer struct{}

var _ scanstation.Printer = Printer{}

// The measures of a sheet in millimetres.
const (
	bars    = 25.0
	codeTop = 22.0
	codeLow = 246.0

	cell       = 1.0  // of a square code, less where it would be wider than
	squareMost = 36.0 // this
	squareLeft = 155.0
	squareTop  = 62.0
	squareLow  = 206.0

	signTop  = 178.0 // of the lines to sign on
	signWide = 62.0

	left     = 25.0
	wordings = 54 // characters that a line of 13 points holds beside the squares
)

// Separator implements scanstation.Printer.
func (Printer) Separator(text string) (p scanstation.Print, err error) {
	if err := codes(&p, text, text); err != nil {
		return p, err
	}
	p.Write(left, 145, 52, true, scanstation.SeparatorHeadline)
	p.Write(left, 162, 14, false, "Bitte vor jedes Schreiben legen. Wird nicht archiviert.")
	return p, nil
}

// Divider implements scanstation.Printer.
func (Printer) Divider(s scanstation.DividerSheet) (p scanstation.Print, err error) {
	if err := codes(&p, s.Code, s.Code); err != nil {
		return p, err
	}
	c := column{Print: &p, x: left, y: 140, lowest: squareLow - 4}
	c.add(s.Headline, 52, 14, true, 0.32)
	for _, says := range s.Says {
		c.add(says, 26, 28, true, 0.42)
	}
	for _, fact := range s.Facts {
		c.add(fact, 14, 60, false, 0.5)
	}
	p.Write(left, codeLow-8, 10, false, s.Footnote)
	return p, nil
}

// Rescan implements scanstation.Printer.
func (Printer) Rescan(s scanstation.RescanSheet) (p scanstation.Print, err error) {
	if !s.ID.Valid() {
		return p, fmt.Errorf("rescan id %q is none", s.ID)
	}
	return page{code: s.ID.Code(), headline: s.Headline, task: s.Task, title: s.Letter, facts: append([]string{s.Place}, s.Facts...), footnote: s.Footnote}.lay()
}

// page is a sheet with words between its codes.
type page struct {
	code, headline, task, title, footnote string
	facts, sign                           []string
}

func (s page) lay() (p scanstation.Print, err error) {
	if err := codes(&p, s.code, s.code); err != nil {
		return p, err
	}
	c := column{Print: &p, x: left, y: 84, lowest: codeLow - 22}
	if len(s.sign) > 0 {
		c.lowest = signTop - 6
	}
	p.Write(left, c.y, 34, true, s.headline)
	c.y += 14
	c.add(s.task, 18, 52, true, 0.5)
	p.Bars = append(p.Bars, scanstation.PrintBar{X: left, Y: c.y - 3, Width: scanstation.PrintWidth - 2*left, Height: 0.4})
	c.y += 8
	c.add(s.title, 16, 44, true, 0.5625)
	for _, fact := range s.facts {
		c.add(fact, 13, wordings, false, 0.54)
	}
	for i, who := range s.sign {
		x := left + signWide*float64(i)
		p.Bars = append(p.Bars, scanstation.PrintBar{X: x, Y: signTop + 16, Width: signWide - 6, Height: 0.3})
		for k, line := range scanstation.Wrap(who, 28) {
			p.Write(x, signTop+21+4*float64(k), 9, false, line)
		}
	}
	for i, line := range scanstation.Wrap(s.footnote, 72) {
		p.Write(left, codeLow-13+5*float64(i), 10, false, line)
	}
	return p, nil
}

// column is where lines of type stand one below the other, never into what stands
// below them.
type column struct {
	*scanstation.Print
	x, y, lowest float64
}

// add writes text in lines of at most so many characters; lead is the millimetres
// from one to the next for each point of their size.
func (c *column) add(text string, size float64, most int, bold bool, lead float64) {
	for _, line := range scanstation.Wrap(text, most) {
		if c.y > c.lowest {
			return
		}
		c.Write(c.x, c.y, size, bold, line)
		c.y += size * lead
	}
}

// modules are how thin the thinnest bar may be, in millimetres; the widest that
// leaves the quiet zones on the paper is taken.
var modules = []float64{0.5, 0.42, 0.34, 0.27}

// codes puts the code of text on the page four times: as bars at the top and at
// the bottom, with words below them, and twice as a square.
func codes(p *scanstation.Print, text, words string) error {
	img, err := code128.Encode(text)
	if err != nil {
		return fmt.Errorf("draw code %q: %w", text, err)
	}
	i := slices.IndexFunc(modules, func(m float64) bool {
		return float64(img.Bounds().Dx())*m+40*m <= scanstation.PrintWidth
	})
	if i < 0 {
		return fmt.Errorf("code %q is too long for a sheet", text)
	}
	module := modules[i]
	x := (scanstation.PrintWidth - float64(img.Bounds().Dx())*module) / 2
	square, err := qr.Encode(text, qr.H, qr.Auto)
	if err != nil {
		return fmt.Errorf("draw square code %q: %w", text, err)
	}
	cell := min(cell, squareMost/float64(square.Bounds().Dx()))
	for _, y := range []float64{squareTop, squareLow} {
		for row := range square.Bounds().Dy() {
			runs(square, row, func(at, n int) {
				p.Bars = append(p.Bars, scanstation.PrintBar{X: squareLeft + float64(at)*cell, Y: y + float64(row)*cell, Width: float64(n) * cell, Height: cell})
			})
		}
	}
	for _, y := range []float64{codeTop, codeLow} {
		runs(img, 0, func(at, n int) {
			p.Bars = append(p.Bars, scanstation.PrintBar{X: x + float64(at)*module, Y: y, Width: float64(n) * module, Height: bars})
		})
		p.Write(x, y+bars+5, 11, false, words)
	}
	return nil
}

// runs calls put for each run of dark modules in a row.
func runs(img image.Image, row int, put func(at, n int)) {
	b := img.Bounds()
	start := -1
	for x := range b.Dx() + 1 {
		dark := x < b.Dx() && color.GrayModel.Convert(img.At(b.Min.X+x, b.Min.Y+row)).(color.Gray).Y < 128
		switch {
		case dark && start < 0:
			start = x
		case !dark && start >= 0:
			put(start, x-start)
			start = -1
		}
	}
}
