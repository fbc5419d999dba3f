package pdfa

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"regexp"
	"strconv"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// fonts looks at every font: its program is embedded and as wide as the file
// says, every code shows a glyph, and every code stands for a character.
func (c *checker) fonts() error {
	c.codes = map[int]int{}
	for i, o := range c.objects {
		d, ok := o.(types.Dict)
		if !ok || d["Type"] != types.Name("Font") || d["Subtype"] == types.Name("CIDFontType2") {
			continue
		}
		n, err := c.fontAs(d)
		if err != nil {
			return fmt.Errorf("object %d: %w", i+1, err)
		}
		c.codes[i+1] = n
	}
	return nil
}

// fontAs returns how many codes a font has, counted from 1.
func (c *checker) fontAs(d types.Dict) (int, error) {
	below, _ := c.resolve(d["DescendantFonts"]).(types.Array)
	if d["Subtype"] != types.Name("Type0") || d["Encoding"] != types.Name("Identity-H") || len(below) != 1 {
		return 0, broken("font of kind %v", d["Subtype"])
	}
	cid, _ := c.resolve(below[0]).(types.Dict)
	descriptor := c.dict(cid, "FontDescriptor")
	info := c.dict(cid, "CIDSystemInfo")
	if cid["Subtype"] != types.Name("CIDFontType2") || cid["BaseFont"] != d["BaseFont"] || descriptor["FontName"] != d["BaseFont"] || info["Registry"] == nil || info["Ordering"] == nil {
		return 0, broken("font whose parts do not belong together")
	}
	glyphs, err := c.decoded(cid["CIDToGIDMap"])
	if err != nil {
		return 0, fmt.Errorf("glyphs of a font: %w", err)
	}
	if len(glyphs) < 4 || len(glyphs)%2 != 0 {
		return 0, broken("font without glyphs")
	}
	if err := c.program(cid, descriptor, glyphs); err != nil {
		return 0, err
	}
	codes := len(glyphs)/2 - 1
	cmap, err := c.decoded(d["ToUnicode"])
	if err != nil {
		return 0, fmt.Errorf("characters of a font: %w", err)
	}
	return codes, characters(cmap, codes)
}

// program compares the widths of a font's program with those that the file says.
func (c *checker) program(cid, descriptor types.Dict, glyphs []byte) error {
	b, err := c.decoded(descriptor["FontFile2"])
	if err != nil {
		return fmt.Errorf("program of a font: %w", err)
	}
	file, _ := c.resolve(descriptor["FontFile2"]).(types.StreamDict)
	advances := advancesOf(b)
	if len(advances) < 2 || integer(file.Dict["Length1"]) != len(b) {
		return broken("font program cannot be read")
	}
	said, _ := c.resolve(cid["W"]).(types.Array)
	var widths types.Array
	if len(said) == 2 && integer(said[0]) == 1 {
		widths, _ = c.resolve(said[1]).(types.Array)
	}
	for code := 1; code < len(glyphs)/2; code++ {
		glyph := int(binary.BigEndian.Uint16(glyphs[2*code:]))
		if glyph == 0 || glyph >= len(advances) {
			return broken("code %d shows no glyph", code)
		}
		want := 1000.0
		if dw := cid["DW"]; dw != nil {
			want = number(dw)
		}
		if code-1 < len(widths) {
			want = number(widths[code-1])
		}
		if math.Abs(advances[glyph]-want) > 1 {
			return broken("code %d is %v wide, not %v", code, advances[glyph], want)
		}
	}
	return nil
}

// tableOf returns a table of a TrueType program of so many bytes at least; nil where
// there is none.
func tableOf(b []byte, tag string, least int) []byte {
	if len(b) < 12 {
		return nil
	}
	for i := range int(binary.BigEndian.Uint16(b[4:])) {
		if len(b) < 12+16*(i+1) {
			return nil
		}
		entry := b[12+16*i:]
		at, n := int(binary.BigEndian.Uint32(entry[8:])), int(binary.BigEndian.Uint32(entry[12:]))
		if string(entry[:4]) == tag && at+n <= len(b) && n >= least {
			return b[at:][:n]
		}
	}
	return nil
}

// advancesOf returns how wide each glyph of a TrueType program is, in thousandths
// of the size; nothing if the program is not whole.
func advancesOf(b []byte) []float64 {
	head, hhea, maxp, hmtx := tableOf(b, "head", 54), tableOf(b, "hhea", 36), tableOf(b, "maxp", 6), tableOf(b, "hmtx", 4)
	if head == nil || hhea == nil || maxp == nil || hmtx == nil || tableOf(b, "glyf", 1) == nil || tableOf(b, "loca", 4) == nil {
		return nil
	}
	unit, glyphs, measured := float64(binary.BigEndian.Uint16(head[18:])), int(binary.BigEndian.Uint16(maxp[4:])), int(binary.BigEndian.Uint16(hhea[34:]))
	if unit == 0 || measured < 1 || measured > glyphs || len(hmtx) < 4*measured {
		return nil
	}
	out := make([]float64, glyphs)
	for i := range out {
		out[i] = float64(binary.BigEndian.Uint16(hmtx[4*min(i, measured-1):])) * 1000 / unit
	}
	return out
}

var bfchar = regexp.MustCompile(`(?m)^<([0-9A-F]{4})> <([0-9A-F]+)>$`)

// characters looks whether a CMap gives each code from 1 on a character.
func characters(cmap []byte, codes int) error {
	next := 1
	_, list, _ := bytes.Cut(cmap, []byte("beginbfchar\n"))
	for _, m := range bfchar.FindAllSubmatch(list, -1) {
		code, _ := strconv.ParseUint(string(m[1]), 16, 16)
		text, err := hex.DecodeString(string(m[2]))
		if int(code) != next || err != nil || len(text) < 2 || len(text) > 4 || len(text)%2 != 0 {
			return broken("code %d is given no character", next)
		}
		switch u := binary.BigEndian.Uint16(text); u {
		case 0, 0xfeff, 0xfffe:
			return broken("code %d is given U+%04X", next, u)
		}
		next++
	}
	if next != codes+1 || !bytes.Contains(cmap, []byte("<0000> <FFFF>\nendcodespacerange")) {
		return broken("%d of %d codes are given a character", next-1, codes)
	}
	return nil
}
