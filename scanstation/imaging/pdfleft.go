package imaging

import (
	"slices"
	"strings"
	"unicode"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"mailroom/scanstation"
)

// maxLeft is how many things of one kind are named; a form has thousands of
// fields, and a portfolio as many files.
const maxLeft = 20

// xfa says whether the file is a form in XFA, which only its maker's programs
// show: what stands on its pages is a notice that one of these is needed.
func (p *pdfFile) xfa() bool {
	return p.has(p.dict(p.root(), "AcroForm"), "XFA") || p.flag(p.root(), "NeedsRendering")
}

func (p *pdfFile) root() types.Dict {
	if p.ctx.Root == nil {
		return nil
	}
	root, _ := p.get(*p.ctx.Root).(types.Dict)
	return root
}

// left lists what the file has and pictures of its pages do not: signatures,
// files within it, scripts, fields, media, layers that are switched off. It goes
// by the objects that there are, reachable or not.
func (p *pdfFile) left() []scanstation.Reason {
	f := &findings{pdf: p}
	for _, number := range p.numbersInUse() {
		entry := p.ctx.Table[number]
		switch o := entry.Object.(type) {
		case types.Dict:
			f.dict(o)
		case types.StreamDict:
			f.dict(o.Dict)
		}
	}
	f.fields(p.array(p.dict(p.root(), "AcroForm"), "Fields"), 0)
	if d := p.dict(p.dict(p.root(), "OCProperties"), "D"); len(p.array(d, "OFF")) > 0 || p.name(d, "BaseState") == "OFF" {
		f.add(scanstation.LeftLayer, "")
	}
	return f.list
}

// numbersInUse returns the numbers of all objects, in order.
func (p *pdfFile) numbersInUse() []int {
	numbers := make([]int, 0, len(p.ctx.Table))
	for number, entry := range p.ctx.Table {
		if entry != nil && !entry.Free {
			numbers = append(numbers, number)
		}
	}
	slices.Sort(numbers)
	return numbers
}

// findings gathers what a file has.
type findings struct {
	pdf  *pdfFile
	list []scanstation.Reason
}

// add names something once.
func (f *findings) add(code, detail string) {
	r := scanstation.Reason{Code: code, Detail: named(detail)}
	same := 0
	for _, known := range f.list {
		if known == r {
			return
		}
		if known.Code == code {
			same++
		}
	}
	if same < maxLeft {
		f.list = append(f.list, r)
	}
}

// named makes a name out of a file fit for a line of a note.
func named(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if runes := []rune(s); len(runes) > 80 {
		s = string(runes[:80])
	}
	return strings.TrimSpace(s)
}

// dict looks at one object and at what stands within it directly.
func (f *findings) dict(d types.Dict) { f.value(d, 0) }

func (f *findings) value(o types.Object, depth int) {
	if depth > 32 {
		return
	}
	switch o := o.(type) {
	case types.Array:
		for _, item := range o {
			f.value(item, depth+1)
		}
	case types.Dict:
		f.one(o)
		for _, item := range o {
			f.value(item, depth+1)
		}
	}
}

// actions are the actions that do more than to lead somewhere.
var actions = []string{"JavaScript", "Launch", "SubmitForm", "ImportData", "ResetForm", "GoToR", "GoToE", "Hide", "Rendition", "Movie", "Sound", "RichMediaExecute", "SetOCGState", "Named"}

func (f *findings) one(d types.Dict) {
	p := f.pdf
	if kind := p.name(d, "S"); slices.Contains(actions, kind) {
		f.add(scanstation.LeftAction, kind)
	}
	if p.has(d, "JS") {
		f.add(scanstation.LeftAction, "JavaScript")
	}
	if p.has(d, "EF") {
		name := p.text(d, "UF")
		if name == "" {
			name = p.text(d, "F")
		}
		f.add(scanstation.LeftFile, name)
	}
	switch p.name(d, "Subtype") {
	case "Movie", "Sound", "Screen", "RichMedia", "3D":
		f.add(scanstation.LeftMedia, p.name(d, "Subtype"))
	}
}

// fields goes through the fields of a form.
func (f *findings) fields(list types.Array, depth int) {
	if depth > 16 || len(f.list) > 10*maxLeft {
		return
	}
	for _, o := range list[:min(len(list), 5000)] {
		d, _ := f.pdf.get(o).(types.Dict)
		switch kind := f.pdf.name(d, "FT"); {
		case kind == "Sig" && f.pdf.has(d, "V"):
			f.add(scanstation.LeftSignature, f.signature(d))
		case kind != "" && kind != "Sig":
			f.add(scanstation.LeftForm, "")
		}
		f.fields(f.pdf.array(d, "Kids"), depth+1)
	}
}

// signature names a signature: its field, who signed, and of what kind it is.
func (f *findings) signature(field types.Dict) string {
	value := f.pdf.dict(field, "V")
	var parts []string
	for _, s := range []string{f.pdf.text(field, "T"), f.pdf.text(value, "Name"), f.pdf.name(value, "SubFilter")} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", ")
}

// text returns a text string.
func (p *pdfFile) text(d types.Dict, key string) string {
	o := p.get(d[key])
	switch o.(type) {
	case types.StringLiteral, types.HexLiteral:
	default:
		return ""
	}
	s, err := types.StringOrHexLiteral(o)
	if err != nil || s == nil {
		return ""
	}
	return *s
}
