package imaging

/*
#include <leptonica/allheaders.h>

enum { TILE = 64 };

// paperMap returns the brightness of the paper for each tile: the level that an
// eighth of a sample of its pixels lies above.
static PIX *paperMap(PIX *gray) {
	l_int32 w = pixGetWidth(gray), h = pixGetHeight(gray), wpl = pixGetWpl(gray);
	l_int32 mw = (w + TILE - 1) / TILE, mh = (h + TILE - 1) / TILE;
	l_uint32 *data = pixGetData(gray);
	PIX *map = pixCreate(mw, mh, 8);
	if (!map) return NULL;
	for (l_int32 ty = 0; ty < mh; ty++) {
		for (l_int32 tx = 0; tx < mw; tx++) {
			l_int32 hist[64] = {0}, n = 0, level = 63, above = 0;
			l_int32 x1 = L_MIN(w, (tx + 1) * TILE), y1 = L_MIN(h, (ty + 1) * TILE);
			for (l_int32 y = ty * TILE; y < y1; y += 4) {
				l_uint32 *line = data + (size_t)y * wpl;
				for (l_int32 x = tx * TILE; x < x1; x += 4, n++) hist[line[x / 4] >> 26]++;
			}
			while (level > 0 && (above += hist[level]) * 8 < n) level--;
			pixSetPixel(map, tx, ty, level * 4 + 2);
		}
	}
	return map;
}

// limits fills in below which level a pixel of row y is ink, eight at a time.
static void limits(PIX *map, l_int32 y, l_int32 w, l_int32 share, l_uint32 *limit) {
	l_int32 lastc = pixGetWidth(map) - 1, lastr = pixGetHeight(map) - 1;
	l_int32 fy = L_MAX(0, L_MIN(lastr * TILE, y - TILE / 2)), dy = fy % TILE;
	l_uint32 *m0 = pixGetData(map) + (size_t)(fy / TILE) * pixGetWpl(map);
	l_uint32 *m1 = pixGetData(map) + (size_t)L_MIN(lastr, fy / TILE + 1) * pixGetWpl(map);
	for (l_int32 x = 0; x < w; x += 8) {
		l_int32 fx = L_MAX(0, L_MIN(lastc * TILE, x - TILE / 2)), dx = fx % TILE;
		l_int32 c0 = fx / TILE, c1 = L_MIN(lastc, c0 + 1);
		l_int32 v = (GET_DATA_BYTE(m0, c0) * (TILE - dx) + GET_DATA_BYTE(m0, c1) * dx) * (TILE - dy) +
			(GET_DATA_BYTE(m1, c0) * (TILE - dx) + GET_DATA_BYTE(m1, c1) * dx) * dy;
		v = v / (TILE * TILE) * share / 100;
		for (l_int32 i = 0; i < 8; i++) limit[x + i] = v;
	}
}

// underPaper returns in one bit what is darker than share percent of the paper
// around it, the paper being interpolated between the tiles of map.
static PIX *underPaper(PIX *gray, PIX *map, l_int32 share) {
	l_int32 w = pixGetWidth(gray), h = pixGetHeight(gray), wpl = pixGetWpl(gray);
	PIX *bits = pixCreate(w, h, 1);
	l_uint32 *limit = (l_uint32 *)LEPT_CALLOC(w + TILE, sizeof(l_uint32));
	if (!bits || !limit) {
		LEPT_FREE(limit);
		pixDestroy(&bits);
		return NULL;
	}
	l_int32 bpl = pixGetWpl(bits);
	for (l_int32 y = 0; y < h; y++) {
		l_uint32 *line = pixGetData(gray) + (size_t)y * wpl, *to = pixGetData(bits) + (size_t)y * bpl;
		if (y % 8 == 0) limits(map, y, w, share, limit);
		for (l_int32 x = 0; x < w; x += 32) {
			l_uint32 word = 0;
			l_int32 n = L_MIN(32, w - x);
			for (l_int32 i = 0; i < n; i += 4) {
				l_uint32 four = line[(x + i) / 4];
				word |= (l_uint32)((four >> 24) < limit[x + i]) << (31 - i);
				word |= (l_uint32)((four >> 16 & 255) < limit[x + i + 1]) << (30 - i);
				word |= (l_uint32)((four >> 8 & 255) < limit[x + i + 2]) << (29 - i);
				word |= (l_uint32)((four & 255) < limit[x + i + 3]) << (28 - i);
			}
			to[x / 32] = word;
		}
	}
	LEPT_FREE(limit);
	pixSetPadBits(bits, 0);
	return bits;
}

// clamp brings every level of map between lowest and highest.
static void clamp(PIX *map, l_int32 lowest, l_int32 highest) {
	l_int32 w = pixGetWidth(map), h = pixGetHeight(map);
	for (l_int32 y = 0; y < h; y++) {
		l_uint32 *line = pixGetData(map) + (size_t)y * pixGetWpl(map);
		for (l_int32 x = 0; x < w; x++)
			SET_DATA_BYTE(line, x, L_MAX(lowest, L_MIN(highest, GET_DATA_BYTE(line, x))));
	}
}
*/
import "C"

import "slices"

// Ink is what is darker than inkShare percent of the paper around it. Measured on drawn letters: one
// threshold for the page (Otsu) blackens shaded corners and turns half of an
// empty page into noise; a background normalised by leptonica costs 36 ms; this
// costs 10 and keeps faint print.
const inkShare = 75

// darkest is how dark a tile can be, in percent of the middle one of the page,
// and still be paper: a deep shadow.
const darkest = 35

// paper returns the brightness of the paper by tiles of an 8-bit pix. A tile
// darker than darkest percent of the middle one is no paper but a black area.
func (p *pix) paper(darkest int) (*pix, error) { return p.paperWithin(darkest, anyPaper) }

// anyPaper is how bright a tile may be, in percent of the middle one, that is paper
// however bright it is.
const anyPaper = 100_000

// paperWithin is paper that takes no tile for brighter than brightest percent of
// the middle one.
func (p *pix) paperWithin(darkest, brightest int) (*pix, error) {
	m, err := wrap(C.paperMap(p.c), "find the paper")
	if err != nil {
		return nil, err
	}
	defer m.free()
	levels := m.raster().Pix
	slices.Sort(levels)
	middle := int(levels[len(levels)/2])
	C.clamp(m.c, C.l_int32(middle*darkest/100), C.l_int32(middle*brightest/100))
	if m.width() < 4 || m.height() < 4 {
		return wrap(C.pixClone(m.c), "clone")
	}
	return wrap(C.pixBlockconv(m.c, 1, 1), "smooth the paper")
}

// darker returns in one bit what is darker than share percent of the paper.
func (p *pix) darker(paper *pix, share int) (*pix, error) {
	return wrap(C.underPaper(p.c, paper.c, C.l_int32(share)), "binarise")
}

// median is the middle level of an 8-bit pix.
func (p *pix) median() int {
	var level C.l_uint32
	C.pixGetRankValue(p.c, 8, 0.5, &level)
	return int(level)
}
