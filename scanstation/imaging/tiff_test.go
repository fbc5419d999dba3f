package imaging_test

import (
	"bytes"
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

// multipage returns a TIFF of the letter, upright and leaning, made by ImageMagick and tiffcp.
func multipage(t testing.TB, compression ...string) string {
	t.Helper()
	dir := t.TempDir()
	var parts []string
	for i, m := range []*image.Gray{drawn(t), leaning(drawn(t), 1.5)} {
		part := filepath.Join(dir, itoa(i)+".tif")
		run(t, "convert", pgm(t, m), "-density", "300", "-units", "PixelsPerInch", "-threshold", "50%", "-type", "bilevel", "-depth", "1", "-compress", "none", part)
		parts = append(parts, part)
	}
	out := filepath.Join(dir, "all.tif")
	run(t, "tiffcp", append(append(compression, parts...), out)...)
	return out
}

func TestOpenG4(t *testing.T) {
	path := multipage(t, "-c", "g4", "-r", "10000")
	for i, p := range mustOpen(t, path, 2) {
		if !p.Untouched || p.Encoding != scanstation.CCITT || p.DPI != 300 || len(p.Done) > 0 {
			t.Errorf("page %d = %+v", i, p.Page)
		}
		if err := ccitt.DecodeIntoGray(image.NewGray(image.Rect(0, 0, a4w, a4h)), bytes.NewReader(p.stream), ccitt.MSB, ccitt.Group4, nil); err != nil {
			t.Error(err)
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
