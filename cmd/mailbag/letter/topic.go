package letter

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"mailroom/cmd/mailbag/cases"
)

// topic is what a letter is about and everything that can be said about it.
// Phrases hold choices in brackets, [one|another], and slots in braces.
type topic struct {
	id          string
	departments string   // ids of the departments it is written to
	firm        []string // letterheads, name and trade parted by a bar; empty: a resident writes
	fresh       bool     // only for those not yet known
	subject     []string
	open        []string // first sentence
	body        []string
	ask         []string // last sentence before the greeting
	heading     string   // above the table
	columns     string   // head of the table, parted by tabs; empty: no table
	rows        []string
	fields      []string // label and value of a form, parted by a tab
	enclosed    []string
}

// vocabulary is the wording of one set; build and final share no phrase.
type vocabulary struct {
	topics     []topic
	greet, bye []string
	yours      []string // labels of our number in the reference block
	theirs     []string // labels of the sender's number
	az         []string // line naming our number, {nr}
	running    []string // sentence naming our number, {nr}
	person     []string // sentence naming the person
	apply      map[string]string
	about      []string // subject's second line, naming the person
	extra      []string // fill for longer letters, fits everywhere
}

// vocabularyOf returns the wording of the set.
func vocabularyOf(s Set) *vocabulary {
	if s == Final {
		return &finalWords
	}
	return &buildWords
}

// Phrases lists what the set can say, for checking that sets share nothing.
func Phrases(s Set) []string {
	v := vocabularyOf(s)
	all := slices.Concat(v.greet, v.bye, v.az, v.running, v.person, v.about, v.extra, slices.Collect(maps.Values(v.apply)))
	for _, t := range v.topics {
		all = slices.Concat(all, t.firm, t.open, t.body, t.ask, t.rows, t.fields, t.enclosed)
		if !t.fresh {
			all = append(all, t.subject...)
		}
	}
	return all
}

// pick returns a topic for the department; a fresh one for new people only.
func (v *vocabulary) pick(r *rand.Rand, department string, fresh bool) topic {
	var fit []topic
	for _, t := range v.topics {
		if t.fresh == fresh && slices.Contains(strings.Fields(t.departments), department) {
			fit = append(fit, t)
		}
	}
	return fit[r.IntN(len(fit))]
}

// speaker turns phrases into sentences about one case.
type speaker struct {
	r       *rand.Rand
	about   cases.Case
	date    time.Time
	sender  string
	applied string
}

// one says any one of the phrases.
func (s *speaker) one(phrases []string) string {
	if len(phrases) == 0 {
		return ""
	}
	return s.say(phrases[s.r.IntN(len(phrases))])
}

// some says up to n different phrases in their order.
func (s *speaker) some(phrases []string, n int) []string {
	at := s.r.Perm(len(phrases))[:min(n, len(phrases))]
	slices.Sort(at)
	said := make([]string, len(at))
	for i, k := range at {
		said[i] = s.say(phrases[k])
	}
	return said
}

// next says the next n phrases of the deck one after another.
func (s *speaker) next(d *Deck[string], n int) string {
	said := make([]string, n)
	for i := range said {
		said[i] = s.say(d.Deal())
	}
	return strings.Join(said, " ")
}

// say makes the choices of a phrase and fills its slots.
func (s *speaker) say(phrase string) string {
	var b strings.Builder
	for {
		i := strings.IndexAny(phrase, "[{")
		if i < 0 {
			b.WriteString(phrase)
			return b.String()
		}
		b.WriteString(phrase[:i])
		closing := byte(']')
		if phrase[i] == '{' {
			closing = '}'
		}
		n := strings.IndexByte(phrase[i:], closing)
		if n < 0 {
			b.WriteString(phrase[i:])
			return b.String()
		}
		inner := phrase[i+1 : i+n]
		if closing == ']' {
			choices := strings.Split(inner, "|")
			b.WriteString(s.say(choices[s.r.IntN(len(choices))]))
		} else {
			b.WriteString(s.fill(inner))
		}
		phrase = phrase[i+n+1:]
	}
}

// fill is the value of a slot.
func (s *speaker) fill(slot string) string {
	past := s.date.AddDate(0, 0, -3-s.r.IntN(200))
	switch slot {
	case "name":
		return s.about.Name()
	case "given":
		return s.about.Given
	case "surname":
		return s.about.Surname
	case "born":
		return s.about.Born.Format("02.01.2006")
	case "street":
		return s.about.Street
	case "town":
		return s.about.Town
	case "nr":
		return s.about.Number
	case "applied":
		return s.applied
	case "sender":
		return s.sender
	case "d":
		return past.Format("02.01.2006")
	case "m":
		return months[past.Month()-1] + " " + past.Format("2006")
	case "eur":
		return fmt.Sprintf("%d,%02d EUR", 18+s.r.IntN(900), s.r.IntN(100))
	case "pay":
		return fmt.Sprintf("%d.%03d,%02d EUR", 1+s.r.IntN(2), s.r.IntN(1000), s.r.IntN(100))
	case "n":
		return fmt.Sprint(2 + s.r.IntN(11))
	case "z":
		return fmt.Sprint(1 + s.r.IntN(9))
	case "qm":
		return fmt.Sprint(28 + s.r.IntN(80))
	case "pct":
		return fmt.Sprint(20 + 10*s.r.IntN(9))
	case "long":
		return fmt.Sprintf("%08d", s.r.IntN(100000000))
	case "who":
		return cases.NewPerson(s.r).Name()
	}
	return ""
}

var months = [...]string{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"}

// written is a date as a letter writes it; style picks among the usual ways.
func written(d time.Time, style int) string {
	switch style % 3 {
	case 0:
		return d.Format("02.01.2006")
	case 1:
		return fmt.Sprintf("%d. %s %d", d.Day(), months[d.Month()-1], d.Year())
	}
	return d.Format("2.1.2006")
}
