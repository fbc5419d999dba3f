package pdfa

import "encoding/binary"

// trueType returns a TrueType program of two glyphs without outlines: .notdef
// and the one that all characters show. It has the six tables that a PDF asks
// of a CIDFontType2, and nothing else.
func trueType() []byte {
	head := words(1, 0, 1, 0, 0, 0, 0x5f0f, 0x3cf5, // version, revision, checksum adjustment (below), magic number
		3, 1000, // flags, units per em
		0, 0, 0, 0, 0, 0, 0, 0, // created, modified
		0, descent, advance, ascent, // bounding box
		0, 8, 2, 0, 0) // style, smallest readable size, direction, short loca, glyph format
	hhea := words(1, 0, ascent, descent, 0, // version, ascender, descender, line gap
		advance, 0, 0, 0, // greatest advance, least bearings, greatest extent
		1, 0, 0, 0, 0, 0, 0, 0, // caret, reserved
		2) // advances in hmtx
	maxp := words(1, 0, 2, // version, glyphs
		0, 0, 0, 0, // points and contours
		2, 0, 0, 0, 0, 0, 0, 0, 0) // zones, then limits of instructions and components
	tables := []struct {
		tag  string
		data []byte
	}{
		{"glyf", make([]byte, 4)}, // both glyphs are empty; no table may be
		{"head", head},
		{"hhea", hhea},
		{"hmtx", words(advance, 0, advance, 0)},
		{"loca", words(0, 0, 0)},
		{"maxp", maxp},
	}
	font := words(1, 0, len(tables), 4*16, 2, (len(tables)-4)*16)
	offset := len(font) + 16*len(tables)
	var body []byte
	var headAt int
	for _, t := range tables {
		if t.tag == "head" {
			headAt = offset + len(body)
		}
		font = append(font, t.tag...)
		font = binary.BigEndian.AppendUint32(font, checksum(t.data))
		font = binary.BigEndian.AppendUint32(font, uint32(offset+len(body)))
		font = binary.BigEndian.AppendUint32(font, uint32(len(t.data)))
		body = append(body, t.data...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	font = append(font, body...)
	binary.BigEndian.PutUint32(font[headAt+8:], 0xb1b0afba-checksum(font))
	return font
}

// words writes numbers as 16 bits each, big end first.
func words(numbers ...int) []byte {
	var b []byte
	for _, n := range numbers {
		b = binary.BigEndian.AppendUint16(b, uint16(n))
	}
	return b
}

// checksum adds up b as 32-bit numbers, padded with zeros.
func checksum(b []byte) uint32 {
	var sum uint32
	for len(b)%4 != 0 {
		b = append(b[:len(b):len(b)], 0)
	}
	for ; len(b) > 0; b = b[4:] {
		sum += binary.BigEndian.Uint32(b)
	}
	return sum
}
