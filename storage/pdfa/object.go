package pdfa

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
	"unicode/utf16"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// appendObject appends o in PDF syntax. Dictionary keys are sorted, so equal
// objects have equal bytes; numbers have at most four decimals.
func appendObject(b []byte, o types.Object) []byte {
	switch o := o.(type) {
	case types.Dict:
		b = append(b, "<<"...)
		for i, key := range slices.Sorted(maps.Keys(o)) {
			if i > 0 {
				b = append(b, ' ')
			}
			b = append(b, '/')
			b = append(b, types.EncodeName(key)...)
			b = append(b, ' ')
			b = appendObject(b, o[key])
		}
		return append(b, ">>"...)
	case types.Array:
		b = append(b, '[')
		for i, item := range o {
			if i > 0 {
				b = append(b, ' ')
			}
			b = appendObject(b, item)
		}
		return append(b, ']')
	case types.Float:
		return appendNumber(b, float64(o), 4)
	default:
		return append(b, o.PDFString()...)
	}
}

// appendNumber appends x with at most that many decimals and no exponent.
func appendNumber(b []byte, x float64, decimals int) []byte {
	start := len(b)
	b = strconv.AppendFloat(b, x, 'f', decimals, 64)
	b = bytes.TrimRight(b, "0")
	b = bytes.TrimSuffix(b, []byte("."))
	switch string(b[start:]) {
	case "", "-", "-0":
		b = append(b[:start], '0')
	}
	return b
}

// ref is a reference to the object with that number.
func ref(number int) types.Object {
	return *types.NewIndirectRef(number, 0)
}

// literal is a string that cannot be mistaken: all in hexadecimal.
func literal(b []byte) types.Object {
	return types.NewHexLiteral(b)
}

// text is a text string: as it is if it is ASCII, else UTF-16 with a byte order
// mark. It is written in hexadecimal, so nothing in it needs an escape.
func text(s string) types.Object {
	plain := true
	for i := range len(s) {
		plain = plain && s[i] >= ' ' && s[i] < 0x7f
	}
	if plain {
		return literal([]byte(s))
	}
	b := []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u>>8), byte(u))
	}
	return literal(b)
}
