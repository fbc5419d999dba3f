package tesseract

/*
#cgo pkg-config: lept
#include <leptonica/allheaders.h>

// What the engine calls, the dynamic linker finds here first, before libgomp and
// leptonica.

// A child works on one thread. Tesseract opens parallel regions in every step of
// its network all the same, and at the end of each libgomp wakes threads that there
// are none of: 60,000 system calls a page, a twentieth of what reading takes. These
// do what OpenMP says of a team of one: a region is a call, and its sections follow
// one another. Whatever else a region asks for, libgomp answers.

static __thread unsigned done, all; // sections of the innermost region

void GOMP_parallel(void (*region)(void *), void *data, unsigned threads, unsigned flags) {
	region(data);
}

void GOMP_parallel_sections(void (*region)(void *), void *data, unsigned threads, unsigned count, unsigned flags) {
	unsigned outer_done = done, outer_all = all;
	done = 0;
	all = count;
	region(data);
	done = outer_done;
	all = outer_all;
}

unsigned GOMP_sections_next(void) {
	return done < all ? ++done : 0;
}

void GOMP_sections_end_nowait(void) {}

// Tesseract writes the picture of each line as PNG and reads it back at once.
// pixReadMem takes leptonica's own form as well, which is a copy: 3 % less.
l_ok pixWriteMem(l_uint8 **data, size_t *size, PIX *pix, l_int32 format) {
	return pixSerializeToMemory(pix, (l_uint32 **)data, size);
}

// run joins n pixels in a row, in each step with as many as are joined already: a
// pixel of p becomes the or of itself and those before it, or the and of itself and
// those behind it, where all beyond the picture is white. other is as large as p.
static void run(PIX *p, PIX *other, l_int32 n, l_int32 right, l_int32 down, l_int32 op) {
	l_int32 w = pixGetWidth(p), h = pixGetHeight(p), step;
	for (l_int32 joined = 1; joined < n; joined += step) {
		step = L_MIN(joined, n - joined);
		pixCopy(other, p);
		l_int32 x = right * step, y = down * step;
		if (op == PIX_PAINT) {
			pixRasterop(p, x, y, w, h, PIX_PAINT, other, 0, 0);
			continue;
		}
		pixRasterop(p, -x, -y, w, h, PIX_MASK, other, 0, 0);
		pixRasterop(p, right ? w - x : 0, down ? h - y : 0, w, h, PIX_CLR, NULL, 0, 0);
	}
}

// Tesseract looks for lines by opening the page with bricks of 75 by 1 and 1 by 75
// pixels, for which leptonica goes over it 300 times. Doubling makes that 28 and the
// same picture: a twentieth less.
PIX *pixOpenBrick(PIX *opened, PIX *from, l_int32 wide, l_int32 high) {
	if (!from || pixGetDepth(from) != 1 || wide < 1 || high < 1) return opened;
	PIX *other = pixCreateTemplate(from);
	if (!other || !(opened = pixCopy(opened, from))) {
		pixDestroy(&other);
		return opened;
	}
	run(opened, other, wide, 1, 0, PIX_MASK);
	run(opened, other, high, 0, 1, PIX_MASK);
	run(opened, other, wide, 1, 0, PIX_PAINT);
	run(opened, other, high, 0, 1, PIX_PAINT);
	pixDestroy(&other);
	return opened;
}
*/
import "C"
