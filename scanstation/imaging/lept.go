package imaging

/*
#cgo pkg-config: lept
#include <stdlib.h>
#include <leptonica/allheaders.h>
*/
import "C"

import (
	"fmt"
	"unsafe"
)

// pix is an image of leptonica's. Who gets one frees it; free of a nil or freed
// pix does nothing.
type pix struct{ c *C.PIX }

// quiet keeps leptonica from writing to the standard error output; what goes
// wrong comes back as an error.
func quiet() { C.setMsgSeverity(C.L_SEVERITY_NONE) }

// wrap takes over a PIX that step returned.
func wrap(c *C.PIX, step string) (*pix, error) {
	if c == nil {
		return nil, fmt.Errorf("%s: leptonica refuses", step)
	}
	return &pix{c}, nil
}

func (p *pix) free() {
	if p != nil && p.c != nil {
		C.pixDestroy(&p.c)
	}
}

func (p *pix) width() int   { return int(C.pixGetWidth(p.c)) }
func (p *pix) height() int  { return int(C.pixGetHeight(p.c)) }
func (p *pix) depth() int   { return int(C.pixGetDepth(p.c)) }
func (p *pix) samples() int { return int(C.pixGetSpp(p.c)) }
func (p *pix) mapped() bool { return C.pixGetColormap(p.c) != nil }
func (p *pix) setDPI(n int) { C.pixSetResolution(p.c, C.l_int32(n), C.l_int32(n)) }

func bytesOf(data []byte) (*C.l_uint8, C.size_t) {
	return (*C.l_uint8)(unsafe.Pointer(unsafe.SliceData(data))), C.size_t(len(data))
}

// decode reads an image file of any kind that leptonica knows. The caller has
// checked the dimensions.
func decode(data []byte) (*pix, error) {
	b, n := bytesOf(data)
	return wrap(C.pixReadMem(b, n), "decode image")
}

// decodeJPEG reads a JPEG, its luminance alone if gray, reduced to one part in
// 1, 2, 4 or 8.
func decodeJPEG(data []byte, gray bool, reduction int) (*pix, error) {
	hint := C.l_int32(C.L_JPEG_CONTINUE_WITH_BAD_DATA)
	if gray {
		hint |= C.L_JPEG_READ_LUMINANCE
	}
	b, n := bytesOf(data)
	return wrap(C.pixReadMemJpeg(b, n, 0, C.l_int32(reduction), nil, hint), "decode jpeg")
}

// written turns a buffer that leptonica has allocated into bytes of Go.
func written(data *C.l_uint8, n C.size_t, failed C.l_ok, step string) ([]byte, error) {
	defer C.lept_free(unsafe.Pointer(data))
	if failed != 0 || data == nil {
		return nil, fmt.Errorf("%s: leptonica refuses", step)
	}
	return C.GoBytes(unsafe.Pointer(data), C.int(n)), nil
}

func (p *pix) png() ([]byte, error) {
	var data *C.l_uint8
	var n C.size_t
	failed := C.pixWriteMemPng(&data, &n, p.c, 0)
	return written(data, n, failed, "write png")
}

// g4 returns a one-bit pix as a TIFF file with one CCITT G4 strip.
func (p *pix) g4() ([]byte, error) {
	var data *C.l_uint8
	var n C.size_t
	failed := C.pixWriteMemTiff(&data, &n, p.c, C.IFF_TIFF_G4)
	return written(data, n, failed, "write tiff")
}

// tiff writes p as a TIFF: one bit as it is, gray packed, for what would stand in
// memory twice is large.
func (p *pix) tiff() ([]byte, error) {
	format := C.l_int32(C.IFF_TIFF)
	if p.depth() > 1 {
		format = C.IFF_TIFF_PACKBITS
	}
	var data *C.l_uint8
	var n C.size_t
	failed := C.pixWriteMemTiff(&data, &n, p.c, format)
	return written(data, n, failed, "write tiff")
}

func (p *pix) jpeg(quality int) ([]byte, error) {
	var data *C.l_uint8
	var n C.size_t
	failed := C.pixWriteMemJpeg(&data, &n, p.c, C.l_int32(quality), 0)
	return written(data, n, failed, "write jpeg")
}
