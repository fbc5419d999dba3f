package pdfa

import "encoding/binary"

// The tags of the profile in the order in which their data is written. The
// three curves are one piece of data. Numbers are s15Fixed16 (ICC.1:2004-10):
// the sRGB primaries and white of IEC 61966-2-1, adapted to D50 by Bradford's
// matrix, rounded so that the three colorants add up to the white point.
var (
	iccWhite = []int32{0xf6d6, 0x10000, 0xd32d}
	iccAdapt = []int32{68674, 1502, -3291, 1939, 64912, -1119, -606, 988, 49262}
	iccRed   = []int32{28576, 14581, 912}
	iccGreen = []int32{25239, 46983, 6362}
	iccBlue  = []int32{9375, 3972, 46787}
	// iccCurve is g, a, b, c, d of (a*x+b)^g for x >= d, else c*x.
	iccCurve = []int32{157286, 62119, 3417, 5072, 2651}
)

// sRGB returns an ICC profile, version 4.2, for the colour space sRGB: a
// display profile of matrix and curves.
func sRGB() []byte {
	type element struct {
		tags []string
		data []byte
	}
	elements := []element{
		{[]string{"desc"}, iccText("sRGB IEC61966-2.1")},
		{[]string{"cprt"}, iccText("No copyright, use freely")},
		{[]string{"wtpt"}, iccNumbers("XYZ ", nil, iccWhite)},
		{[]string{"chad"}, iccNumbers("sf32", nil, iccAdapt)},
		{[]string{"rXYZ"}, iccNumbers("XYZ ", nil, iccRed)},
		{[]string{"gXYZ"}, iccNumbers("XYZ ", nil, iccGreen)},
		{[]string{"bXYZ"}, iccNumbers("XYZ ", nil, iccBlue)},
		{[]string{"rTRC", "gTRC", "bTRC"}, iccNumbers("para", []byte{0, 3, 0, 0}, iccCurve)},
	}
	const tags, prologue = 10, 128
	table := binary.BigEndian.AppendUint32(nil, tags)
	var data []byte
	offset := prologue + 4 + 12*tags
	for _, e := range elements {
		for _, tag := range e.tags {
			table = append(table, tag...)
			table = binary.BigEndian.AppendUint32(table, uint32(offset+len(data)))
			table = binary.BigEndian.AppendUint32(table, uint32(len(e.data)))
		}
		data = append(data, e.data...)
		for len(data)%4 != 0 {
			data = append(data, 0)
		}
	}
	return append(append(iccHeader(offset+len(data)), table...), data...)
}

// iccHeader is the first 128 bytes of a profile of that size. It carries a fixed
// date, for the profile never changes.
func iccHeader(size int) []byte {
	h := make([]byte, 128)
	binary.BigEndian.PutUint32(h, uint32(size))
	h[8], h[9] = 4, 0x20 // version 4.2
	copy(h[12:], "mntrRGB XYZ ")
	for i, n := range []uint16{2026, 1, 1, 0, 0, 0} {
		binary.BigEndian.PutUint16(h[24+2*i:], n)
	}
	copy(h[36:], "acsp")
	for i, n := range iccWhite { // the illuminant of the connection space, D50
		binary.BigEndian.PutUint32(h[68+4*i:], uint32(n))
	}
	return h
}

// iccText is a multiLocalizedUnicodeType with one record, en-US.
func iccText(s string) []byte {
	b := append([]byte("mluc"), 0, 0, 0, 0)
	for _, n := range []uint32{1, 12} {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	b = append(b, "enUS"...)
	b = binary.BigEndian.AppendUint32(b, uint32(2*len(s)))
	b = binary.BigEndian.AppendUint32(b, 28)
	for i := range len(s) {
		b = append(b, 0, s[i])
	}
	return b
}

// iccNumbers is a type of numbers after an optional prefix.
func iccNumbers(kind string, prefix []byte, numbers []int32) []byte {
	b := append([]byte(kind), 0, 0, 0, 0)
	b = append(b, prefix...)
	for _, n := range numbers {
		b = binary.BigEndian.AppendUint32(b, uint32(n))
	}
	return b
}
