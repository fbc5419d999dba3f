package imaging_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mailroom/scanstation"
	"mailroom/scanstation/imaging"
)

// refused returns the reason of a refusal.
func refused(t testing.TB, err error) scanstation.Reason {
	t.Helper()
	var r *scanstation.Refusal
	if !errors.As(err, &r) {
		t.Fatalf("%v is no refusal", err)
	}
	return r.Reason
}

func TestOpenTIFFKinds(t *testing.T) {
	m := small()
	pnm := pgm(t, m)
	from := func(args ...string) string {
		out := filepath.Join(t.TempDir(), "out.tif")
		run(t, "convert", append(append([]string{pnm}, args...), out)...)
		return out
	}
	cp := func(in string, args ...string) string {
		out := filepath.Join(t.TempDir(), "cp.tif")
		run(t, "tiffcp", append(args, in, out)...)
		return out
	}
	bw := func(args ...string) string { return tiffOf(t, m, whiteIsZero, args...) }
	gray := func(x, y int) (r, g, b uint8) { v := m.GrayAt(x, y).Y; return v, v, v }
	tests := map[string]struct {
		path     string
		encoding scanstation.Encoding
		done     string
		want     func(x, y int) (r, g, b uint8)
		near     bool
	}{
		"G4 in many strips":              {bw("-c", "g4", "-r", "16"), scanstation.CCITT, "decoded: CCITT G4 TIFF, same-g4", bilevel(m, false), false},
		"G4 least significant bit first": {bw("-c", "g4", "-r", "9999", "-f", "lsb2msb"), scanstation.CCITT, "bit-order", bilevel(m, false), false},
		"G3":                             {bw("-c", "g3:1d", "-r", "9999"), scanstation.CCITT, "decoded: CCITT G3 TIFF, same-g4", bilevel(m, false), false},
		"G3 two-dimensional":             {bw("-c", "g3:2d", "-r", "64"), scanstation.CCITT, "decoded: CCITT G3 TIFF, same-g4", bilevel(m, false), false},
		"PackBits":                       {bw("-c", "packbits"), scanstation.CCITT, "decoded: PackBits TIFF, same-g4", bilevel(m, false), false},
		"big endian":                     {bw("-c", "g4", "-r", "9999", "-B"), scanstation.CCITT, "", bilevel(m, false), false},
		"BigTIFF":                        {bw("-c", "g4", "-r", "9999", "-8"), scanstation.CCITT, "", bilevel(m, false), false},
		"BigTIFF in strips":              {bw("-c", "lzw", "-r", "16", "-8"), scanstation.CCITT, "decoded: LZW TIFF, same-g4", bilevel(m, false), false},
		"LZW gray":                       {from("-compress", "lzw"), scanstation.PNG, "decoded: LZW TIFF, same-flate", gray, false},
		"LZW with predictor":             {cp(from("-compress", "none"), "-c", "lzw:2"), scanstation.PNG, "decoded: LZW TIFF, same-flate", gray, false},
		"Deflate gray":                   {from("-compress", "zip"), scanstation.PNG, "decoded: Deflate TIFF, same-flate", gray, false},
		"uncompressed colour":            {from("-type", "TrueColor", "-compress", "none"), scanstation.PNG, "decoded: TIFF, same-flate", gray, false},
		"sixteen bits":                   {from("-depth", "16", "-compress", "none"), scanstation.PNG, "decoded: TIFF, same-flate", gray, true},
		"sixteen bits a colour":          {from("-type", "TrueColor", "-depth", "16", "-compress", "none"), scanstation.PNG, "decoded: TIFF, levels, same-flate", gray, true},
		"transparent":                    {from("-alpha", "set", "-depth", "8", "-compress", "lzw"), scanstation.PNG, "decoded: LZW TIFF, on-white, same-flate", gray, false},
		"CMYK":                           {from("-colorspace", "CMYK", "-compress", "lzw"), scanstation.PNG, "decoded: LZW TIFF, inks, same-flate", gray, true},
		"tiles":                          {cp(from("-compress", "lzw"), "-t", "-w", "128", "-l", "128"), scanstation.PNG, "decoded: LZW TIFF, same-flate", gray, false},
		"mirrored tiles":                 {cp(from("-flop", "-orient", "TopRight", "-compress", "lzw"), "-t", "-w", "128", "-l", "128"), scanstation.PNG, "decoded: LZW TIFF, unmirrored, same-flate", gray, false},
		"mirrored":                       {from("-flop", "-orient", "TopRight", "-compress", "lzw"), scanstation.PNG, "decoded: LZW TIFF, unmirrored, same-flate", gray, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := mustOpen(t, tt.path, 1)[0]
			if p.Encoding != tt.encoding || p.Untouched != (tt.done == "") || p.Done.String() != tt.done {
				t.Errorf("page = %+v", p.Page)
			}
			if !tt.near {
				same(t, decoded(t, p), tt.want)
			} else {
				nearly(t, decoded(t, p), m)
			}
			if ok, err := whole(t, tt.path); !ok || err != nil {
				t.Errorf("Complete = %v, %v", ok, err)
			}
		})
	}
}

