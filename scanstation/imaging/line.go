package imaging

/*
#include <leptonica/allheaders.h>

// uneven counts the columns of a one-bit pix, from its first one in steps of step,
// in which the black is higher than high or lies more than rise off from that of
// the column before.
static l_int32 uneven(PIX *bits, l_int32 step, l_int32 high, l_int32 rise) {
	l_int32 w = pixGetWidth(bits), h = pixGetHeight(bits), wpl = pixGetWpl(bits), was = -1, n = 0;
	l_uint32 *data = pixGetData(bits);
	for (l_int32 x = 0; x < w; x += step) {
		l_int32 top = 0, end = h;
		while (top < h && !GET_DATA_BIT(data + (size_t)top * wpl, x)) top++;
		if (top == h) continue;
		while (!GET_DATA_BIT(data + (size_t)(end - 1) * wpl, x)) end--;
		l_int32 mid = (top + end) / 2;
		n += end - top > high || (was >= 0 && L_ABS(mid - was) > rise);
		was = mid;
	}
	return n;
}
*/
import "C"

// A line is a line all along, but for one column in lineOff: it is thin, and it
// rises by less than lineRise for each step of a millimetre.
const (
	lineThick = 2.0
	lineRise  = 0.4
	lineOff   = 20
)

// line says whether the mark of a one-bit pix that fills a box is a line, straight
// or bent a little, and not what a pen has written in one go. mm is a millimetre
// of p.
func (p *pix) line(b [4]int, mm float64) (bool, error) {
	alone, err := p.mark(b)
	if err != nil {
		return false, err
	}
	defer alone.free()
	if b[3] > b[2] {
		lying, err := alone.turned(90)
		if err != nil {
			return false, err
		}
		defer lying.free()
		alone = lying
	}
	step := max(1, int(mm))
	off := C.uneven(alone.c, C.l_int32(step), C.l_int32(lineThick*mm), C.l_int32(lineRise*mm))
	return int(off)*lineOff <= alone.width()/step, nil
}

// mark returns the connected mark that fills a box of a one-bit pix, without the
// others in it.
func (p *pix) mark(b [4]int) (*pix, error) {
	box := C.boxCreate(C.l_int32(b[0]), C.l_int32(b[1]), C.l_int32(b[2]), C.l_int32(b[3]))
	defer C.boxDestroy(&box)
	within, err := wrap(C.pixClipRectangle(p.c, box, nil), "clip")
	if err != nil {
		return nil, err
	}
	defer within.free()
	var marks *C.PIXA
	boxes := C.pixConnComp(within.c, &marks, 8)
	defer C.boxaDestroy(&boxes)
	defer C.pixaDestroy(&marks)
	for i := range C.pixaGetCount(marks) {
		one, err := wrap(C.pixaGetPix(marks, i, C.L_CLONE), "clone")
		if err != nil || one.width() == b[2] && one.height() == b[3] {
			return one, err
		}
		one.free()
	}
	return wrap(C.pixClone(within.c), "clone")
}
