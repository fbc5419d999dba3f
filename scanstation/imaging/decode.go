package imaging

/*
#include <string.h>
#include <leptonica/allheaders.h>

// grayRows copies the rows of an 8-bit pix, which keeps its pixels in 32-bit
// words, most significant byte first, to plain bytes.
static void grayRows(PIX *pix, unsigned char *to) {
	l_int32 w = pixGetWidth(pix), h = pixGetHeight(pix), wpl = pixGetWpl(pix);
	l_uint32 *data = pixGetData(pix);
	for (l_int32 y = 0; y < h; y++, to += w) {
		l_uint32 *line = data + (size_t)y * wpl;
		l_int32 x = 0;
		for (; x + 4 <= w; x += 4) {
			l_uint32 v = line[x / 4];
			to[x] = v >> 24; to[x + 1] = v >> 16; to[x + 2] = v >> 8; to[x + 3] = v;
		}
		for (; x < w; x++) to[x] = GET_DATA_BYTE(line, x);
	}
}
*/
import "C"

import (
	"bytes"
	"fmt"
	"unsafe"

	"mailroom/scanstation"
)

// decodePage decodes the stream of a page. A JPEG may come out smaller, by at
// most one part in fit, and with its luminance alone if gray.
func decodePage(page scanstation.Page, stream []byte, fit int, gray bool) (*pix, error) {
	if err := sameSize(page, stream); err != nil {
		return nil, err
	}
	switch page.Encoding {
	case scanstation.CCITT:
		return decode(wrapG4(page, stream))
	case scanstation.PNG:
		return decode(stream)
	case scanstation.JPEG:
		reduction := 1
		for reduction < 8 && reduction*2 <= fit {
			reduction *= 2
		}
		return decodeJPEG(stream, gray && page.Components == 3, reduction)
	}
	return nil, fmt.Errorf("encoding %q is unknown", page.Encoding)
}

// sameSize makes sure, before anything is decoded, that the stream holds the
// picture that the page speaks of, whose size was checked when it was opened.
func sameSize(page scanstation.Page, stream []byte) error {
	width, height := page.Width, page.Height
	switch page.Encoding {
	case scanstation.JPEG:
		h, err := scanJPEG(bytes.NewReader(stream))
		if err != nil {
			return err
		}
		width, height = h.width, h.height
	case scanstation.PNG:
		h, err := scanPNG(bytes.NewReader(stream))
		if err != nil {
			return err
		}
		width, height = h.width, h.height
	}
	if width != page.Width || height != page.Height || width < 1 || height < 1 {
		return fmt.Errorf("a stream of %d by %d pixels for a page of %d by %d", width, height, page.Width, page.Height)
	}
	return nil
}

// raster copies an 8-bit pix.
func (p *pix) raster() Raster {
	r := Raster{Width: p.width(), Height: p.height()}
	r.Pix = make([]byte, r.Width*r.Height)
	C.grayRows(p.c, (*C.uchar)(unsafe.Pointer(unsafe.SliceData(r.Pix))))
	return r
}

// gray returns p in eight bits without a palette; the caller frees both.
func (p *pix) gray() (*pix, error) {
	if p.depth() == 1 && !p.mapped() {
		return wrap(C.pixConvert1To8(nil, p.c, 255, 0), "make gray")
	}
	flat, err := p.onWhite()
	if err != nil {
		return nil, err
	}
	defer flat.free()
	if flat.depth() == 8 {
		return wrap(C.pixClone(flat.c), "clone")
	}
	return wrap(C.pixConvertTo8(flat.c, 0), "make gray")
}
