package imaging

import (
	"errors"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// pdfPage is a page with what it inherits.
type pdfPage struct {
	number    int // from 1
	dict      types.Dict
	resources types.Dict
	box       rect // what is shown, in default user space
	rotate    int  // clockwise, 0 to 270
	unit      float64
}

// inherited are the values that nodes of the page tree hand down.
type inherited struct {
	resources   types.Dict
	media, crop []float64
	rotate      int
}

var errPageTree = errors.New("the page tree is broken")

// pages calls see for every page in order. A tree with loops, or deeper than
// any writer makes it, is an error.
func (p *pdfFile) pages(see func(pdfPage) error) error {
	if p.ctx.Root == nil {
		return errPageTree
	}
	root, _ := p.get(*p.ctx.Root).(types.Dict)
	if root == nil {
		return errPageTree
	}
	w := &pageWalk{pdf: p, seen: map[int]bool{}, see: see}
	return w.node(root["Pages"], inherited{}, 0)
}

// pageWalk goes through the page tree once.
type pageWalk struct {
	pdf   *pdfFile
	seen  map[int]bool
	see   func(pdfPage) error
	count int
}

func (w *pageWalk) node(o types.Object, from inherited, depth int) error {
	if ref, ok := o.(types.IndirectRef); ok {
		if n := ref.ObjectNumber.Value(); w.seen[n] {
			return errPageTree
		} else {
			w.seen[n] = true
		}
	}
	d, _ := w.pdf.get(o).(types.Dict)
	if d == nil || depth > 64 {
		return errPageTree
	}
	from = w.pdf.inherit(d, from)
	kids := w.pdf.array(d, "Kids")
	if kids == nil || w.pdf.name(d, "Type") == "Page" {
		w.count++
		return w.see(w.pdf.page(d, from, w.count))
	}
	for _, kid := range kids {
		if err := w.node(kid, from, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (p *pdfFile) inherit(d types.Dict, from inherited) inherited {
	if r := p.dict(d, "Resources"); r != nil {
		from.resources = r
	}
	if b := p.numbers(d, "MediaBox"); len(b) == 4 {
		from.media = b
	}
	if b := p.numbers(d, "CropBox"); len(b) == 4 {
		from.crop = b
	}
	from.rotate = p.int(d, "Rotate", from.rotate)
	return from
}

func (p *pdfFile) page(d types.Dict, from inherited, number int) pdfPage {
	box := rect{0, 0, 612, 792} // where a file names none, readers take US Letter
	if from.media != nil {
		box = sorted(from.media)
	}
	if from.crop != nil {
		c := sorted(from.crop)
		c = rect{max(c.x0, box.x0), max(c.y0, box.y0), min(c.x1, box.x1), min(c.y1, box.y1)}
		if c.width() > 0 && c.height() > 0 {
			box = c
		}
	}
	page := pdfPage{number: number, dict: d, resources: from.resources, box: box, unit: 1}
	page.rotate = (from.rotate%360 + 360) % 360 / 90 * 90
	if u, ok := p.number(d["UserUnit"]); ok && u > 0 {
		page.unit = u
	}
	return page
}

func sorted(b []float64) rect {
	return rect{min(b[0], b[2]), min(b[1], b[3]), max(b[0], b[2]), max(b[1], b[3])}
}

// content returns the content streams of a page, joined.
func (p *pdfFile) content(page pdfPage) ([]byte, error) {
	parts, ok := p.get(page.dict["Contents"]).(types.Array)
	if !ok {
		parts = types.Array{page.dict["Contents"]}
	}
	var all []byte
	for _, part := range parts {
		sd := p.stream(part)
		if sd == nil {
			continue
		}
		b, err := p.decoded(sd)
		if err != nil {
			return nil, err
		}
		if all = append(append(all, b...), '\n'); len(all) > maxContent {
			return nil, errPageTree
		}
	}
	return all, nil
}

// appearances says whether annotations may show something on the page. Links
// and pop-ups do not; a widget of no size, as an invisible signature has it,
// does not either.
func (p *pdfFile) appearances(page pdfPage) bool {
	for _, o := range p.array(page.dict, "Annots") {
		d, _ := p.get(o).(types.Dict)
		switch p.name(d, "Subtype") {
		case "Link", "Popup":
			continue
		}
		if b := p.numbers(d, "Rect"); len(b) == 4 && (b[0] == b[2] || b[1] == b[3]) {
			continue
		}
		return true
	}
	return false
}

// symbolCoded says whether the page has an image coded in JBIG2, also one
// within a form.
func (p *pdfFile) symbolCoded(resources types.Dict, seen map[int]bool, depth int) bool {
	for _, o := range p.dict(resources, "XObject") {
		if ref, ok := o.(types.IndirectRef); ok {
			if n := ref.ObjectNumber.Value(); seen[n] {
				continue
			} else {
				seen[n] = true
			}
		}
		sd := p.stream(o)
		if sd == nil {
			continue
		}
		for _, f := range sd.FilterPipeline {
			if f.Name == "JBIG2Decode" {
				return true
			}
		}
		if depth < 16 && p.symbolCoded(p.dict(sd.Dict, "Resources"), seen, depth+1) {
			return true
		}
		if mask := p.stream(sd.Dict["Mask"]); mask != nil && depth < 16 &&
			p.symbolCoded(types.Dict{"XObject": types.Dict{"m": sd.Dict["Mask"]}}, seen, depth+1) {
			return true
		}
	}
	return false
}
