package imaging_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/draw"

	"mailroom/scanstation"
	"mailroom/scanstation/imaging"
)

// jpegPage is m as a page from a gray JPEG.
func jpegPage(t testing.TB, m image.Image) kept {
	t.Helper()
	b := m.Bounds()
	p := kept{stream: jpegOf(t, m)}
	p.Page = scanstation.Page{Encoding: scanstation.JPEG, Width: b.Dx(), Height: b.Dy(), DPI: 300, Components: 1, Bits: 8}
	if _, gray := m.(*image.Gray); !gray {
		p.Components = 3
	}
	return p
}

func prepared(t testing.TB, p kept) imaging.Prepared {
	t.Helper()
	got, err := imaging.Prepare(p.Page, p.stream)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// shaded lays light and noise over m; light is the share that reaches a pixel.
func shaded(m *image.Gray, noise float64, light func(x, y int) float64) *image.Gray {
	out := image.NewGray(m.Rect)
	r := uint32(12345)
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			r = r*1664525 + 1013904223
			n := (float64(r>>16)/65536 - .5) * 3.4 * noise
			out.Pix[y*out.Stride+x] = uint8(max(0, min(255, float64(m.Pix[y*m.Stride+x])*light(x, y)+n)))
		}
	}
	return out
}

func even(int, int) float64 { return .96 }

// stroke draws a line of dots of radius r.
func stroke(m *image.Gray, ink uint8, r float64, points ...[2]float64) {
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		n := int(math.Hypot(b[0]-a[0], b[1]-a[1])) + 1
		for k := range n {
			f := float64(k) / float64(n)
			disc(m, ink, a[0]+f*(b[0]-a[0]), a[1]+f*(b[1]-a[1]), r)
		}
	}
}

func disc(m *image.Gray, ink uint8, cx, cy, r float64) {
	for y := int(cy - r); y <= int(cy+r); y++ {
		for x := int(cx - r); x <= int(cx+r); x++ {
			if math.Hypot(float64(x)-cx, float64(y)-cy) <= r {
				m.SetGray(x, y, color.Gray{Y: ink})
			}
		}
	}
}

// name is a name written in one go with a flourish behind it, 62 by 5 millimetres.
func name(m *image.Gray, x, y float64) {
	var points [][2]float64
	for i := range 24 {
		points = append(points, [2]float64{x + 15*float64(i), y + []float64{30, -30, 12, -12}[i%4]})
	}
	stroke(m, 40, 3, append(points, [2]float64{x + 550, y + 10}, [2]float64{x + 735, y - 8})...)
}

// paraph is a clerk's sign, 18 by 9 millimetres, in pencil half a millimetre wide.
func paraph(m *image.Gray, ink uint8) {
	stroke(m, ink, 2.5, [2]float64{1200, 1700}, [2]float64{1230, 1610}, [2]float64{1260, 1700}, [2]float64{1290, 1620},
		[2]float64{1310, 1695}, [2]float64{1412, 1650})
}

