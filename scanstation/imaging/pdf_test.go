package imaging_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"strings"
	"testing"

	"mailroom/scanstation"
)

// jpegOf codes m as JPEG.
func jpegOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 75}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// small returns a quick picture that is not the same upside down.
func small() *image.Gray {
	m := paper(620, 877)
	for y := 60; y < 300; y++ {
		for x := 80; x < 200; x++ {
			m.Pix[y*m.Stride+x] = uint8(x)
		}
	}
	return m
}

// bits packs m as a PDF wants one bit a pixel: 1 is white.
func bits(m *image.Gray) []byte {
	row := (m.Rect.Dx() + 7) / 8
	out := make([]byte, row*m.Rect.Dy())
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			if m.Pix[y*m.Stride+x] >= 128 {
				out[y*row+x/8] |= 0x80 >> (x & 7)
			}
		}
	}
	return out
}

const (
	grayDict = "/Width 620/Height 877/ColorSpace/DeviceGray/BitsPerComponent 8"
	bitDict  = "/Width 620/Height 877/ColorSpace/DeviceGray/BitsPerComponent 1"
)

func TestOpenPDFKeepsScans(t *testing.T) {
	dct := jpegOf(t, small())
	draw := func(content, more string) []byte {
		w := newPDF()
		n := w.stream("/Type/XObject/Subtype/Image/Filter/DCTDecode"+grayDict, dct)
		font := w.add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
		w.page(content, fmt.Sprintf("/XObject<</Im0 %d 0 R>>/Font<</F1 %d 0 R>>/ExtGState<</G1<</ca .5>>/G2<</ca 1>>>>", n, font), more)
		return w.bytes()
	}
	const full = "595.2 0 0 841.92 0 0 cm /Im0 Do"
	tests := map[string]struct {
		pdf  []byte
		kept bool // the stream is the scanner's own
		turn int
	}{
		"one image that fills the page":       {draw("q "+full+" Q", ""), true, 0},
		"a page that is turned":               {draw("q "+full+" Q", "/Rotate 90"), true, 90},
		"an image placed upside down":         {draw("-595.2 0 0 -841.92 595.2 841.92 cm /Im0 Do", ""), true, 180},
		"placed a quarter counter-clockwise":  {draw("0 841.92 -595.2 0 595.2 0 cm /Im0 Do", ""), false, 0},
		"invisible text over the image":       {draw("q "+full+" Q BT 3 Tr /F1 12 Tf 100 700 Td (Hallo \\) ) Tj [(a) -20 <62>] TJ ET", ""), true, 0},
		"clipped to the page":                 {draw("q 0 0 595.2 841.92 re W n "+full+" Q", ""), true, 0},
		"an opaque graphics state":            {draw("/G2 gs "+full, ""), true, 0},
		"marked as an artifact":               {draw("/Artifact <</A [1 (x)]>> BDC "+full+" EMC", ""), true, 0},
		"visible text over the image":         {draw("q "+full+" Q BT /F1 12 Tf 100 700 Td (Eingang) Tj ET", ""), false, 0},
		"a line drawn over the image":         {draw("q "+full+" Q 0 0 m 99 99 l S", ""), false, 0},
		"a half transparent image":            {draw("/G1 gs "+full, ""), false, 0},
		"the image placed twice":              {draw("q "+full+" Q q "+full+" Q", ""), false, 0},
		"an image that fills half the page":   {draw("595.2 0 0 420 0 0 cm /Im0 Do", ""), false, 0},
		"a mirrored image":                    {draw("-595.2 0 0 841.92 595.2 0 cm /Im0 Do", ""), false, 0},
		"a stamp annotation over the image":   {draw(full, "/Annots[<</Type/Annot/Subtype/Stamp/Rect[0 0 90 90]>>]"), false, 0},
		"a link over the image":               {draw(full, "/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 90 90]>>]"), true, 0},
		"an invisible signature on the image": {draw(full, "/Annots[<</Type/Annot/Subtype/Widget/Rect[0 0 0 0]>>]"), true, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := mustOpen(t, file(t, tt.pdf), 1)[0]
			if got := bytes.Equal(p.stream, dct) && p.Untouched; got != tt.kept {
				t.Fatalf("kept = %v, want %v: %+v", got, tt.kept, p.Page)
			}
			if p.Turn != tt.turn {
				t.Errorf("Turn = %d, want %d", p.Turn, tt.turn)
			}
			if tt.kept && (p.DPI != 75 || p.Encoding != scanstation.JPEG || len(p.Words) != 0) {
				t.Errorf("page = %+v", p.Page)
			}
			if !tt.kept && (p.DPI != 300 || p.Width != 2480 || p.Encoding != scanstation.PNG || p.Done.String() != "rendered: 300, same-flate") {
				t.Errorf("page = %+v", p.Page)
			}
			if strings.Contains(name, "visible text") && !tt.kept && (len(p.Words) != 1 || p.Words[0].Text != "Eingang") {
				t.Errorf("Words = %v", p.Words)
			}
		})
	}
}

