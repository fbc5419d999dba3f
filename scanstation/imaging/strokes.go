package imaging

/*
#include <leptonica/allheaders.h>

// windows returns the means of windows of span by span pixels, one every cell
// pixels across and down.
static PIX *windows(PIX *gray, l_int32 cell, l_int32 span) {
	l_int32 gw = pixGetWidth(gray), wpl = pixGetWpl(gray);
	l_int32 w = (gw - span) / cell, h = (pixGetHeight(gray) - span) / cell, n = span * span;
	PIX *out = pixCreate(w, h, 8);
	l_uint32 *sum = (l_uint32 *)LEPT_CALLOC(gw, sizeof(l_uint32));
	if (!out || !sum) {
		LEPT_FREE(sum);
		pixDestroy(&out);
		return NULL;
	}
	for (l_int32 y = 0; y < h; y++) {
		for (l_int32 x = 0; x < gw; x++) sum[x] = 0;
		for (l_int32 i = 0; i < span; i++) {
			l_uint32 *line = pixGetData(gray) + (size_t)(y * cell + i) * wpl;
			for (l_int32 x = 0; x < gw; x++) sum[x] += GET_DATA_BYTE(line, x);
		}
		l_uint32 *to = pixGetData(out) + (size_t)y * pixGetWpl(out);
		for (l_int32 x = 0; x < w; x++) {
			l_uint32 v = 0;
			for (l_int32 j = 0; j < span; j++) v += sum[x * cell + j];
			SET_DATA_BYTE(to, x, v / n);
		}
	}
	LEPT_FREE(sum);
	return out;
}

enum { BANDS = 16 };

// columns sums up each column of an 8-bit pix in each of BANDS bands from top to
// bottom.
static void columns(PIX *gray, l_uint32 *sum) {
	l_int32 w = pixGetWidth(gray), h = pixGetHeight(gray);
	for (l_int32 y = 0; y < h; y++) {
		l_uint32 *line = pixGetData(gray) + (size_t)y * pixGetWpl(gray);
		l_uint32 *band = sum + (size_t)(y * BANDS / h) * w;
		for (l_int32 x = 0; x < w; x++) band[x] += GET_DATA_BYTE(line, x);
	}
}
*/
import "C"

import "unsafe"

// Marks are looked for in windows of a third of a millimetre, as wide as a
// pencil: narrower ones find noise, wider ones lose the pencil.
const windowsPerInch = 75

// The darkness that a window has at least where something is written, in
// percent of the paper. What shines through a thin sheet takes 12 percent of
// the light at most, the faintest pencil 18. On a page of one bit a pale area
// is a sprinkle of dots.
const (
	markShare    = 85
	bitMarkShare = 52
	lightShare   = 60 // of light writing, seen inverted: what no fold or fibre is
	sureShare    = 16 // less than those, and it is no noise
	// darkPaper is the shadow, in percent of the light of the page, beyond which
	// an area is not taken for paper.
	darkPaper = 75
	// plainPaper keeps holes and shadows, bright when inverted, from being paper.
	plainPaper = 100
)

// palePaper is the level of gray above which nobody can read light writing.
const palePaper = 200

// view is a page reduced to windows, for the search for marks.
type view struct {
	seen, across  *pix // across is seen, turned
	paper         *pix
	columns, rows []int // that are streaks
	share         int   // of the paper that a mark has at most, in percent
}

// reduce returns the view of the page in windows that overlap by half, and how
// many pixels lie from one to the next.
func (d *desk) reduce(dpi int) (v view, cell int, err error) {
	span := max(2, (dpi+windowsPerInch/2)/windowsPerInch)
	cell = span / 2
	v.share = markShare
	if d.oneBit {
		v.share = bitMarkShare
	}
	if v.seen, err = wrap(C.windows(d.gray.c, C.l_int32(cell), C.l_int32(span)), "reduce"); err != nil {
		return v, 0, err
	}
	return v, cell, v.measure(anyPaper)
}

// inverted returns the view in which light is dark.
func (v *view) inverted() (out view, err error) {
	out.share = lightShare
	if out.seen, err = wrap(C.pixInvert(nil, v.seen.c), "invert"); err != nil {
		return out, err
	}
	return out, out.measure(plainPaper)
}

// measure finds the streaks and the paper of what is seen. No paper is brighter
// than brightest percent of the middle of the page.
func (v *view) measure(brightest int) (err error) {
	if v.across, err = v.seen.turned(90); err != nil {
		return err
	}
	v.columns, v.rows = v.streaks(plainStreak)
	v.paper, err = v.seen.paperWithin(darkPaper, brightest)
	return err
}

// streaks returns the columns and the rows that are streaks.
func (v *view) streaks(least streak) (columns, rows []int) {
	for _, x := range v.across.streaks(least) { // a row of the page, counted from below
		rows = append(rows, v.seen.height()-1-x)
	}
	return v.seen.streaks(least), rows
}

func (v *view) free() {
	v.seen.free()
	v.across.free()
	v.paper.free()
}

