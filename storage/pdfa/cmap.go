package pdfa

import (
	"encoding/binary"
	"errors"
	"unicode/utf16"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// cmapID names a table of a font program: its platform and its encoding.
type cmapID struct{ platform, encoding int }

// cmapsOf returns the tables by which a TrueType program finds a glyph, 0 for none.
// A table of a kind that is not read finds none.
func cmapsOf(program []byte) map[cmapID]func(int) int {
	b := tableOf(program, "cmap", 4)
	out := map[cmapID]func(int) int{}
	if b == nil {
		return out
	}
	for i := range int(binary.BigEndian.Uint16(b[2:])) {
		if len(b) < 4+8*(i+1) {
			break
		}
		entry := b[4+8*i:]
		id := cmapID{int(binary.BigEndian.Uint16(entry)), int(binary.BigEndian.Uint16(entry[2:]))}
		at := int(binary.BigEndian.Uint32(entry[4:]))
		if at+6 > len(b) {
			out[id] = func(int) int { return 0 }
			continue
		}
		t := b[at:]
		out[id] = func(c int) int { return lookUp(t, c) }
	}
	return out
}

// lookUp finds the glyph of a character in a table of one of the common formats.
func lookUp(t []byte, c int) int {
	u16 := func(at int) int {
		if at < 0 || at+2 > len(t) {
			return 0
		}
		return int(binary.BigEndian.Uint16(t[at:]))
	}
	switch u16(0) {
	case 0:
		if c < 256 && 6+c < len(t) {
			return int(t[6+c])
		}
	case 6:
		if first, n := u16(6), u16(8); c >= first && c < first+n {
			return u16(10 + 2*(c-first))
		}
	case 4:
		n := u16(6) / 2
		for i := range n {
			if c > u16(14+2*i) {
				continue
			}
			start, delta, offset := u16(16+2*n+2*i), u16(16+4*n+2*i), u16(16+6*n+2*i)
			switch {
			case c < start:
				return 0
			case offset == 0:
				return (c + delta) & 0xffff
			}
			if g := u16(16 + 6*n + 2*i + offset + 2*(c-start)); g != 0 {
				return (g + delta) & 0xffff
			}
			return 0
		}
	}
	return 0
}

// characters reads which codes a CMap gives a character; nil: there is no CMap.
func (c *checker) characters(o types.Object) (map[int]bool, error) {
	if o == nil {
		return nil, nil
	}
	b, err := c.decoded(o)
	if err != nil {
		return nil, err
	}
	out := map[int]bool{}
	l := &lexer{b: b}
	var args []token
	for {
		t, err := l.next(0)
		switch {
		case errors.Is(err, errEnd):
			return out, nil
		case err != nil:
			return nil, err
		case t.kind != operatorToken:
			if args = append(args, t); len(args) > 400_000 {
				return nil, broken("CMap without an end")
			}
			continue
		case t.text == "endbfchar":
			err = pairs(args, out)
		case t.text == "endbfrange":
			err = spans(args, out)
		}
		if err != nil {
			return nil, err
		}
		args = args[:0]
	}
}

// codeOf is the number that a string of one or two bytes is, -1 for any other.
func codeOf(t token) int {
	switch {
	case t.kind != stringToken || len(t.text) < 1 || len(t.text) > 2:
		return -1
	case len(t.text) == 1:
		return int(t.text[0])
	}
	return int(t.text[0])<<8 | int(t.text[1])
}

// sensible says whether a string is text that may stand for a code, n places on.
func sensible(t token, n int) bool {
	if t.kind != stringToken || len(t.text) < 2 || len(t.text)%2 != 0 {
		return false
	}
	var units []uint16
	for s := t.text; s != ""; s = s[2:] {
		units = append(units, uint16(s[0])<<8|uint16(s[1]))
	}
	units[len(units)-1] += uint16(n)
	for _, r := range utf16.Decode(units) {
		if r == 0 || r == 0xfeff || r == 0xfffe || r == 0xfffd {
			return false
		}
	}
	return true
}

func pairs(args []token, out map[int]bool) error {
	for ; len(args) >= 2; args = args[2:] {
		code := codeOf(args[0])
		if code < 0 {
			return broken("CMap with a code that is none")
		}
		out[code] = sensible(args[1], 0)
	}
	return nil
}

func spans(args []token, out map[int]bool) error {
	for ; len(args) >= 3; args = args[3:] {
		first, last := codeOf(args[0]), codeOf(args[1])
		if first < 0 || last < first || last-first > 0xffff {
			return broken("CMap with a span that is none")
		}
		for code := first; code <= last; code++ {
			if list := args[2].list; args[2].kind == arrayToken {
				out[code] = code-first < len(list) && sensible(list[code-first], 0)
				continue
			}
			out[code] = sensible(args[2], code-first)
		}
	}
	return nil
}
