package barcode_test

import (
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"mailroom/ocr"
	"mailroom/ocr/barcode"
)

// paper is an empty upright A4 page at 300 dpi.
func paper() ocr.Prepared {
	const w, h = 2480, 3508
	return ocr.Prepared{Width: w, Height: h, DPI: 300,
		Gray: ocr.Raster{Width: w, Height: h, Pix: slices.Repeat([]byte{250}, w*h)}}
}

// stick prints a code onto the page at x, y and returns its place.
func stick(t testing.TB, p ocr.Prepared, x, y int, symbology, text string, more ...string) ocr.Box {
	t.Helper()
	zint, err := exec.LookPath("zint")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("no zint to make codes with")
		}
		t.Skip("SKIPPED: no zint to make codes with")
	}
	path := filepath.Join(t.TempDir(), "code.png")
	args := append([]string{"--barcode=" + symbology, "--scale=2", "--notext", "--output=" + path}, more...)
	if text != "" {
		args = append(args, "--data="+text)
	}
	if out, err := exec.Command(zint, args...).CombinedOutput(); err != nil {
		t.Fatalf("make %s of %q: %v\n%s", symbology, text, err, out)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	code, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	page := &image.Gray{Pix: p.Gray.Pix, Stride: p.Width, Rect: image.Rect(0, 0, p.Width, p.Height)}
	at := code.Bounds().Sub(code.Bounds().Min).Add(image.Pt(x, y))
	draw.Draw(page, at, code, code.Bounds().Min, draw.Src)
	return ocr.Box{x, y, at.Dx(), at.Dy()}
}

// lines prints what looks like lines of text, or of bars, over the page.
func lines(p ocr.Prepared) ocr.Box {
	page := &image.Gray{Pix: p.Gray.Pix, Stride: p.Width, Rect: image.Rect(0, 0, p.Width, p.Height)}
	seed := uint32(1)
	for y := 400; y < 3200; y += 60 {
		for x := 250; x < 2200; {
			seed = seed*1664525 + 1013904223
			w := 3 + int(seed>>24)%9
			draw.Draw(page, image.Rect(x, y, x+w, y+34), image.NewUniform(color.Gray{Y: 30}), image.Point{}, draw.Src)
			x += w + 3 + int(seed>>16)%12
		}
	}
	return ocr.Box{250, 400, 1950, 2800}
}

func read(t *testing.T, p ocr.Prepared) []ocr.Barcode {
	t.Helper()
	codes, _, err := barcode.Read(p)
	if err != nil {
		t.Fatal(err)
	}
	return codes
}

func TestReadKnowsTheSymbologies(t *testing.T) {
	tests := map[string]struct {
		zint, data string
		more       []string
		format     string
		want       string
		raw        bool // the bytes are kept too
	}{
		"separator sheet in Code 39":    {"CODE39", "PATCHT", nil, "Code39", "PATCHT", false},
		"case number in Code 128":       {"CODE128", "WG-2023-004711", nil, "Code128", "WG-2023-004711", false},
		"parcel number in ITF":          {"C25INTER", "0012345678", nil, "ITF", "0012345678", false},
		"EAN 13":                        {"EANX", "4006381333931", nil, "EAN-13", "4006381333931", false},
		"QR with umlauts unmarked":      {"QRCODE", "Müller, Straße 5, Öhringen", []string{"--binary"}, "QRCode", "Müller, Straße 5, Öhringen", false},
		"QR with umlauts marked UTF-8":  {"QRCODE", "Größenänderung für Ärzte €", []string{"--eci=26"}, "QRCode", "Größenänderung für Ärzte €", false},
		"QR with umlauts in Latin 1":    {"QRCODE", "Jürgen Weiß, Köln", nil, "QRCode", "Jürgen Weiß, Köln", true},
		"QR of few letters in Latin 1":  {"QRCODE", "ßß", nil, "QRCode", "ßß", true},
		"QR with a sign in Latin 1":     {"QRCODE", "§ 5 Abs. 1", nil, "QRCode", "§ 5 Abs. 1", true},
		"QR with degrees in Latin 1":    {"QRCODE", "20 °C", nil, "QRCode", "20 °C", true},
		"DataMatrix in Latin 1":         {"DATAMATRIX", "Ößling", nil, "DataMatrix", "Ößling", true},
		"Aztec in Latin 1":              {"AZTEC", "Ößling", nil, "Aztec", "Ößling", true},
		"PDF417 in Latin 1":             {"PDF417", "Ößling", nil, "PDF417", "Ößling", true},
		"DataMatrix":                    {"DATAMATRIX", "WG-2023-004711", nil, "DataMatrix", "WG-2023-004711", false},
		"DataMatrix with umlauts UTF-8": {"DATAMATRIX", "Ämter für Soziales", []string{"--eci=26"}, "DataMatrix", "Ämter für Soziales", false},
		"Aztec with umlauts UTF-8":      {"AZTEC", "Öffentliche Zustellung, Größe", []string{"--eci=26"}, "Aztec", "Öffentliche Zustellung, Größe", false},
		"PDF417 with umlauts UTF-8":     {"PDF417", "Bürgeramt Übach, Maß", []string{"--eci=26"}, "PDF417", "Bürgeramt Übach, Maß", false},
		"QR with Greek and Cyrillic":    {"QRCODE", "Αθήνα Київ Łódź", []string{"--eci=26"}, "QRCode", "Αθήνα Київ Łódź", false},
		"PDF417":                        {"PDF417", "Bescheid 12/2026", nil, "PDF417", "Bescheid 12/2026", false},
		"Aztec":                         {"AZTEC", "Bescheid 12/2026", nil, "Aztec", "Bescheid 12/2026", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := paper()
			p.Regions = []ocr.Box{stick(t, p, 400, 900, tt.zint, tt.data, tt.more...)}
			codes := read(t, p)
			if len(codes) != 1 {
				t.Fatalf("codes = %+v, want one", codes)
			}
			c := codes[0]
			if c.Format != tt.format || c.Text != tt.want || (c.Raw != nil) != tt.raw {
				t.Errorf("code = %s %q raw %q, want %s %q", c.Format, c.Text, c.Raw, tt.format, tt.want)
			}
			in := image.Rect(c.Box[0], c.Box[1], c.Box[0]+c.Box[2], c.Box[1]+c.Box[3])
			b := p.Regions[0]
			if out := image.Rect(b[0]-4, b[1]-4, b[0]+b[2]+4, b[1]+b[3]+4); !in.In(out) || in.Dx() < b[2]/2 {
				t.Errorf("box = %v, want it about as wide as and within %v", in, out)
			}
		})
	}
}

