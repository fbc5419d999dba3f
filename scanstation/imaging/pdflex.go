package imaging

import (
	"bytes"
	"strconv"
)

// contentLexer splits a content stream into operands and operators. It knows
// as much of the syntax as it takes to find where things end.
type contentLexer struct {
	b []byte
	i int
}

// operand is a number or a name; everything else keeps its place only.
type operand struct {
	number float64
	name   string // of a name, without its slash
}

// operation returns the next operator with its operands, "" at the end.
// broken says that the stream does not follow the syntax.
func (l *contentLexer) operation() (operator string, operands []operand, broken bool) {
	for {
		l.space()
		if l.i >= len(l.b) {
			return "", operands, len(operands) > 0
		}
		switch c := l.b[l.i]; {
		case c == '/':
			l.i++
			operands = append(operands, operand{name: l.word()})
		case c == '(' || c == '<' || c == '[':
			if !l.skip() {
				return "", nil, true
			}
			operands = append(operands, operand{})
		case c == ']' || c == '>' || c == ')' || c == '{' || c == '}':
			return "", nil, true
		default:
			word := l.word()
			if n, err := strconv.ParseFloat(word, 64); err == nil {
				operands = append(operands, operand{number: n})
			} else if word == "true" || word == "false" || word == "null" {
				operands = append(operands, operand{})
			} else {
				return word, operands, false
			}
		}
		if len(operands) > 64 {
			return "", nil, true
		}
	}
}

func (l *contentLexer) space() {
	for l.i < len(l.b) {
		switch l.b[l.i] {
		case 0, '\t', '\n', '\f', '\r', ' ':
			l.i++
		case '%':
			end := bytes.IndexAny(l.b[l.i:], "\r\n")
			if end < 0 {
				end = len(l.b) - l.i
			}
			l.i += end
		default:
			return
		}
	}
}

// word reads up to the next delimiter.
func (l *contentLexer) word() string {
	start := l.i
	for l.i < len(l.b) && bytes.IndexByte([]byte("\x00\t\n\f\r ()<>[]{}/%"), l.b[l.i]) < 0 {
		l.i++
	}
	return string(l.b[start:l.i])
}

// skip passes a string, an array or a dictionary.
func (l *contentLexer) skip() bool {
	depth := 0
	for l.i < len(l.b) {
		c := l.b[l.i]
		switch {
		case c == '(':
			if !l.literal() {
				return false
			}
			l.i--
		case c == '%':
			l.space()
			l.i--
		case c == '[', c == '<':
			depth++
		case c == ']', c == '>':
			depth--
		}
		l.i++
		if depth == 0 {
			return true
		}
		if depth > 64 {
			return false
		}
	}
	return false
}

// literal passes a string in parentheses.
func (l *contentLexer) literal() bool {
	depth := 0
	for ; l.i < len(l.b); l.i++ {
		switch l.b[l.i] {
		case '\\':
			l.i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				l.i++
				return true
			}
		}
	}
	return false
}
