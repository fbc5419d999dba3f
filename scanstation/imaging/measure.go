package imaging

/*
#cgo CFLAGS: -O3
#include <stdlib.h>
#include <string.h>
#include <leptonica/allheaders.h>

// runs counts in every fourth row of a one-bit pix the runs of black pixels, and
// those that are a single pixel long.
static void runs(PIX *bits, l_int64 *all, l_int64 *single) {
	l_int32 wpl = pixGetWpl(bits), h = pixGetHeight(bits);
	*all = *single = 0;
	for (l_int32 y = 0; y < h; y += 4) {
		l_uint32 *line = pixGetData(bits) + (size_t)y * wpl;
		for (l_int32 i = 0; i < wpl; i++) {
			l_uint32 x = line[i], left = x >> 1, right = x << 1;
			if (i > 0) left |= line[i - 1] << 31;
			if (i + 1 < wpl) right |= line[i + 1] >> 31;
			*all += __builtin_popcount(x & ~left);
			*single += __builtin_popcount(x & ~left & ~right);
		}
	}
}

enum { AROUND = 2, SIDE = 2 * AROUND + 1 };

// darkness writes how dark each pixel of a line of depth 1 or 8 is, 0 to 255.
static void darkness(l_uint32 *line, l_int32 w, l_int32 depth, l_uint8 *to) {
	if (depth == 1)
		for (l_int32 x = 0; x < w; x++) to[x] = -(line[x >> 5] >> (31 - (x & 31)) & 1);
	else
		for (l_int32 x = 0; x < w; x++) to[x] = 255 - GET_DATA_BYTE(line, x);
}

// smooth returns a pix of depth 1 or 8 as gray: each pixel is the mean of SIDE by
// SIDE. Beside the image all is white.
static PIX *smooth(PIX *pix) {
	l_int32 w = pixGetWidth(pix), h = pixGetHeight(pix), depth = pixGetDepth(pix);
	PIX *out = pixCreate(w, h, 8);
	l_uint8 *rows = calloc(SIDE + 1, w); // and a line of gray
	l_uint16 *sums = calloc(w + 2 * AROUND, sizeof(l_uint16));
	if (!out || !rows || !sums) {
		free(rows);
		free(sums);
		pixDestroy(&out);
		return NULL;
	}
	l_uint16 *sum = sums + AROUND; // of the rows
	l_uint8 *gray = rows + SIDE * (size_t)w;
	for (l_int32 y = 0; y < h + AROUND; y++) {
		l_uint8 *row = rows + (size_t)(y % SIDE) * w;
		for (l_int32 x = 0; x < w; x++) sum[x] -= row[x];
		if (y < h) darkness(pixGetData(pix) + (size_t)y * pixGetWpl(pix), w, depth, row);
		else for (l_int32 x = 0; x < w; x++) row[x] = 0;
		for (l_int32 x = 0; x < w; x++) sum[x] += row[x];
		if (y < AROUND) continue;
		for (l_int32 x = 0; x < w; x++) {
			l_uint32 dark = sum[x - 2] + sum[x - 1] + sum[x] + sum[x + 1] + sum[x + 2];
			gray[x] = 255 - (dark * 2622 >> 16); // a 25th of it
		}
		l_uint32 *line = pixGetData(out) + (size_t)(y - AROUND) * pixGetWpl(out);
		for (l_int32 x = 0; x < w; x++) SET_DATA_BYTE(line, x, gray[x]);
	}
	free(rows);
	free(sums);
	return out;
}
*/
import "C"

import "math"

// The thresholds of the orientation. A page that stands upright must never be
// turned, so they are stricter than leptonica's own (8 and 2.5): lines made of
// nothing but low letters (g, p, q, y) reach 8.5 the wrong way round.
const (
	minUpConf = 10.0
	minRatio  = 2.5
	// Lines that lie on their side never look as upright as that.
	plainlyUp = 15.0
	// leastLetters is how many letters must rise or hang, for otherwise they say nothing.
	leastLetters = 25
)

// orientation returns the clockwise turn in degrees that sets the letters of a
// one-bit pix upright, 0 where they do not say clearly. Half the size is enough
// to see that a page stands upright, at a fifth of the cost; it is not trusted
// to turn one.
func (p *pix) orientation() int {
	if half, err := p.halved(); err == nil {
		turn, clear := half.ascenders()
		half.free()
		if clear && turn == 0 {
			return 0
		}
	}
	turn, clear := p.ascenders()
	if clear {
		return turn
	}
	words, err := p.unruled(rule)
	if err != nil {
		return 0
	}
	defer words.free()
	turn, _ = words.ascenders()
	return turn
}

// rule is the least length in pixels of what is a line of a form and no letter.
const rule = 90

