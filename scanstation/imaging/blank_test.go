package imaging_test

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"mailroom/scanstation/imaging"
)

// TestNothingWrittenIsBlank looks at sides whose dirt is drawn by chance, each
// first empty and then with a single small mark on it.
func TestNothingWrittenIsBlank(t *testing.T) {
	found := 0
	for n := range sides {
		r := rand.New(rand.NewPCG(2611, uint64(n)))
		d := drawDirt(r)
		m := d.sheet(r)
		empty := inkOf(t, d, m)
		if empty.Marks == 0 {
			found++
		} else {
			t.Logf("empty side %d is no blank: %+v, %+v", n, empty, d)
		}
		what := written[n%len(written)]
		what.draw(t, r, m, d)
		if ink := inkOf(t, d, m); ink.Marks == 0 {
			t.Errorf("side %d with %s is called blank: %+v, %+v", n, what.name, ink, d)
		}
	}
	t.Logf("%d of %d empty sides found", found, sides)
	if found*100 < sides*99 {
		t.Errorf("%d of %d empty sides found, want 99 in 100", found, sides)
	}
}

func inkOf(t *testing.T, d dirt, m *image.Gray) imaging.Ink {
	t.Helper()
	b := m
	if d.bilevel {
		b = image.NewGray(m.Rect)
		for i, v := range m.Pix {
			if int(v) >= d.paper*2/3 {
				b.Pix[i] = 255
			}
		}
	}
	ink, err := imaging.InkOf(b, 300, d.bilevel)
	if err != nil {
		t.Fatal(err)
	}
	return ink
}

// dirt is what lies on a side that nobody has written on.
type dirt struct {
	paper, noise    int
	shade           float64 // of one edge
	through         float64 // of the light that the print of the other side takes
	specks, streaks int
	holes, staple   bool
	shadow          float64 // degrees by which the sheet lies askew on a dark lid
	fold            bool
	bilevel         bool
}

func drawDirt(r *rand.Rand) dirt {
	d := dirt{paper: 205 + r.IntN(46), noise: 2 + r.IntN(11), through: r.Float64() * .11,
		specks: r.IntN(160), streaks: max(0, r.IntN(6)-3), holes: r.IntN(2) == 0, staple: r.IntN(3) == 0,
		fold: r.IntN(6) == 0, bilevel: r.IntN(4) == 0}
	if r.IntN(2) == 0 {
		d.shade = r.Float64() * .25
	}
	if r.IntN(3) == 0 {
		d.shadow = r.Float64()*6 - 3
	}
	return d
}

// dim takes share of the light from a pixel.
func dim(m *image.Gray, x, y int, share float64) {
	if (image.Point{X: x, Y: y}).In(m.Rect) {
		p := &m.Pix[y*m.Stride+x]
		*p = uint8(float64(*p) * (1 - share))
	}
}

// sheet draws an empty side, 148 by 210 mm.
func (d dirt) sheet(r *rand.Rand) *image.Gray {
	const w, h = 1748, 2480
	m := image.NewGray(image.Rect(0, 0, w, h))
	noise := make([]int, 1<<14)
	for i := range noise {
		noise[i] = int(math.Round(r.NormFloat64() * float64(d.noise)))
	}
	for y := range h {
		at := r.IntN(len(noise))
		for x := range w {
			v := float64(d.paper)*(1-d.shade*max(0, 1-float64(x)/600)) + float64(noise[(at+x)%len(noise)])
			m.Pix[y*m.Stride+x] = uint8(max(0, min(255, v)))
		}
	}
	d.shine(r, m)
	for range d.specks {
		disc(m, uint8(40+r.IntN(100)), r.Float64()*w, r.Float64()*h, .5+2.4*r.Float64()*r.Float64())
	}
	if d.holes {
		x := float64([]int{150, w - 150}[r.IntN(2)] + r.IntN(20))
		disc(m, 60, x, h/2-472, 34)
		disc(m, 60, x, h/2+472, 34)
	}
	if d.staple {
		x, y := 100+r.Float64()*40, 100+r.Float64()*40
		stroke(m, 110, 3, [2]float64{x, y}, [2]float64{x + 125, y})
	}
	for range d.streaks {
		x, wide, share := r.IntN(w), 1+r.IntN(3), .04+.4*r.Float64()
		for y := range h {
			for i := range wide {
				dim(m, x+i, y, share)
			}
		}
	}
	if d.fold {
		y := h/3 + r.IntN(h/3)
		for x := range w {
			dim(m, x, y, .2)
			dim(m, x, y+1, .25)
			dim(m, x, y+2, .2)
		}
	}
	if d.shadow != 0 {
		slope, off := math.Tan(d.shadow*math.Pi/180), r.Float64()*30
		for y := range h {
			for x := range int(max(0, off+slope*float64(y-h/2))) {
				m.Pix[y*m.Stride+x] = uint8(d.paper/2 + noise[(y*7+x)%len(noise)])
			}
		}
	}
	return m
}

// shine lays blocks of print on m as they are seen through the sheet: soft, in
// lines, words and bold figures.
func (d dirt) shine(r *rand.Rand, m *image.Gray) {
	for line := range 10 + r.IntN(25) {
		y, bold := 300+line*60, r.IntN(8) == 0
		for x := 250; x < 250+r.IntN(1200); {
			wide, high := 4+r.IntN(4), 28.0
			if bold {
				wide, high = 14, 50
			}
			for i := range wide + 4 {
				soft := min(1, min(float64(i), float64(wide+3-i))/4)
				for j := range int(high) {
					dim(m, x+i, y+j, d.through*soft)
				}
			}
			x += wide + 8 + r.IntN(20)
		}
	}
}

