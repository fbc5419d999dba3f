package imaging_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math"
	"path/filepath"
	"strconv"
	"testing"

	"golang.org/x/image/ccitt"

	"mailroom/scanstation"
	"mailroom/scanstation/imaging"
)

func itoa(n int) string { return strconv.Itoa(n) }

// ccittImage decodes a bare G4 page with a decoder that shares no code with ours.
func ccittImage(p kept) (image.Image, error) {
	m := image.NewGray(image.Rect(0, 0, p.Width, p.Height))
	err := ccitt.DecodeIntoGray(m, bytes.NewReader(p.stream), ccitt.MSB, ccitt.Group4, &ccitt.Options{Invert: p.BlackIs1})
	return m, err
}

// g4Of codes m as a bare G4 stream.
func g4Of(t testing.TB, m *image.Gray) []byte {
	t.Helper()
	return mustOpen(t, tiffOf(t, m, whiteIsZero, "-c", "g4", "-r", "100000"), 1)[0].stream
}

// The polarities of a TIFF, as ImageMagick names them.
const (
	whiteIsZero = "min-is-white"
	blackIsZero = "min-is-black"
)

// tiffOf writes one-bit pictures into one TIFF, coded by tiffcp.
func tiffOf(t testing.TB, m *image.Gray, polarity string, options ...string) string {
	t.Helper()
	dir := t.TempDir()
	plain, out := filepath.Join(dir, "plain.tif"), filepath.Join(dir, "out.tif")
	run(t, "convert", pgm(t, m), "-density", "300", "-units", "PixelsPerInch",
		"-threshold", "50%", "-type", "bilevel", "-depth", "1", "-define", "quantum:polarity="+polarity, "-compress", "none", plain)
	run(t, "tiffcp", append(options, plain, out)...)
	return out
}

// multipage returns a TIFF of the letter, upright and leaning.
func multipage(t testing.TB, options ...string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "all.tif")
	run(t, "tiffcp", append(options,
		tiffOf(t, drawn(t), whiteIsZero), tiffOf(t, leaning(drawn(t), 1.5), blackIsZero), out)...)
	return out
}

func TestOpenG4(t *testing.T) {
	path := multipage(t, "-c", "g4", "-r", "10000")
	for i, p := range mustOpen(t, path, 2) {
		if !p.Untouched || p.Encoding != scanstation.CCITT || p.DPI != 300 || len(p.Done) > 0 {
			t.Errorf("page %d = %+v", i, p.Page)
		}
		if i == 0 {
			same(t, decoded(t, p), bilevel(drawn(t), false))
		}
		prepared, err := imaging.Prepare(p.Page, p.stream)
		if err != nil {
			t.Fatal(err)
		}
		if want := float64(i) * 1.5; math.Abs(prepared.Skew-want) > 0.15 {
			t.Errorf("Skew = %v, want %v", prepared.Skew, want)
		}
		thumb, err := imaging.Render(p.Page, p.stream, 0, 1240)
		if err != nil {
			t.Fatal(err)
		}
		m, err := jpeg.Decode(bytes.NewReader(thumb))
		if err != nil || m.Bounds().Dx() != 1240 {
			t.Errorf("Render = %v, %v", m.Bounds(), err)
		}
	}
}

func TestOpenG4Polarity(t *testing.T) {
	tests := map[string]struct {
		polarity string
		blackIs1 bool
	}{
		"white is zero": {whiteIsZero, false},
		"black is zero": {blackIsZero, true},
	}
	m := small()
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := mustOpen(t, tiffOf(t, m, tt.polarity, "-c", "g4", "-r", "100000"), 1)[0]
			if p.BlackIs1 != tt.blackIs1 {
				t.Errorf("BlackIs1 = %v", p.BlackIs1)
			}
			same(t, decoded(t, p), bilevel(m, false))
			// What a PDF shows that carries the stream with this polarity.
			w := newPDF()
			w.scan(bitDict+"/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 620/Rows 877/BlackIs1 "+
				strconv.FormatBool(p.BlackIs1)+">>", p.stream)
			shown := run(t, "pdftoppm", "-r", "75", "-mono", "-scale-to-x", "620", "-scale-to-y", "877", file(t, w.bytes()))
			sameBut(t, pbm(t, shown), bilevel(m, false), 500) // poppler scales
		})
	}
}

// pbm reads what pdftoppm -mono writes.
func pbm(t testing.TB, b []byte) image.Image {
	t.Helper()
	var w, h int
	if _, err := fmt.Sscanf(string(b[:20]), "P4\n%d %d\n", &w, &h); err != nil {
		t.Fatal(err)
	}
	row := (w + 7) / 8
	b = b[len(b)-row*h:]
	m := paper(w, h)
	for y := range h {
		for x := range w {
			if b[y*row+x/8]>>(7-x&7)&1 == 1 {
				m.Pix[y*m.Stride+x] = 0
			}
		}
	}
	return m
}