// nearly compares the gray of two pictures within a few levels.
func nearly(t testing.TB, got image.Image, want *image.Gray) {
	t.Helper()
	wrong := 0
	for y := range want.Rect.Dy() {
		for x := range want.Rect.Dx() {
			d := int(color.GrayModel.Convert(got.At(x, y)).(color.Gray).Y) - int(want.GrayAt(x, y).Y)
			if d > 4 || d < -4 {
				wrong++
			}
		}
	}
	if wrong > want.Rect.Dx()*want.Rect.Dy()/100 {
		t.Errorf("%d pixels differ", wrong)
	}
}

func TestOpenJPEGInTIFF(t *testing.T) {
	plain := filepath.Join(t.TempDir(), "plain.tif")
	run(t, "convert", pgm(t, small()), "-type", "TrueColor", "-compress", "none", plain)
	for name, args := range map[string][]string{
		"YCbCr in one strip": {"-c", "jpeg", "-r", "880"},
		"RGB in one strip":   {"-c", "jpeg:r", "-r", "880"},
		"several strips":     {"-c", "jpeg", "-r", "64"},
	} {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "out.tif")
			run(t, "tiffcp", append(args, plain, out)...)
			p := mustOpen(t, out, 1)[0]
			if !p.Untouched || len(p.Done) == 0 {
				t.Errorf("page = %+v", p.Page)
			}
			nearly(t, decoded(t, p), small())
			thumb, err := imaging.Render(p.Page, p.stream, 0, 300)
			if err != nil || len(thumb) == 0 {
				t.Errorf("Render: %v", err)
			}
			raw, _ := os.ReadFile(out)
			scan := p.stream[bytes.Index(p.stream, []byte{0xFF, 0xDA}):]
			scan, _, _ = bytes.Cut(scan, []byte{0xFF, 0xD0}) // up to the second strip
			if !bytes.Contains(raw, scan) {
				t.Error("the entropy-coded data is not that of the file")
			}
		})
	}
}

