package imaging_test

import (
	"image"
	"math"
	"testing"

	"golang.org/x/image/draw"

	"mailroom/scanstation/imaging"
)

// soft blurs m by a box of size pixels twice.
func soft(m *image.Gray, size int) *image.Gray {
	for range 2 {
		small := image.NewGray(image.Rect(0, 0, m.Rect.Dx()/size, m.Rect.Dy()/size))
		draw.ApproxBiLinear.Scale(small, small.Rect, m, m.Rect, draw.Src, nil)
		big := image.NewGray(m.Rect)
		draw.BiLinear.Scale(big, big.Rect, small, small.Rect, draw.Src, nil)
		m = big
	}
	return m
}

func TestQuality(t *testing.T) {
	tests := map[string]struct {
		page    *image.Gray
		good    func(q imaging.Quality) bool
		streaks []float64
	}{
		"a good page": {shaded(drawn(t), 4, even), func(q imaging.Quality) bool {
			return q.Contrast > .6 && q.Blur > .05 && q.Blur < .25 && q.Border == 0
		}, nil},
		"faint writing": {func() *image.Gray {
			m := paper(a4w, a4h)
			write(t, m, 300, 420, letter, 198)
			write(t, m, 300, 1700, letter, 198)
			return shaded(m, 4, even)
		}(), func(q imaging.Quality) bool { return q.Contrast > .05 && q.Contrast < .25 }, nil},
		"a blurred page": {shaded(soft(drawn(t), 6), 2, even), func(q imaging.Quality) bool { return q.Blur > .4 }, nil},
		"a quarter of it black": {func() *image.Gray {
			m := shaded(drawn(t), 4, even)
			draw.Draw(m, image.Rect(0, 2700, a4w, a4h), image.Black, image.Point{}, draw.Src)
			return m
		}(), func(q imaging.Quality) bool { return q.Border > .2 && q.Border < .25 }, nil},
		"a black box within": {func() *image.Gray {
			m := shaded(drawn(t), 4, even)
			draw.Draw(m, image.Rect(200, 2700, 2200, 3400), image.Black, image.Point{}, draw.Src)
			return m
		}(), func(q imaging.Quality) bool { return q.Border == 0 }, nil},
		"two streaks through the text": {func() *image.Gray {
			m := shaded(drawn(t), 4, even)
			for y := range a4h {
				for i := range 3 {
					dim(m, 650+i, y, .2)
					dim(m, 1800+i, y, .1)
				}
			}
			return m
		}(), func(q imaging.Quality) bool { return q.Contrast > .6 }, []float64{55.1, 152.5}},
		"the frame of a form, a little askew": {func() *image.Gray {
			m := drawn(t)
			stroke(m, 20, 2, [2]float64{650, 100}, [2]float64{662, 3400})
			return shaded(m, 4, even)
		}(), func(imaging.Quality) bool { return true }, nil},
		"an empty side": {shaded(paper(a4w, a4h), 4, even), func(q imaging.Quality) bool {
			return q.Contrast == 0 && q.Blur == 0 && q.Border == 0
		}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			q := prepared(t, jpegPage(t, tt.page)).Quality
			if !tt.good(q) {
				t.Errorf("measured %+v", q)
			}
			if len(q.Streaks) != len(tt.streaks) {
				t.Fatalf("streaks at %v, want %v", q.Streaks, tt.streaks)
			}
			for i, x := range tt.streaks {
				if math.Abs(q.Streaks[i]-x) > .3 {
					t.Errorf("streak %d at %v, want %v", i, q.Streaks[i], x)
				}
			}
		})
	}
}
