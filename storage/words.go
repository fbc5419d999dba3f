package storage

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/german"
	"golang.org/x/text/unicode/norm"
)

// Token is a word of a text as it is searched for, and where it stands.
type Token struct {
	Word       string // the stem, folded; of a number all its characters
	Start, End int    // bytes of the text
	whole      bool   // stands for all tokens in between
}

// Tokens returns the words of a text, stemmed as German, without accents; a
// word that was parted at the end of a line is one again. What is written with
// digits and one of - / . _ in between, such as a case number, is a token as a
// whole behind its parts.
func Tokens(text string) []Token {
	var (
		out   []Token
		first = 0 // of the parts that hang together
		digit = false
	)
	close := func() {
		if digit && len(out)-first > 1 {
			var b strings.Builder
			for _, t := range out[first:] {
				b.WriteString(folded(text[t.Start:t.End]))
			}
			out = append(out, Token{b.String(), out[first].Start, out[len(out)-1].End, true})
		}
		first, digit = len(out), false
	}
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		if !isLetter(r) {
			at += size
			continue
		}
		raw, end := word(text, at)
		if n := len(out); n > first && !(at == out[n-1].End+1 && strings.IndexByte("-/._", text[at-1]) >= 0) {
			close()
		}
		number := strings.ContainsAny(raw, "0123456789")
		digit = digit || number
		out = append(out, Token{Word: searched(raw, number), Start: at, End: end})
		at = end
	}
	close()
	return out
}

func isLetter(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// word reads the word that begins at from, over the ends of lines.
func word(text string, from int) (raw string, end int) {
	var b strings.Builder
	for end = from; end < len(text); {
		r, size := utf8.DecodeRuneInString(text[end:])
		if isLetter(r) {
			b.WriteRune(r)
			end += size
			continue
		}
		next := parted(text, end)
		if next < 0 {
			break
		}
		end = next
	}
	return b.String(), end
}

// parted returns where the word goes on that a hyphen at the end of a line
// parts, -1 if that is not what stands at.
func parted(text string, at int) int {
	r, size := utf8.DecodeRuneInString(text[at:])
	if r != '-' && r != '\u00AD' && r != '¬' && r != '\u2010' {
		return -1
	}
	line := false
	for at += size; at < len(text); at += size {
		r, size = utf8.DecodeRuneInString(text[at:])
		switch {
		case r == '\n' || r == '\f':
			line = true
		case line && unicode.IsLower(r):
			return at
		case !unicode.IsSpace(r):
			return -1
		}
	}
	return -1
}

// searched is a word as it stands in the index.
func searched(raw string, number bool) string {
	if number {
		return folded(raw)
	}
	env := snowballstem.NewEnv(umlauts(strings.ToLower(norm.NFC.String(raw))))
	german.Stem(env)
	return folded(env.Current())
}

// umlauts writes ae, oe and ue as one letter where they are not two.
func umlauts(s string) string {
	if !strings.Contains(s, "ae") && !strings.Contains(s, "oe") && !strings.Contains(s, "ue") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		k := strings.IndexByte("aou", s[i])
		if k >= 0 && i+1 < len(s) && s[i+1] == 'e' && (i == 0 || strings.IndexByte("aeiouyq", s[i-1]) < 0) {
			b.WriteString([]string{"ä", "ö", "ü"}[k])
			i++
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// folded is s in small letters without accents, ß as ss.
func folded(s string) string {
	ascii := true
	for i := 0; i < len(s) && ascii; i++ {
		ascii = s[i] < utf8.RuneSelf
	}
	if ascii {
		return strings.ToLower(s)
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsMark(r) {
			return -1
		}
		return r
	}, norm.NFD.String(strings.ReplaceAll(strings.ToLower(s), "ß", "ss")))
}
