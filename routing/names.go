package routing

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
)

// names is the words of a letter, for asking whether it names a person.
type names struct {
	lines [][]string       // words as they are compared
	at    map[string][]int // the lines that hold a word
	texts []string         // the lines as read
	pages []int            // the page, from 1, of each line
}

// maxNameLines bounds the lines of a letter that are looked through for names.
const maxNameLines = 2000

func newNames(text string) names {
	n := names{at: map[string][]int{}}
	for page, lines := range strings.Split(text, "\f") {
		for line := range strings.FieldsFuncSeq(lines, func(r rune) bool { return r == '\n' }) {
			if len(n.lines) == maxNameLines {
				return n
			}
			words := nameWords(line)
			for _, w := range words {
				n.at[w] = append(n.at[w], len(n.lines))
			}
			n.lines, n.texts, n.pages = append(n.lines, words), append(n.texts, line), append(n.pages, page+1)
		}
	}
	return n
}

// missedEszett is an ß that was read as a B: in no name does that follow a
// small letter.
var missedEszett = regexp.MustCompile(`(\p{Ll})B`)

var oneSpelling = strings.NewReplacer("ae", "a", "oe", "o", "ue", "u", "ß", "s", "ss", "s", "ł", "l", "ø", "o", "đ", "d", "ı", "i", "æ", "a", "œ", "o")

// nameWords splits s into words as names are compared: lower case, without
// accents, and the ways to write an umlaut or an ß all one: Müller, Mueller and
// Muller are muller, Weiß and Weiss are weis.
func nameWords(s string) []string {
	s = strings.ToLower(missedEszett.ReplaceAllString(s, "${1}ß"))
	if plain, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), s); err == nil {
		s = plain
	}
	s = oneSpelling.Replace(s)
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
}

// nameKey is what people are looked up by: the first word of the given name and
// the first of the surname that is no "von". It is empty without both.
func nameKey(given, surname string) string {
	g, s := nameWords(given), nameParts(surname)
	if len(g) == 0 || len(s) == 0 {
		return ""
	}
	return g[0] + " " + s[0]
}

// NameKey is what the people of the register are looked up by.
func (c Case) NameKey() string { return nameKey(c.Given, c.Surname) }

// smallWords are what stands before a surname, in more languages than the list of
// names leaves them out of.
var smallWords = []string{"von", "van", "vom", "zu", "zum", "zur", "de", "del", "der", "den", "dem", "di", "da", "dos", "la", "le", "el", "al", "af", "ter", "ten", "bin", "ibn"}

// nameParts are the words of a surname without its particles, unless it is
// nothing else.
func nameParts(surname string) []string {
	all := nameWords(surname)
	parts := slices.DeleteFunc(slices.Clone(all), func(w string) bool { return slices.Contains(smallWords, w) })
	if len(parts) == 0 {
		return all
	}
	return parts
}

// keys are the keys of all people whom the letter may name: words in capitals
// that stand near each other, either way round.
func (n names) keys() []string {
	const most, apart = 480, 3
	var out []string
	seen := map[string]bool{}
	add := func(a, b string) {
		for _, key := range []string{a + " " + b, b + " " + a} {
			if !seen[key] && len(out) < most {
				seen[key], out = true, append(out, key)
			}
		}
	}
	var above []string
	for i, line := range n.texts {
		words := capitals(line)
		for j := range words {
			for k := j + 1; k < min(j+1+apart, len(words)); k++ {
				add(words[j], words[k])
			}
		}
		if i > 0 && len(words) <= 3 && len(above) <= 3 { // surname and given name in fields of their own
			for _, a := range above {
				for _, b := range words {
					add(a, b)
				}
			}
		}
		above = words
	}
	return out
}

// capitals are the words of a line that begin with a capital letter.
func capitals(line string) (out []string) {
	for _, w := range strings.FieldsFunc(line, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if r := []rune(w); len(r) > 1 && unicode.IsUpper(r[0]) {
			out = append(out, nameWords(w)...)
		}
	}
	return out
}

// finding is how the words of a name stand in a letter.
type finding struct {
	lines []int // where one of them stands
	exact bool  // as it is in the register
}

// find looks for one of the parts of a name: people leave out one of two given
// names or surnames. Of five letters or more, one may differ, for OCR.
func (n names) find(parts []string) (f finding) {
	for _, w := range parts {
		if len(w) > 1 {
			f.lines = append(f.lines, n.at[w]...)
		}
	}
	if f.exact = len(f.lines) > 0; f.exact {
		return f
	}
	for _, w := range parts {
		for i, line := range n.lines {
			if len(w) >= 5 && slices.ContainsFunc(line, func(x string) bool { return ocr.OneOff(x, w) }) {
				f.lines = append(f.lines, i)
			}
		}
	}
	return f
}

// person says whether the letter names the person of c, by surname and, where
// it stands in the register, given name.
func (n names) person(c Case) bool {
	surname, given := n.find(nameParts(c.Surname)), n.find(nameWords(c.Given))
	return len(surname.lines) > 0 && (c.Given == "" || len(given.lines) > 0)
}

// together says whether the letter names the person of c in one place, for
// somebody's surname and somebody else's given name make no person. One of the
// two must be as in the register; of a given name the end and the beginning,
// too, for Michael is not Michaela, and Karina not Marina.
func (n names) together(c Case) (lines []int, exact bool) {
	surname, given := n.find(nameParts(c.Surname)), n.find(nameWords(c.Given))
	if !surname.exact && !given.exact {
		return nil, false
	}
	if !given.exact && !n.misread(nameWords(c.Given)) {
		return nil, false
	}
	for _, a := range surname.lines {
		if slices.ContainsFunc(given.lines, func(b int) bool { return max(a-b, b-a) <= 2 }) {
			lines = append(lines, a)
		}
	}
	return lines, surname.exact && given.exact
}

// misread says whether one of the given names stands there with one letter
// changed between its first and its last.
func (n names) misread(given []string) bool {
	for _, w := range given {
		for x := range n.at {
			if len(w) >= 5 && len(x) == len(w) && x[0] == w[0] && x[len(x)-1] == w[len(w)-1] && ocr.OneOff(x, w) {
				return true
			}
		}
	}
	return false
}

// lives returns the line that names the address of c: street with number, and on
// it or the next the town by name or postcode.
func (n names) lives(c Case) (line int, ok bool) {
	street, town := nameWords(c.Street), nameWords(c.Town)
	if len(street) == 0 || len(town) == 0 {
		return 0, false
	}
	number, code := numberWord.FindString(c.Street), postcodeWord.FindString(c.Town)
	for i, line := range n.lines {
		if !slices.Contains(line, street[0]) || number != "" && !slices.Contains(numberWord.FindAllString(n.texts[i], -1), number) {
			continue
		}
		for j := i; j < min(i+2, len(n.lines)); j++ {
			if slices.Contains(n.lines[j], town[len(town)-1]) || code != "" && strings.Contains(n.texts[j], code) {
				return i, true
			}
		}
	}
	return 0, false
}

var (
	numberWord   = regexp.MustCompile(`\d+`)
	postcodeWord = regexp.MustCompile(`\d{5}`)
)

// anyBirth says whether the letter gives a date of birth other than the one of
// the case: then it may well be about somebody else.
func (n names) anyBirth(doc storage.Document, c Case) bool {
	other := false
	for _, d := range doc.Findings.Dates {
		if d.Role != ocr.BirthDate {
			continue
		}
		if d.Date == c.Born {
			return false
		}
		other = true
	}
	return other && c.Born != scanstation.Date("")
}
