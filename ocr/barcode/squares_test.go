package barcode_test

import (
	"image"
	"testing"

	"mailroom/ocr"
	"mailroom/ocr/barcode"
)

// A square code that cannot be read is told, so that a sheet with nothing else on it
// is looked at.
func TestSquaresThatCannotBeReadAreTold(t *testing.T) {
	for _, code := range []struct{ symbology, scale string }{
		{"QRCODE", "2"}, {"QRCODE", "4"}, {"QRCODE", "10"}, {"DATAMATRIX", "2"}, {"DATAMATRIX", "8"}, {"AZTEC", "2"}, {"AZTEC", "4"},
	} {
		for name, soil := range map[string]func(p ocr.Prepared, x, y, side float64){
			"torn off at a corner": func(p ocr.Prepared, x, y, side float64) {
				if code.symbology != "DATAMATRIX" {
					bar(p, 250, x-1, y-1, .4*side+1, .4*side+1)
				} else {
					bar(p, 250, x+.65*side, y-1, .35*side+1, .35*side+1)
				}
			},
			"blotted": func(p ocr.Prepared, x, y, side float64) {
				if code.symbology != "AZTEC" {
					bar(p, 30, x+.25*side, y+.25*side, .5*side, .5*side)
				} else {
					bar(p, 30, x, y+.75*side, side, .25*side)
				}
			},
		} {
			for _, degrees := range []float64{0, 2, 90, 181} {
				p := paper()
				box := stick(t, p, 900, 1500, code.symbology, "PATCHT", "--scale="+code.scale)
				soil(p, 900/pixels, 1500/pixels, float64(box[2])/pixels)
				p = turned(p, degrees)
				p.Regions = []ocr.Box{inkOf(p)}
				if codes, unread, err := barcode.Read(p); err != nil || len(codes) != 0 || len(unread) != 1 {
					t.Errorf("%s of scale %s, %s, turned by %v: codes = %+v, unread = %v, %v; want one place unread", code.symbology, code.scale, name, degrees, codes, unread, err)
				}
			}
		}
	}
}

// inkOf is the box around all that is dark on a page.
func inkOf(p ocr.Prepared) ocr.Box {
	in := image.Rectangle{}
	for i, v := range p.Gray.Pix {
		if v < 128 {
			in = in.Union(image.Rect(i%p.Width, i/p.Width, i%p.Width+1, i/p.Width+1))
		}
	}
	return ocr.Box{in.Min.X, in.Min.Y, in.Dx(), in.Dy()}
}

// What else has corners and rings is no code.
func TestOtherSquaresAreNoCode(t *testing.T) {
	for name, draw := range map[string]func(ocr.Prepared){
		"a box to tick": func(p ocr.Prepared) {
			bar(p, 20, 50, 50, 8, 8)
			bar(p, 250, 50.5, 50.5, 7, 7)
		},
		"a box in a box": func(p ocr.Prepared) {
			bar(p, 20, 50, 50, 20, 20)
			bar(p, 250, 51, 51, 18, 18)
			bar(p, 20, 53, 53, 14, 14)
		},
		"a table": func(p ocr.Prepared) {
			for i := range 5 {
				bar(p, 20, 50, 50+5*float64(i), 40, .5)
				bar(p, 20, 50+10*float64(i), 50, .5, 20)
			}
		},
		"a chess board": func(p ocr.Prepared) {
			for i := range 32 {
				bar(p, 20, 50+3*float64(2*(i%4)+i/4%2), 50+3*float64(i/4), 3, 3)
			}
		},
		"a chart of columns": func(p ocr.Prepared) {
			bar(p, 20, 50, 50, .6, 30)
			bar(p, 20, 50, 80, 40, .6)
			for i := range 7 {
				bar(p, 20, 53+5*float64(i), 80-3*float64(1+i*3%8), 3, 3*float64(1+i*3%8))
			}
		},
	} {
		p := paper()
		draw(p)
		for _, degrees := range []float64{0, 1.5} {
			p := turned(p, degrees)
			p.Regions = []ocr.Box{inkOf(p)}
			if codes, unread, err := barcode.Read(p); err != nil || len(codes)+len(unread) > 0 {
				t.Errorf("%s, turned by %v: codes = %+v, unread = %v, %v; want none", name, degrees, codes, unread, err)
			}
		}
	}
}
