package pdfa

import (
	"encoding/binary"
	"fmt"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
	ximage "golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// typeface is a font that can be seen: a TrueType program, embedded whole. What
// it has no glyph for is shown as a question mark.
type typeface struct {
	*font
	name    string
	program []byte
	parsed  *sfnt.Font
	buf     sfnt.Buffer
}

// em is the unit of a PDF's glyph widths.
const em = 1000

func newTypeface(name string, program []byte) (*typeface, error) {
	parsed, err := sfnt.Parse(program)
	if err != nil {
		return nil, fmt.Errorf("read typeface %s: %w", name, err)
	}
	return &typeface{font: newFont(), name: name, program: program, parsed: parsed}, nil
}

// encode returns the codes of s, two bytes each.
func (t *typeface) encode(s string) (out []byte) {
	for _, r := range clean(s) {
		if t.glyph(r) == 0 {
			r = '?'
		}
		out = binary.BigEndian.AppendUint16(out, t.code(r))
	}
	return out
}

func (t *typeface) glyph(r rune) sfnt.GlyphIndex {
	g, err := t.parsed.GlyphIndex(&t.buf, r)
	if err != nil {
		return 0
	}
	return g
}

// units returns how wide the glyph of r is, in thousandths of the size.
func (t *typeface) units(r rune) (int, error) {
	w, err := t.parsed.GlyphAdvance(&t.buf, t.glyph(r), fixed.I(em), ximage.HintingNone)
	return w.Round(), err
}

// write writes the typeface as fontObjects objects, the first of which pages
// refer to.
func (t *typeface) write(out *file, first int) error {
	box, err := t.parsed.Bounds(&t.buf, fixed.I(em), ximage.HintingNone)
	if err != nil {
		return fmt.Errorf("measure typeface %s: %w", t.name, err)
	}
	widths := types.Array{}
	glyphs := []byte{0, 0}
	for _, r := range t.runes {
		w, err := t.units(r)
		if err != nil {
			return fmt.Errorf("measure %q in typeface %s: %w", r, t.name, err)
		}
		widths = append(widths, types.Integer(w))
		glyphs = binary.BigEndian.AppendUint16(glyphs, uint16(t.glyph(r)))
	}
	info := types.Dict{"Registry": literal([]byte("Adobe")), "Ordering": literal([]byte("Identity")), "Supplement": types.Integer(0)}
	top, bottom := -box.Min.Y.Floor(), -box.Max.Y.Ceil()
	dicts := []types.Dict{{
		"Type": types.Name("Font"), "Subtype": types.Name("Type0"), "BaseFont": types.Name(t.name),
		"Encoding": types.Name("Identity-H"), "DescendantFonts": types.Array{ref(first + 1)}, "ToUnicode": ref(first + 5),
	}, {
		"Type": types.Name("Font"), "Subtype": types.Name("CIDFontType2"), "BaseFont": types.Name(t.name),
		"CIDSystemInfo": info, "W": types.Array{types.Integer(1), widths}, "CIDToGIDMap": ref(first + 4), "FontDescriptor": ref(first + 2),
	}, {
		"Type": types.Name("FontDescriptor"), "FontName": types.Name(t.name), "FontFile2": ref(first + 3),
		"Flags": types.Integer(4), "ItalicAngle": types.Integer(0), "StemV": types.Integer(80),
		"Ascent": types.Integer(top), "Descent": types.Integer(bottom), "CapHeight": types.Integer(top),
		"FontBBox": types.Array{types.Integer(box.Min.X.Floor()), types.Integer(bottom), types.Integer(box.Max.X.Ceil()), types.Integer(top)},
	}}
	for i, d := range dicts {
		if err := out.object(first+i, d); err != nil {
			return err
		}
	}
	if err := out.packed(first+3, types.Dict{"Length1": types.Integer(len(t.program))}, t.program); err != nil {
		return err
	}
	if err := out.packed(first+4, types.Dict{}, glyphs); err != nil {
		return err
	}
	return out.packed(first+5, types.Dict{}, t.toUnicode())
}
