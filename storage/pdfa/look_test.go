package pdfa_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/pdfa/verapdf"
)

// TestAssemble writes files of all kinds and at the end has all of them
// validated in one call.
func TestAssemble(t *testing.T) {
	s := &shelf{dir: t.TempDir()}
	t.Run("pages look as they were scanned", s.look)
	t.Run("streams are the page's own", s.streams)
	t.Run("words lie over their ink", s.words)
	t.Run("lines are read in order", s.order)
	t.Run("pages of all sizes", s.sizes)
	t.Run("titles of all kinds", s.titles)
	t.Run("documents out of the ordinary", s.documents)
	t.Run("equal volumes give equal bytes", s.same)
	t.Run("pdfcpu reads every file", s.read)
	t.Run("every file is PDF/A-2u", s.valid)
}

// read has every file validated as a PDF, strictly.
func (s *shelf) read(t *testing.T) {
	api.DisableConfigDir()
	conf := model.NewDefaultConfiguration()
	conf.ValidationMode = model.ValidationStrict
	for _, path := range s.files {
		if err := api.ValidateFile(path, conf); err != nil {
			t.Errorf("%s: %v", filepath.Base(path), err)
		}
	}
}

// valid has every file validated as PDF/A, and one that must not pass.
func (s *shelf) valid(t *testing.T) {
	bad := filepath.Join(s.dir, "bad.pdf")
	b := bytes.Replace(written(t), []byte("/OutputIntents"), []byte("/OutputIntentz"), 1)
	if err := os.WriteFile(bad, b, 0o600); err != nil {
		t.Fatal(err)
	}
	results, err := verapdf.Need(t).Run(t.Context(), "2u", append(s.files, bad)...)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if r.Pass != (r.File != bad) {
			t.Errorf("%s: passed %v %s%v", filepath.Base(r.File), r.Pass, r.Problem, r.Failures)
		}
	}
	if last := results[len(results)-1]; len(last.Failures) == 0 || last.Failures[0].Clause != "6.2.4.3-4" {
		t.Errorf("a file without an output intent: %v", last)
	}
	t.Logf("%d files", len(s.files))
}

// look renders pages of every encoding, turned every way, and compares.
func (s *shelf) look(t *testing.T) {
	const w, h = 100, 150
	colour := scene(w, h)
	bitonal := gray(colour, 1)
	fax := faxLeaf(t, bitonal)
	inverse := fax
	inverse.Page.BlackIs1 = true
	fields := image.NewRGBA(colour.Rect) // their edges lie between the 2x2 pixels that share a colour
	for i, c := range []color.RGBA{{200, 30, 10, 255}, {255, 255, 255, 255}, {0, 120, 20, 255}, {10, 0, 180, 255}} {
		draw.Draw(fields, image.Rect(0, 0, w/2, 80).Add(image.Pt(i%2*w/2, i/2*80)), image.NewUniform(c), image.Point{}, draw.Src)
	}
	palette := image.NewPaletted(colour.Rect, color.Palette{color.White, color.Black, color.RGBA{200, 10, 40, 255}, color.RGBA{0, 90, 10, 255}, color.RGBA{0, 0, 99, 255}})
	duotone := image.NewPaletted(colour.Rect, color.Palette{color.RGBA{20, 20, 120, 255}, color.RGBA{250, 250, 220, 255}})
	deep, deepColour := image.NewGray16(colour.Rect), image.NewRGBA64(colour.Rect)
	for y := range h {
		for x := range w {
			for _, m := range []interface{ Set(x, y int, c color.Color) }{palette, duotone, deep, deepColour} {
				m.Set(x, y, colour.At(x, y))
			}
		}
	}
	tests := map[string]struct {
		leaf storage.Leaf
		want image.Image
		off  int // levels a pixel may differ
	}{
		"G4":                        {fax, bitonal, 0},
		"G4 with black as 1":        {inverse, negative(bitonal), 0},
		"JPEG in gray":              {jpegLeaf(t, gray(colour, 8)), gray(colour, 8), 25},
		"JPEG in colour":            {jpegLeaf(t, colour), colour, 100},
		"progressive JPEG":          {progressiveLeaf(t, colour), colour, 100},
		"JPEG with R, G and B":      {rgbLeaf(t, fields), fields, 110},
		"PNG of 1 bit":              {packedLeaf(bitonal, 1), bitonal, 0},
		"PNG of 2 bits":             {packedLeaf(gray(colour, 2), 2), gray(colour, 2), 1},
		"PNG of 4 bits":             {packedLeaf(gray(colour, 4), 4), gray(colour, 4), 1},
		"PNG in gray":               {pngLeaf(t, gray(colour, 8), 1, 8), gray(colour, 8), 0},
		"PNG in colour":             {pngLeaf(t, colour, 3, 8), colour, 0},
		"PNG of 16 bits in gray":    {pngLeaf(t, deep, 1, 16), deep, 1},
		"PNG of 16 bits in colour":  {pngLeaf(t, deepColour, 3, 16), deepColour, 1},
		"PNG with a palette":        {pngLeaf(t, palette, 3, 4), palette, 0},
		"PNG with a palette of two": {pngLeaf(t, duotone, 1, 1), duotone, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var turned []storage.Leaf
			for rotation := 0; rotation < 360; rotation += 90 {
				leaf := tt.leaf
				if leaf.Reading.Rotation = rotation; rotation%180 != 0 {
					leaf.Reading.Width, leaf.Reading.Height = h, w
				}
				turned = append(turned, leaf)
			}
			path, _ := s.put(t, "look-"+strings.ReplaceAll(name, " ", "-"), volume(turned...))
			for i, got := range render(t, path) {
				compare(t, got, turn(tt.want, i), tt.off)
			}
		})
	}
}

