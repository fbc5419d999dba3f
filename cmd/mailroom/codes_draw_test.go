package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"os/exec"
	"testing"

	"mailroom/cmd/mailbag/paper"
	"mailroom/cmd/mailbag/scan"
	"mailroom/scanstation"
)

// codeDPI is the resolution of the corpus of codes.
const codeDPI = 300

// drawnCode is a code of the corpus: what it says and how it is drawn.
type drawnCode struct {
	format, text string
	zint         []string // symbology and options
	module       float64  // millimetres
	linear       bool
}

// codeKinds draws one code of each symbology with a module of least to most
// millimetres.
func codeKinds(r *rand.Rand, least, most float64) []drawnCode {
	module := func() float64 { return least + (most-least)*r.Float64() }
	number := fmt.Sprintf("WG-%d-%06d", 2015+r.IntN(12), r.IntN(1_000_000))
	street := []string{"Müller, Straße 5, Öhringen", "Größenänderung für Ärzte", "Jürgen Weiß, Köln"}[r.IntN(3)]
	return []drawnCode{
		{"Code128", number, []string{"CODE128"}, module(), true},
		{"Code39", fmt.Sprintf("50.1-%d/%d", r.IntN(1000), 20+r.IntN(7)), []string{"CODE39"}, module(), true},
		{"ITF", fmt.Sprintf("%014d", r.Int64N(1e14)), []string{"C25INTER"}, module(), true},
		{"QRCode", street + " " + number, []string{"QRCODE", "--binary"}, module(), false},
		{"DataMatrix", number, [][]string{{"DATAMATRIX"}, {"DATAMATRIX", "--square"}}[r.IntN(2)], module(), false},
		{"PDF417", "Bescheid " + number, []string{"PDF417"}, module(), false},
	}
}

// modules has zint draw a code, a pixel each module.
func (c drawnCode) modules(t *testing.T) image.Image {
	t.Helper()
	if _, err := exec.LookPath("zint"); err != nil {
		without(t, "zint (Debian package zint)")
	}
	args := append([]string{"--scale=0.5", "--notext", "--direct", "--filetype=PNG", "--data=" + c.text, "--barcode=" + c.zint[0]}, c.zint[1:]...)
	out, err := exec.Command("zint", args...).Output()
	if err != nil {
		t.Fatalf("draw %s %q: %v", c.format, c.text, err)
	}
	img, err := png.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// print draws a code onto a canvas, its top left at x, y millimetres, bars tall
// millimetres high, and returns its width and height.
func (c drawnCode) print(t *testing.T, on *paper.Canvas, x, y, tall float64) (wide, high float64) {
	t.Helper()
	img := c.modules(t)
	b := img.Bounds()
	down := c.module
	if c.linear {
		down = tall / float64(b.Dy())
	}
	paper.Runs(img, func(col, row, n int) {
		ink(on, x+float64(col)*c.module, y+float64(row)*down, float64(n)*c.module, down)
	})
	return float64(b.Dx()) * c.module, float64(b.Dy()) * down
}

// ink prints a rectangle given in millimetres; a pixel that it covers in part
// becomes gray.
func ink(c *paper.Canvas, x, y, w, h float64) {
	const px = codeDPI / 25.4
	x0, y0, x1, y1 := x*px, y*px, (x+w)*px, (y+h)*px
	for j := int(y0); j < int(math.Ceil(y1)) && j < c.H; j++ {
		share := min(y1, float64(j+1)) - max(y0, float64(j))
		for i := int(x0); i < int(math.Ceil(x1)) && i < c.W; i++ {
			if i < 0 || j < 0 {
				continue
			}
			part := share * (min(x1, float64(i+1)) - max(x0, float64(i)))
			p := &c.Pix[j*c.W+i]
			*p = uint8(max(0, float64(*p)-255*part))
		}
	}
}

// patches are the bars of the patch codes, from the sheet's edge inwards: wide
// and narrow.
var patches = map[string]string{"1": "WWNN", "2": "WNNW", "3": "WNWN", "4": "NWWN", "6": "NNWW", "T": "NWNW"}

// The measures of a patch code in millimetres.
const (
	patchWide   = 0.20 * 25.4
	patchNarrow = 0.08 * 25.4
)

// printPatch draws a patch code along the upper edge of a canvas, from x on,
// long millimetres long, its first bar gap millimetres from the edge.
func printPatch(c *paper.Canvas, patch string, x, gap, long float64) {
	for _, bar := range patches[patch] {
		thick := patchNarrow
		if bar == 'W' {
			thick = patchWide
		}
		ink(c, x, gap, long, thick)
		gap += thick + patchNarrow
	}
}

// emptyPaper is a sheet of A4.
func emptyPaper() *paper.Canvas {
	return paper.NewCanvas(int(math.Round(paper.Width*codeDPI/25.4)), int(math.Round(paper.Height*codeDPI/25.4)), false)
}

// passage prints lines of text around the places of codes.
func passage(t *testing.T, press *printer, r *rand.Rand) *paper.Canvas {
	t.Helper()
	lines := []string{"Sehr geehrte Damen und Herren, auf Ihr Schreiben vom 12. Mai 2026 teile ich Ihnen mit, dass die",
		"Unterlagen vollständig vorliegen. Die Bescheinigung des Arbeitgebers liegt diesem Schreiben bei.",
		"Mit freundlichen Grüßen  Erika Beispiel, Lindenweg 17, 99610 Auenstedt, Telefon 03634 / 354-0"}
	p := &paper.Page{}
	for _, y := range []float64{100, 182, 264} {
		for i := range lines {
			p.Add(paper.Text{X: 22, Y: y + 5.5*float64(i), Size: 11, Face: paper.Face{Family: "liberation-sans"}, S: lines[(i+r.IntN(3))%3]})
		}
	}
	c, err := press.painter.Paint(p, false)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// scannedAs is a page as a scanner of strength delivers it, leaning by skew
// degrees, as gray or one-bit image.
func scannedAs(t *testing.T, c *paper.Canvas, r *rand.Rand, strength int, skew float64, bilevel bool) (scanstation.Page, []byte) {
	t.Helper()
	profile, err := scan.ProfileOf(strength)
	if err != nil {
		t.Fatal(err)
	}
	look := profile.Draw(r)
	look.Skew = skew
	return streamOf(t, look.Apply(r, c, nil, codeDPI), bilevel, look.Threshold())
}

// streamOf is a page with its stream, a gray JPEG or a PNG of one bit.
func streamOf(t *testing.T, c *paper.Canvas, bilevel bool, threshold uint8) (scanstation.Page, []byte) {
	t.Helper()
	var err error
	page := scanstation.Page{Width: c.W, Height: c.H, DPI: codeDPI, Components: 1, Bits: 8, Encoding: scanstation.JPEG}
	var b bytes.Buffer
	if !bilevel {
		err = jpeg.Encode(&b, &image.Gray{Pix: c.Pix, Stride: c.W, Rect: image.Rect(0, 0, c.W, c.H)}, &jpeg.Options{Quality: 80})
	} else {
		page.Encoding, page.Bits = scanstation.PNG, 1
		page.Palette = []byte{0, 0, 0, 255, 255, 255}
		img := image.NewPaletted(image.Rect(0, 0, c.W, c.H), color.Palette{color.Black, color.White})
		for i, v := range c.Pix {
			if v >= threshold {
				img.Pix[i] = 1
			}
		}
		enc := png.Encoder{CompressionLevel: png.BestSpeed}
		err = enc.Encode(&b, img)
	}
	if err != nil {
		t.Fatal(err)
	}
	return page, b.Bytes()
}
