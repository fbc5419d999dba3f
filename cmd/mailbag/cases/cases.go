// Package cases is the register of known cases of an invented welfare office:
// its departments, how each numbers its cases, and the people.
//
//	seed --Make--> Register --Rows--> register.csv
//
// Decisions: the register is made to be confusable. It holds namesakes with
// other birth dates, people with two cases, and pairs of numbers that are one
// misread digit apart, because those are what a mailroom gets wrong.
package cases

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// Department is one department and the form of its case numbers.
type Department struct {
	ID, Name string
	Office   string // as written on an envelope
	Words    string // further words by which a letter names it, as in YAML
	Pattern  string // RE2
	number   func(r *rand.Rand) string
}

// Departments lists the departments of the office.
func Departments() []Department { return slices.Clone(departments[:]) }

var departments = [...]Department{
	{"wohngeld", "Wohngeld", "Wohngeldstelle", "Mietzuschuss, Lastenzuschuss", `WG-(?:19|20)\d{2}-\d{6}`,
		func(r *rand.Rand) string { return fmt.Sprintf("WG-20%02d-%06d", 15+r.IntN(12), r.IntN(1000000)) }},
	{"schwerbehinderung", "Schwerbehindertenrecht", "Schwerbehindertenrecht", "Schwerbehinderung, Schwerbehindertenausweis, Grad der Behinderung", `SchwbR \d{2}/\d{6}`,
		func(r *rand.Rand) string { return fmt.Sprintf("SchwbR %02d/%06d", 10+r.IntN(60), r.IntN(1000000)) }},
	{"grundsicherung", "Grundsicherung", "Grundsicherung und Hilfe zum Lebensunterhalt", "Hilfe zum Lebensunterhalt", `50\.1-\d{5}/(?:19|20)\d{2}`,
		func(r *rand.Rand) string { return fmt.Sprintf("50.1-%05d/20%02d", r.IntN(100000), 8+r.IntN(19)) }},
	{"pflege", "Hilfe zur Pflege", "Hilfe zur Pflege", "", `HzP \d{4}/\d{2}`,
		func(r *rand.Rand) string { return fmt.Sprintf("HzP %04d/%02d", r.IntN(10000), 12+r.IntN(15)) }},
	{"eingliederung", "Eingliederungshilfe", "Eingliederungshilfe", "", `EGH \d{3}\.\d{3}-\d{2}`,
		func(r *rand.Rand) string {
			return fmt.Sprintf("EGH %03d.%03d-%02d", r.IntN(1000), r.IntN(1000), 18+r.IntN(9))
		}},
	{"but", "Bildung und Teilhabe", "Bildung und Teilhabe", "", `BuT-\d{2}\.\d{5}`,
		func(r *rand.Rand) string { return fmt.Sprintf("BuT-%02d.%05d", 16+r.IntN(11), r.IntN(100000)) }},
	{"widerspruch", "Widerspruchsstelle", "Widerspruchsstelle", "Widerspruch", `50\.7 W \d{4}/(?:19|20)\d{2}`,
		func(r *rand.Rand) string { return fmt.Sprintf("50.7 W %04d/20%02d", r.IntN(10000), 19+r.IntN(8)) }},
}

// ByID returns the department, or false.
func ByID(id string) (Department, bool) {
	for _, d := range departments {
		if d.ID == id {
			return d, true
		}
	}
	return Department{}, false
}

// Person is an invented resident.
type Person struct {
	Surname, Given string
	Born           time.Time
	Street, Town   string
}

// Name is given name and surname.
func (p Person) Name() string { return p.Given + " " + p.Surname }

// Case is one known case.
type Case struct {
	Number, Department, Worker string
	Person
}

// Register is all known cases.
type Register struct {
	Cases   []Case
	numbers map[string]bool
	people  map[string]int // cases by name and birth date
}

