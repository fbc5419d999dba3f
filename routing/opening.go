package routing

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mailroom/ocr"
)

// openingLine is a line of the pages with which a letter opens. Its words are
// folded by [alike].
type openingLine struct {
	page   int // from 1
	text   string
	words  []string
	head   bool
	broken bool // a hyphen breaks its last word
}

// headLines is how many lines of a page are its head if no salutation ends it.
const headLines = 30

// opening splits the first page of a letter, and the envelope or cover sheet
// before it, into lines. A page's head ends at the salutation. first is 0 in
// letters of which nobody noted where they begin.
func opening(text string, first int) (out []openingLine) {
	pages := strings.SplitN(text, "\f", max(first, 1)+1)
	for i, page := range pages[:min(len(pages), max(first, 1))] {
		head, n := true, 0
		for line := range strings.Lines(page) {
			line = strings.TrimSpace(line)
			words := wordsIn(line)
			if len(words) == 0 {
				continue
			}
			head = head && n < headLines && !salutation(words)
			n++
			out = append(out, openingLine{i + 1, line, words, head, hyphenated(line)})
		}
	}
	return out
}

func salutation(words []string) bool {
	for _, s := range []string{"sehr geehrte", "sehr geehrter", "guten tag", "hallo", "liebe", "lieber"} {
		if begin := wordsIn(s); len(words) >= len(begin) && slices.Equal(words[:len(begin)], begin) {
			return true
		}
	}
	return false
}

func hyphenated(line string) bool {
	last, _ := utf8.DecodeLastRuneInString(line)
	return unicode.Is(unicode.Pd, last) || last == '\u00ad' || last == '¬'
}

// runsOver says whether want begins in l and ends in the line below it: as words
// of a phrase, or within a word that is broken there.
func (l openingLine) runsOver(next openingLine, want []string) bool {
	if next.page != l.page {
		return false
	}
	upTo := func(n int) []string { return next.words[:min(n, len(next.words))] }
	if hasRun(slices.Concat(l.words, upTo(len(want)-1)), want) {
		return true
	}
	last := len(l.words) - 1
	joined := alike(l.words[last] + next.words[0])
	return l.broken && hasRun(slices.Concat(l.words[:last], []string{joined}, upTo(len(want))[1:]), want)
}

func hasRun(words, want []string) bool {
	for i := 0; i+len(want) <= len(words); i++ {
		if slices.Equal(words[i:i+len(want)], want) {
			return true
		}
	}
	return false
}

var umlauts = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss")

// spacedLetters is how many letters in a row, each alone, are a word in spaced
// letters (Sperrschrift).
const spacedLetters = 4

// wordsIn are the words of s, letters and digits only, folded by [alike].
func wordsIn(s string) (out []string) {
	fields := strings.FieldsFunc(umlauts.Replace(strings.ToLower(s)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '|' // the bar is often a letter
	})
	for i := 0; i < len(fields); {
		n := 0
		for i+n < len(fields) && utf8.RuneCountInString(fields[i+n]) == 1 {
			n++
		}
		if n < spacedLetters {
			n = 1
		}
		if word := strings.Join(fields[i:i+n], ""); strings.Trim(word, "|") != "" {
			out = append(out, alike(word))
		}
		i += n
	}
	return out
}

var ligatures = strings.NewReplacer("RU", "M", "VV", "W")

// alike folds a word further than [ocr.Fold], for comparing words instead of
// numbers: c and e with o, u with n, h with b, rn and ru with m, vv with w. It
// may take another word for the one that is asked for; a deadline too many is
// struck out by a person, one too few is seen by nobody.
func alike(word string) string {
	return ligatures.Replace(strings.Map(func(r rune) rune {
		switch r {
		case 'C', 'E':
			return '0'
		case 'N':
			return 'U'
		case 'H':
			return '8'
		}
		return r
	}, ocr.Fold(word)))
}
