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
*/
import "C"
