package barcode

import (
	"image"

	"mailroom/ocr"
)

// The blocks of an area, in millimetres.
const (
	blockGap   = 0.8 // white between them
	blockWhite = 0.7 // left around each, no more than the gap
	leastBlock = 2.5
	blockDark  = 3 // pixels that a row or column of a block has at least

	blockChanges = 3 // of an area with a block
)

// blocks returns what in an area that looks like l is filled as a square code is and
// stands apart from the rest: a rule above a code hides it from the reader, which
// starts in the middle of what it is given.
func blocks(p ocr.Prepared, area image.Rectangle, l look) (out []image.Rectangle) {
	limit, ok := middle(p.Gray, boxOf(area))
	if !ok || min(l.across, l.down) < blockChanges || min(l.wide, l.high) > mostSide {
		return nil
	}
	mm := float64(p.DPI) / 25.4
	v := view{p.Gray, area, limit, mm}
	all := []image.Rectangle{area}
	for _, rows := range []bool{true, false, true} {
		var parts []image.Rectangle
		for _, r := range all {
			parts = append(parts, v.parted(r, rows)...)
		}
		all = parts
	}
	for _, r := range all {
		if r == area || float64(min(r.Dx(), r.Dy())) < leastBlock*mm {
			continue
		}
		if l := lookAt(p.Gray, boxOf(r), p.DPI); l.dark > codeDark && l.dark < codeLight && min(l.across, l.down) >= fewChanges {
			out = append(out, r.Inset(-int(blockWhite*mm)).Intersect(area))
		}
	}
	return out
}

// parted parts r at gaps between its dark rows, or columns, and leaves the gaps out.
func (v view) parted(r image.Rectangle, rows bool) (out []image.Rectangle) {
	n, across, step, next := r.Dx(), r.Dy(), v.Width, 1
	if rows {
		n, across, step, next = r.Dy(), r.Dx(), 1, v.Width
	}
	gap := int(blockGap * v.mm)
	begin, last := -1, -1
	add := func() {
		switch {
		case begin < 0:
		case rows:
			out = append(out, image.Rect(r.Min.X, r.Min.Y+begin, r.Max.X, r.Min.Y+last+1))
		default:
			out = append(out, image.Rect(r.Min.X+begin, r.Min.Y, r.Min.X+last+1, r.Max.Y))
		}
	}
	for i := range n {
		count := 0
		for k, at := 0, r.Min.Y*v.Width+r.Min.X+i*next; k < across && count < blockDark; k, at = k+1, at+step {
			if v.Pix[at] < v.limit {
				count++
			}
		}
		if count < blockDark {
			continue
		}
		if begin < 0 || i-last > gap {
			add()
			begin = i
		}
		last = i
	}
	add()
	return out
}
