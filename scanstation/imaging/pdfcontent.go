package imaging

import (
	"math"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

const (
	maxContent    = 16 << 20 // decoded bytes of one content stream
	maxOperations = 1 << 20  // a scanned page with invisible text has some thousands
	maxForms      = 4        // forms within forms
)

// matrix maps x, y to a*x+c*y+e, b*x+d*y+f, as PDF writes it.
type matrix [6]float64

// times returns m applied before n.
func (m matrix) times(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

// rect is a rectangle by its edges.
type rect struct{ x0, y0, x1, y1 float64 }

func (r rect) width() float64  { return r.x1 - r.x0 }
func (r rect) height() float64 { return r.y1 - r.y0 }

// mapped returns the smallest rectangle around r as m maps it.
func (r rect) mapped(m matrix) rect {
	out := rect{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, p := range [][2]float64{{r.x0, r.y0}, {r.x1, r.y0}, {r.x0, r.y1}, {r.x1, r.y1}} {
		x, y := m[0]*p[0]+m[2]*p[1]+m[4], m[1]*p[0]+m[3]*p[1]+m[5]
		out = rect{min(out.x0, x), min(out.y0, y), max(out.x1, x), max(out.y1, y)}
	}
	return out
}

// covers says that r covers page but for a sliver at each edge, as printers'
// drivers and rounding leave it.
func (r rect) covers(page rect) bool {
	dx, dy := page.width()*0.03, page.height()*0.03
	return r.x0 <= page.x0+dx && r.y0 <= page.y0+dy && r.x1 >= page.x1-dx && r.y1 >= page.y1-dy
}

// placed is an image and where a page puts it.
type placed struct {
	image *types.StreamDict
	at    matrix
}

// viewer goes through the content of a page and finds out whether it shows
// nothing but one image. It stops at the first thing that is more than that.
type viewer struct {
	pdf    *pdfFile
	box    rect // what of the page is shown
	images []placed
	other  bool // something else is painted
	left   int  // operations that may still be looked at
	survey bool // go on to the end, for the images alone
}

// state is the part of the graphics state that matters here.
type state struct {
	at   matrix
	mode float64 // text rendering mode
}

// stream goes through one content stream.
func (v *viewer) stream(content []byte, resources types.Dict, s state, depth int) {
	lexer := contentLexer{b: content}
	var saved []state
	var path []rect
	clip := false
	for !v.other || v.survey {
		op, args, broken := lexer.operation()
		if v.left--; broken || v.left < 0 || len(v.images) > 1 && !v.survey {
			v.other = true
			return
		}
		switch op {
		case "":
			return
		case "q":
			saved = append(saved, s)
			if len(saved) > 512 {
				v.other, v.survey = true, false
			}
		case "Q":
			if len(saved) > 0 {
				s, saved = saved[len(saved)-1], saved[:len(saved)-1]
			}
		case "cm":
			if m, ok := matrixOf(args); ok {
				s.at = m.times(s.at)
			}
		case "re":
			path = append(path, rectOf(args).mapped(s.at))
		case "W", "W*":
			clip = true
		case "n":
			if clip && (len(path) != 1 || !path[0].covers(v.box)) {
				v.other = true
			}
			path, clip = nil, false
		case "Tr":
			s.mode = first(args).number
		case "gs":
			v.other = !v.pdf.harmless(resources, first(args).name)
		case "Do":
			v.do(first(args).name, resources, s, depth)
		default:
			v.other = v.paints(op, s, args)
		}
	}
}

// paints says whether an operator shows something or cannot be judged.
func (v *viewer) paints(op string, s state, args []operand) bool {
	switch op {
	case "Tj", "TJ", "'", "\"":
		return s.mode != 3 // 3 is invisible, as OCR in scanners writes it
	case "BDC":
		return first(args).name == "OC" // may be switched off
	}
	return !slices.Contains([]string{
		"w", "J", "j", "M", "d", "ri", "i", "g", "G", "rg", "RG", "k", "K", "cs", "CS", "sc", "SC", "scn", "SCN",
		"BT", "ET", "Tc", "Tw", "Tz", "TL", "Tf", "Ts", "Td", "TD", "Tm", "T*",
		"BMC", "EMC", "MP", "DP", "BX", "EX",
	}, op)
}

// do follows an external object.
func (v *viewer) do(name string, resources types.Dict, s state, depth int) {
	sd := v.pdf.xobject(resources, name)
	if sd == nil || v.pdf.has(sd.Dict, "OC") {
		v.other = true
	}
	if sd == nil {
		return
	}
	switch v.pdf.name(sd.Dict, "Subtype") {
	case "Image":
		v.images = append(v.images, placed{sd, s.at})
	case "Form":
		v.form(sd, resources, s, depth)
	default:
		v.other = true
	}
}

func (v *viewer) form(sd *types.StreamDict, resources types.Dict, s state, depth int) {
	content, err := v.pdf.decoded(sd)
	if err != nil || depth >= maxForms {
		v.other = true
		return
	}
	if m := v.pdf.numbers(sd.Dict, "Matrix"); len(m) == 6 {
		s.at = matrix(m).times(s.at)
	}
	if b := v.pdf.numbers(sd.Dict, "BBox"); len(b) != 4 || !(rect{b[0], b[1], b[2], b[3]}).mapped(s.at).covers(v.box) {
		v.other = true
	}
	if v.other && !v.survey {
		return
	}
	if own := v.pdf.dict(sd.Dict, "Resources"); own != nil {
		resources = own
	}
	v.stream(content, resources, s, depth+1)
}

func first(args []operand) operand {
	if len(args) == 0 {
		return operand{}
	}
	return args[0]
}

func matrixOf(args []operand) (m matrix, ok bool) {
	if len(args) != 6 {
		return m, false
	}
	for i, a := range args {
		m[i] = a.number
	}
	return m, true
}

func rectOf(args []operand) rect {
	if len(args) != 4 {
		return rect{}
	}
	x, y := args[0].number, args[1].number
	return rect{x, y, x + args[2].number, y + args[3].number}
}
