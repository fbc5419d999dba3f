package scanstation

import (
	"fmt"
	"math/big"
	"strings"
)

// maxImprint is how long the number is at most that an imprinter writes.
const maxImprint = 30

// Imprint is the number that the scanner's imprinter writes onto the first sheet
// of a stack (Aufdruck); the further sheets count on from it.
type Imprint string

// ParseImprint reads a number as it stands on the paper: letters, digits and
// signs, with digits at the end.
func ParseImprint(text string) (Imprint, error) {
	text = strings.TrimSpace(text)
	i := Imprint(text)
	if head, digits := i.parts(); digits == "" || len(text) > maxImprint || strings.ContainsFunc(head, func(r rune) bool { return r < ' ' || r > '~' }) {
		return "", fmt.Errorf("%.40q is no number that an imprinter writes", text)
	}
	return i, nil
}

func (i Imprint) parts() (head, digits string) {
	head = strings.TrimRight(string(i), "0123456789")
	return head, string(i[len(head):])
}

// After returns the number so many sheets later; it keeps its leading zeros.
func (i Imprint) After(sheets int) Imprint {
	head, digits := i.parts()
	n, ok := new(big.Int).SetString(digits, 10)
	if !ok {
		return ""
	}
	n.Add(n, big.NewInt(int64(sheets)))
	next := n.String()
	return Imprint(head + strings.Repeat("0", max(len(digits)-len(next), 0)) + next)
}