func TestReadKeepsBytesThatAreNoText(t *testing.T) {
	p := paper()
	raw := "\x00\x01\xfe\xffDEA\x12\x90"
	path := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(path, []byte(raw), 0o600); err != nil {
		t.Fatal(err)
	}
	p.Regions = []ocr.Box{stick(t, p, 400, 900, "DATAMATRIX", "", "--binary", "--input="+path)}
	codes := read(t, p)
	if len(codes) != 1 || string(codes[0].Raw) != raw {
		t.Errorf("codes = %+v, want one with the raw bytes %q", codes, raw)
	}
}

func TestReadFindsEachCodeOnce(t *testing.T) {
	p := paper()
	a := stick(t, p, 300, 300, "CODE128", "WG-2023-004711")
	b := stick(t, p, 300, 2000, "CODE128", "WG-2023-004711")
	whole := a.Union(b)
	p.Regions = []ocr.Box{a, {a[0] + 5, a[1], a[2], a[3]}, b, whole}
	codes := read(t, p)
	if len(codes) != 2 || codes[0].Text != codes[1].Text || codes[0].Box == codes[1].Box {
		t.Errorf("codes = %+v, want the same text at two places", codes)
	}
}

// A hole punched into the bars of a patch code does not make two of it.
func TestReadFindsAPunchedPatchCodeOnce(t *testing.T) {
	p := paper()
	page := &image.Gray{Pix: p.Gray.Pix, Stride: p.Width, Rect: image.Rect(0, 0, p.Width, p.Height)}
	y := 120
	for _, thick := range []int{24, 60, 24, 60} { // T, of bars 24 apart
		draw.Draw(page, image.Rect(500, y, 1900, y+thick), image.Black, image.Point{}, draw.Src)
		y += thick + 24
	}
	draw.Draw(page, image.Rect(1200, 200, 1270, 270), image.NewUniform(color.Gray{Y: 70}), image.Point{}, draw.Src)
	if codes := read(t, p); len(codes) != 1 || codes[0].Text != "T" || codes[0].Box[2] < 1300 {
		t.Errorf("codes = %+v, want one T along all of the bars", codes)
	}
}

// turned returns p turned clockwise about its centre.
func turned(p ocr.Prepared, degrees float64) ocr.Prepared {
	q := paper()
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	cx, cy := float64(p.Width)/2, float64(p.Height)/2
	for y := range q.Height {
		for x := range q.Width {
			dx, dy := float64(x)-cx, float64(y)-cy
			sx, sy := int(math.Round(cx+dx*cos+dy*sin)), int(math.Round(cy-dx*sin+dy*cos))
			if sx >= 0 && sy >= 0 && sx < p.Width && sy < p.Height {
				q.Gray.Pix[y*q.Width+x] = p.Gray.Pix[sy*p.Width+sx]
			}
		}
	}
	return q
}

