package imaging

/*
#include <leptonica/allheaders.h>

// packRows fills a pix with rows of plain bytes: one bit or eight bits a pixel
// packed as they stand, 24 bits as red, green, blue.
static void packRows(PIX *pix, const unsigned char *from, size_t row, int bits, int invert) {
	l_int32 w = pixGetWidth(pix), h = pixGetHeight(pix), wpl = pixGetWpl(pix);
	l_uint32 *data = pixGetData(pix);
	for (l_int32 y = 0; y < h; y++, from += row) {
		l_uint32 *line = data + (size_t)y * wpl;
		if (bits == 24) {
			for (l_int32 x = 0; x < w; x++)
				line[x] = (l_uint32)from[3 * x] << 24 | from[3 * x + 1] << 16 | from[3 * x + 2] << 8;
		} else {
			for (size_t i = 0; i < row; i++)
				SET_DATA_BYTE(line, i, invert ? ~from[i] & 255 : from[i]);
		}
	}
}
*/
import "C"

import "unsafe"

// shrunk takes over p, whose page is width pixels wide, and returns it reduced to
// one part in n, unless its decoder has done that.
func (p *pix) shrunk(width, n int) (*pix, error) {
	for ; n > 1 && p.width() > (width+n-1)/n; n /= 2 {
		half, err := p.smaller()
		p.free()
		if err != nil {
			return nil, err
		}
		p, width = half, (width+1)/2
	}
	return p, nil
}

// smaller returns p at half its size.
func (p *pix) smaller() (*pix, error) {
	if p.depth() == 1 && !p.mapped() {
		return p.reduced(2)
	}
	flat, err := p.gray()
	if err != nil {
		return nil, err
	}
	defer flat.free()
	return wrap(C.pixScaleAreaMap2(flat.c), "halve")
}

// packedPix makes a pix of rows of row bytes with 1, 8 or 24 bits a pixel. One
// bit is meant as in a PDF, 1 for white, and swapped if inverted.
func packedPix(w, h, bits, row int, b []byte, inverted bool) (*pix, error) {
	depth := bits
	if bits == 24 {
		depth = 32
	}
	p, err := wrap(C.pixCreate(C.l_int32(w), C.l_int32(h), C.l_int32(depth)), "make image")
	if err != nil {
		return nil, err
	}
	invert := C.int(0)
	if bits == 1 && !inverted {
		invert = 1 // leptonica's 1 is black
	}
	C.packRows(p.c, (*C.uchar)(unsafe.Pointer(unsafe.SliceData(b))), C.size_t(row), C.int(bits), invert)
	if bits == 1 {
		C.pixSetPadBits(p.c, 0)
	}
	return p, nil
}
