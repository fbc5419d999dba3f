package ocr

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// spelling is a line as marks are compared with it: its words one behind the
// other, in lower case, umlauts as plain vowels, and each letter as the first of
// those that OCR confuses with it.
type spelling struct {
	text   string
	pieces []piece
}

// piece is a word of a spelling. A joined one follows the one before with only a
// blank or a hyphen between: they may be one word that is letter-spaced or broken.
type piece struct {
	at, end int // in the text of the spelling
	word    int // of the line
	joined  bool
}

func spell(line Line) spelling {
	text := make([]byte, 0, len(line.Text)+8)
	pieces := make([]piece, 0, len(line.Words)+4)
	joined := false // what comes next to the piece before
	for i, w := range line.Words {
		begin, before := len(text), rune(0)
		end := func() {
			if len(text) > begin {
				pieces = append(pieces, piece{begin, len(text), i, joined})
				begin, before, joined = len(text), 0, true
			}
		}
		for k, r := range w.Text {
			if (r == '|' || r == '!') && before != 0 && letterAt(w.Text[k+1:]) {
				r = 'i'
			}
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				r = unicode.ToLower(r)
				text = appendSpelled(text, begin, before, r)
				before = r
				continue
			}
			if r == '\u00ad' || unicode.Is(unicode.Mn, r) {
				continue // a soft hyphen, or the dots over the letter before
			}
			hyphen := before != 0 && unicode.Is(unicode.Pd, r)
			end()
			joined = joined && (hyphen || unicode.IsSpace(r))
		}
		end()
	}
	return spelling{string(text), pieces}
}

func letterAt(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r)
}

// appendSpelled puts r, which follows before, behind the piece that begins at
// begin. An umlaut that is spelled out is the plain vowel, rn is m, and ß is ss,
// which a third s does not make longer.
func appendSpelled(text []byte, begin int, before, r rune) []byte {
	switch r {
	case 'e':
		if before == 'a' || before == 'o' || before == 'u' {
			return text
		}
	case 'n':
		if before == 'r' {
			text[len(text)-1] = 'm'
			return text
		}
	case 'ß':
		return appendSpelled(appendSpelled(text, begin, before, 's'), begin, 's', 's')
	case 's', '5':
		if piece := text[begin:]; len(piece) > 1 && string(piece[len(piece)-2:]) == "ss" {
			return text
		}
	}
	return utf8.AppendRune(text, spelledRune(r))
}

func spelledRune(r rune) rune {
	switch r {
	case 'ä':
		return 'a'
	case 'ö', '0':
		return 'o'
	case 'ü':
		return 'u'
	case 'l', '1', 'í', 'ì':
		return 'i'
	case 'c':
		return 'e'
	case 'b', '8':
		return 'h'
	case '5':
		return 's'
	case '2':
		return 'z'
	}
	return r
}

func spelled(word string) string { return spell(Line{Words: []Word{{Text: word}}}).text }

func spelledAll(words ...string) []string {
	for i, w := range words {
		words[i] = spelled(w)
	}
	return words
}

// pieceAt returns which piece holds the byte i.
func (s spelling) pieceAt(i int) int {
	return sort.Search(len(s.pieces), func(p int) bool { return s.pieces[p].end > i })
}

// joined returns the piece in which stem ends that begins at the byte i of the
// piece p, if it stands there and what it runs over is joined.
func (s spelling) joined(p, i int, stem string) (last int, ok bool) {
	if !strings.HasPrefix(s.text[i:], stem) {
		return p, false
	}
	for s.pieces[p].end < i+len(stem) {
		if p++; !s.pieces[p].joined {
			return p, false
		}
	}
	return p, true
}
