package scanstation

import (
	"fmt"
	"strings"
)

// slipMark begins the code of a letter on a pull list; nothing else that comes by
// post has it and the check character.
const slipMark = "MRL"

// fromBase32 writes the characters that the ids of stacks have and codes do not
// as such that the ids do not have.
var fromBase32, toBase32 = strings.NewReplacer("Y", "U", "Z", "O"), strings.NewReplacer("U", "Y", "O", "Z")

// SlipCode is the code by which a letter of a batch is named on a pull list.
func SlipCode(batch BatchID, number int) string {
	return withCheck(fmt.Sprintf("%s%s%03d", slipMark, fromBase32.Replace(strings.Replace(string(batch), "-", "", 1)), number))
}

// ParseSlipCode returns which letter of which batch a code names.
func ParseSlipCode(text string) (batch BatchID, number int, ok bool) {
	s := typed(text)
	digits := len(s) - len(slipMark) - 17 // the id without its hyphen, and the check character
	if digits < 3 || digits > 6 || !strings.HasPrefix(s, slipMark) {
		return "", 0, false
	}
	day, rest := s[len(slipMark):][:8], s[len(slipMark)+8:]
	batch = BatchID(day + "-" + toBase32.Replace(rest[:8]))
	for _, c := range rest[8 : len(rest)-1] {
		if c < '0' || c > '9' {
			return "", 0, false
		}
		number = number*10 + int(c-'0')
	}
	return batch, number, batch.Valid() && number > 0 && SlipCode(batch, number) == s
}

// withCheck returns body with its check character.
func withCheck(body string) string { return body + string(checkCharacter(body)) }

// typed is a code as it stands on its sheet: what a person types may have small
// letters and blanks in it.
func typed(text string) string {
	return strings.ToUpper(strings.Join(strings.Fields(text), ""))
}
