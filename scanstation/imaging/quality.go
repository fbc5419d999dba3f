package imaging

/*
#cgo CFLAGS: -O3
#include <string.h>
#include <leptonica/allheaders.h>

enum { STRIPS = 16, EVERY = 3, LEVELS = 256, WIDTHS = 200 };

// brightest notes for each column of an 8-bit pix its brightest pixel in each of
// STRIPS strips from top to bottom, every third row looked at. Between lines of
// text each column shows the paper. Bytes lie in words, the first one highest.
static void brightest(PIX *gray, l_uint8 *most) {
	l_int32 h = pixGetHeight(gray), bytes = 4 * pixGetWpl(gray);
	memset(most, 0, (size_t)STRIPS * bytes);
	for (l_int32 y = 0; y < h; y += EVERY) {
		l_uint8 *line = (l_uint8 *)(pixGetData(gray) + (size_t)y * pixGetWpl(gray));
		l_uint8 *strip = most + (size_t)(y * STRIPS / h) * bytes;
		for (l_int32 i = 0; i < bytes; i++) strip[i] = line[i] > strip[i] ? line[i] : strip[i];
	}
}

// edges samples every sixteenth row: how dark what is black in bits is in gray,
// how bright the rest is, and in tenths of a pixel how wide the edges between are.
static void edges(PIX *gray, PIX *bits, l_int32 *ink, l_int32 *paper, l_int32 *width) {
	l_int32 w = pixGetWidth(gray), h = pixGetHeight(gray);
	for (l_int32 y = 8; y < h; y += 16) {
		l_uint32 *line = pixGetData(gray) + (size_t)y * pixGetWpl(gray);
		l_uint32 *bit = pixGetData(bits) + (size_t)y * pixGetWpl(bits);
		l_int32 was = 1;
		for (l_int32 x = 8; x < w - 8; x++) {
			l_int32 is = GET_DATA_BIT(bit, x);
			(is ? ink : paper)[GET_DATA_BYTE(line, x)]++;
			if (is && !was) {
				l_int32 low = 255, high = 0, steep = 1, before = GET_DATA_BYTE(line, x - 7);
				for (l_int32 i = x - 6; i <= x + 6; i++) {
					l_int32 v = GET_DATA_BYTE(line, i);
					low = L_MIN(low, v);
					high = L_MAX(high, v);
					steep = L_MAX(steep, before - v);
					before = v;
				}
				width[L_MIN(WIDTHS - 1, (high - low) * 10 / steep)]++;
			}
			was = is;
		}
	}
}
*/
import "C"

import (
	"math"
	"unsafe"
)

// Quality measures how well a page was scanned. What a page does not show is 0:
// one of a single bit has no contrast, an empty one no letters.
type Quality struct {
	Contrast float64 // of letters against the paper, 0 to 1
	Blur     float64 // how wide the edges of letters are, millimetres
	Border   float64 // part of the page that is black and begins at its edge, 0 to 1
	Noise    float64 // part of the black runs that are one pixel long, 0 to 1
	// Streaks are where thin dark lines stand from one end of the scan to the
	// other, in millimetres from the left of the stored image.
	Streaks []float64
}

const (
	leastEdges  = 300  // of letters, for fewer say nothing
	faintMarks  = 20   // on a page without letters, and there is faint writing on it
	faintShare  = 92   // percent of the paper's light below which that is
	streakDepth = 5    // percent of the paper's light, the least that a streak takes
	streakEdge  = 8.0  // millimetres from the sides, where the sheet itself may end
	maxStreaks  = 10   // more is a pattern
	cellsInch   = 150  // in how fine columns they are looked for
	streakRun   = 11   // of the strips, for the sheet may be shorter than the scan
	dampedEdge  = 0.25 // of the ink's pixels darker: what is ink and no rim of it
)

// quality measures the stored image, as the scanner's sensor saw it.
func (d *desk) quality(dpi int, ink Ink) (q Quality, err error) {
	if min(d.gray.width(), d.gray.height()) < 200 {
		return q, nil
	}
	q.Streaks, q.Noise = d.gray.through(dpi), d.bits.noise()
	if !d.oneBit {
		q.Contrast, q.Blur = d.gray.letters(d.bits, dpi)
		if q.Contrast == 0 && ink.Marks >= faintMarks {
			q.Contrast, err = d.faint(dpi)
		}
	}
	if err != nil {
		return q, err
	}
	q.Border, err = d.bits.rim()
	return q, err
}