func TestOpenPDFKeepsPixels(t *testing.T) {
	m := small()
	packed := bits(m)
	var colour bytes.Buffer
	for _, v := range m.Pix {
		colour.Write([]byte{v, 255 - v, 7})
	}
	tests := map[string]struct {
		dict     string
		data     []byte
		encoding scanstation.Encoding
		want     func(x, y int) (r, g, b uint8)
	}{
		"gray": {grayDict, m.Pix, scanstation.PNG, func(x, y int) (r, g, b uint8) { v := m.GrayAt(x, y).Y; return v, v, v }},
		"colour": {"/Width 620/Height 877/ColorSpace/DeviceRGB/BitsPerComponent 8", colour.Bytes(), scanstation.PNG,
			func(x, y int) (r, g, b uint8) { v := m.GrayAt(x, y).Y; return v, 255 - v, 7 }},
		"indexed": {"/Width 620/Height 877/ColorSpace[/Indexed/DeviceRGB 1<FF0000 0000FF>]/BitsPerComponent 1", packed, scanstation.PNG,
			func(x, y int) (r, g, b uint8) {
				if m.GrayAt(x, y).Y >= 128 {
					return 0, 0, 255
				}
				return 255, 0, 0
			}},
		"bits":                       {bitDict, packed, scanstation.CCITT, bilevel(m, false)},
		"bits decoded the other way": {bitDict + "/Decode[1 0]", packed, scanstation.CCITT, bilevel(m, true)},
		"a palette of white and black": {"/Width 620/Height 877/ColorSpace[/Indexed/DeviceGray 1<FF00>]/BitsPerComponent 1", packed,
			scanstation.CCITT, bilevel(m, true)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := newPDF()
			w.scan(tt.dict+"/Filter/FlateDecode", deflated(t, tt.data))
			p := mustOpen(t, file(t, w.bytes()), 1)[0]
			if p.Encoding != tt.encoding || p.Untouched || len(p.Done) != 2 || p.DPI != 75 {
				t.Errorf("page = %+v", p.Page)
			}
			same(t, decoded(t, p), tt.want)
		})
	}
}

func TestOpenPDFKeepsG4(t *testing.T) {
	m := small()
	g4 := g4Of(t, m)
	tests := map[string]struct {
		parms    string
		more     string
		kept     bool
		blackIs1 bool
	}{
		"as scanners write it":       {"/K -1/Columns 620/Rows 877", "", true, false},
		"black is 1":                 {"/K -1/Columns 620/BlackIs1 true", "", true, true},
		"black is 1, decoded back":   {"/K -1/Columns 620/BlackIs1 true", "/Decode[1 0]", true, false},
		"rows aligned to bytes":      {"/K -1/Columns 620/EncodedByteAlign true", "", false, false},
		"columns that do not fit":    {"/K -1/Columns 640", "", false, false},
		"group 3, which is rendered": {"/K 0/Columns 620", "", false, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := newPDF()
			w.scan(bitDict+tt.more+"/Filter/CCITTFaxDecode/DecodeParms<<"+tt.parms+">>", g4)
			p := mustOpen(t, file(t, w.bytes()), 1)[0]
			if got := bytes.Equal(p.stream, g4) && p.Untouched; got != tt.kept {
				t.Fatalf("kept = %v, want %v: %+v", got, tt.kept, p.Page)
			}
			if tt.kept {
				if p.BlackIs1 != tt.blackIs1 {
					t.Errorf("BlackIs1 = %v", p.BlackIs1)
				}
				same(t, decoded(t, p), bilevel(m, tt.blackIs1))
			}
		})
	}
}

func TestOpenPDFWithWrongBytes(t *testing.T) {
	w := newPDF()
	n := w.stream("/Type/XObject/Subtype/Image/Width 8/Height 8/ColorSpace/DeviceGray/BitsPerComponent 1", make([]byte, 8))
	w.page("q 595.2 0 0 841.92 0 0 cm /Im0 Do Q", "/XObject<</Im0 "+itoa(n)+" 0 R>>", "/Rotate 90")
	b := w.bytes()
	r := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		c := bytes.Clone(b)
		for range 1 + r.IntN(4) {
			c[r.IntN(len(c))] = byte(r.IntN(256))
		}
		openAny(t, c) // must come back, with pages or a refusal
	}
}

// bilevel is m at half gray, swapped if inverted.
func bilevel(m *image.Gray, inverted bool) func(x, y int) (r, g, b uint8) {
	return func(x, y int) (r, g, b uint8) {
		if (m.GrayAt(x, y).Y >= 128) != inverted {
			return 255, 255, 255
		}
		return 0, 0, 0
	}
}

// same compares every pixel.
func same(t testing.TB, m image.Image, want func(x, y int) (r, g, b uint8)) {
	t.Helper()
	sameBut(t, m, want, 0)
}

// sameBut allows some pixels to differ.
func sameBut(t testing.TB, m image.Image, want func(x, y int) (r, g, b uint8), allowed int) {
	t.Helper()
	wrong := 0
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			r, g, b, _ := m.At(x, y).RGBA()
			wr, wg, wb := want(x, y)
			if uint8(r>>8) != wr || uint8(g>>8) != wg || uint8(b>>8) != wb {
				wrong++
			}
		}
	}
	if wrong > allowed {
		t.Errorf("%d of %d pixels differ", wrong, m.Bounds().Dx()*m.Bounds().Dy())
	}
}

// decoded decodes a page with the decoders of Go.
func decoded(t testing.TB, p kept) image.Image {
	t.Helper()
	var m image.Image
	var err error
	switch p.Encoding {
	case scanstation.PNG:
		m, err = png.Decode(bytes.NewReader(p.stream))
	case scanstation.JPEG:
		m, err = jpeg.Decode(bytes.NewReader(p.stream))
	case scanstation.CCITT:
		m, err = ccittImage(p)
	}
	if err != nil {
		t.Fatalf("decode %s: %v", p.Encoding, err)
	}
	return m
}
