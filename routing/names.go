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
	return lines, len(lines) > 0 && surname.exact && given.exact
}

// lookalikes are the letters that are taken for each other, where names seldom differ in
// them: Marlna is Marina, but Marta is not, nor Alina Alisa.
var lookalikes = []string{"aceo", "ijl", "ft", "nmru", "hb", "uv", "vy", "gq"}

// misreadAs says whether a and b, equally long, differ in one letter for another that
// looks like it.
func misreadAs(a, b string) bool {
	differ := 0
	for i := range len(a) {
		if a[i] != b[i] {
			differ++
			if !slices.ContainsFunc(lookalikes, func(set string) bool {
				return strings.IndexByte(set, a[i]) >= 0 && strings.IndexByte(set, b[i]) >= 0
			}) {
				return false
			}
		}
	}
	return differ == 1
}

// misread says whether one of the given names stands there with one letter
// changed between its first and its last.
func (n names) misread(given []string) bool {
	for _, w := range given {
		for x := range n.at {
			if len(w) >= 5 && len(x) == len(w) && x[0] == w[0] && x[len(x)-1] == w[len(w)-1] && misreadAs(w, x) {
				return true
			}
		}
	}
	return false
}

// lives returns the line that names the address of c: street with number, and on
// it or the next the town by name or postcode.
func (n names) lives(c Case) (line int, ok bool) {
	street, number := streetOf(c.Street)
	town, code := nameWords(c.Town), postcodeWord.FindString(c.Town)
	if street == "" || len(town) == 0 {
		return 0, false
	}
	for i := range n.lines {
		if !n.streetIn(i, street, number) {
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
	houseNumber  = regexp.MustCompile(`\b(\d+) ?([a-z]?)\b`)
	postcodeWord = regexp.MustCompile(`\d{5}`)
)

// streetOf splits an address into the street as it is compared and the number in it:
// Amselstr. 3a and Amsel-Straße 3 A are amselstrase and 3a.
func streetOf(s string) (street, number string) {
	s = strings.ToLower(s)
	if all := houseNumber.FindAllStringSubmatchIndex(s, -1); len(all) > 0 {
		m := all[len(all)-1]
		s, number = s[:m[0]], s[m[2]:m[3]]+s[m[4]:m[5]]
	}
	for _, w := range nameWords(s) {
		street += longStreet(w)
	}
	return street, number
}

func longStreet(word string) string {
	if strings.HasSuffix(word, "str") {
		return word + "ase"
	}
	return word
}

// streetIn says whether a line names a street and the number in it.
func (n names) streetIn(line int, street, number string) bool {
	words := n.lines[line]
	for first := range words {
		key := ""
		for i := first; i < len(words) && len(key) < len(street); i++ {
			key += longStreet(words[i])
		}
		if key == street {
			return number == "" || slices.ContainsFunc(houseNumber.FindAllStringSubmatch(strings.ToLower(n.texts[line]), -1), func(m []string) bool {
				return m[1]+m[2] == number
			})
		}
	}
	return false
}

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

// bornElse says whether another date of birth than that of c stands, well read and by
// more than a digit, beside its name.
func (n names) bornElse(doc storage.Document, c Case) bool {
	lines, _ := n.together(c)
	return slices.ContainsFunc(doc.Findings.Dates, func(d ocr.DateFinding) bool {
		return d.Role == ocr.BirthDate && d.Date != c.Born && !oneDigit(d.Date, c.Born) && d.Evidence.Confidence >= sureMisread && n.beside(lines, d.Evidence.Text)
	})
}