// progressiveLeaf returns m as a progressive JPEG, which image/jpeg cannot write.
func progressiveLeaf(t *testing.T, m image.Image) storage.Leaf {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.png"), filepath.Join(dir, "out.jpg")
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(in, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	tool(t, "convert", in, "-interlace", "JPEG", "-quality", "90", out)
	file, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	size := m.Bounds().Size()
	return leafOf(scanstation.Page{Encoding: scanstation.JPEG, Width: size.X, Height: size.Y, Components: 3, Bits: 8}, file)
}

// rgbLeaf returns m as a JPEG whose components are red, green and blue and are
// called so, as some TIFF files have them.
func rgbLeaf(t *testing.T, m *image.RGBA) storage.Leaf {
	t.Helper()
	planes := image.NewYCbCr(m.Rect, image.YCbCrSubsampleRatio444)
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			c, i := m.RGBAAt(x, y), planes.YOffset(x, y)
			planes.Y[i], planes.Cb[i], planes.Cr[i] = c.R, c.G, c.B
		}
	}
	leaf := jpegLeaf(t, planes)
	r, err := leaf.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	frame, scan := bytes.Index(b, []byte("\xff\xc0")), bytes.Index(b, []byte("\xff\xda"))
	for i, name := range []byte("RGB") {
		b[frame+10+3*i], b[scan+5+2*i] = name, name
	}
	return leafOf(leaf.Page, b)
}

func negative(m *image.Gray) *image.Gray {
	n := image.NewGray(m.Rect)
	for i, v := range m.Pix {
		n.Pix[i] = 255 - v
	}
	return n
}

// turn turns m clockwise by that many quarters.
func turn(m image.Image, quarters int) image.Image {
	for range quarters {
		w, h := m.Bounds().Dx(), m.Bounds().Dy()
		n := image.NewRGBA(image.Rect(0, 0, h, w))
		for y := range h {
			for x := range w {
				n.Set(h-1-y, x, m.At(x, y))
			}
		}
		m = n
	}
	return m
}

// blowUp is how much larger than its pixels a page is rendered. Poppler widens an
// image by a pixel of the screen and smooths it below four times its size.
const blowUp = 5

// render returns the pages of a file, of 100 dpi, as poppler draws them.
func render(t *testing.T, path string) []image.Image {
	t.Helper()
	dir := t.TempDir()
	tool(t, "pdftoppm", "-r", strconv.Itoa(100*blowUp), "-png", path, filepath.Join(dir, "p"))
	names, err := filepath.Glob(filepath.Join(dir, "p*.png"))
	if err != nil || len(names) == 0 {
		t.Fatal("nothing rendered", err)
	}
	var pages []image.Image
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		m, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, m)
	}
	return pages
}

// compare fails the test if a pixel differs by more than off levels.
func compare(t *testing.T, got, want image.Image, off int) {
	t.Helper()
	if got.Bounds().Size() != want.Bounds().Size().Mul(blowUp) {
		t.Errorf("rendered %v, want %v times %d", got.Bounds().Size(), want.Bounds().Size(), blowUp)
		return
	}
	wrong, worst := 0, 0
	for y := range want.Bounds().Dy() {
		for x := range want.Bounds().Dx() {
			r, g, b, _ := got.At(x*blowUp+blowUp/2, y*blowUp+blowUp/2).RGBA()
			wr, wg, wb, _ := want.At(x, y).RGBA()
			d := max(distance(r, wr), distance(g, wg), distance(b, wb))
			if worst = max(worst, d); d > off {
				wrong++
			}
		}
	}
	if wrong > 0 {
		t.Errorf("%d pixels differ, by up to %d levels", wrong, worst)
	}
}

func distance(a, b uint32) int {
	d := int(a>>8) - int(b>>8)
	return max(d, -d)
}