// exif puts an orientation into a JPEG.
func exif(b []byte, orientation byte) []byte {
	block := append([]byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"), orientation, 0, 0, 0, 0, 0, 0)
	head := append([]byte{0xFF, 0xD8, 0xFF, 0xE1}, binary.BigEndian.AppendUint16(nil, uint16(len(block)+2))...)
	return append(append(head, block...), b[2:]...)
}

func TestOpenJPEG(t *testing.T) {
	plain := jpegOf(t, small())
	for orientation, turn := range map[byte]int{0: 0, 1: 0, 3: 180, 6: 90, 8: 270} {
		b := exif(plain, orientation)
		p := mustOpen(t, file(t, b), 1)[0]
		if p.Turn != turn || !p.Untouched || !bytes.Equal(p.stream, b) || p.Components != 1 {
			t.Errorf("orientation %d: %+v", orientation, p.Page)
		}
	}
	for _, orientation := range []byte{2, 4, 5, 7} {
		p := mustOpen(t, file(t, exif(plain, orientation)), 1)[0]
		if p.Turn != 0 || p.Untouched || p.Encoding != scanstation.PNG || orientation > 4 && p.Width != 877 {
			t.Errorf("orientation %d: %+v", orientation, p.Page)
		}
	}
	// ImageMagick knows how the four mirrored ones are to be shown.
	for orientation, name := range map[byte]string{2: "TopRight", 4: "BottomLeft", 5: "LeftTop", 7: "RightBottom"} {
		shown := filepath.Join(t.TempDir(), "shown.png")
		run(t, "convert", file(t, plain), "-orient", name, "-auto-orient", shown)
		raw, _ := os.ReadFile(shown)
		want, err := png.Decode(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		got := decoded(t, mustOpen(t, file(t, exif(plain, orientation)), 1)[0])
		g := image.NewGray(want.Bounds())
		for y := range g.Rect.Dy() {
			for x := range g.Rect.Dx() {
				g.Set(x, y, want.At(x, y))
			}
		}
		if got.Bounds() != want.Bounds() {
			t.Fatalf("orientation %d: %v, want %v", orientation, got.Bounds(), want.Bounds())
		}
		nearly(t, got, g)
	}
}

func TestOpenPNGAndWebP(t *testing.T) {
	dir, pnm := t.TempDir(), pgm(t, small())
	tests := map[string]struct {
		args      []string
		untouched bool
	}{
		"gray.png":       {nil, true},
		"colour.png":     {[]string{"-type", "TrueColor", "-define", "png:color-type=2"}, true},
		"interlaced.png": {[]string{"-interlace", "PNG"}, false},
		"alpha.png":      {[]string{"-alpha", "on", "-define", "png:color-type=6"}, false},
		"palette.png":    {[]string{"-colors", "16", "-define", "png:color-type=3"}, true},
		"photo.webp":     {[]string{"-define", "webp:lossless=true"}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dir, name)
			run(t, "convert", append(append([]string{pnm}, tt.args...), path)...)
			p := mustOpen(t, path, 1)[0]
			raw, _ := os.ReadFile(path)
			if p.Untouched != tt.untouched || bytes.Equal(raw, p.stream) != tt.untouched || p.Encoding != scanstation.PNG {
				t.Errorf("page = %+v", p.Page)
			}
			if name != "palette.png" {
				nearly(t, decoded(t, p), small())
			}
			if _, err := imaging.Render(p.Page, p.stream, 90, 200); err != nil {
				t.Error(err)
			}
			if _, err := imaging.Prepare(p.Page, p.stream); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	g4 := tiffOf(t, small(), whiteIsZero, "-c", "g4", "-r", "9999")
	raw, _ := os.ReadFile(g4)
	loop := bytes.Clone(raw)
	ifd := binary.LittleEndian.Uint32(loop[4:])
	n := uint32(binary.LittleEndian.Uint16(loop[ifd:]))
	binary.LittleEndian.PutUint32(loop[ifd+2+12*n:], ifd)
	apart, colour := filepath.Join(t.TempDir(), "apart.tif"), filepath.Join(t.TempDir(), "colour.tif")
	run(t, "convert", pgm(t, small()), "-type", "TrueColor", "-compress", "none", colour)
	run(t, "tiffcp", "-p", "separate", colour, apart)
	planes, _ := os.ReadFile(apart)
	two := newPDF()
	two.scan(grayDict+"/Filter/DCTDecode", jpegOf(t, small()))
	two.scan(grayDict+"/Filter/DCTDecode", jpegOf(t, small()))
	jbig2 := newPDF()
	jbig2.scan(grayDict+"/Filter/DCTDecode", jpegOf(t, small()))
	jbig2.scan(bitDict+"/Filter/JBIG2Decode", []byte("nothing that decodes"))
	locked := filepath.Join(t.TempDir(), "locked.pdf")
	run(t, "qpdf", "--encrypt", "user", "owner", "256", "--", file(t, two.bytes()), locked)
	encrypted, _ := os.ReadFile(locked)
	tests := map[string]struct {
		file   []byte
		limits scanstation.Limits
		code   string
	}{
		"a text":                           {[]byte("Sehr geehrte Damen und Herren"), scanstation.Limits{}, scanstation.Unsupported},
		"a file of an office program":      {[]byte("PK\x03\x04[Content_Types].xml"), scanstation.Limits{}, scanstation.Unsupported},
		"a packed folder":                  {[]byte("PK\x03\x04brief.pdf"), scanstation.Limits{}, scanstation.Packed},
		"nothing":                          {nil, scanstation.Limits{}, scanstation.Unsupported},
		"a TIFF whose chain is a loop":     {loop, scanstation.Limits{}, scanstation.Damaged},
		"a TIFF with its planes apart":     {planes, scanstation.Limits{}, scanstation.Unsupported},
		"a TIFF cut off":                   {raw[:len(raw)/2], scanstation.Limits{}, scanstation.Damaged},
		"a TIFF with too many pixels":      {raw, scanstation.Limits{PagePixels: 1000}, scanstation.PageTooBig},
		"a JPEG with too many pixels":      {jpegOf(t, small()), scanstation.Limits{PagePixels: 1000}, scanstation.PageTooBig},
		"a file with too many bytes":       {raw, scanstation.Limits{FileBytes: 100}, scanstation.FileTooBig},
		"a PDF with too many pages":        {two.bytes(), scanstation.Limits{Pages: 1}, scanstation.TooManyPage},
		"a PDF with too many pixels":       {two.bytes(), scanstation.Limits{PagePixels: 1000}, scanstation.PageTooBig},
		"a PDF without pages":              {newPDF().bytes(), scanstation.Limits{}, scanstation.NoPages},
		"a PDF with JBIG2":                 {jbig2.bytes(), scanstation.Limits{}, scanstation.SymbolCoded},
		"a PDF that asks for a password":   {encrypted, scanstation.Limits{}, scanstation.Encrypted},
		"a PDF of nothing but its header":  {[]byte("%PDF-1.7\n"), scanstation.Limits{}, scanstation.Damaged},
		"a JPEG of nothing but its header": {[]byte("\xFF\xD8\xFF\xE0"), scanstation.Limits{}, scanstation.Damaged},
		"a PNG of nothing but its header":  {[]byte("\x89PNG\r\n\x1a\n"), scanstation.Limits{}, scanstation.Damaged},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := openWith(t, file(t, tt.file), scanstation.OpenSettings{Kind: scanstation.Paper, Limits: tt.limits})
			reason := refused(t, err)
			if reason.Code != tt.code {
				t.Errorf("refused with %v, want %s", reason, tt.code)
			}
			if tt.code == scanstation.SymbolCoded && !strings.Contains(reason.Detail, "page 2 ") {
				t.Errorf("detail %q does not name the page", reason.Detail)
			}
		})
	}
	if pages, err := open(t, file(t, jbig2.bytes()), scanstation.Mail); err != nil || len(pages) != 2 || pages[1].Untouched {
		t.Errorf("JBIG2 by mail: %d pages, %v", len(pages), err)
	}
	run(t, "qpdf", "--encrypt", "", "owner", "256", "--", file(t, two.bytes()), locked)
	if pages, err := open(t, locked, scanstation.Paper); err != nil || len(pages) != 2 || !pages[0].Untouched {
		t.Errorf("owner password alone: %d pages, %v", len(pages), err)
	}
}

// whole asks Complete.
func whole(t testing.TB, path string) (bool, error) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return imaging.Complete(context.Background(), f)
}

