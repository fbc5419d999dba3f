package pdfa

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// The kinds of what a content is made of.
const (
	operatorToken = iota
	numberToken
	nameToken
	stringToken
	arrayToken
	dictToken
)

// token is an operand or an operator.
type token struct {
	kind   int
	text   string // of an operator, a name, a string
	number float64
	list   []token // of an array
}

var errEnd = errors.New("the content ends")

// lexer takes content apart that another program wrote.
type lexer struct{ b []byte }

const (
	white      = " \t\r\n\f\x00"
	delimiters = "()<>[]{}/%"
)

func (l *lexer) skip() {
	for {
		l.b = bytes.TrimLeft(l.b, white)
		if len(l.b) == 0 || l.b[0] != '%' {
			return
		}
		end := bytes.IndexAny(l.b, "\r\n")
		if end < 0 {
			end = len(l.b)
		}
		l.b = l.b[end:]
	}
}

// word takes what stands up to the next delimiter.
func (l *lexer) word() string {
	n := bytes.IndexAny(l.b, white+delimiters)
	if n < 0 {
		n = len(l.b)
	}
	w := string(l.b[:n])
	l.b = l.b[n:]
	return w
}

func (l *lexer) next(depth int) (token, error) {
	l.skip()
	if len(l.b) == 0 {
		return token{}, errEnd
	}
	if depth > 16 {
		return token{}, broken("lists within lists")
	}
	switch c := l.b[0]; {
	case c == '/':
		l.b = l.b[1:]
		s, err := types.DecodeName(l.word())
		if err != nil || !validName(s) {
			return token{}, broken("name %.20q", s)
		}
		return token{kind: nameToken, text: s}, nil
	case c == '(':
		return l.literal()
	case bytes.HasPrefix(l.b, []byte("<<")):
		l.b = l.b[2:]
		return l.list(">>", dictToken, depth)
	case c == '<':
		return l.hexadecimal()
	case c == '[':
		l.b = l.b[1:]
		return l.list("]", arrayToken, depth)
	case strings.IndexByte(delimiters, c) >= 0:
		return token{}, broken("%q in content", c)
	}
	w := l.word()
	if c := w[0]; c == '+' || c == '-' || c == '.' || c >= '0' && c <= '9' {
		n, err := strconv.ParseFloat(w, 64)
		if err != nil || math.Abs(n) > 1<<31-1 || strings.ContainsAny(w, "eExXpP_") {
			return token{}, broken("number %.20q", w)
		}
		return token{kind: numberToken, number: n}, nil
	}
	return token{kind: operatorToken, text: w}, nil
}

// list takes tokens up to an end mark.
func (l *lexer) list(end string, kind, depth int) (token, error) {
	t := token{kind: kind}
	for {
		l.skip()
		if bytes.HasPrefix(l.b, []byte(end)) {
			l.b = l.b[len(end):]
			return t, nil
		}
		item, err := l.next(depth + 1)
		if err != nil {
			return t, broken("list without an end: %v", err)
		}
		if item.kind == operatorToken && item.text != "true" && item.text != "false" && item.text != "null" {
			return t, broken("%.20q in a list", item.text)
		}
		if t.list = append(t.list, item); len(t.list) > 100_000 {
			return t, broken("list of %d", len(t.list))
		}
	}
}

// literal takes a string in parentheses.
func (l *lexer) literal() (token, error) {
	open, n := 0, 0
	for ; n < len(l.b); n++ {
		switch l.b[n] {
		case '\\':
			n++
		case '(':
			open++
		case ')':
			open--
		}
		if open == 0 {
			break
		}
	}
	if open != 0 || n >= len(l.b) || n > 1<<20 {
		return token{}, broken("string without an end")
	}
	s, err := types.Unescape(string(l.b[1:n]))
	l.b = l.b[n+1:]
	if err != nil || len(s) > 32767 {
		return token{}, broken("string of %d bytes", len(s))
	}
	return token{kind: stringToken, text: string(s)}, nil
}

func (l *lexer) hexadecimal() (token, error) {
	n := bytes.IndexByte(l.b, '>')
	if n < 0 {
		return token{}, broken("string without an end")
	}
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(white, r) {
			return -1
		}
		return r
	}, string(l.b[1:n]))
	l.b = l.b[n+1:]
	s, err := hex.DecodeString(digits) // an odd digit is none that PDF/A permits
	if err != nil || len(s) > 32767 {
		return token{}, broken("string %.20q", digits)
	}
	return token{kind: stringToken, text: string(s)}, nil
}