// Make invents a register of about n cases.
func Make(r *rand.Rand, n int) *Register {
	g := &Register{numbers: map[string]bool{}, people: map[string]int{}}
	for len(g.Cases) < n {
		d := departments[r.IntN(len(departments))]
		p := NewPerson(r)
		switch {
		case len(g.Cases) > 10 && r.IntN(12) == 0: // a namesake, born on another day
			old := g.Cases[r.IntN(len(g.Cases))].Person
			p.Surname, p.Given = old.Surname, old.Given
		case len(g.Cases) > 10 && r.IntN(15) == 0: // a second case of the same person
			p = g.Cases[r.IntN(len(g.Cases))].Person
		}
		number := d.number(r)
		if len(g.Cases) > 10 && r.IntN(10) == 0 { // one misread digit from another
			old := g.Cases[r.IntN(len(g.Cases))]
			number = misread(r, old.Number)
			d, _ = ByID(old.Department)
		}
		g.add(Case{Number: number, Department: d.ID, Worker: fmt.Sprintf("%s-%d", d.ID, 1+r.IntN(4)), Person: p})
	}
	return g
}

// add keeps the case unless its number is taken.
func (g *Register) add(c Case) {
	if g.numbers[c.Number] {
		return
	}
	g.numbers[c.Number] = true
	g.people[c.key()]++
	g.Cases = append(g.Cases, c)
}

func (p Person) key() string { return p.Surname + "|" + p.Given + "|" + p.Born.Format(time.DateOnly) }

// Sole reports whether the case is the only one of its person.
func (g *Register) Sole(c Case) bool { return g.people[c.key()] == 1 }

// Pick returns any case of the department.
func (g *Register) Pick(r *rand.Rand, department string) Case {
	for {
		if c := g.Cases[r.IntN(len(g.Cases))]; c.Department == department {
			return c
		}
	}
}

// Stranger returns a person who is not in the register.
func (g *Register) Stranger(r *rand.Rand) Person {
	for {
		if p := NewPerson(r); g.people[p.key()] == 0 {
			return p
		}
	}
}

// Lookalike returns a number of the department's form that is unknown and at
// least two characters away from every known one.
func (g *Register) Lookalike(r *rand.Rand, department string) string {
	d, ok := ByID(department)
	if !ok {
		return ""
	}
	for {
		n := d.number(r)
		if !slices.ContainsFunc(g.Cases, func(c Case) bool { return near(c.Number, n) }) {
			return n
		}
	}
}

// near reports whether two numbers differ in at most one character.
func near(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	diff := 0
	for i := range len(a) {
		if a[i] != b[i] {
			diff++
		}
	}
	return diff < 2
}

// misread swaps one of the last two digits for one that looks like it.
func misread(r *rand.Rand, number string) string {
	const from, to = "0183564792", "8730659148"
	b := []byte(number)
	at := len(b) - 1 - r.IntN(2)
	if i := strings.IndexByte(from, b[at]); i >= 0 {
		b[at] = to[i]
	}
	return string(b)
}

// NewPerson invents a person, anyone from a baby to a centenarian.
func NewPerson(r *rand.Rand) Person {
	born := time.Date(1930+r.IntN(85), time.Month(1+r.IntN(12)), 1+r.IntN(28), 0, 0, 0, 0, time.UTC)
	return Person{
		Surname: surnames[r.IntN(len(surnames))], Given: givens[r.IntN(len(givens))],
		Born: born, Street: Street(r), Town: Town(r),
	}
}

// Street invents a street and house number.
func Street(r *rand.Rand) string {
	s := streetHeads[r.IntN(len(streetHeads))] + streetTails[r.IntN(len(streetTails))]
	if r.IntN(9) == 0 {
		return fmt.Sprintf("%s %d %c", s, 1+r.IntN(120), 'a'+rune(r.IntN(4)))
	}
	return fmt.Sprintf("%s %d", s, 1+r.IntN(120))
}

// Town invents a town with a postal code from a range never given out.
func Town(r *rand.Rand) string {
	return fmt.Sprintf("00%03d %s%s", r.IntN(1000), townHeads[r.IntN(len(townHeads))], townTails[r.IntN(len(townTails))])
}

// Rows returns the register as a table with its heading.
func (g *Register) Rows() [][]string {
	rows := [][]string{{"number", "department", "worker", "surname", "given", "born", "street", "town"}}
	for _, c := range g.Cases {
		rows = append(rows, []string{c.Number, c.Department, c.Worker, c.Surname, c.Given, c.Born.Format("02.01.2006"), c.Street, c.Town})
	}
	return rows
}
