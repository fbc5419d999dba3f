package routing

import (
	"fmt"
	"slices"
	"strings"
)

// Refusal is a reason for which a letter is not a department's (Irrläufer). A
// code without words has its sentence in the catalogue of the pages.
type Refusal struct {
	Code  string `yaml:"code"`
	Words string `yaml:"words"`
}

// The refusals of an office that names none.
const (
	OtherDepartment = "other-department"
	OtherAuthority  = "other-authority"
	WrongCase       = "wrong-case"      // our department, but the number is another letter's
	Incomplete      = "incomplete"      // pages are missing
	WrongCut        = "wrong-cut"       // two letters in one
	OtherRefusal    = "another-refusal" // said in words
)

// Refusals returns the reasons to choose from: own, or those of an office that
// names none. The last one is always that which has to be said in words.
func Refusals(own []Refusal) []Refusal {
	if len(own) == 0 {
		own = []Refusal{{Code: OtherDepartment}, {Code: OtherAuthority}, {Code: WrongCase}, {Code: Incomplete}, {Code: WrongCut}}
	}
	own = slices.DeleteFunc(slices.Clone(own), func(r Refusal) bool { return r.Code == OtherRefusal })
	return append(own, Refusal{Code: OtherRefusal})
}

// ValidateRefusals returns an error naming the reason that cannot be used.
func ValidateRefusals(own []Refusal) error {
	seen := map[string]bool{}
	for i, r := range own {
		if r.Code == "" || strings.Trim(r.Code, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || seen[r.Code] {
			return fmt.Errorf("[%d].code: %q is not a-z, 0-9 and hyphen, or stands twice", i, r.Code)
		}
		known := slices.Contains(Refusals(nil), Refusal{Code: r.Code})
		if !known && strings.TrimSpace(r.Words) == "" {
			return fmt.Errorf("[%d].words: missing for %q", i, r.Code)
		}
		if strings.Contains(r.Words, ": ") {
			return fmt.Errorf("[%d].words: a colon stands between the reason and what a person adds", i)
		}
		seen[r.Code] = true
	}
	return nil
}
