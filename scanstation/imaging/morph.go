package imaging

/*
#include <leptonica/allheaders.h>
*/
import "C"

// The operations on one-bit images that ink and regions are made of. Each
// returns a new pix.

// A brick longer than composed is put together of two short ones, which takes a
// fraction of the steps; its length may then be off by one in thirty.
const composed = 9

func (p *pix) opened(w, h int) (*pix, error) {
	w, h = max(w, 1), max(h, 1)
	if max(w, h) > composed {
		return wrap(C.pixOpenCompBrick(nil, p.c, C.l_int32(w), C.l_int32(h)), "open")
	}
	return wrap(C.pixOpenBrick(nil, p.c, C.l_int32(w), C.l_int32(h)), "open")
}

func (p *pix) closed(w, h int) (*pix, error) {
	w, h = max(w, 1), max(h, 1)
	if max(w, h) > composed {
		return wrap(C.pixCloseSafeCompBrick(nil, p.c, C.l_int32(w), C.l_int32(h)), "close")
	}
	return wrap(C.pixCloseSafeBrick(nil, p.c, C.l_int32(w), C.l_int32(h)), "close")
}

func (p *pix) dilated(w, h int) (*pix, error) {
	return wrap(C.pixDilateBrick(nil, p.c, C.l_int32(max(w, 1)), C.l_int32(max(h, 1))), "dilate")
}

// without returns p where other is white.
func (p *pix) without(other *pix) (*pix, error) {
	return wrap(C.pixSubtract(nil, p.c, other.c), "subtract")
}

// halved returns p at half its size, black where any of four pixels is.
func (p *pix) halved() (*pix, error) {
	return p.reduced(1)
}

// reduced returns p at half its size, black where at least rank of four pixels
// are.
func (p *pix) reduced(rank int) (*pix, error) {
	return wrap(C.pixReduceRankBinary2(p.c, C.l_int32(rank), nil), "halve")
}

// ring returns p white but for what lies within edge pixels of its borders.
func (p *pix) ring(edge int) (*pix, error) {
	inside, err := p.cleared(edge)
	if err != nil {
		return nil, err
	}
	defer inside.free()
	return p.without(inside)
}

// black counts the black pixels.
func (p *pix) black() int {
	var n C.l_int32
	C.pixCountPixels(p.c, &n, nil)
	return int(n)
}

// blackIn counts the black pixels within a box.
func (p *pix) blackIn(b [4]int) int {
	box := C.boxCreate(C.l_int32(b[0]), C.l_int32(b[1]), C.l_int32(b[2]), C.l_int32(b[3]))
	defer C.boxDestroy(&box)
	var n C.l_int32
	C.pixCountPixelsInRect(p.c, box, &n, nil)
	return int(n)
}

// cleared returns p with everything white within edge pixels of its borders.
func (p *pix) cleared(edge int) (*pix, error) {
	c, err := wrap(C.pixCopy(nil, p.c), "copy")
	if err == nil {
		e := C.l_int32(edge)
		C.pixSetOrClearBorder(c.c, e, e, e, e, C.PIX_CLR)
	}
	return c, err
}

// marks returns the boxes around the connected marks of p, at most limit.
func (p *pix) marks(limit int) [][4]int {
	boxes := C.pixConnCompBB(p.c, 8)
	if boxes == nil {
		return nil
	}
	defer C.boxaDestroy(&boxes)
	out := make([][4]int, 0, min(limit, int(C.boxaGetCount(boxes))))
	for i := range cap(out) {
		var x, y, w, h C.l_int32
		C.boxaGetBoxGeometry(boxes, C.l_int32(i), &x, &y, &w, &h)
		out = append(out, [4]int{int(x), int(y), int(w), int(h)})
	}
	return out
}

// chain runs steps one after the other and frees what lies between.
func (p *pix) chain(steps ...func(*pix) (*pix, error)) (*pix, error) {
	at := p
	for _, step := range steps {
		next, err := step(at)
		if at != p {
			at.free()
		}
		if err != nil {
			return nil, err
		}
		at = next
	}
	return at, nil
}

func opening(w, h int) func(*pix) (*pix, error) {
	return func(p *pix) (*pix, error) { return p.opened(w, h) }
}

func closing(w, h int) func(*pix) (*pix, error) {
	return func(p *pix) (*pix, error) { return p.closed(w, h) }
}