// written is what keeps a side, each drawn somewhere with a hand of its own.
var written = []struct {
	name string
	draw func(t *testing.T, r *rand.Rand, m *image.Gray, d dirt)
}{
	{"a faint pencil paraph", func(_ *testing.T, r *rand.Rand, m *image.Gray, d dirt) {
		pen(r, m, d, .20+.1*r.Float64(), 60+r.IntN(150), 6)
	}},
	{"a pencil tick", func(_ *testing.T, r *rand.Rand, m *image.Gray, d dirt) {
		pen(r, m, d, .25+.2*r.Float64(), 50+r.IntN(50), 2)
	}},
	{"a paraph in ink", func(_ *testing.T, r *rand.Rand, m *image.Gray, d dirt) {
		pen(r, m, d, .5+.3*r.Float64(), 60+r.IntN(200), 7)
	}},
	{"a page number", func(t *testing.T, r *rand.Rand, m *image.Gray, d dirt) {
		write(t, m, 700+r.IntN(200), 2280, fmt.Sprintf("- %d -", 2+r.IntN(8)), uint8(d.paper/4))
	}},
	{"a small line", func(t *testing.T, r *rand.Rand, m *image.Gray, d dirt) {
		writeSmall(t, m, 200+r.IntN(600), 300+r.IntN(1900), "Bitte wenden! Fortsetzung siehe Beiblatt 2", uint8(d.paper/2))
	}},
	{"a stamp", func(t *testing.T, r *rand.Rand, m *image.Gray, d dirt) {
		x, y, light := float64(200+r.IntN(700)), float64(300+r.IntN(1500)), .5+.2*r.Float64()
		if d.bilevel {
			light = min(light, .6) // lighter, it would not be in the image at all
		}
		ink := uint8(float64(d.paper) * light)
		stroke(m, ink, 2, [2]float64{x, y}, [2]float64{x + 480, y + 30}, [2]float64{x + 470, y + 190}, [2]float64{x - 10, y + 160}, [2]float64{x, y})
		write(t, m, int(x)+60, int(y)+110, "EINGEGANGEN", ink)
	}},
}

// pen draws a curve of turns size pixels high, anywhere but at the very edges.
// In one bit a pencil is as dark as ink or not there at all.
func pen(r *rand.Rand, m *image.Gray, d dirt, contrast float64, size, turns int) {
	if d.bilevel {
		contrast = max(contrast, .5)
	}
	s := float64(size)
	x, y := 90+r.Float64()*(float64(m.Rect.Dx())-180-2.5*s), 90+s+r.Float64()*(float64(m.Rect.Dy())-180-2*s)
	points := [][2]float64{{x, y}}
	for i := range turns {
		x += s * (.1 + .25*r.Float64())
		up := s * (.4 + .6*r.Float64())
		if i%2 == 1 {
			up = s * .2 * r.Float64()
		}
		points = append(points, [2]float64{x, y - up})
	}
	mask := paper(m.Rect.Dx(), m.Rect.Dy())
	stroke(mask, 0, 1.8+r.Float64(), points...)
	for i, v := range mask.Pix {
		if v == 0 {
			m.Pix[i] = uint8(float64(m.Pix[i]) * (1 - contrast))
		}
	}
}

// TestColouredSheets looks at sheets of coloured paper, which are blank as long as
// nothing is on them, be it dark or light.
func TestColouredSheets(t *testing.T) {
	for n := range 12 {
		r := rand.New(rand.NewPCG(2612, uint64(n)))
		d := drawDirt(r)
		d.paper, d.bilevel, d.streaks = 150+4*n, false, 0
		m := d.sheet(r)
		if ink := inkOf(t, d, m); ink.Marks != 0 {
			t.Errorf("empty sheet %d is no blank: %+v, %+v", n, ink, d)
		}
		if d.paper > 185 {
			continue
		}
		write(t, m, 300, 420, "Lageplan Flur 3", 245)
		if ink := inkOf(t, d, m); ink.Marks == 0 {
			t.Errorf("sheet %d with white writing is called blank: %+v", n, d)
		}
	}
}

// TestDarkSheetsAreNotBlank: nobody can tell what a picture without light shows.
func TestDarkSheetsAreNotBlank(t *testing.T) {
	for _, level := range []int{0, 20, 60, 100, 120} {
		for _, bilevel := range []bool{false, true} {
			d := dirt{paper: level, noise: 3, bilevel: bilevel}
			m := d.sheet(rand.New(rand.NewPCG(2613, uint64(level))))
			if ink := inkOf(t, dirt{paper: 200, bilevel: bilevel}, m); ink.Marks == 0 {
				t.Errorf("a sheet of level %d, bilevel %v, is called blank: %+v", level, bilevel, ink)
			}
		}
	}
	plan := image.NewGray(image.Rect(0, 0, 1748, 2480))
	for i := range plan.Pix {
		plan.Pix[i] = 110
	}
	stroke(plan, 150, 1.5, [2]float64{300, 400}, [2]float64{1300, 420}, [2]float64{1290, 1500})
	if ink := inkOf(t, dirt{}, plan); ink.Marks == 0 {
		t.Errorf("a blueprint is called blank: %+v", ink)
	}
}
