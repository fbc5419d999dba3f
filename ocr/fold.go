package ocr

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"
)

// foldRune puts r where OCR may have put it: O, Q and D to 0, I, L and the bar
// to 1, B to 8, S to 5, Z to 2, lower case to upper. Everything that is neither
// letter nor digit folds to nothing (-1).
func foldRune(r rune) rune {
	switch r = unicode.ToUpper(r); r {
	case 'O', 'Q', 'D':
		return '0'
	case 'I', 'L', '|', '!':
		return '1'
	case 'B':
		return '8'
	case 'S':
		return '5'
	case 'Z':
		return '2'
	}
	if unicode.IsLetter(r) || unicode.IsDigit(r) {
		return r
	}
	return -1
}

// Fold puts aside everything in s that OCR confuses. Different numbers may fold
// alike: a fold is a question to the register, not an answer.
func Fold(s string) string { return strings.Map(foldRune, s) }

// foldPattern returns the pattern that matches the folds of what re matches.
func foldPattern(re *regexp.Regexp) (*regexp.Regexp, error) {
	tree, err := syntax.Parse(re.String(), syntax.Perl)
	if err != nil {
		return nil, err
	}
	return regexp.Compile(foldTree(tree).String())
}

func foldTree(n *syntax.Regexp) *syntax.Regexp {
	empty := &syntax.Regexp{Op: syntax.OpEmptyMatch}
	switch n.Op {
	case syntax.OpLiteral:
		var runes []rune
		for _, r := range n.Rune {
			if f := foldRune(r); f >= 0 {
				runes = append(runes, f)
			}
		}
		if len(runes) == 0 {
			return empty
		}
		return &syntax.Regexp{Op: syntax.OpLiteral, Rune: runes}
	case syntax.OpCharClass:
		return foldClass(n)
	case syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return empty
	}
	out := *n
	out.Sub = nil
	for _, sub := range n.Sub {
		out.Sub = append(out.Sub, foldTree(sub))
	}
	return &out
}

// foldClass folds every rune of a class that is small enough to be a list of
// characters; a class of signs alone folds to nothing.
func foldClass(n *syntax.Regexp) *syntax.Regexp {
	out := &syntax.Regexp{Op: syntax.OpCharClass}
	dropped := false
	for i := 0; i+1 < len(n.Rune); i += 2 {
		for r := n.Rune[i]; r <= min(n.Rune[i+1], n.Rune[i]+255); r++ {
			if f := foldRune(r); f >= 0 {
				out.Rune = append(out.Rune, f, f)
			} else {
				dropped = true
			}
		}
	}
	switch {
	case len(out.Rune) == 0:
		return &syntax.Regexp{Op: syntax.OpEmptyMatch}
	case dropped:
		return &syntax.Regexp{Op: syntax.OpQuest, Sub: []*syntax.Regexp{out}}
	}
	return out
}

// OneOff says whether a and b are equal but for one letter replaced, left out or
// put in.
func OneOff(a, b string) bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	if len(a)-len(b) > 1 {
		return false
	}
	i := 0
	for i < len(b) && a[i] == b[i] {
		i++
	}
	if len(a) == len(b) {
		return i == len(b) || a[i+1:] == b[i+1:]
	}
	return a[i+1:] == b[i:]
}
