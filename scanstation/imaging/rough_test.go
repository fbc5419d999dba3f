package imaging_test

import (
	"image"
	"math/rand/v2"
	"testing"

	"golang.org/x/image/draw"

	"mailroom/scanstation/imaging"
)

// ragged takes spots out of the letters of m, as a poor ribbon does, and the rows and
// columns that a fax leaves out.
func ragged(m *image.Gray) *image.Gray {
	r := rand.New(rand.NewPCG(3, 4))
	out := image.NewGray(m.Rect)
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			v := m.Pix[(y*2/3*3/2)*m.Stride+x*2/3*3/2]
			if r.IntN(9) == 0 {
				v = 255
			}
			out.Pix[y*out.Stride+x] = v
		}
	}
	return out
}

// TestRoughLettersAreSmoothed: what Tesseract gets of a clean scan is one bit, of a
// rough one gray, the one as large as the other.
func TestRoughLettersAreSmoothed(t *testing.T) {
	for name, tt := range map[string]struct {
		page *image.Gray
		bits int
	}{
		"clean":       {shaded(drawn(t), 4, even), 1},
		"a poor copy": {ragged(drawn(t)), 8},
	} {
		p := mustOpen(t, file(t, prepared(t, jpegPage(t, tt.page)).Straight), 1)[0]
		if p.Bits != tt.bits || p.Components != 1 || p.Width != a4w || p.Height != a4h || p.DPI != 300 {
			t.Errorf("%s: handed over as %+v, want %d bits a pixel", name, p.Page, tt.bits)
		}
	}
}

// TestNoiseIsNoFaintWriting: a page with a few words, well printed but scanned with
// much noise, is not called faint.
func TestNoiseIsNoFaintWriting(t *testing.T) {
	m := paper(a4w, a4h)
	write(t, m, 300, 600, "Mit freundlichen Grüßen", 60)
	q := prepared(t, jpegPage(t, shaded(m, 20, even)))
	if q.Ink.Marks < 20 || q.Quality.Contrast != 0 {
		t.Errorf("ink %+v, quality %+v; want marks, and nothing said about the contrast of so few letters", q.Ink, q.Quality)
	}
}

// weakStreak lays over m a line that is dark for a few millimetres, and for the rest
// hardly to be seen.
func weakStreak(m *image.Gray) {
	for y := range m.Rect.Dy() {
		share := .012
		if y%700 < 30 {
			share = .4
		}
		for i := range 3 {
			dim(m, 1200+i, y, share)
		}
	}
}

// TestWeakStreaksAreNotWritten: what shows of a streak that comes and goes is dirt,
// and a tick beside it is not.
func TestWeakStreaksAreNotWritten(t *testing.T) {
	for name, tt := range map[string]struct {
		draw  func(m *image.Gray)
		blank bool
	}{
		"a weak streak": {weakStreak, true},
		"a stroke of a pen as long as what shows of it": {func(m *image.Gray) {
			stroke(m, 120, 1.5, [2]float64{1200, 1400}, [2]float64{1200, 1430})
		}, false},
		"a tick on it": {func(m *image.Gray) {
			weakStreak(m)
			stroke(m, 120, 1.5, [2]float64{1190, 1400}, [2]float64{1201, 1420}, [2]float64{1220, 1370})
		}, false},
	} {
		m := shaded(paper(a4w, a4h), 8, even)
		tt.draw(m)
		if ink := prepared(t, jpegPage(t, m)).Ink; (ink.Marks == 0) != tt.blank {
			t.Errorf("%s: ink = %+v, want blank %v", name, ink, tt.blank)
		}
	}
}

// TestRegionsKeepApartFromEdges: the shadow beside the paper does not swallow the
// code next to it.
func TestRegionsKeepApartFromEdges(t *testing.T) {
	m := drawn(t)
	bars := image.Rect(1820, 400, 2320, 600)
	for x := bars.Min.X; x < bars.Max.X; x += 14 {
		draw.Draw(m, image.Rect(x, bars.Min.Y, x+7, bars.Max.Y), image.Black, image.Point{}, draw.Src)
	}
	draw.Draw(m, image.Rect(a4w-90, 0, a4w, a4h), image.Black, image.Point{}, draw.Src)
	for y := 0; y < a4h; y += 3 { // whose rim frays
		draw.Draw(m, image.Rect(a4w-110-y%17, y, a4w-90, y+2), image.Black, image.Point{}, draw.Src)
	}
	got := prepared(t, jpegPage(t, m)).Regions
	for _, b := range got {
		if b[1] < 600 && b[3] < 600 && holds([][4]int{b}, [4]int{bars.Min.X, bars.Min.Y, 450, bars.Dy()}) {
			return
		}
	}
	t.Errorf("regions %v, want one around %v that is no higher than 600", got, bars)
}

// TestSmoothedIsTheMean holds each pixel against the 25 around it; what lies beside
// the image is white.
func TestSmoothedIsTheMean(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, size := range []image.Point{{333, 47}, {64, 3}, {1, 1}, {32, 200}} {
		m := image.NewGray(image.Rectangle{Max: size})
		for i := range m.Pix {
			m.Pix[i] = uint8(255 * r.IntN(2))
		}
		got, err := imaging.Smoothed(m)
		if err != nil || got.Width != size.X || got.Height != size.Y {
			t.Fatalf("%v: %d by %d, %v", size, got.Width, got.Height, err)
		}
		for i, v := range got.Pix {
			around := image.Rect(i%size.X-2, i/size.X-2, i%size.X+3, i/size.X+3).Intersect(m.Rect)
			black := 0
			for y := around.Min.Y; y < around.Max.Y; y++ {
				for x := around.Min.X; x < around.Max.X; x++ {
					black += 1 - int(m.Pix[y*m.Stride+x])/255
				}
			}
			if want := 255 - 255*black/25; int(v) != want {
				t.Fatalf("%v: pixel %d is %d, want %d of %d black ones", size, i, v, want, black)
			}
		}
	}
}

func BenchmarkSmoothed(b *testing.B) {
	m := ragged(drawn(b))
	for b.Loop() {
		if _, err := imaging.Smoothed(m); err != nil {
			b.Fatal(err)
		}
	}
}
