package imaging

// What is left out of the ink of a page, in millimetres.
const (
	margin    = 6.0  // shadows of the edge, and nothing anybody writes
	speck     = 0.5  // dust
	holeLeast = 4.5  // punch holes are 5.5 to 6 wide
	holeMost  = 7.5  //
	holeZone  = 22.0 // how far from the edge they are punched
	staple    = 14.0 // how long a staple's shadow is
	stapleThn = 1.3  // and how thick
	corner    = 35.0 // where staples are
)

const maxMarks = 100_000 // more is noise, counted or not

// ink measures what stands within the margins.
func (d *desk) ink(dpi int) (Ink, error) {
	mm := float64(dpi) / 25.4
	edge := int(margin * mm)
	w, h := d.bits.width(), d.bits.height()
	if min(w, h) < 16 { // a scrap, not a page: whatever is on it counts
		return Ink{Coverage: float64(d.bits.black()) / float64(w*h)}, nil
	}
	area := (w - 2*edge) * (h - 2*edge)
	if w <= 2*edge || h <= 2*edge {
		edge, area = 0, w*h
	}
	inside, err := d.bits.cleared(edge)
	if err != nil {
		return Ink{}, err
	}
	defer inside.free()
	half, err := inside.halved()
	if err != nil {
		return Ink{}, err
	}
	defer half.free()
	var out Ink
	black := inside.black()
	for _, m := range half.marks(maxMarks) {
		box := [4]int{2 * m[0], 2 * m[1], 2 * m[2], 2 * m[3]}
		if incidental(inside, box, w, h, mm) {
			black -= inside.blackIn(box)
			continue
		}
		out.Marks++
	}
	out.Coverage = float64(max(0, black)) / float64(area)
	if d.faint == nil {
		return out, nil
	}
	faint, err := d.faintStrokes(edge)
	out.Faint = float64(faint) / float64(area)
	return out, err
}

// faintStrokes counts what is lighter than ink and at least three pixels
// thick, away from ink, whose edges are always light.
func (d *desk) faintStrokes(edge int) (int, error) {
	around, err := d.bits.chain(opening(2, 2), func(p *pix) (*pix, error) { return p.dilated(7, 7) })
	if err != nil {
		return 0, err
	}
	defer around.free()
	strokes, err := d.faint.chain(
		func(p *pix) (*pix, error) { return p.without(around) },
		opening(3, 3),
		func(p *pix) (*pix, error) { return p.cleared(edge) })
	if err != nil {
		return 0, err
	}
	defer strokes.free()
	return strokes.black(), nil
}

// incidental says that a mark is a speck, a punch hole or a staple's shadow.
func incidental(bits *pix, b [4]int, w, h int, mm float64) bool {
	bw, bh := float64(b[2])/mm, float64(b[3])/mm
	long, short := max(bw, bh), min(bw, bh)
	if long <= speck+2/mm { // halving widens a mark by up to two pixels
		return true
	}
	x, y := (float64(b[0])+float64(b[2])/2)/mm, (float64(b[1])+float64(b[3])/2)/mm
	dx, dy := min(x, float64(w)/mm-x), min(y, float64(h)/mm-y)
	if dx < corner && dy < corner && long <= staple && short <= stapleThn && long >= staple/2 {
		return true
	}
	if short < holeLeast || long > holeMost || long > 1.3*short || min(dx, dy) > holeZone {
		return false
	}
	return float64(bits.blackIn(b)) > 0.6*float64(b[2]*b[3])
}