func TestPrepareInk(t *testing.T) {
	sheet := func(draw func(m *image.Gray)) *image.Gray {
		m := paper(a4w, a4h)
		draw(m)
		return shaded(m, 4, even)
	}
	tests := map[string]struct {
		page  *image.Gray
		blank bool
	}{
		"an empty side": {sheet(func(*image.Gray) {}), true},
		"an empty side, shaded at the spine": {shaded(paper(a4w, a4h), 4, func(x, _ int) float64 {
			return .96 - .25*max(0, float64(500-x)/500)
		}), true},
		"dust": {sheet(func(m *image.Gray) {
			for i := range 60 {
				disc(m, 60, 300+float64(i*331%1900), 300+float64(i*577%2900), 2)
			}
		}), true},
		"punch holes and a staple": {sheet(func(m *image.Gray) {
			disc(m, 30, 140, 1280, 34)
			disc(m, 30, 140, 2226, 34)
			stroke(m, 40, 4, [2]float64{120, 180}, [2]float64{250, 180})
		}), true},
		"a black border": {sheet(func(m *image.Gray) {
			for x := range a4w {
				for y := range 30 {
					m.Pix[y*m.Stride+x] = 0
				}
			}
		}), true},
		"the edge of the paper, askew": {sheet(func(m *image.Gray) {
			stroke(m, 150, 3, [2]float64{150, 3440}, [2]float64{900, 3415}, [2]float64{2300, 3405})
			stroke(m, 150, 3, [2]float64{60, 300}, [2]float64{110, 1900})
		}), true},
		"a name at the foot":    {sheet(func(m *image.Gray) { name(m, 600, 3360) }), false},
		"a name at the side":    {quarter(sheet(func(m *image.Gray) { name(m, 600, 3360) }), 1), false},
		"a 1 in the corner":     {sheet(func(m *image.Gray) { stroke(m, 60, 4, [2]float64{2250, 150}, [2]float64{2250, 245}) }), false},
		"a pencil paraph":       {sheet(func(m *image.Gray) { paraph(m, 150) }), false},
		"a faint pencil paraph": {sheet(func(m *image.Gray) { paraph(m, 205) }), false},
		"one line of text":      {sheet(func(m *image.Gray) { write(t, m, 300, 600, "Siehe Rückseite", 20) }), false},
		"a letter":              {sheet(func(m *image.Gray) { write(t, m, 300, 600, letter, 20) }), false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			ink := prepared(t, jpegPage(t, tt.page)).Ink
			t.Logf("%+v", ink)
			if blank := ink.Marks == 0; blank != tt.blank {
				t.Errorf("ink = %+v, want blank %v", ink, tt.blank)
			}
		})
	}
}

func TestPrepareTurns(t *testing.T) {
	upright := jpegPage(t, drawn(t))
	want := prepared(t, upright)
	for n := range 4 {
		p := jpegPage(t, quarter(drawn(t), n))
		got := prepared(t, p)
		if turn := (4 - n) % 4 * 90; got.Rotation != turn || got.Width != a4w || got.Height != a4h {
			t.Errorf("turned by %d: Rotation = %d, %d by %d", n*90, got.Rotation, got.Width, got.Height)
		}
		if different(got.Gray.Pix, want.Gray.Pix) > a4w*a4h/200 {
			t.Errorf("turned by %d: the upright page is another", n*90)
		}
		p.Turn = (4 - n) % 4 * 90
		if got := prepared(t, p); got.Rotation != p.Turn {
			t.Errorf("turned by %d, as the file says: Rotation = %d", n*90, got.Rotation)
		}
	}
}

// different counts pixels that differ clearly.
func different(a, b []byte) (n int) {
	for i := range a {
		if d := int(a[i]) - int(b[i]); d > 60 || d < -60 {
			n++
		}
	}
	return n
}

func TestPrepareLeavesSparsePages(t *testing.T) {
	tests := map[string]string{
		"one word":           "Rathaus",
		"one line":           "Bitte um Rückruf bis Freitag",
		"capitals":           "ANTRAG AUF ERTEILUNG EINER BAUGENEHMIGUNG\nNACH PARAGRAPH 64 DER LANDESBAUORDNUNG\nGEMÄSS VERTRAG\nSATZUNG ÜBER GEBÜHREN\nJAHRESABSCHLUSS",
		"figures":            "4711 2345 6789 0123\n1.234,56 99,99 1.000,00\n9966 6699 4444 7777\n1234 5678 9012 3456\n17 71 74 47 49 94\n100 200 300 400 500\n14.02.2026",
		"a table of figures": strings.Repeat("4711 2345 6789 0123 1.234,56 99,99 1.000,00\n9966 6699 4444 7777 14.02.2026 17.11.2026\n", 20),
		"a page of capitals": strings.Repeat("GEMÄSS DER SATZUNG ÜBER DIE ERHEBUNG VON GEBÜHREN\nJAHRESABSCHLUSS, PRÜFUNG, QUITTUNG\n", 20),
		"nothing but low":    "gegen pappige Quappen ganz\nzypern pygmäen gingen jugy\nyoga, pumpe, quarz, puppy\ngyropy jagpq spay grupp",
	}
	for name, text := range tests {
		for _, n := range []int{0, 2} { // as long as nothing is said, it stays as it came
			m := paper(a4w, a4h)
			write(t, m, 300, 500, text, 20)
			if got := prepared(t, jpegPage(t, quarter(m, n))); got.Rotation != 0 && n == 0 {
				t.Errorf("%s: upright, but turned by %d", name, got.Rotation)
			}
		}
	}
}

