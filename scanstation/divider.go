package scanstation

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Level is what begins behind a divider.
type Level string

// The levels, the greatest first.
const (
	StackLevel     Level = "stack"     // a stack (Stapelblatt), with all letters in it
	LetterLevel    Level = "letter"    // a letter (Trennblatt)
	EnclosureLevel Level = "enclosure" // an enclosure of the letter (Anlagenblatt), never a letter
)

// Divider is what the code of a printed separator says about what lies behind it.
// Those of letters and enclosures have no number and are used again and again; one
// of a stack has a number and is used once.
type Divider struct {
	Level      Level  `json:"level"`
	Number     int    `json:"number,omitempty"`
	Kind       Kind   `json:"kind,omitempty"` // empty: as the station says
	Department string `json:"department,omitempty"`
	Class      string `json:"class,omitempty"`
}

// marks begin the codes of dividers; nothing else that comes by post has one of
// them and the signature.
var marks = map[Level]string{StackLevel: "MTS", LetterLevel: "MTB", EnclosureLevel: "MTA"}

// body is the code of d without its signature.
func (d Divider) body() string {
	if d == (Divider{Level: EnclosureLevel}) {
		return marks[d.Level]
	}
	fields := []string{marks[d.Level]}
	if d.Level == StackLevel {
		fields = append(fields, strconv.Itoa(d.Number))
	}
	return strings.Join(append(fields, string(d.Kind), d.Department, d.Class), ":")
}

// Validate returns an error unless d can be printed.
func (d Divider) Validate() error {
	switch {
	case marks[d.Level] == "":
		return fmt.Errorf("there are no sheets of level %q", d.Level)
	case (d.Level == StackLevel) != (d.Number > 0):
		return fmt.Errorf("a sheet of level %s with number %d", d.Level, d.Number)
	case d.Level == EnclosureLevel && d != Divider{Level: EnclosureLevel}:
		return errors.New("an enclosure goes where its letter goes")
	case d.Kind != "" && !d.Kind.HasOriginal():
		return fmt.Errorf("kind: %q is neither paper nor backlog", d.Kind)
	case strings.ContainsAny(d.Department+d.Class, ": \t\r\n"):
		return fmt.Errorf("%q or %q cannot stand in a code", d.Department, d.Class)
	}
	return nil
}

// ParseDivider returns what the code of a divider says. Whether the house has
// printed it, [SheetKey.Signed] knows.
func ParseDivider(text string) (d Divider, ok bool) {
	fields := strings.Split(strings.TrimSpace(text), ":")
	for level, mark := range marks {
		if fields[0] == mark {
			d.Level = level
		}
	}
	rest := fields[1:]
	if d.Level == StackLevel && len(rest) > 0 {
		d.Number, _ = strconv.Atoi(rest[0])
		rest = rest[1:]
	}
	if len(rest) == 4 {
		d.Kind, d.Department, d.Class = Kind(rest[0]), rest[1], rest[2]
		rest = rest[3:]
	}
	if len(rest) != 1 || len(rest[0]) != signatureLength || d.Level == "" || (d.Level == StackLevel) != (d.Number > 0) {
		return Divider{}, false
	}
	return d, d.body()+":"+rest[0] == strings.TrimSpace(text)
}

// SheetKey is the secret with which the house signs the codes of its sheets, so
// that nobody else can print one.
type SheetKey []byte

// signatureLength is how many characters a signature has: some forty bits, which
// nobody tries out with paper.
const signatureLength = 8

// LeastKey is how many bytes a key has at least.
const LeastKey = 16

// ReadSheetKey reads a key from a file.
func ReadSheetKey(name string) (SheetKey, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	key := SheetKey(strings.TrimSpace(string(data)))
	if len(key) < LeastKey {
		return nil, fmt.Errorf("%s has less than %d characters", name, LeastKey)
	}
	return key, nil
}

func (k SheetKey) signature(body string) string {
	mac := hmac.New(sha256.New, k)
	mac.Write([]byte("sheet:" + body))
	n, out := binary.BigEndian.Uint64(mac.Sum(nil)), make([]byte, signatureLength)
	for i := range out {
		out[i] = sheetAlphabet[n%uint64(len(sheetAlphabet))]
		n /= uint64(len(sheetAlphabet))
	}
	return string(out)
}

// Code is what stands in the code of the divider.
func (k SheetKey) Code(d Divider) string { return d.body() + ":" + k.signature(d.body()) }

// BoxCode is what stands in the code of the sheet of a box, without signs, which
// handheld scanners lose. The label of a box bears its id alone.
func (k SheetKey) BoxCode(id BoxID) string { return string(id) + k.signature(string(id)) }

// ParseBoxCode returns the box whose sheet, or label, bears a code.
func ParseBoxCode(text string) (BoxID, bool) {
	text = strings.TrimSpace(text)
	id := BoxID(text[:min(len(text), boxIDLength)])
	rest := text[len(id):]
	return id, id.Valid() && (rest == "" || len(rest) == signatureLength && strings.Trim(rest, sheetAlphabet) == "")
}

// Signed says whether this house has signed the code of a sheet.
func (k SheetKey) Signed(text string) bool {
	text = strings.TrimSpace(text)
	if len(k) < LeastKey || len(text) <= signatureLength {
		return false
	}
	at := len(text) - signatureLength
	return hmac.Equal([]byte(text[at:]), []byte(k.signature(strings.TrimSuffix(text[:at], ":"))))
}
