package imaging

/*
#include <leptonica/allheaders.h>
*/
import "C"

import (
	"errors"
	"fmt"
)

// onWhite returns p with its transparency put on white paper; the caller
// frees both.
func (p *pix) onWhite() (*pix, error) {
	if !p.mapped() && p.samples() != 4 {
		return wrap(C.pixClone(p.c), "clone")
	}
	c := C.pixClone(p.c)
	if p.mapped() {
		C.pixDestroy(&c)
		c = C.pixRemoveColormap(p.c, C.REMOVE_CMAP_WITH_ALPHA)
	}
	flat, err := wrap(c, "remove palette")
	if err != nil || flat.samples() != 4 {
		return flat, err
	}
	defer flat.free()
	return wrap(C.pixAlphaBlendUniform(flat.c, 0xffffff00), "blend on white")
}

// turned returns p turned clockwise by 0, 90, 180 or 270 degrees.
func (p *pix) turned(degrees int) (*pix, error) {
	if degrees%90 != 0 {
		return nil, fmt.Errorf("turn by %d degrees: not a multiple of 90", degrees)
	}
	quarters := (degrees/90%4 + 4) % 4
	return wrap(C.pixRotateOrth(p.c, C.l_int32(quarters)), "turn")
}

// unmirror returns p as a mirroring orientation of EXIF wants it shown.
func (p *pix) unmirror(orientation int) (*pix, error) {
	flipped, err := wrap(C.pixFlipLR(nil, p.c), "mirror")
	if err != nil {
		return nil, err
	}
	defer flipped.free()
	switch orientation {
	case 2: // mirrored left to right
		return flipped.turned(0)
	case 4: // mirrored top to bottom
		return flipped.turned(180)
	case 5: // mirrored about the main diagonal
		return flipped.turned(270)
	case 7: // mirrored about the other diagonal
		return flipped.turned(90)
	}
	return nil, fmt.Errorf("orientation %d does not mirror", orientation)
}

func webpSize(data []byte) (width, height int, err error) {
	var w, h, spp C.l_int32
	b, n := bytesOf(data)
	if C.readHeaderMemWebP(b, n, &w, &h, &spp) != 0 {
		return 0, 0, errors.New("read webp head")
	}
	return int(w), int(h), nil
}
