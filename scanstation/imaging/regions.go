package imaging

/*
#include <leptonica/allheaders.h>
*/
import "C"

import "slices"

// The shapes of symbols, in millimetres.
const (
	barLength  = 4.0 // bars are at least this long; no letter of a text is
	barGap     = 2.4 // white between bars; patch codes have the widest, 2 mm
	barsAcross = 6.5 // bars side by side are at least this wide
	window     = 2.0 // over which blackness is measured
	density    = 40  // per cent of black from which a window may hold modules
	modules    = 2.1 // a matrix symbol has windows this wide and high; the smallest is two millimetres
	stripWide  = 3.7 // or, where it is a strip of eight rows, so wide
	stripHigh  = 0.7 // and high, for windows that lie half beside it are too white,
	stripLine  = 1.5 // and at most so far from the line along it
	solid      = 76  // per cent of black above which it is a hole or a bar and no symbol
	quietZone  = 3.0 // white around a symbol that a reader wants to see
)

// maxRegions bounds the work of the barcode reader on a page of patterns.
const maxRegions = 24

// regions returns boxes around what may be barcodes: bars that stand side by
// side, upright or lying, and areas filled with modules.
func (p *pix) regions(dpi int) ([][4]int, error) {
	if p.width() < 64 || p.height() < 64 {
		return nil, nil // no symbol is that small
	}
	half, err := p.halved()
	if err != nil {
		return nil, err
	}
	defer half.free()
	mm := float64(dpi) / 25.4 / 2
	long, gap, across := int(barLength*mm), int(barGap*mm), int(barsAcross*mm)
	standing, err := half.opened(1, long)
	if err != nil {
		return nil, err
	}
	defer standing.free()
	lying, err := half.opened(long, 1)
	if err != nil {
		return nil, err
	}
	defer lying.free()
	found, err := standing.places(2, closing(gap, 1), opening(across, 1))
	if err != nil {
		return nil, err
	}
	level, err := lying.places(2, closing(1, gap), opening(1, across))
	if err != nil {
		return nil, err
	}
	symbols, err := p.symbols(2*mm, standing, lying)
	if err != nil {
		return nil, err
	}
	found = slices.Concat(found, level, symbols)
	return merged(found, int(quietZone*2*mm), p.width(), p.height()), nil
}

// places returns the boxes of what is left of p after some steps, scale times as large.
func (p *pix) places(scale int, steps ...func(*pix) (*pix, error)) ([][4]int, error) {
	q, err := p.chain(steps...)
	if err != nil {
		return nil, err
	}
	defer q.free()
	boxes := q.marks(200)
	for i, b := range boxes {
		boxes[i] = [4]int{scale * b[0], scale * b[1], scale * b[2], scale * b[3]}
	}
	return boxes, nil
}

// symbols returns where modules lie side by side, as a square or as a strip. Words
// are as black as a strip, but have no line as long as it at one side, as which
// standing and lying show them at half the size of p. mm is a millimetre of p.
func (p *pix) symbols(mm float64, standing, lying *pix) (found [][4]int, err error) {
	black, err := p.dense(mm)
	if err != nil || black == nil {
		return nil, err
	}
	defer black.free()
	size, wide, high, near := int(modules*mm/8), int(stripWide*mm/8), max(1, int(stripHigh*mm/8)), int(stripLine*mm)
	for _, shape := range []struct {
		w, h  int
		lines *pix
	}{{size, size, nil}, {wide, high, lying}, {high, wide, standing}} {
		boxes, err := black.places(8, opening(shape.w, shape.h))
		if err != nil {
			return nil, err
		}
		for _, b := range boxes {
			around := [4]int{(b[0] - near) / 2, (b[1] - near) / 2, b[2]/2 + near, b[3]/2 + near}
			if 100*p.blackIn(b) < solid*b[2]*b[3] && (shape.lines == nil || shape.lines.blackIn(around) > 0) {
				found = append(found, b)
			}
		}
	}
	return found, nil
}

// dense returns, at an eighth of the size of p, where p is as black as modules are:
// half of a symbol is black, but only an eighth of a text. mm is a millimetre
// of p.
func (p *pix) dense(mm float64) (*pix, error) {
	map8, err := wrap(C.pixScaleToGray8(p.c), "scale to gray")
	if err != nil {
		return nil, err
	}
	defer map8.free()
	around := max(1, int(window*mm/8/2))
	if map8.width() <= 2*around+1 || map8.height() <= 2*around+1 {
		return nil, nil
	}
	smooth, err := wrap(C.pixBlockconv(map8.c, C.l_int32(around), C.l_int32(around)), "smooth")
	if err != nil {
		return nil, err
	}
	defer smooth.free()
	return wrap(C.pixThresholdToBinary(smooth.c, 255*(100-density)/100), "binarise")
}

// merged widens the boxes by more on each side, joins those that overlap, and
// keeps the first ones if there are too many, in the order of their size.
func merged(boxes [][4]int, more, w, h int) [][4]int {
	if len(boxes) > 10*maxRegions {
		boxes = boxes[:10*maxRegions]
	}
	for i, b := range boxes {
		x, y := max(0, b[0]-more), max(0, b[1]-more)
		boxes[i] = [4]int{x, y, min(w, b[0]+b[2]+more) - x, min(h, b[1]+b[3]+more) - y}
	}
	for again := true; again; {
		again = false
		for i := 0; i < len(boxes) && !again; i++ {
			for j := i + 1; j < len(boxes) && !again; j++ {
				if u, ok := united(boxes[i], boxes[j]); ok {
					boxes[i] = u
					boxes = slices.Delete(boxes, j, j+1)
					again = true
				}
			}
		}
	}
	boxes = boxes[:min(len(boxes), maxRegions)]
	slices.SortFunc(boxes, func(a, b [4]int) int { return a[2]*a[3] - b[2]*b[3] })
	return boxes
}

// united is the box around two that overlap. Boxes that hardly fill it stay apart:
// one of them is an edge of the paper, or a line.
func united(a, b [4]int) (u [4]int, ok bool) {
	if !overlap(a, b) {
		return u, false
	}
	x, y := min(a[0], b[0]), min(a[1], b[1])
	u = [4]int{x, y, max(a[0]+a[2], b[0]+b[2]) - x, max(a[1]+a[3], b[1]+b[3]) - y}
	return u, u[2]*u[3] <= 2*(a[2]*a[3]+b[2]*b[3])
}

func overlap(a, b [4]int) bool {
	return a[0] < b[0]+b[2] && b[0] < a[0]+a[2] && a[1] < b[1]+b[3] && b[1] < a[1]+a[3]
}
