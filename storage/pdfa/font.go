package pdfa

import (
	"bytes"
	"fmt"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// The measures of the font, in thousandths of its size. Every character is as
// wide as any other; Tz makes a word fit its box.
const (
	fontName = "Mailroom"
	advance  = 500
	ascent   = 800
	descent  = -200
)

// substitute stands for the characters of a document with more different ones
// than a font has codes for.
const substitute = utf8.RuneError

// maxCodes is how many codes besides 0 a font has; the last is the substitute's.
const maxCodes = 0xffff

// font gives each character of a document its code as it is met. Code 0 would
// be .notdef, which PDF/A forbids, and is never given.
type font struct {
	codes map[rune]uint16
	runes []rune // runes[i] has the code i+1
}

func newFont() *font { return &font{codes: map[rune]uint16{}} }

// code returns the code of r.
func (f *font) code(r rune) uint16 {
	if c, ok := f.codes[r]; ok {
		return c
	}
	if len(f.runes) == maxCodes-1 && r != substitute {
		return f.code(substitute)
	}
	if len(f.runes) == maxCodes {
		return maxCodes
	}
	f.runes = append(f.runes, r)
	f.codes[r] = uint16(len(f.runes))
	return f.codes[r]
}

// clean returns the characters of s that text in a PDF/A may have: no control
// characters, no U+FEFF, no noncharacters, nothing that was not UTF-8. White
// space inside a word becomes a plain space.
func clean(s string) []rune {
	var runes []rune
	for i, r := range s {
		_, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1, r == 0xfeff, r&0xfffe == 0xfffe, r >= 0xfdd0 && r <= 0xfdef:
		case unicode.IsSpace(r):
			runes = append(runes, ' ')
		case unicode.IsControl(r):
		default:
			runes = append(runes, r)
		}
	}
	return runes
}

// fontObjects is how many objects write takes, counted from its first number.
const fontObjects = 6

// write writes the font as fontObjects objects, of which the first is the font
// that pages refer to.
func (f *font) write(out *file, first int) error {
	info := types.Dict{"Registry": literal([]byte("Adobe")), "Ordering": literal([]byte("Identity")), "Supplement": types.Integer(0)}
	dicts := []types.Dict{{
		"Type": types.Name("Font"), "Subtype": types.Name("Type0"), "BaseFont": types.Name(fontName),
		"Encoding": types.Name("Identity-H"), "DescendantFonts": types.Array{ref(first + 1)}, "ToUnicode": ref(first + 5),
	}, {
		"Type": types.Name("Font"), "Subtype": types.Name("CIDFontType2"), "BaseFont": types.Name(fontName),
		"CIDSystemInfo": info, "DW": types.Integer(advance), "CIDToGIDMap": ref(first + 4), "FontDescriptor": ref(first + 2),
	}, {
		"Type": types.Name("FontDescriptor"), "FontName": types.Name(fontName), "FontFile2": ref(first + 3),
		"Flags": types.Integer(4), "ItalicAngle": types.Integer(0), "StemV": types.Integer(80),
		"Ascent": types.Integer(ascent), "Descent": types.Integer(descent), "CapHeight": types.Integer(ascent),
		"FontBBox": types.Array{types.Integer(0), types.Integer(descent), types.Integer(advance), types.Integer(ascent)},
	}}
	for i, d := range dicts {
		if err := out.object(first+i, d); err != nil {
			return err
		}
	}
	program := trueType()
	if err := out.packed(first+3, types.Dict{"Length1": types.Integer(len(program))}, program); err != nil {
		return err
	}
	if err := out.packed(first+4, types.Dict{}, f.glyphs()); err != nil {
		return err
	}
	return out.packed(first+5, types.Dict{}, f.toUnicode())
}

// glyphs is the CIDToGIDMap: every code but 0 shows glyph 1.
func (f *font) glyphs() []byte {
	return append([]byte{0, 0}, bytes.Repeat([]byte{0, 1}, len(f.runes))...)
}

// toUnicode is the CMap from codes to characters.
func (f *font) toUnicode() []byte {
	var b bytes.Buffer
	b.WriteString(`/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
`)
	const most = 100 // entries that one block may have
	for start := 0; start < len(f.runes); start += most {
		block := f.runes[start:min(start+most, len(f.runes))]
		fmt.Fprintf(&b, "%d beginbfchar\n", len(block))
		for i, r := range block {
			fmt.Fprintf(&b, "<%04X> <", start+i+1)
			for _, u := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, "%04X", u)
			}
			b.WriteString(">\n")
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return b.Bytes()
}
