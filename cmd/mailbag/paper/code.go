package paper

import (
	"fmt"
	"image"
	"image/color"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/code39"
	"github.com/boombuler/barcode/datamatrix"
	"github.com/boombuler/barcode/qr"
)

// The barcode formats that can be printed, by the names the reader gives them.
const (
	Code128    = "Code128"
	Code39     = "Code39"
	QRCode     = "QRCode"
	DataMatrix = "DataMatrix"
)

// Smallest modules printed, in millimetres; the drawing rounds to whole pixels
// and stays above 0.3 mm at every resolution offered.
const (
	barMM  = 0.34
	cellMM = 0.5
)

// Code is a barcode; Tall is the height of the bars of a linear one.
type Code struct {
	X, Y, Tall float64
	Format     string
	Data       string
}

// Modules draws the code with one pixel per module; linear codes are one high.
func (c Code) Modules() (image.Image, error) {
	var img barcode.Barcode
	var err error
	switch c.Format {
	case Code128:
		img, err = code128.Encode(c.Data)
	case Code39:
		img, err = code39.Encode(c.Data, false, false)
	case QRCode:
		img, err = qr.Encode(c.Data, qr.M, qr.Auto)
	case DataMatrix:
		img, err = datamatrix.Encode(c.Data)
	default:
		err = fmt.Errorf("unknown format")
	}
	if err != nil {
		return nil, fmt.Errorf("draw %s %q: %w", c.Format, c.Data, err)
	}
	return img, nil
}

// Module is the size of one module in millimetres.
func (c Code) Module() float64 {
	if c.Linear() {
		return barMM
	}
	return cellMM
}

// Linear reports whether the code is made of bars.
func (c Code) Linear() bool { return c.Format == Code128 || c.Format == Code39 }

// Box covers the code and its quiet zone; a code that cannot be drawn has none.
func (c Code) Box(*Fonts) Box {
	img, err := c.Modules()
	if err != nil {
		return Box{}
	}
	m := c.Module() * 1.15 // whole pixels may be wider than asked
	w, h := float64(img.Bounds().Dx())*m, float64(img.Bounds().Dy())*m
	if c.Linear() {
		h = c.Tall
	}
	quiet := 10 * m
	return Box{c.X - quiet, c.Y - 2, w + 2*quiet, h + 4}
}

// dark reports whether a module is printed.
func dark(img image.Image, x, y int) bool {
	return color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y < 128
}

// Runs calls put for each run of dark modules, in modules from the top left.
func Runs(img image.Image, put func(x, y, n int)) {
	b := img.Bounds()
	for y := range b.Dy() {
		for x := 0; x < b.Dx(); x++ {
			n := 0
			for x+n < b.Dx() && dark(img, b.Min.X+x+n, b.Min.Y+y) {
				n++
			}
			if n > 0 {
				put(x, y, n)
				x += n
			}
		}
	}
}
