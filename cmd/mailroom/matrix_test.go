package main

import (
	"bufio"
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mailroom/cmd/mailbag/bag"
	"mailroom/cmd/mailbag/stack"
	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/pdfa/verapdf"
)

// scripts are what is read on the pages of the matrix: nothing, German, Greek, Arabic.
var scripts = []string{"", "Sehr geehrte Damen und Herren, hiermit beantrage ich Wohngeld – Größe: 40 m²", "Ἀθῆναι Αίτηση επιδόματος στέγασης", "طلب إعانة السكن إلى البلدية ٢٠٢٦"}

// matrix collects the files that veraPDF then looks at together.
type matrix struct {
	dir   string
	cells int
	files []string
}

// bind writes leaves as a PDF/A, each turned on, with words of another script each.
func (m *matrix) bind(t *testing.T, name string, leaves []storage.Leaf) {
	t.Helper()
	streams := int64(0)
	for i := range leaves {
		m.cells++
		worded(&leaves[i].Reading, scripts[m.cells%len(scripts)])
		streams += leaves[i].Page.Bytes
	}
	path := filepath.Join(m.dir, name+".pdf")
	bind(t, path, leaves)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if more := (info.Size() - streams) / int64(len(leaves)); more > 8<<10 {
		t.Errorf("%s takes %d bytes a page beside the images, more than 8 KB", name, more)
	}
	m.files = append(m.files, path)
}

// worded lays the words of a text into a reading, four to a line.
func worded(r *ocr.Reading, text string) {
	r.Words = nil
	for i, w := range strings.Fields(text) {
		box := ocr.Box{r.Width * (1 + 2*(i%4)) / 10, r.Height * (1 + i/4) / 10, r.Width / 6, max(r.Height/60, 1)}
		r.Words = append(r.Words, ocr.Word{Text: w, Box: box, Line: i / 4, Confidence: 1})
	}
}

// turned turns a reading clockwise.
func turned(l storage.Leaf, degrees int) storage.Leaf {
	l.Reading.Rotation = (l.Page.Turn + degrees) % 360
	l.Reading.Width, l.Reading.Height = l.Page.Width, l.Page.Height
	if l.Reading.Rotation%180 != 0 {
		l.Reading.Width, l.Reading.Height = l.Page.Height, l.Page.Width
	}
	return l
}

// TestEveryCopyIsPDFA writes copies of mail in all formats, of paper of all sizes
// that lies in all ways, in all scripts, of one page and of very many: none takes
// more than 8 KB a page beside the scanner's own bytes, and veraPDF accepts each.
func TestEveryCopyIsPDFA(t *testing.T) {
	verapdf.Need(t)
	m := &matrix{dir: t.TempDir()}
	var all []storage.Leaf
	t.Run("mail in every format", func(t *testing.T) { all = m.formats(t) })
	t.Run("paper of every size", m.sizes)
	t.Run("very many pages", func(t *testing.T) {
		var long []storage.Leaf
		for i := range matrixPages {
			long = append(long, turned(all[i%len(all)], 90*(i%4)))
		}
		m.bind(t, "long", long)
	})
	t.Logf("%d pages in %d files", m.cells, len(m.files))
	verapdf.Pass(t, "2u", m.files...)
}

// formats makes a stack of mail in every format and binds each; it returns the
// smaller pages.
func (m *matrix) formats(t *testing.T) (small []storage.Leaf) {
	dir := t.TempDir()
	n := len(stack.Formats())
	if _, err := bag.Generate(t.Context(), bag.Config{Out: dir, Seed: 61, Letters: n, PerStack: 1, MaxPages: 1, Strength: 1, DPI: matrixDPI, Duplex: 0.5}); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "mail", "*"))
	if err != nil || len(files) < n {
		t.Fatalf("%d stacks in %d formats, %v", len(files), n, err)
	}
	encodings := map[scanstation.Encoding]int{}
	for _, file := range files {
		leaves, _, err := opened(t, file)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		m.bind(t, filepath.Base(file), leaves)
		for _, l := range leaves {
			encodings[l.Page.Encoding]++
			if l.Page.Bytes < 100_000 {
				small = append(small, l)
			}
		}
	}
	if len(encodings) != 3 || len(small) == 0 {
		t.Errorf("the streams are %v, %d of them small; want G4, JPEG and PNG", encodings, len(small))
	}
	return small
}

// sizes binds sheets from A6 to A0, lying and standing, in each coding.
func (m *matrix) sizes(t *testing.T) {
	for name, mm := range map[string][2]float64{"A6": {105, 148}, "A5": {148, 210}, "A4": {210, 297}, "A3": {297, 420}, "A2": {420, 594}, "A1": {594, 841}, "A0": {841, 1189}} {
		w, h := int(mm[0]/25.4*sheetDPI), int(mm[1]/25.4*sheetDPI)
		var leaves []storage.Leaf
		for i, write := range []func(*testing.T, string, int, int){faxSheet, jpegSheet, pngSheet} {
			file := filepath.Join(t.TempDir(), "sheet")
			if write(t, file, w, h); t.Failed() {
				return
			}
			got, _, err := opened(t, file)
			if err != nil || len(got) != 1 {
				t.Fatalf("%s: %d pages, %v", name, len(got), err)
			}
			got[0].Page.DPI, got[0].Reading.DPI = sheetDPI, sheetDPI
			for turn := i % 2; turn < 4; turn += 2 {
				leaves = append(leaves, turned(got[0], 90*turn))
			}
		}
		m.bind(t, name, leaves)
	}
}

// sheet is paper with a frame and a bar on it.
func sheet(w, h int) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			if x > 3 && y > 3 && x < w-3 && y < h-3 && (y < h/8 || y > h/7 || x > w/2) {
				g.SetGray(x, y, color.Gray{255})
			}
		}
	}
	return g
}

func created(t *testing.T, path string, write func(f *os.File) error) {
	t.Helper()
	f, err := os.Create(path)
	if err == nil {
		err = write(f)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func jpegSheet(t *testing.T, path string, w, h int) {
	created(t, path, func(f *os.File) error { return jpeg.Encode(f, sheet(w, h), nil) })
}

func pngSheet(t *testing.T, path string, w, h int) {
	created(t, path, func(f *os.File) error { return png.Encode(f, sheet(w, h)) })
}

// faxSheet writes a TIFF of one G4 strip.
func faxSheet(t *testing.T, path string, w, h int) {
	g := sheet(w, h)
	created(t, path+".pbm", func(f *os.File) error {
		out := bufio.NewWriter(f)
		fmt.Fprintf(out, "P4\n%d %d\n", w, h)
		for y := range h {
			row := bytes.Repeat([]byte{0}, (w+7)/8)
			for x := range w {
				if g.GrayAt(x, y).Y == 0 {
					row[x/8] |= 0x80 >> (x % 8)
				}
			}
			if _, err := out.Write(row); err != nil {
				return err
			}
		}
		return out.Flush()
	})
	if out, err := exec.Command("ppm2tiff", "-c", "g4", "-r", fmt.Sprint(h), path+".pbm", path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}
