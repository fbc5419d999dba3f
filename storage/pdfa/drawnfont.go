package pdfa

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
	"golang.org/x/text/encoding/charmap"
)

// shownFont is a font of a lifted copy with the codes that are shown with it.
type shownFont struct {
	dict, own types.Dict // own: the one font of a composite one; of a simple one itself
	double    bool       // codes of two bytes
	codes     map[int]bool
}

// show notes the codes of a string.
func (f *shownFont) show(s string) error {
	if !f.double {
		for i := range len(s) {
			f.codes[int(s[i])] = true
		}
		return nil
	}
	if len(s)%2 != 0 {
		return broken("half a code")
	}
	for ; s != ""; s = s[2:] {
		f.codes[int(s[0])<<8|int(s[1])] = true
	}
	return nil
}

func (g *gallery) face(o types.Object) error {
	_, err := g.shown(o)
	return err
}

// shown returns the font that o is: one of TrueType outlines that stand in the file,
// simple or composite.
func (g *gallery) shown(o types.Object) (*shownFont, error) {
	d, _ := g.at(o).(types.Dict)
	at := reflect.ValueOf(d).Pointer()
	if f := g.fonts[at]; f != nil && d != nil {
		return f, nil
	}
	if d["Type"] != types.Name("Font") {
		return nil, broken("font that is none")
	}
	f := &shownFont{dict: d, own: d, codes: map[int]bool{}}
	switch d["Subtype"] {
	case types.Name("TrueType"):
	case types.Name("Type0"):
		list, _ := g.at(d["DescendantFonts"]).(types.Array)
		if len(list) != 1 || d["Encoding"] != types.Name("Identity-H") && d["Encoding"] != types.Name("Identity-V") {
			return nil, broken("composite font coded as %.40v", d["Encoding"])
		}
		f.double = true
		if f.own, _ = g.at(list[0]).(types.Dict); f.own["Type"] != types.Name("Font") || f.own["Subtype"] != types.Name("CIDFontType2") {
			return nil, broken("composite font of %v", f.own["Subtype"])
		}
	default:
		return nil, broken("font of type %v", d["Subtype"])
	}
	for _, part := range []types.Dict{f.dict, f.own} {
		if err := only(part, fontKeys); err != nil {
			return nil, err
		}
		if err := g.data(part); err != nil {
			return nil, err
		}
	}
	g.fonts[at] = f
	g.order = append(g.order, at)
	return f, nil
}

// font looks whether a font holds what is shown with it: a glyph for each code, as
// wide as the file says, and a character for each.
func (g *gallery) font(f *shownFont) error {
	name, _ := f.dict["BaseFont"].(types.Name)
	descriptor := g.dict(f.own, "FontDescriptor")
	if err := only(descriptor, faceKeys); err != nil {
		return fmt.Errorf("font %s: %w", name, err)
	}
	program, err := g.decoded(descriptor["FontFile2"])
	if err != nil {
		return fmt.Errorf("font %s is not in the file: %w", name, err)
	}
	file := g.dict(descriptor, "FontFile2")
	advances := advancesOf(program)
	if len(advances) < 1 || integer(file["Length1"]) != len(program) || f.own["BaseFont"] != descriptor["FontName"] {
		return broken("program of font %s cannot be read", name)
	}
	characters, err := g.characters(f.dict["ToUnicode"])
	if err != nil {
		return fmt.Errorf("font %s: %w", name, err)
	}
	glyph, width, err := g.measures(f, program)
	if err != nil {
		return fmt.Errorf("font %s: %w", name, err)
	}
	for _, code := range slices.Sorted(maps.Keys(f.codes)) {
		n, w := glyph(code), width(code)
		switch {
		case n <= 0 || n >= len(advances):
			return broken("code %d of font %s shows no glyph", code, name)
		case math.Abs(advances[n]-w) > 1 || math.IsNaN(w):
			return broken("code %d of font %s is %v wide, not %v", code, name, advances[n], w)
		case characters != nil && !characters[code]:
			return broken("code %d of font %s is given no character", code, name)
		}
	}
	return nil
}

