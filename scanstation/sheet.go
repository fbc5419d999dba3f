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
	id, err := draw(random, rescanLength)
	if err != nil {
		return "", fmt.Errorf("draw rescan id: %w", err)
	}
	return RescanID(id), nil
}

// draw draws so many characters that a person can read aloud.
func draw(random io.Reader, length int) (string, error) {
	id := make([]byte, 0, length)
	for len(id) < length {
		var b [1]byte
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return "", err
		}
		if int(b[0]) < 256/len(drawn)*len(drawn) {
			id = append(id, drawn[int(b[0])%len(drawn)])
		}
	}
	return string(id), nil
}

// Valid says whether id has the form of a rescan id.
func (id RescanID) Valid() bool {
	return len(id) == rescanLength && strings.Trim(string(id), drawn) == ""
}

// Code is what stands in the barcode of the sheet.
func (id RescanID) Code() string {
	body := rescanMark + string(id)
	return body + string(checkCharacter(body))
}

// ParseRescanCode returns the id that the code of a rescan sheet carries. Any
// other code, and one that was misread, is none.
func ParseRescanCode(text string) (RescanID, bool) {
	text = strings.TrimSpace(text)
	if len(text) != len(rescanMark)+rescanLength+1 || !strings.HasPrefix(text, rescanMark) {
		return "", false
	}
	id := RescanID(text[len(rescanMark) : len(rescanMark)+rescanLength])
	return id, id.Valid() && id.Code() == text
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
