package pdfa

import (
	"slices"
	"unicode"

	"golang.org/x/text/unicode/bidi"
)

// visual returns the characters of a word as they stand on paper from left to
// right. Readers expect text in a PDF in this order and turn it back.
func visual(runes []rune) []rune {
	if !slices.ContainsFunc(runes, rightToLeft) {
		return runes
	}
	slices.Reverse(runes)
	for i := 0; i < len(runes); {
		j := i + 1
		switch {
		case unicode.Is(unicode.M, runes[i]): // marks stay behind their letter
			for j < len(runes) && unicode.Is(unicode.M, runes[j]) {
				j++
			}
			j = min(j+1, len(runes))
			slices.Reverse(runes[i:j])
		case !rightToLeft(runes[i]): // digits and Latin run as ever
			for j < len(runes) && !rightToLeft(runes[j]) && !unicode.Is(unicode.M, runes[j]) {
				j++
			}
			slices.Reverse(runes[i:j])
		}
		i = j
	}
	return runes
}

func rightToLeft(r rune) bool {
	if r < 0x590 {
		return false
	}
	p, _ := bidi.LookupRune(r)
	return p.Class() == bidi.R || p.Class() == bidi.AL
}
