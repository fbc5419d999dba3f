package ocr

import (
	"slices"
	"strings"
)

// mark is a word, or a few, that closes a letter (Vermerk).
type mark struct {
	word  string // as configured
	parts []markPart
}

// markPart is one word of a mark, spelled as lines are. An inflected one is known
// by its stem, whatever it ends with or is joined to. An adjective that stands for
// a mark counts with an ending only before what can be sent: "Persönliches Budget"
// closes nothing.
type markPart struct {
	whole, stem          string
	inflected, adjective bool
}

// How many letters a word has at least that is found in other forms, and one that
// is cut down to its stem.
const (
	inflectedMark = 8
	stemmedMark   = 10
)

var (
	endings = spelledAll("", "e", "en", "er", "es", "em", "n", "s", "in", "innen")
	// officers speak for the office that stands before them in one word.
	officers = spelledAll("vorsitz", "mitglied", "vorstand", "büro", "gremium", "sprecher", "post", "sache", "angelegenheit")
	// sendings are what can be persönlich or vertraulich itself.
	sendings = spelledAll("schreiben", "brief", "post", "mitteilung", "nachricht", "sendung", "sache", "inhalt", "angelegenheit", "information", "unterlage", "dokument", "übergabe", "aushändigung", "zustellung")
	// besides are the words beside which a mark is still alone on its line.
	besides = spelledAll("streng", "und")
)

func newMark(word string) mark {
	m := mark{word: word}
	s := spell(Line{Words: []Word{{Text: word}}})
	for _, p := range s.pieces {
		text := s.text[p.at:p.end]
		part := markPart{whole: text, stem: text, inflected: len(text) >= inflectedMark}
		if len(text) >= stemmedMark {
			part.stem = cutEnding(text)
		}
		m.parts = append(m.parts, part)
	}
	if len(m.parts) == 1 {
		p := &m.parts[0]
		p.adjective = strings.HasSuffix(p.stem, spelled("lich")) || strings.HasSuffix(p.stem, spelled("ig"))
	}
	return m
}

func cutEnding(word string) string {
	for _, end := range spelledAll("e", "en", "er", "es") {
		if stem, ok := strings.CutSuffix(word, end); ok {
			return stem
		}
	}
	return word
}

// marking is a place in a line where a mark stands.
type marking struct {
	word        string
	first, last int // pieces of the spelling
	exact       bool
}

// in finds where m stands in a line.
func (m mark) in(s spelling) (out []marking) {
	stem := m.parts[0].stem
	for from := 0; ; from++ {
		i := strings.Index(s.text[from:], stem)
		if i < 0 {
			return out
		}
		from += i
		if found, ok := m.at(s, from); ok {
			out = append(out, found)
		}
	}
}

// at says whether m begins in s at the byte i. Before the first word others may be
// joined to it, as in "Gesamtpersonalrat" or where OCR lost a blank.
func (m mark) at(s spelling, i int) (marking, bool) {
	p := s.pieceAt(i)
	found := marking{word: m.word, first: p, exact: s.pieces[p].at == i}
	if !found.exact && !m.parts[0].inflected {
		return found, false
	}
	for k, part := range m.parts {
		if k > 0 {
			if p++; p == len(s.pieces) {
				return found, false
			}
			i = s.pieces[p].at
		}
		last, ok := s.joined(p, i, part.stem)
		if !ok {
			return found, false
		}
		p = last
		word := s.text[i:s.pieces[p].end]
		if word == part.whole {
			continue
		}
		found.exact = false
		rest := word[len(part.stem):]
		if !part.inflected || !inflects(rest) {
			return found, false
		}
		if part.adjective && rest != "" {
			if p++; p == len(s.pieces) || !sent(s.text[s.pieces[p].at:s.pieces[p].end]) {
				return found, false
			}
		}
	}
	found.last = p
	return found, true
}

// inflects says whether rest may follow a stem within a word: an ending, or an
// officer of what the stem names.
func inflects(rest string) bool {
	behind, joined := strings.CutPrefix(rest, "s")
	return slices.Contains(endings, rest) || joined && slices.ContainsFunc(officers, func(o string) bool { return strings.HasPrefix(behind, o) })
}

func sent(word string) bool {
	return slices.ContainsFunc(endings, func(end string) bool {
		noun, ok := strings.CutSuffix(word, end)
		return ok && slices.ContainsFunc(sendings, func(n string) bool { return strings.HasSuffix(noun, n) })
	})
}
