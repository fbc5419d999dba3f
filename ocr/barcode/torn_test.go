package barcode_test

import (
	"image"
	"image/color"
	"image/draw"
	"strings"
	"testing"

	"mailroom/ocr"
	"mailroom/ocr/barcode"
)

const pixels = 300 / 25.4 // a millimetre

// bar draws a dark bar, in millimetres.
func bar(p ocr.Prepared, ink byte, x, y, wide, high float64) {
	page := &image.Gray{Pix: p.Gray.Pix, Stride: p.Width, Rect: image.Rect(0, 0, p.Width, p.Height)}
	r := image.Rect(int(x*pixels), int(y*pixels), int((x+wide)*pixels), int((y+high)*pixels))
	draw.Draw(page, r, image.NewUniform(color.Gray{Y: ink}), image.Point{}, draw.Src)
}

// patch draws a patch code at 30, y millimetres.
func patch(p ocr.Prepared, bars string, ink byte, y, long, scale float64) {
	for _, b := range bars {
		thick := 2.03 * scale
		if b == 'W' {
			thick = 5.08 * scale
		}
		bar(p, ink, 30, y, long, thick)
		y += thick + 2.03*scale
	}
}

// A patch code that cannot be read is told, so that its sheet is looked at.
func TestPatchCodesThatCannotBeReadAreTold(t *testing.T) {
	for name, tt := range map[string]struct {
		draw func(ocr.Prepared)
		read bool
	}{
		"fit to the page":             {func(p ocr.Prepared) { patch(p, "NWNW", 20, 20, 150, .87) }, false},
		"enlarged":                    {func(p ocr.Prepared) { patch(p, "NWNW", 20, 20, 150, 1.2) }, false},
		"from A4 to A5":               {func(p ocr.Prepared) { patch(p, "WNNW", 20, 20, 100, .707) }, false},
		"bars of 15 mm":               {func(p ocr.Prepared) { patch(p, "NWNW", 20, 20, 15, 1) }, false},
		"in the middle":               {func(p ocr.Prepared) { patch(p, "NWNW", 20, 138, 150, 1) }, false},
		"a strip lost":                {func(p ocr.Prepared) { patch(p, "NWNW", 20, 20, 150, 1); bar(p, 250, 0, 33, 210, 3) }, false},
		"a strip lost, on its head":   {func(p ocr.Prepared) { patch(p, "WNNW", 20, 20, 150, 1); bar(p, 250, 0, 27, 210, 3) }, false},
		"the first bar lost":          {func(p ocr.Prepared) { patch(p, "NWNW", 20, 20, 150, 1); bar(p, 250, 0, 19, 210, 4) }, false},
		"pale":                        {func(p ocr.Prepared) { patch(p, "NWNW", 220, 20, 150, 1) }, true},
		"torn along part of its bars": {func(p ocr.Prepared) { patch(p, "NWNW", 20, 20, 150, 1); bar(p, 250, 100, 33, 110, 3) }, true},
	} {
		p := paper()
		tt.draw(p)
		if strings.HasSuffix(name, "on its head") {
			p = turned(p, 180)
		}
		codes, unread, err := barcode.Read(p)
		if err != nil || (len(codes) == 1) != tt.read || (len(unread) == 1) == tt.read {
			t.Errorf("%s: codes = %+v, unread = %v, %v; want one read %v, else one unread", name, codes, unread, err, tt.read)
		}
	}
}

// What else is striped is no patch code.
func TestStripesAreNoPatchCode(t *testing.T) {
	for name, draw := range map[string]func(ocr.Prepared){
		"a logo of three stripes": func(p ocr.Prepared) {
			for i := range 3 {
				bar(p, 20, 30, 20+6*float64(i), 40, 3)
			}
		},
		"a logo of four stripes": func(p ocr.Prepared) {
			for i := range 4 {
				bar(p, 20, 150, 15+4*float64(i), 30, 2)
			}
		},
		"stripes that grow": func(p ocr.Prepared) {
			y := 20.0
			for i := range 5 {
				bar(p, 20, 30, y, 40, 1+float64(i))
				y += 3 + float64(i)
			}
		},
		"a chart": func(p ocr.Prepared) {
			for i, long := range []float64{80, 60, 110, 30, 50} {
				bar(p, 60, 30, 60+10*float64(i), long, 5)
			}
		},
		"a form with thick rules": func(p ocr.Prepared) {
			for i := range 6 {
				bar(p, 20, 20, 30+12*float64(i), 170, []float64{1.5, .5, .8}[i%3])
			}
			bar(p, 20, 20, 30, 1.5, 70)
			bar(p, 20, 190, 30, 1.5, 70)
		},
		"fields to fill in": func(p ocr.Prepared) {
			for i := range 8 {
				bar(p, 190, 30, 40+9*float64(i), 150, 6)
			}
		},
		"lines": func(p ocr.Prepared) { lines(p) },
	} {
		p := paper()
		draw(p)
		for _, degrees := range []float64{0, 180} {
			if codes, unread, err := barcode.Read(turned(p, degrees)); err != nil || len(codes)+len(unread) > 0 {
				t.Errorf("%s, turned by %v: codes = %+v, unread = %v, %v; want none", name, degrees, codes, unread, err)
			}
		}
	}
}