func TestPrepareSkew(t *testing.T) {
	for _, degrees := range []float64{-3, -1.2, -.4, 0, .3, .9, 2.5} {
		got := prepared(t, jpegPage(t, shaded(leaning(drawn(t), degrees), 4, even)))
		if math.Abs(got.Skew-degrees) > 0.15 {
			t.Errorf("Skew = %v, want %v", got.Skew, degrees)
		}
		path := file(t, got.Straight)
		p := mustOpen(t, path, 1)[0]
		if p.Width != a4w || p.Height != a4h || p.DPI != 300 || p.Encoding != scanstation.CCITT {
			t.Errorf("Straight = %+v", p.Page)
		}
		again := prepared(t, p)
		if math.Abs(again.Skew) > 0.15 {
			t.Errorf("deskewed from %v, it still leans by %v", degrees, again.Skew)
		}
	}
}

func TestPrepareRegions(t *testing.T) {
	codes := map[string][]string{
		"Code 128":    {"-b", "20", "-d", "63.2-00417/26", "--scale", "2"},
		"Code 39":     {"-b", "8", "-d", "TRENNBLATT", "--scale", "2"},
		"QR":          {"-b", "58", "-d", "https://musterhausen.example/63.2-00417", "--scale", "4"},
		"Data Matrix": {"-b", "71", "-d", "63.2-00417/26", "--square", "--scale", "3"},
		"a strip":     {"-b", "71", "-d", "WG-2023-004711", "--scale", "1.5"},
		"PDF417":      {"-b", "55", "-d", "63.2-00417/26 Bauaufsicht", "--scale", "2"},
	}
	for name, args := range codes {
		out := filepath.Join(t.TempDir(), "code.png")
		run(t, "zint", append(args, "-o", out)...)
		f, err := os.Open(out)
		if err != nil {
			t.Fatal(err)
		}
		code, err := png.Decode(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		for _, degrees := range []float64{0, 1} {
			for n := range 2 {
				m := drawn(t)
				at := image.Rect(1400, 150, 1400+code.Bounds().Dx(), 150+code.Bounds().Dy())
				draw.Draw(m, at, code, code.Bounds().Min, draw.Src)
				m = leaning(m, degrees)
				want := [4]int{at.Min.X, at.Min.Y, at.Dx(), at.Dy()}
				if n == 1 { // the symbol lies on its side, the letter stands
					m = drawn(t)
					lying := quarterImage(code)
					draw.Draw(m, image.Rect(1400, 100, 1400+lying.Rect.Dx(), 100+lying.Rect.Dy()), lying, image.Point{}, draw.Src)
					want = [4]int{1400, 100, lying.Rect.Dx(), lying.Rect.Dy()}
				}
				got := prepared(t, jpegPage(t, m)).Regions
				if !holds(got, want) || len(got) > 3 {
					t.Errorf("%s at %v, side %d: regions %v do not hold %v alone", name, degrees, n, got, want)
				}
			}
		}
	}
	if got := prepared(t, jpegPage(t, drawn(t))).Regions; len(got) > 0 {
		t.Errorf("regions of a letter without symbols: %v", got)
	}
}

func quarterImage(m image.Image) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, m.Bounds().Dx(), m.Bounds().Dy()))
	draw.Draw(g, g.Rect, m, m.Bounds().Min, draw.Src)
	return quarter(g, 1)
}

// holds says that one of the boxes holds the middle nine tenths of want.
func holds(boxes [][4]int, want [4]int) bool {
	dx, dy := want[2]/20, want[3]/20
	for _, b := range boxes {
		if b[0] <= want[0]+dx && b[1] <= want[1]+dy && b[0]+b[2] >= want[0]+want[2]-dx && b[1]+b[3] >= want[1]+want[3]-dy {
			return true
		}
	}
	return false
}