// faint returns the contrast of letters too faint to be ink. Smoothed, they stay, and
// the noise of the sensor does not.
func (d *desk) faint(dpi int) (contrast float64, err error) {
	smooth, err := d.gray.smoothed()
	if err != nil {
		return 0, err
	}
	defer smooth.free()
	paper, err := smooth.paper(darkest)
	if err != nil {
		return 0, err
	}
	defer paper.free()
	pale, err := smooth.darker(paper, faintShare)
	if err != nil {
		return 0, err
	}
	defer pale.free()
	contrast, _ = d.gray.letters(pale, dpi)
	return contrast, nil
}

// letters returns how dark what is black in bits is in gray against the paper, and
// how wide its edges are.
func (p *pix) letters(bits *pix, dpi int) (contrast, blur float64) {
	var ink, paper [C.LEVELS]C.l_int32
	var width [C.WIDTHS]C.l_int32
	C.edges(p.c, bits.c, &ink[0], &paper[0], &width[0])
	if total(width[:]) < leastEdges {
		return 0, 0
	}
	dark, light := share(ink[:], dampedEdge), share(paper[:], 0.5)
	return round3(float64(light-dark) / 255), round3(float64(share(width[:], 0.5)) * 2.54 / float64(dpi))
}

func total(count []C.l_int32) (n int) {
	for _, c := range count {
		n += int(c)
	}
	return n
}

// share returns below or at which index a part of all that is counted lies, -1 of nothing.
func share(count []C.l_int32, part float64) int {
	all, sum := total(count), 0
	for i, c := range count {
		if sum += int(c); all > 0 && float64(sum) >= part*float64(all) {
			return i
		}
	}
	return -1
}

func round3(v float64) float64 { return math.Round(v*1000) / 1000 }

// rim returns how much of a one-bit pix is solid black that begins at its edges.
func (p *pix) rim() (float64, error) {
	small, err := wrap(C.pixReduceRankBinaryCascade(p.c, 4, 4, 4, 0), "reduce")
	if err != nil {
		return 0, err
	}
	defer small.free()
	seed, err := small.ring(1)
	if err != nil {
		return 0, err
	}
	defer seed.free()
	black, err := wrap(C.pixSeedfillBinary(nil, seed.c, small.c, 4), "fill the rim")
	if err != nil {
		return 0, err
	}
	defer black.free()
	return round3(float64(black.black()) / float64(small.width()*small.height())), nil
}

// through returns where streaks stand in an 8-bit pix: where each strip of it is
// darker than beside, and by about as much.
func (p *pix) through(dpi int) (found []float64) {
	bytes := 4 * int(C.pixGetWpl(p.c))
	most := make([]byte, C.STRIPS*bytes)
	C.brightest(p.c, (*C.l_uint8)(unsafe.Pointer(unsafe.SliceData(most))))
	cell := max(1, dpi/cellsInch)
	cells := p.width() / cell
	var sums [C.STRIPS][]C.l_uint32
	for s := range sums {
		sums[s] = make([]C.l_uint32, cells)
		for x := range cells * cell {
			sums[s][x/cell] += C.l_uint32(most[s*bytes+x^3])
		}
	}
	edge := int(math.Round(streakEdge * cellsInch / 25.4))
	for x := edge; x < cells-edge; x++ {
		n := 0
		for _, sum := range sums {
			if near := sum[x-12 : x+13]; plainStreak.shows(near, cell*streakLevels(near[0], cell)) {
				n++
			}
		}
		if n >= streakRun && len(found) < maxStreaks {
			found = append(found, math.Round(float64(x*cell)/float64(dpi)*254)/10)
			x += 2
		}
	}
	return found
}

// streakLevels is how many levels a streak takes from paper of this sum.
func streakLevels(sum C.l_uint32, cell int) int { return int(sum) / cell * streakDepth / 100 }
