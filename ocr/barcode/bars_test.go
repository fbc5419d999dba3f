package barcode_test

import (
	"math/rand/v2"
	"testing"

	"mailroom/ocr"
	"mailroom/ocr/barcode"
)

// faxed copies p as a fax of 200 dpi sees it, in one bit: spots of the ink are gone,
// others are where none was, bars are thicker by a pixel, and black is gray on gray.
func faxed(p ocr.Prepared, grown bool) ocr.Prepared {
	r := rand.New(rand.NewPCG(7, 8))
	const cell = 3
	spots := make([]int, p.Width*p.Height/cell)
	for i := range spots {
		spots[i] = r.IntN(100)
	}
	q := paper()
	for y := range q.Height {
		sy := (y * 2 / 3 * 3 / 2) / cell * cell
		for x := 1; x < q.Width; x++ {
			sx := x * 2 / 3 * 3 / 2
			dark := p.Gray.Pix[sy*p.Width+sx] < 128 || grown && p.Gray.Pix[sy*p.Width+max(0, sx-1)] < 128
			spot := spots[y/cell*(p.Width/cell)+x/cell]
			q.Gray.Pix[y*q.Width+x] = 210
			if dark && spot > 7 || !dark && spot == 50 {
				q.Gray.Pix[y*q.Width+x] = 110
			}
		}
	}
	q.Regions = p.Regions
	return q
}

// TestPoorBarsAreRead reads bars of which no single line is whole, leaning by more
// than the page is known to.
func TestPoorBarsAreRead(t *testing.T) {
	for _, code := range []struct{ symbology, text, scale string }{
		{"CODE128", "HzP 5108/20", "--scale=2.2"}, {"CODE39", "50.7 W 09", "--scale=3"}, // wide bars are but twice as wide
	} {
		for _, degrees := range []float64{.9, 1.8, -2.6, 91.5} {
			for _, grown := range []bool{false, true} {
				p := paper()
				stick(t, p, 700, 1500, code.symbology, code.text, code.scale, "--height=60")
				p = turned(p, degrees)
				p.Regions = []ocr.Box{{600, 1400, 1300, 440}}
				if degrees == 91.5 {
					p.Regions = []ocr.Box{{1150, 1100, 450, 1250}}
				}
				if codes := read(t, faxed(p, grown)); len(codes) != 1 || codes[0].Text != code.text {
					t.Errorf("%s turned by %v, grown %v: codes = %+v, want %q", code.symbology, degrees, grown, codes, code.text)
				}
			}
		}
	}
}

// TestPoorBarsThatCannotBeReadAreTold paints over a part of such bars.
func TestPoorBarsThatCannotBeReadAreTold(t *testing.T) {
	p := paper()
	b := stick(t, p, 900, 1500, "CODE128", "HzP 5108/20", "--height=60")
	for y := b[1]; y < b[1]+b[3]; y++ {
		for x := b[0] + b[2]/2; x < b[0]+b[2]/2+60; x++ {
			p.Gray.Pix[y*p.Width+x] = 250
		}
	}
	p.Regions = []ocr.Box{{b[0] - 30, b[1] - 30, b[2] + 60, b[3] + 60}}
	codes, unread, err := barcode.Read(faxed(p, false))
	if err != nil || len(codes) != 0 || len(unread) != 1 {
		t.Errorf("codes = %+v, unread = %v, %v; want no code and one place unread", codes, unread, err)
	}
	p = paper()
	p.Regions = []ocr.Box{lines(p)}
	if codes, unread, err := barcode.Read(faxed(p, false)); err != nil || len(codes) != 0 || len(unread) != 0 {
		t.Errorf("lines of text: codes = %+v, unread = %v, %v; want none", codes, unread, err)
	}
}
