package scanstation

import (
	"fmt"
	"strconv"
	"strings"
)

// BoxID names a box of paper (Karton): K, the day it was opened, its number on
// that day and a check character, for example "K2611250012". It has digits and the
// letters A to X alone, so that a handheld scanner that poses as a keyboard
// writes it the same under every layout.
type BoxID string

const boxIDLength = len("K261125001C")

// MaxBoxes is how many boxes can be opened on one day.
const MaxBoxes = 999

// NewBoxID returns the id of the number-th box opened on day, from 1.
func NewBoxID(day Date, number int) (BoxID, error) {
	if !day.Valid() || number < 1 || number > MaxBoxes {
		return "", fmt.Errorf("box %d of %q cannot be named", number, day)
	}
	body := fmt.Sprintf("K%s%03d", strings.ReplaceAll(string(day)[2:], "-", ""), number)
	return BoxID(body + string(checkCharacter(body))), nil
}

// ParseBoxID reads what was scanned or typed: in small letters as well, with
// spaces and hyphens wherever somebody put them.
func ParseBoxID(s string) (BoxID, error) {
	if len(s) > 100 {
		return "", fmt.Errorf("%d characters are no box", len(s))
	}
	id := BoxID(strings.ToUpper(strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\r\n-", r) {
			return -1
		}
		return r
	}, s)))
	id, ok := ParseBoxCode(string(id))
	if !ok {
		return "", fmt.Errorf("%q is no box", s)
	}
	return id, nil
}

// Valid says whether id has the form of a box id and its check character fits.
func (id BoxID) Valid() bool {
	if len(id) != boxIDLength || id[0] != 'K' || strings.Trim(string(id[1:10]), "0123456789") != "" {
		return false
	}
	return id.Day().Valid() && id[7:10] != "000" && id[10] == checkCharacter(string(id[:10]))
}

// Number is which of the boxes of its day it is; 0 if id is not valid.
func (id BoxID) Number() int {
	if !id.Valid() {
		return 0
	}
	n, _ := strconv.Atoi(string(id[7:10]))
	return n
}

// Day is when the box was opened.
func (id BoxID) Day() Date { return Date("20" + id[1:3] + "-" + id[3:5] + "-" + id[5:7]) }
