package cases_test

import (
	"math/rand/v2"
	"regexp"
	"testing"

	"mailroom/cmd/mailbag/cases"
)

func TestRegisterIsMadeToBeConfused(t *testing.T) {
	g := cases.Make(rand.New(rand.NewPCG(7, 7)), 600)
	births := map[string]map[string]bool{}
	close := 0
	for i, c := range g.Cases {
		if births[c.Name()] == nil {
			births[c.Name()] = map[string]bool{}
		}
		births[c.Name()][c.Born.String()] = true
		for _, o := range g.Cases[:i] {
			if distance(c.Number, o.Number) == 1 {
				close++
			}
		}
	}
	namesakes := 0
	for _, b := range births {
		if len(b) > 1 {
			namesakes++
		}
	}
	if namesakes < 20 || close < 20 {
		t.Errorf("got %d names of several people and %d pairs of numbers one digit apart, want at least 20 each", namesakes, close)
	}
}

func TestLookalikeHasTheFormButIsTwoDigitsFromAnyKnownNumber(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	g := cases.Make(r, 300)
	for _, d := range cases.Departments() {
		form := regexp.MustCompile(`^(?:` + d.Pattern + `)$`)
		for range 50 {
			n := g.Lookalike(r, d.ID)
			if !form.MatchString(n) {
				t.Errorf("%s does not have the form of %s", n, d.ID)
			}
			for _, c := range g.Cases {
				if distance(n, c.Number) < 2 {
					t.Errorf("%s is within a digit of the known %s", n, c.Number)
				}
			}
		}
	}
}

func TestStrangersAreInNoCase(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	g := cases.Make(r, 300)
	for range 200 {
		p := g.Stranger(r)
		for _, c := range g.Cases {
			if c.Name() == p.Name() && c.Born.Equal(p.Born) {
				t.Errorf("%s is known as %s", p.Name(), c.Number)
			}
		}
	}
}

// distance counts the differing characters of numbers of one length.
func distance(a, b string) int {
	if len(a) != len(b) {
		return len(a) + len(b)
	}
	n := 0
	for i := range len(a) {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}
