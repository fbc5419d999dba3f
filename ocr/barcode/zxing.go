package barcode

// #cgo pkg-config: zxing
// #cgo CXXFLAGS: -std=c++17 -O2
// #include <stdlib.h>
// #include "zxing.h"
import "C"

import (
	"errors"
	"image"
	"runtime"
	"unsafe"

	"mailroom/ocr"
)

// symbol is one code as the library gives it.
type symbol struct {
	format, text string
	bytes        []byte
	box          ocr.Box // of the page
	lines        int
	eci, binary  bool
}

// How an area is read.
const (
	linear   = int(C.read_linear_codes)
	matrix   = int(C.read_matrix_codes)
	thorough = int(C.read_thorough)
	local    = int(C.read_local)
)

// readArea reads the codes within an area, which must lie within the image.
func readArea(g ocr.Raster, area image.Rectangle, how int) ([]symbol, error) {
	var found *C.symbol
	var message *C.char
	first := &g.Pix[area.Min.Y*g.Width+area.Min.X]
	n := C.read_area((*C.uint8_t)(unsafe.Pointer(first)), C.int(area.Dx()), C.int(area.Dy()),
		C.int(g.Width), C.int(how), &found, &message)
	runtime.KeepAlive(g.Pix)
	if n < 0 {
		defer C.free(unsafe.Pointer(message))
		return nil, errors.New(C.GoString(message))
	}
	defer C.free_symbols(found, n)
	symbols := make([]symbol, 0, int(n))
	for _, s := range unsafe.Slice(found, int(n)) {
		symbols = append(symbols, symbol{
			format: C.GoStringN(s.format, s.format_len),
			text:   C.GoStringN(s.text, s.text_len),
			bytes:  C.GoBytes(unsafe.Pointer(s.bytes), s.bytes_len),
			box: ocr.Box{area.Min.X + int(s.left), area.Min.Y + int(s.top),
				int(s.right - s.left + 1), int(s.bottom - s.top + 1)},
			lines: int(s.lines),
			eci:   s.eci != 0, binary: s.binary != 0,
		})
	}
	return symbols, nil
}