// measures returns how the glyph of a code is found, and its width as the file says.
func (g *gallery) measures(f *shownFont, program []byte) (glyph func(int) int, width func(int) float64, err error) {
	if f.double {
		if glyph, err = g.glyphOfCID(f.own["CIDToGIDMap"]); err == nil {
			width, err = g.widthOfCID(f.own)
		}
		if err == nil && f.dict["ToUnicode"] == nil {
			err = broken("no characters")
		}
		return glyph, width, err
	}
	first, last := integer(f.dict["FirstChar"]), integer(f.dict["LastChar"])
	widths, _ := g.resolve(f.dict["Widths"]).(types.Array)
	if first < 0 || last < first || last > 255 || len(widths) != last-first+1 {
		return nil, nil, broken("%d widths for the codes %d to %d", len(widths), first, last)
	}
	width = func(code int) float64 {
		if code < first || code > last {
			return math.NaN()
		}
		return signed(g.resolve(widths[code-first]))
	}
	glyph, err = g.glyphOfCode(f, program)
	return glyph, width, err
}

func (g *gallery) glyphOfCID(o types.Object) (func(int) int, error) {
	switch o := g.resolve(o).(type) {
	case types.Name:
		if o == "Identity" {
			return func(code int) int { return code }, nil
		}
	case types.StreamDict:
		glyphs, err := g.decoded(o)
		return func(code int) int {
			if len(glyphs) < 2*code+2 {
				return 0
			}
			return int(binary.BigEndian.Uint16(glyphs[2*code:]))
		}, err
	}
	return nil, broken("no map of glyphs")
}

// widthOfCID reads the list of widths: runs of a first code and its widths, or of a
// first and a last code and the width of all.
func (g *gallery) widthOfCID(d types.Dict) (func(int) float64, error) {
	usual := 1000.0
	if d["DW"] != nil {
		usual = signed(g.resolve(d["DW"]))
	}
	list, _ := g.resolve(d["W"]).(types.Array)
	widths := map[int]float64{}
	for i := 0; i < len(list); {
		first := integer(g.resolve(list[i]))
		if first < 0 || i+1 >= len(list) {
			return nil, broken("list of widths")
		}
		if run, ok := g.resolve(list[i+1]).(types.Array); ok {
			for n, w := range run {
				widths[first+n] = signed(g.resolve(w))
			}
			i += 2
			continue
		}
		last := integer(g.resolve(list[i+1]))
		if i+2 >= len(list) || last < first || last > 0xffff {
			return nil, broken("list of widths")
		}
		for code := first; code <= last; code++ {
			widths[code] = signed(g.resolve(list[i+2]))
		}
		i += 3
	}
	return func(code int) float64 {
		if w, ok := widths[code]; ok {
			return w
		}
		return usual
	}, nil
}

// The flags of a font: its characters are its own, or those of a known alphabet.
const (
	symbolic    = 4
	nonsymbolic = 32
)

// glyphOfCode is how a simple font finds its glyphs: by the characters that a known
// encoding gives the codes, or by a table of its own.
func (g *gallery) glyphOfCode(f *shownFont, program []byte) (func(int) int, error) {
	flags := integer(g.resolve(g.dict(f.own, "FontDescriptor")["Flags"]))
	tables := cmapsOf(program)
	encoding := g.resolve(f.dict["Encoding"])
	switch {
	case flags&symbolic != 0 && flags&nonsymbolic == 0 && encoding == nil:
		if f.dict["ToUnicode"] == nil {
			return nil, broken("no characters")
		}
		if own := tables[cmapID{3, 0}]; own != nil {
			return func(code int) int {
				for _, base := range []int{0, 0xf000, 0xf100, 0xf200} {
					if n := own(base + code); n > 0 {
						return n
					}
				}
				return 0
			}, nil
		}
		if len(tables) == 1 {
			for _, own := range tables {
				return own, nil
			}
		}
		return nil, broken("symbolic with %d tables", len(tables))
	case flags&nonsymbolic != 0 && flags&symbolic == 0 && encoding == types.Name("WinAnsiEncoding") && tables[cmapID{3, 1}] != nil:
		return func(code int) int { return tables[cmapID{3, 1}](winAnsi(code)) }, nil
	}
	return nil, broken("coded as %.60v, flags %d", encoding, flags)
}

// winAnsi is the character of a code, 0 where there is none that is certain.
func winAnsi(code int) int {
	switch {
	case code < 32 || code > 255 || code == 127:
		return 0
	case code == 0xa0:
		return ' '
	case code == 0xad:
		return '-'
	}
	if r := charmap.Windows1252.DecodeByte(byte(code)); r != 0xfffd && r >= ' ' && !strings.ContainsRune("\u0081\u008d\u008f\u0090\u009d", r) {
		return int(r)
	}
	return 0
}