func TestReadFindsEqualCodesOnATurnedSheetOnceEach(t *testing.T) {
	sheet := paper()
	for _, y := range []int{1000, 1600, 2200} {
		stick(t, sheet, 900, y, "CODE39", "PATCHT", "--height=60")
	}
	for _, degrees := range []float64{0, 1, -2, 3, -5, 90, 180, 268} {
		p := turned(sheet, degrees)
		p.Regions = []ocr.Box{{300, 500, 1800, 2500}}
		codes := read(t, p)
		if len(codes) != 3 {
			t.Errorf("turned by %v: codes = %+v, want three", degrees, codes)
		}
		for _, c := range codes {
			if c.Text != "PATCHT" || c.Box[2]*c.Box[3] < 15_000 {
				t.Errorf("turned by %v: code = %+v, want PATCHT in a box as large as the code", degrees, c)
			}
		}
	}
}

func TestReadFallsBackToThePage(t *testing.T) {
	p := paper()
	stick(t, p, 300, 2000, "CODE128", "WG-2023-004711")
	if codes := read(t, p); len(codes) != 0 {
		t.Errorf("codes without any region = %+v, want none looked for", codes)
	}
	p.Regions = []ocr.Box{{1500, 200, 300, 200}}
	if codes := read(t, p); len(codes) != 0 {
		t.Errorf("codes with an empty region = %+v, want none looked for", codes)
	}
	p.Regions = []ocr.Box{{300, 2010, 120, 60}}
	if codes := read(t, p); len(codes) != 1 || codes[0].Text != "WG-2023-004711" {
		t.Errorf("codes = %+v, want the one of which the region holds but the beginning", codes)
	}
}

// A rule above a code, as around the franking in the window of an envelope, does not
// hide it, and one whose modules begin in every other row of pixels looks like any other.
func TestReadFindsACodeBelowARule(t *testing.T) {
	for _, y := range []int{1500, 1501} {
		p := paper()
		box := stick(t, p, 1000, y, "DATAMATRIX", "FR00995886890206180977", "--scale=3")
		bar(p, 60, 20, float64(y)/pixels-1.6, 100, 0.5)
		p.Regions = []ocr.Box{{box[0] - 40, box[1] - 40, box[2] + 80, box[3] + 80}}
		if codes := read(t, p); len(codes) != 1 || codes[0].Text != "FR00995886890206180977" {
			t.Errorf("from row %d: codes = %+v, want the franking", y, codes)
		}
	}
}

func TestReadBelievesNoLinesOfText(t *testing.T) {
	p := paper()
	p.Regions = []ocr.Box{lines(p)}
	if codes := read(t, p); len(codes) != 0 {
		t.Errorf("codes = %+v, want none", codes)
	}
	p = paper()
	p.Regions = []ocr.Box{stick(t, p, 300, 300, "C25INTER", "1234")}
	if codes := read(t, p); len(codes) != 0 {
		t.Errorf("codes = %+v, want an ITF of four digits not believed", codes)
	}
}

func TestReadSurvivesOddInput(t *testing.T) {
	p := paper()
	p.Regions = []ocr.Box{{-500, -500, 100, 100}, {9000, 9000, 10, 10}, {5, 5, 0, 0}, {2470, 3500, 500, 500}, {0, 0, 1 << 40, 1 << 40}}
	read(t, p)
	p.Gray.Pix = p.Gray.Pix[:100]
	if _, _, err := barcode.Read(p); err == nil || !strings.Contains(err.Error(), strconv.Itoa(p.Width)) {
		t.Errorf("Read(short raster) = %v, want an error naming its size", err)
	}
}

// BenchmarkBarcodes reads a page of text whose lines were taken for bars, the
// same with a code, and one without regions.
func BenchmarkBarcodes(b *testing.B) {
	text := paper()
	area := lines(text)
	for y := range 6 {
		text.Regions = append(text.Regions, ocr.Box{area[0] + 200, area[1] + 400*y, 700, 150})
	}
	code := paper()
	lines(code)
	code.Regions = append(slices.Clone(text.Regions), stick(b, code, 300, 40, "CODE128", "WG-2023-004711"))
	plain := text
	plain.Regions = nil
	for name, p := range map[string]ocr.Prepared{"no code": text, "a code": code, "no region": plain} {
		b.Run(name, func(b *testing.B) {
			before := cpu(b)
			for b.Loop() {
				if _, _, err := barcode.Read(p); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(1e3*(cpu(b)-before).Seconds()/float64(b.N), "cpu-ms/page")
		})
	}
}

// cpu is the time this process has spent so far.
func cpu(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
