package imaging

/*
#include <leptonica/allheaders.h>
*/
import "C"

import (
	"fmt"

	"mailroom/scanstation"
)

// renderQuality is the JPEG quality of renditions: letters stay crisp, and a
// page of 1,240 pixels is some 150 KB.
const renderQuality = 75

// maxRendition bounds what can be asked for.
const maxRendition = 5000

// Render returns page, whose stream is stream, as a JPEG width pixels wide
// after it was turned clockwise by turn degrees. turn is counted from the
// stored image: Page.Turn does not add to it.
func Render(page scanstation.Page, stream []byte, turn, width int) ([]byte, error) {
	quiet()
	if width < 1 || width > maxRendition {
		return nil, fmt.Errorf("render image %d: width %d is not between 1 and %d", page.Image, width, maxRendition)
	}
	out, err := render(page, stream, turn, width)
	if err != nil {
		return nil, fmt.Errorf("render image %d: %w", page.Image, err)
	}
	return out, nil
}

func render(page scanstation.Page, stream []byte, turn, width int) ([]byte, error) {
	sideways := turn%180 != 0
	across := page.Width // the side of the stored image that becomes the width
	if sideways {
		across = page.Height
	}
	p, err := decodePage(page, stream, max(1, across/width), false)
	if err != nil {
		return nil, err
	}
	defer p.free()
	flat, err := p.onWhite()
	if err != nil {
		return nil, err
	}
	defer flat.free()
	small, err := flat.scaledTo(width, sideways)
	if err != nil {
		return nil, err
	}
	defer small.free()
	upright, err := small.turned(turn)
	if err != nil {
		return nil, err
	}
	defer upright.free()
	return upright.jpeg(renderQuality)
}

// scaledTo scales p smoothly so that its width, or its height if it will be
// turned sideways, is size. The result is gray or colour.
func (p *pix) scaledTo(size int, sideways bool) (*pix, error) {
	w, h := p.width(), p.height()
	across, along := w, h
	if sideways {
		across, along = h, w
	}
	long := min(max(1, (along*size+across/2)/across), maxRendition*4)
	toW, toH := size, long
	if sideways {
		toW, toH = long, size
	}
	gray := p
	switch {
	case p.depth() == 1 && across >= 2*size:
		c := C.pixScaleToGray2(p.c)
		half, err := wrap(c, "scale to gray")
		if err != nil {
			return nil, err
		}
		defer half.free()
		gray = half
	case p.depth() != 8 && p.depth() != 32:
		eight, err := wrap(C.pixConvertTo8(p.c, 0), "make gray")
		if err != nil {
			return nil, err
		}
		defer eight.free()
		gray = eight
	}
	if toW >= gray.width() || toH >= gray.height() {
		fx, fy := float64(toW)/float64(gray.width()), float64(toH)/float64(gray.height())
		return wrap(C.pixScale(gray.c, C.l_float32(fx), C.l_float32(fy)), "scale up")
	}
	return wrap(C.pixScaleAreaMapToSize(gray.c, C.l_int32(toW), C.l_int32(toH)), "scale down")
}
