package stack

import (
	"encoding/binary"
	"errors"

	"golang.org/x/image/font/sfnt"
)

// errTrueType means a typeface file is not laid out as expected.
var errTrueType = errors.New("not a TrueType file with long glyph offsets or short ones")

// kept are the tables a PDF viewer needs.
var kept = []string{"OS/2", "cmap", "cvt ", "fpgm", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "post", "prep"}

// subset drops the tables no viewer needs and blanks the outlines of all runes
// not wanted; numbers of glyphs stay as they were.
func subset(raw []byte, want []rune) ([]byte, error) {
	tables, err := tablesOf(raw)
	if err != nil {
		return nil, err
	}
	glyf, loca, head := tables["glyf"], tables["loca"], tables["head"]
	if len(head) < 54 || glyf == nil || loca == nil {
		return nil, errTrueType
	}
	long := head[51] == 1
	keep, err := glyphs(raw, want)
	if err != nil {
		return nil, err
	}
	out := make([]byte, len(glyf))
	for todo := keep; len(todo) > 0; {
		g := todo[0]
		todo = todo[1:]
		lo, hi := offsets(loca, g, long)
		if lo >= hi || hi > len(glyf) {
			continue
		}
		if out[lo+1]|out[lo] == 0 {
			todo = append(todo, parts(glyf[lo:hi])...)
		}
		copy(out[lo:hi], glyf[lo:hi])
	}
	tables["glyf"] = out
	return join(tables), nil
}

// glyphs returns the numbers of the glyphs of the runes, and that of "missing".
func glyphs(raw []byte, want []rune) ([]int, error) {
	f, err := sfnt.Parse(raw)
	if err != nil {
		return nil, err
	}
	var buf sfnt.Buffer
	keep := []int{0}
	for _, r := range want {
		i, err := f.GlyphIndex(&buf, r)
		if err != nil {
			return nil, err
		}
		keep = append(keep, int(i))
	}
	return keep, nil
}

// tablesOf slices the file into its tables.
func tablesOf(raw []byte) (map[string][]byte, error) {
	if len(raw) < 12 {
		return nil, errTrueType
	}
	tables := map[string][]byte{}
	for i := range int(binary.BigEndian.Uint16(raw[4:])) {
		e := 12 + 16*i
		if e+16 > len(raw) {
			return nil, errTrueType
		}
		at, n := int(binary.BigEndian.Uint32(raw[e+8:])), int(binary.BigEndian.Uint32(raw[e+12:]))
		if at+n > len(raw) {
			return nil, errTrueType
		}
		tables[string(raw[e:e+4])] = raw[at : at+n]
	}
	return tables, nil
}

// offsets says where the outline of glyph g lies; nowhere if out of range.
func offsets(loca []byte, g int, long bool) (int, int) {
	if long {
		if 4*g+8 > len(loca) {
			return 0, 0
		}
		return int(binary.BigEndian.Uint32(loca[4*g:])), int(binary.BigEndian.Uint32(loca[4*g+4:]))
	}
	if 2*g+4 > len(loca) {
		return 0, 0
	}
	return 2 * int(binary.BigEndian.Uint16(loca[2*g:])), 2 * int(binary.BigEndian.Uint16(loca[2*g+2:]))
}

// parts returns the glyphs a composite glyph is made of.
func parts(outline []byte) []int {
	const words, scale, more, xy, twoByTwo = 1, 8, 0x20, 0x40, 0x80
	if len(outline) < 14 || int16(binary.BigEndian.Uint16(outline)) >= 0 {
		return nil
	}
	var found []int
	for at := 10; at+4 <= len(outline); {
		flags := binary.BigEndian.Uint16(outline[at:])
		found = append(found, int(binary.BigEndian.Uint16(outline[at+2:])))
		at += 6
		if flags&words != 0 {
			at += 2
		}
		switch {
		case flags&scale != 0:
			at += 2
		case flags&xy != 0:
			at += 4
		case flags&twoByTwo != 0:
			at += 8
		}
		if flags&more == 0 {
			break
		}
	}
	return found
}

// join writes the tables into a file; check sums stay zero, viewers ignore them.
func join(tables map[string][]byte) []byte {
	var names []string
	for _, n := range kept {
		if tables[n] != nil {
			names = append(names, n)
		}
	}
	out := make([]byte, 12+16*len(names))
	copy(out, "\x00\x01\x00\x00")
	binary.BigEndian.PutUint16(out[4:], uint16(len(names)))
	binary.BigEndian.PutUint16(out[6:], 128) // 8 tables are the largest power of two
	binary.BigEndian.PutUint16(out[8:], 3)
	binary.BigEndian.PutUint16(out[10:], uint16(16*len(names)-128))
	for i, n := range names {
		e := out[12+16*i:]
		copy(e, n)
		binary.BigEndian.PutUint32(e[8:], uint32(len(out)))
		binary.BigEndian.PutUint32(e[12:], uint32(len(tables[n])))
		out = append(out, tables[n]...)
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
	}
	return out
}