func TestCutOff(t *testing.T) {
	w := newPDF()
	w.scan(grayDict+"/Filter/DCTDecode", jpegOf(t, small()))
	tif, _ := os.ReadFile(tiffOf(t, small(), whiteIsZero, "-c", "lzw", "-r", "16"))
	var p bytes.Buffer
	if err := png.Encode(&p, small()); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"tiff": tif, "jpeg": jpegOf(t, small()), "png": p.Bytes(), "pdf": w.bytes()} {
		if ok, err := whole(t, file(t, b)); !ok || err != nil {
			t.Errorf("%s: Complete = %v, %v", name, ok, err)
		}
		for n := 0; n < len(b)-2; n += max(1, len(b)/97) {
			path := file(t, b[:n])
			if ok, err := whole(t, path); ok || err != nil {
				t.Errorf("%s cut off at %d of %d: Complete = %v, %v", name, n, len(b), ok, err)
			}
			if n%3 == 0 {
				_, err := open(t, path, scanstation.Paper)
				var r *scanstation.Refusal
				if err != nil && !errors.As(err, &r) {
					t.Errorf("%s cut off at %d: %v", name, n, err)
				}
			}
		}
	}
	if ok, _ := whole(t, file(t, make([]byte, 5000))); ok {
		t.Error("space set aside counts as complete")
	}
}

func TestOpenTurnsCMYKIntoColours(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cmyk.jpg")
	run(t, "convert", "-size", "600x400", "xc:white", "-fill", "rgb(200,30,30)", "-draw", "rectangle 50,50 250,350",
		"-fill", "rgb(20,40,200)", "-draw", "rectangle 300,50 550,350", "-colorspace", "CMYK", "-quality", "95", path)
	got, err := open(t, path, scanstation.Paper)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].Encoding != scanstation.PNG || got[0].Components != 3 || got[0].Untouched {
		t.Fatalf("kept as %+v; want a PNG of three components", got[0].Page)
	}
	m, err := png.Decode(bytes.NewReader(got[0].stream))
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[image.Point][3]uint32{{150, 200}: {200, 30, 30}, {425, 200}: {20, 40, 200}, {10, 10}: {255, 255, 255}} {
		r, g, b, _ := m.At(at.X, at.Y).RGBA()
		for i, v := range []uint32{r >> 8, g >> 8, b >> 8} {
			if d := int(v) - int(want[i]); d < -12 || d > 12 {
				t.Errorf("pixel %v is %d %d %d; want about %v", at, r>>8, g>>8, b>>8, want)
				break
			}
		}
	}
}