// strokes returns, one bit for each window, what is darker than anything that
// shines through, and sure darker than any noise. Punch holes, streaks and the
// shadows of edges are left out. mm is a millimetre of the view.
func (v *view) strokes(sure bool, mm float64) (*pix, error) {
	share := v.share
	if sure {
		share -= sureShare
	}
	dark, err := v.seen.darker(v.paper, share)
	if err != nil {
		return nil, err
	}
	defer dark.free()
	if err := dark.clearHoles(mm); err != nil {
		return nil, err
	}
	out, err := dark.withoutShadows(mm)
	if err != nil {
		return nil, err
	}
	for _, x := range v.columns {
		out.clear(x-2, 0, 5, out.height())
	}
	for _, y := range v.rows {
		out.clear(0, y-2, out.width(), 5)
	}
	edge := C.l_int32(margin * mm)
	C.pixSetOrClearBorder(out.c, edge, edge, edge, edge, C.PIX_CLR)
	return out, nil
}

// streaks returns the columns that are darker than those beside them from one
// end of the page to the other. That is what dirt on the glass leaves, and a
// fold if the page is turned: both run exactly along the edges, as nothing
// drawn by hand does. A line of print is as straight, but higher.
func (p *pix) streaks(least streak) (found []int) {
	const bands = int(C.BANDS)
	w, h := p.width(), p.height()
	sum := make([]C.l_uint32, bands*w)
	C.columns(p.c, (*C.l_uint32)(unsafe.Pointer(unsafe.SliceData(sum))))
	for x := 12; x < w-12; x++ {
		n := 0
		for b := range bands {
			if least.shows(sum[b*w+x-12:b*w+x+13], h/bands) {
				n++
			}
		}
		if n >= least.bands {
			found = append(found, x)
		}
	}
	return found
}

// streak is the least that counts as one.
type streak struct {
	depth float64 // percent of the paper's light that it takes
	bands int     // in how many of them
	thin  bool    // nothing beside it may be nearly as dark
}

// The sheet may be shorter than the scan, so no streak has to be in all bands. A
// weak one says nothing by itself.
var (
	plainStreak = streak{1.5, 11, true}
	weakStreak  = streak{0.5, 10, false}
)

// shows says whether the middle one of 25 columns is a dark line. near are their
// sums over high pixels.
func (s streak) shows(near []C.l_uint32, high int) bool {
	paper := 0
	for i := range 5 {
		paper += int(near[i]) + int(near[20+i])
	}
	paper /= 10
	depth := paper - int(near[12])
	if float64(depth)*100 < float64(paper)*s.depth || depth < high && s.thin {
		return false
	}
	for _, i := range []int{6, 7, 8, 16, 17, 18} {
		if s.thin && (paper-int(near[i]))*5 > depth*2 {
			return false
		}
	}
	return true
}

// withoutShadows takes away what is dark along the edges and all that hangs
// together with it near them. mm is a millimetre of p.
func (p *pix) withoutShadows(mm float64) (*pix, error) {
	zone, err := p.ring(int(edgeZone * mm))
	if err != nil {
		return nil, err
	}
	defer zone.free()
	rim, err := p.chain(func(p *pix) (*pix, error) { return p.ring(max(2, int(mm))) }, closing(5, 5))
	if err != nil {
		return nil, err
	}
	defer rim.free()
	run := int(edgeRun * mm)
	seed, err := rim.opened(run, 1)
	if err != nil {
		return nil, err
	}
	defer seed.free()
	down, err := rim.opened(1, run)
	if err != nil {
		return nil, err
	}
	defer down.free()
	C.pixOr(seed.c, seed.c, down.c)
	shadow, err := wrap(C.pixSeedfillBinary(nil, seed.c, zone.c, 8), "fill shadows")
	if err != nil {
		return nil, err
	}
	defer shadow.free()
	around, err := shadow.dilated(5, 5) // the soft rim of the shadow
	if err != nil {
		return nil, err
	}
	defer around.free()
	return p.without(around)
}

// clearHoles takes away solid discs where holes are punched.
func (p *pix) clearHoles(mm float64) error {
	core := int(holeCore * mm)
	solid, err := p.chain(closing(5, 5), opening(core, core)) // noise has holes of its own
	if err != nil {
		return err
	}
	defer solid.free()
	w, h := float64(p.width())/mm, float64(p.height())/mm
	for _, b := range solid.marks(100) {
		m := markOf(b, mm)
		x, y := m.x+m.w/2, m.y+m.h/2
		if m.long() > holeMost || m.long() > 1.3*min(m.w, m.h) || min(x, w-x, y, h-y) > holeZone {
			continue
		}
		grow := max(2, int((holeMost-m.long())/2*mm))
		p.clear(b[0]-grow, b[1]-grow, b[2]+2*grow, b[3]+2*grow)
	}
	return nil
}

// clear whitens a box.
func (p *pix) clear(x, y, w, h int) {
	C.pixRasterop(p.c, C.l_int32(x), C.l_int32(y), C.l_int32(w), C.l_int32(h), C.PIX_CLR, nil, 0, 0)
}
