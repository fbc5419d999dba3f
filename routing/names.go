package routing

import (
	"strings"
	"unicode"

	"mailroom/scanstation"
	"mailroom/storage"
)

// names is the words of a letter, for asking whether it names a person.
type names struct {
	words []string
	known map[string]bool
}

func newNames(text string) names {
	n := names{words: nameWords(text), known: map[string]bool{}}
	for _, w := range n.words {
		n.known[w] = true
	}
	return n
}

// nameWords splits s into lower-case words with umlauts spelled out.
func nameWords(s string) []string {
	s = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss").Replace(strings.ToLower(s))
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
}

// has says whether every word of name stands in the letter; a word of five
// letters or more may differ in one, for OCR.
func (n names) has(name string) bool {
	words := nameWords(name)
	for _, w := range words {
		if !n.known[w] && (len(w) < 5 || !n.near(w)) {
			return false
		}
	}
	return len(words) > 0
}

func (n names) near(name string) bool {
	for _, w := range n.words {
		if withinOne(w, name) {
			return true
		}
	}
	return false
}

// person says whether the letter names the person of c, by surname and, where
// it stands in the register, given name.
func (n names) person(c Case) bool {
	return n.has(c.Surname) && (c.Given == "" || n.has(c.Given))
}

// anyBirth says whether the letter gives a date of birth other than the one of
// the case: then it may well be about somebody else.
func (n names) anyBirth(doc storage.Document, c Case) bool {
	other := false
	for _, d := range doc.Findings.Dates {
		if d.Role != "born" {
			continue
		}
		if d.Date == c.Born {
			return false
		}
		other = true
	}
	return other && c.Born != scanstation.Date("")
}

// withinOne says whether a and b are equal but for one letter replaced, left
// out or put in.
func withinOne(a, b string) bool {
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
