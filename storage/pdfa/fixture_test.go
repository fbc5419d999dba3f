package pdfa_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/image/tiff"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/pdfa"
)

// shelf is where the tests put the files that veraPDF then looks at together.
type shelf struct {
	dir   string
	files []string
}

// put assembles v as the file of that name and returns its path.
func (s *shelf) put(t *testing.T, name string, v storage.Volume) (string, []storage.Extent) {
	t.Helper()
	path := filepath.Join(s.dir, name+".pdf")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	extents, err := pdfa.Assembler{}.Assemble(t.Context(), f, v)
	if err != nil {
		t.Fatal(err)
	}
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		t.Fatal(err)
	}
	if err := pdfa.Check(f, size); err != nil {
		t.Errorf("Check(%s) = %v", name, err)
	}
	s.files = append(s.files, path)
	return path, extents
}

// volume returns a volume of leaves that is otherwise always the same.
func volume(leaves ...storage.Leaf) storage.Volume {
	for i := range leaves {
		leaves[i].Page.Image = i + 4
	}
	return storage.Volume{
		Document: "20261122-7F3K9Q2M-003",
		Batch:    "20261122-7F3K9Q2M",
		Title:    "Widerspruch Müller",
		Language: "de",
		Created:  time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC),
		Producer: "mailroom 1.0",
		Leaves:   leaves,
	}
}

// leafOf returns a leaf of page whose stream is b, at 100 dpi.
func leafOf(page scanstation.Page, b []byte) storage.Leaf {
	if page.DPI == 0 {
		page.DPI = 100
	}
	page.Bytes, page.Digest = int64(len(b)), scanstation.DigestOf(b)
	return storage.Leaf{
		Page:    page,
		Reading: ocr.Reading{Width: page.Width, Height: page.Height},
		Open: func(context.Context) (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(b)), nil
		},
	}
}

// scene is a drawing without symmetry: a frame, bars that tell up from down and
// left from right, and a ramp in gray or colour.
func scene(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{uint8(255 * x / w), uint8(255 * y / h), uint8(255 * (x + y) / (w + h)), 255}
			switch {
			case y < h/4 && x < w/3 || x < w/12 || x == w-1 || y == h-1:
				c = color.RGBA{0, 0, 0, 255}
			case y < h/2 && x > w/4:
				c = color.RGBA{255, 255, 255, 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

// gray returns m in gray of that many bits, spread over the whole range.
func gray(m image.Image, bits int) *image.Gray {
	g := image.NewGray(m.Bounds())
	top := 1<<bits - 1
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			v := int(color.GrayModel.Convert(m.At(x, y)).(color.Gray).Y)
			g.SetGray(x, y, color.Gray{uint8((v * top / 255) * 255 / top)})
		}
	}
	return g
}

func jpegLeaf(t *testing.T, m image.Image) storage.Leaf {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	components := 3
	if _, ok := m.(*image.Gray); ok {
		components = 1
	}
	size := m.Bounds().Size()
	return leafOf(scanstation.Page{Encoding: scanstation.JPEG, Width: size.X, Height: size.Y, Components: components, Bits: 8}, b.Bytes())
}

func pngLeaf(t *testing.T, m image.Image, components, bits int) storage.Leaf {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	size := m.Bounds().Size()
	return leafOf(scanstation.Page{Encoding: scanstation.PNG, Width: size.X, Height: size.Y, Components: components, Bits: bits}, b.Bytes())
}

// packedLeaf writes m as a PNG of few gray levels, which image/png cannot, in
// data chunks of 1000 bytes, with a chunk before them that means nothing here.
func packedLeaf(m *image.Gray, bits int) storage.Leaf {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	var raw bytes.Buffer
	z := zlib.NewWriter(&raw)
	for y := range h {
		row := make([]byte, 1+(w*bits+7)/8) // filter 0
		for x := range w {
			v := m.GrayAt(x, y).Y >> (8 - bits)
			row[1+x*bits/8] |= v << (8 - bits - x*bits%8)
		}
		z.Write(row)
	}
	z.Close()
	header := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(w)), uint32(h))
	file := chunk([]byte("\x89PNG\r\n\x1a\n"), "IHDR", append(header, byte(bits), 0, 0, 0, 0))
	file = chunk(file, "tEXt", []byte("Comment\x00scan"))
	for raw.Len() > 0 {
		file = chunk(file, "IDAT", raw.Next(1000))
	}
	return leafOf(scanstation.Page{Encoding: scanstation.PNG, Width: w, Height: h, Components: 1, Bits: bits}, chunk(file, "IEND", nil))
}

func chunk(file []byte, kind string, data []byte) []byte {
	file = binary.BigEndian.AppendUint32(file, uint32(len(data)))
	body := append([]byte(kind), data...)
	return binary.BigEndian.AppendUint32(append(file, body...), crc32.ChecksumIEEE(body))
}

// faxLeaf writes m, which is black and white, as a bare G4 stream. Of the three
// things ImageMagick can write, a TIFF file is the one whose data is found again
// by two of its fields.
func faxLeaf(t *testing.T, m *image.Gray) storage.Leaf {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.tif"), filepath.Join(dir, "out.tif")
	var b bytes.Buffer
	if err := tiff.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(in, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	tool(t, "convert", in, "-monochrome", "-compress", "Group4", "-define", "tiff:rows-per-strip=100000", "-define", "quantum:polarity=min-is-white", out)
	file, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	stream := strip(t, file)
	size := m.Rect.Size()
	return leafOf(scanstation.Page{Encoding: scanstation.CCITT, Width: size.X, Height: size.Y, Components: 1, Bits: 1}, stream)
}

// strip returns the only strip of a little-endian TIFF file.
func strip(t *testing.T, file []byte) []byte {
	t.Helper()
	const offsets, counts = 273, 279
	fields := map[uint16]uint32{}
	directory := file[binary.LittleEndian.Uint32(file[4:]):]
	for i := range int(binary.LittleEndian.Uint16(directory)) {
		entry := directory[2+12*i:]
		tag := binary.LittleEndian.Uint16(entry)
		if fields[tag] = binary.LittleEndian.Uint32(entry[8:]); tag == offsets && binary.LittleEndian.Uint32(entry[4:]) != 1 {
			t.Fatal("more than one strip")
		}
	}
	return file[fields[offsets]:][:fields[counts]]
}

// tool runs a program and returns what it says; without it the test is skipped.
func tool(t *testing.T, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("NOT TESTED:", err)
	}
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}
