package stack

/*
#cgo pkg-config: lept
#include <stdlib.h>
#include <string.h>
#include <leptonica/allheaders.h>

// fill copies packed rows, first pixel in the highest bits of each word.
static void fill(PIX *pix, const unsigned char *buf, size_t stride) {
	l_uint32 *line = pixGetData(pix);
	int wpl = pixGetWpl(pix), h = pixGetHeight(pix);
	for (int y = 0; y < h; y++, line += wpl, buf += stride) {
		for (size_t i = 0; i < stride; i += 4) {
			l_uint32 w = 0;
			for (size_t k = 0; k < 4; k++)
				w = w << 8 | (i + k < stride ? buf[i + k] : 0);
			line[i / 4] = w;
		}
	}
}

static PIX *sheet(int w, int h, int depth, int dpi, const unsigned char *buf, size_t stride) {
	PIX *pix = pixCreate(w, h, depth);
	if (!pix)
		return NULL;
	pixSetResolution(pix, dpi, dpi);
	fill(pix, buf, stride);
	return pix;
}

// jpegged passes the page through JPEG of the given quality.
static PIX *jpegged(PIX *pix, int quality) {
	l_uint8 *data = NULL;
	size_t n = 0;
	if (pixWriteMemJpeg(&data, &n, pix, quality, 0))
		return NULL;
	PIX *out = pixReadMemJpeg(data, n, 0, 1, NULL, 0);
	lept_free(data);
	if (out)
		pixSetResolution(out, pixGetXRes(pix), pixGetYRes(pix));
	return out;
}

// faxed returns the raw G4 stream of a one-bit page.
static unsigned char *faxed(PIX *pix, size_t *n) {
	L_COMP_DATA *cid = NULL;
	if (pixGenerateCIData(pix, L_G4_ENCODE, 0, 0, &cid) || !cid)
		return NULL;
	unsigned char *data = cid->datacomp;
	*n = cid->nbytescomp;
	cid->datacomp = NULL;
	l_CIDataDestroy(&cid);
	return data;
}
*/
import "C"

import (
	"fmt"
	"unsafe"
)

// pix is a page in leptonica's memory; close it.
type pix struct{ p *C.PIX }

// newPix copies packed rows of the given depth (1, 8 or 32 bits a pixel).
func newPix(w, h, depth, dpi int, rows []byte) (pix, error) {
	stride := (w*depth + 7) / 8
	if w < 1 || h < 1 || len(rows) != stride*h {
		return pix{}, fmt.Errorf("page of %dx%d pixels: %d bytes given", w, h, len(rows))
	}
	p := C.sheet(C.int(w), C.int(h), C.int(depth), C.int(dpi), (*C.uchar)(&rows[0]), C.size_t(stride))
	if p == nil {
		return pix{}, fmt.Errorf("page of %dx%d pixels: out of memory", w, h)
	}
	return pix{p}, nil
}

func (p pix) close() { C.pixDestroy(&p.p) }

// tiff appends the page to the file as one more directory, or starts the file.
func (p pix) tiff(path string, compression C.int, first bool) error {
	mode := "a"
	if first {
		mode = "w"
	}
	name, how := C.CString(path), C.CString(mode)
	defer C.free(unsafe.Pointer(name))
	defer C.free(unsafe.Pointer(how))
	if C.pixWriteTiff(name, p.p, compression, how) != 0 {
		return fmt.Errorf("write TIFF page to %s", path)
	}
	return nil
}

// worsen returns the page after JPEG compression of the given quality.
func (p pix) worsen(quality int) (pix, error) {
	out := C.jpegged(p.p, C.int(quality))
	if out == nil {
		return pix{}, fmt.Errorf("compress page as JPEG of quality %d", quality)
	}
	return pix{out}, nil
}

func (p pix) jpeg(quality int) ([]byte, error) {
	var data *C.l_uint8
	var n C.size_t
	if C.pixWriteMemJpeg(&data, &n, p.p, C.l_int32(quality), 0) != 0 {
		return nil, fmt.Errorf("compress page as JPEG")
	}
	defer C.lept_free(unsafe.Pointer(data))
	return C.GoBytes(unsafe.Pointer(data), C.int(n)), nil
}

func (p pix) png() ([]byte, error) {
	var data *C.l_uint8
	var n C.size_t
	if C.pixWriteMemPng(&data, &n, p.p, 0) != 0 {
		return nil, fmt.Errorf("compress page as PNG")
	}
	defer C.lept_free(unsafe.Pointer(data))
	return C.GoBytes(unsafe.Pointer(data), C.int(n)), nil
}

func (p pix) g4() ([]byte, error) {
	var n C.size_t
	data := C.faxed(p.p, &n)
	if data == nil {
		return nil, fmt.Errorf("compress page as G4")
	}
	defer C.lept_free(unsafe.Pointer(data))
	return C.GoBytes(unsafe.Pointer(data), C.int(n)), nil
}

// The TIFF compressions used.
const (
	tiffG4   = C.int(C.IFF_TIFF_G4)
	tiffLZW  = C.int(C.IFF_TIFF_LZW)
	tiffJPEG = C.int(C.IFF_TIFF_JPEG)
)
