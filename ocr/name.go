package ocr

import "strings"

// foldedWord is a word as names are compared, with the word of the line that it
// is of.
type foldedWord struct {
	text string
	of   int
}

func (l Line) folded() (out []foldedWord) {
	for i, w := range l.Words {
		for _, f := range strings.Fields(fold(w.Text)) {
			out = append(out, foldedWord{f, i})
		}
	}
	return out
}

// name finds the words of a name in a line: exact, or else with a longer last
// word (Wohngeldstelle for Wohngeld) or with one letter of a long word misread.
func (l Line) name(words []foldedWord, name []string) (box Box, exact, ok bool) {
	for first := 0; first+len(name) <= len(words); first++ {
		same, like := true, true
		for i, want := range name {
			word := words[first+i].text
			same = same && word == want
			like = like && (word == want || soundsLike(word, want, i == len(name)-1))
		}
		if !like || ok && !same {
			continue
		}
		box = Box{}
		for i := range name {
			box = box.Union(l.Words[words[first+i].of].Box)
		}
		if ok = true; same {
			return box, true, true
		}
	}
	return box, false, ok
}

// soundsLike says whether word is want with one letter misread, two of a very long
// word, or, at the end of a name, the beginning of a longer word.
func soundsLike(word, want string, last bool) bool {
	const long, veryLong = 6, 16
	if len(want) < long {
		return false
	}
	if OneOff(word, want) || last && strings.HasPrefix(word, want) {
		return true
	}
	if len(want) >= veryLong && distance([]rune(word), []rune(want), 2) <= 2 {
		return true
	}
	return last && len(want) >= long+2 && len(word) > len(want) && OneOff(word[:len(want)], want)
}