func TestTinyPages(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {3, 40}, {40, 3}, {17, 17}, {100, 9}, {300, 200}} {
		p := jpegPage(t, paper(size[0], size[1]))
		prepared(t, p)
		for _, turn := range []int{0, 90, 180, 270} {
			b, err := imaging.Render(p.Page, p.stream, turn, 120)
			if err != nil {
				t.Errorf("Render %v turned by %d: %v", size, turn, err)
				continue
			}
			if m, err := jpeg.DecodeConfig(bytes.NewReader(b)); err != nil || m.Width != 120 {
				t.Errorf("Render %v turned by %d is %d wide, %v", size, turn, m.Width, err)
			}
		}
	}
}

func TestPrepareRefusesAnotherPicture(t *testing.T) {
	p := jpegPage(t, small())
	p.Width++
	if _, err := imaging.Prepare(p.Page, p.stream); err == nil {
		t.Error("a stream of another size was decoded")
	}
}

func benchmarkPrepare(b *testing.B, p kept) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := imaging.Prepare(p.Page, p.stream); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPrepareGray(b *testing.B) {
	benchmarkPrepare(b, jpegPage(b, shaded(leaning(drawn(b), .8), 4, even)))
}

func BenchmarkPrepareColour(b *testing.B) {
	g := shaded(leaning(drawn(b), .8), 4, even)
	m := image.NewRGBA(g.Rect)
	draw.Draw(m, m.Rect, g, image.Point{}, draw.Src)
	benchmarkPrepare(b, jpegPage(b, m))
}

func BenchmarkPrepareBitonal(b *testing.B) {
	benchmarkPrepare(b, mustOpen(b, tiffOf(b, leaning(drawn(b), .8), whiteIsZero, "-c", "g4", "-r", "100000"), 1)[0])
}

// TestLargePagesAreReduced prepares A4 at 600 dots to the inch, in gray and in one
// bit.
func TestLargePagesAreReduced(t *testing.T) {
	small := drawn(t)
	m := image.NewGray(image.Rect(0, 0, 2*a4w+1, 2*a4h+1))
	draw.NearestNeighbor.Scale(m, image.Rect(0, 0, 2*a4w, 2*a4h), small, small.Rect, draw.Src, nil)
	for y := range m.Rect.Dy() {
		m.Pix[y*m.Stride+2*a4w] = 255
	}
	for x := range m.Rect.Dx() {
		m.Pix[2*a4h*m.Stride+x] = 255
	}
	jpg := jpegPage(t, m)
	jpg.DPI = 600
	bit := mustOpen(t, tiffOf(t, m, whiteIsZero, "-c", "g4", "-r", "100000"), 1)[0]
	bit.DPI = 600
	for name, p := range map[string]kept{"jpeg": jpg, "one bit": bit} {
		got := prepared(t, p)
		if got.Reduction != 2 || got.DPI != 300 || got.Width < a4w || got.Width > a4w+1 || got.Gray.Height != got.Height {
			t.Errorf("%s: reduced to one part in %d, %d by %d at %d dpi", name, got.Reduction, got.Width, got.Height, got.DPI)
		}
		if got.Ink.Marks == 0 || got.Rotation != 0 {
			t.Errorf("%s: %+v, turned by %d", name, got.Ink, got.Rotation)
		}
	}
	p := jpegPage(t, small)
	if got := prepared(t, p); got.Reduction != 1 || got.Width != a4w {
		t.Errorf("A4 at 300 was reduced to one part in %d", got.Reduction)
	}
}

func TestResolutionsAreGuessed(t *testing.T) {
	for size, want := range map[[2]int]int{
		{2480, 3508}: 300, {1654, 2339}: 200, {827, 1169}: 100, {842, 595}: 72, {620, 877}: 75, {413, 585}: 50,
		{600, 842}: 72, {842, 200}: 300, {500, 500}: 300,
	} {
		p := jpegPage(t, paper(size[0], size[1]))
		p.DPI = 0
		if got := prepared(t, p).DPI; got != want {
			t.Errorf("%v pixels: %d dpi, want %d", size, got, want)
		}
	}
}