// unruled returns a one-bit pix without its long lines, upright and lying: the
// words of a form, which otherwise hang together with its boxes.
func (p *pix) unruled(long int) (*pix, error) {
	upright, err := p.opened(1, long)
	if err != nil {
		return nil, err
	}
	defer upright.free()
	lying, err := p.opened(long, 1)
	if err != nil {
		return nil, err
	}
	defer lying.free()
	C.pixOr(lying.c, lying.c, upright.c)
	lines, err := lying.dilated(3, 3)
	if err != nil {
		return nil, err
	}
	defer lines.free()
	return p.without(lines)
}

// ascenders asks the ascenders and descenders; clear is false where they do not
// say, and then turn is 0. Where they say plainly that the page stands upright it
// is not looked at from the side.
func (p *pix) ascenders() (turn int, clear bool) {
	up, ok := p.upness()
	if !ok || up >= plainlyUp {
		return 0, ok
	}
	side, err := p.turned(90)
	if err != nil {
		return 0, false
	}
	defer side.free()
	left, ok := side.upness()
	if !ok {
		return 0, false
	}
	var orient C.l_int32
	C.makeOrientDecision(up, left, minUpConf, minRatio, &orient, 0)
	switch orient {
	case C.L_TEXT_ORIENT_UP:
		return 0, true
	case C.L_TEXT_ORIENT_LEFT:
		return 90, true
	case C.L_TEXT_ORIENT_DOWN:
		return 180, true
	case C.L_TEXT_ORIENT_RIGHT:
		return 270, true
	}
	return 0, false
}

// upness is how sure it is that lines of letters stand upright; below nought
// they stand on their heads, and about nought they lie or are too few.
func (p *pix) upness() (up C.l_float32, ok bool) {
	failed := C.pixUpDownDetect(p.c, &up, leastLetters, 0, 0)
	return up, failed == 0
}

// What leans by more than leptonica's own 7 degrees is looked for up to wideLean,
// and believed if it is clearer and there are letters: drawings have slanting lines.
const (
	leanConf, wideConf = 3, 5
	wideFrom, wideLean = 5.5, 16
)

// skew returns by how many degrees the lines of a one-bit pix lean clockwise,
// 0 where that is not clear.
func (p *pix) skew() float64 {
	var angle, conf C.l_float32
	if C.pixFindSkew(p.c, &angle, &conf) != 0 || conf < leanConf {
		failed := C.pixFindSkewSweepAndSearch(p.c, &angle, &conf, 4, 2, wideLean, 1, 0.01)
		if failed != 0 || conf < wideConf || math.Abs(float64(angle)) < wideFrom || !p.upright(-float64(angle)) {
			return 0
		}
	}
	// leptonica gives the clockwise turn that would straighten the page.
	return -math.Round(float64(angle)*1000) / 1000
}

// upright says whether letters stand upright once p is turned back by skew.
func (p *pix) upright(skew float64) bool {
	back, err := p.turnedBack(skew)
	if err != nil {
		return false
	}
	defer back.free()
	turn, clear := back.ascenders()
	return clear && turn == 0
}

// turnedBack returns a one-bit pix, turned back by skew about its centre, its size
// kept.
func (p *pix) turnedBack(skew float64) (*pix, error) {
	// Width and height of 0 keep leptonica from enlarging the picture.
	c := C.pixRotate(p.c, C.l_float32(-skew*math.Pi/180), C.L_ROTATE_SHEAR, C.L_BRING_IN_WHITE, 0, 0)
	return wrap(c, "deskew")
}

// rough is the noise from which on letters are smoothed: a clean scan has 0.02 at
// most, one with noise, a poor ribbon or a fax behind it 0.03 to 0.3.
const rough = 0.025

// noise returns which part of the black runs of a one-bit pix are single pixels.
func (p *pix) noise() float64 {
	var all, single C.l_int64
	C.runs(p.c, &all, &single)
	return round3(float64(single) / float64(max(all, 1)))
}

// smoothed returns a pix of one bit or gray as gray, each pixel the mean of five by
// five: so Tesseract reads rough pages best, 3.2 of 100 words more than in one bit.
func (p *pix) smoothed() (*pix, error) { return wrap(C.smooth(p.c), "smooth") }

// straight returns a one-bit pix as a TIFF, turned back by skew about its
// centre, its size kept, and smoothed if it is rough.
func (p *pix) straight(skew float64, dpi int) ([]byte, error) {
	r, err := p.turnedBack(skew)
	if err != nil {
		return nil, err
	}
	defer r.free()
	if p.noise() > rough {
		gray, err := r.smoothed()
		if err != nil {
			return nil, err
		}
		defer gray.free()
		gray.setDPI(dpi)
		return gray.tiff()
	}
	r.setDPI(dpi)
	return r.tiff()
}
