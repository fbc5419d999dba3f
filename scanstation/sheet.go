package scanstation

import (
	"fmt"
	"io"
	"strings"
)

// RescanID names the request to scan pages of a letter again; it is what the
// code of a rescan sheet (Nachscanblatt) carries.
type RescanID string

// sheetAlphabet are the characters that codes of printed sheets are made of:
// without Y and Z, which readers that type as a keyboard exchange, and without
// signs, which they lose.
const sheetAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWX"

// drawn are those of them that a person can read aloud and type back.
const drawn = "0123456789ABCDEFGHJKMNPQRSTVWX"

// rescanMark begins the code of a rescan sheet; nothing else that comes by
// post has it, the random id and the check character.
const (
	rescanMark   = "MRN"
	rescanLength = 8
)

// NewRescanID draws an id that nobody can guess.
func NewRescanID(random io.Reader) (RescanID, error) {
	id, err := drawID(random, rescanLength)
	return RescanID(id), err
}

// drawID draws so many characters that a person can read aloud and nobody can
// guess.
func drawID(random io.Reader, length int) (string, error) {
	id := make([]byte, 0, length)
	for len(id) < length {
		var b [1]byte
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return "", fmt.Errorf("draw id: %w", err)
		}
		if int(b[0]) < 256/len(drawn)*len(drawn) {
			id = append(id, drawn[int(b[0])%len(drawn)])
		}
	}
	return string(id), nil
}

// Valid says whether id has the form of a rescan id.
func (id RescanID) Valid() bool { return validID(string(id)) }

func validID(id string) bool {
	return len(id) == rescanLength && strings.Trim(id, drawn) == ""
}

// Code is what stands in the barcode of the sheet.
func (id RescanID) Code() string { return coded(rescanMark, string(id)) }

// coded is what stands in the code of a sheet: its mark, the id and the check
// character.
func coded(mark, id string) string {
	return mark + id + string(checkCharacter(mark+id))
}

// ParseRescanCode returns the id that the code of a rescan sheet carries. Any
// other code, and one that was misread, is none.
func ParseRescanCode(text string) (RescanID, bool) {
	id, ok := parsed(rescanMark, text)
	return RescanID(id), ok
}

// parsed returns the id that a code with this mark carries.
func parsed(mark, text string) (string, bool) {
	text = strings.TrimSpace(text)
	if len(text) != len(mark)+rescanLength+1 || !strings.HasPrefix(text, mark) {
		return "", false
	}
	id := text[len(mark) : len(mark)+rescanLength]
	return id, validID(id) && coded(mark, id) == text
}

// checkCharacter is the check character of body by the hybrid system of
// ISO 7064 over the 34 characters: it finds every single wrong character.
func checkCharacter(body string) byte {
	const m = len(sheetAlphabet)
	p := m
	for i := range len(body) {
		s := (p + strings.IndexByte(sheetAlphabet, body[i])) % m
		if s == 0 {
			s = m
		}
		p = 2 * s % (m + 1)
	}
	return sheetAlphabet[(m+1-p)%m]
}
