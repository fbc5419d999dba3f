package ocr

import (
	"regexp"
	"strings"
	"unicode"

	"mailroom/scanstation"
)

// sheet is a page while its letter is looked through.
type sheet struct {
	number int // from 1
	Reading
	lines  []Line
	labels []label
	own    *Evidence // the letterhead of the house; nil: it is somebody else's page
}

var (
	anyDate     = regexp.MustCompile(`\b(\d{1,2})\. ?(\d{1,2})\. ?((?:19|20)\d{2})\b`)
	monthDate   = regexp.MustCompile(`(?i)\b(\d{1,2})\. ?(januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember) ((?:19|20)\d{2})\b`)
	dateLabel   = regexp.MustCompile(`(?i)\bdatum\b`)
	otherLetter = regexp.MustCompile(`(?i)\b(?:vom|seit|bis|zum)\b`)
	stampWord   = regexp.MustCompile(`(?i)^.?einge?gang`)
	bornBefore  = regexp.MustCompile(`(?i)(?:\bgeb\b|\bgeb\.|geboren|geburtsdatum|geburtstag|\*)[^0-9]{0,25}$`)
)

// newSheet lays a page out for looking through.
func (f *Finder) newSheet(number int, r Reading) *sheet {
	p := &sheet{number: number, Reading: r, lines: r.Lines()}
	p.own = f.ownHead(p)
	p.labels = p.labelsIn()
	return p
}

// boxOf returns the box of the words that bytes from to to of l.Text touch.
func (l Line) boxOf(from, to int) Box {
	var b Box
	at := 0
	for _, w := range l.Words {
		if at < to && at+len(w.Text) > from {
			b = b.Union(w.Box)
		}
		at += len(w.Text) + 1
	}
	return b
}

// datesIn finds the dates of a line; a date after "geb." is a date of birth.
func datesIn(p *sheet, line Line) []DateFinding {
	var out []DateFinding
	for _, re := range []*regexp.Regexp{anyDate, monthDate} {
		for _, m := range re.FindAllStringSubmatchIndex(line.Text, 10) {
			date, err := scanstation.ParseDate(numericDate(line.Text, m))
			if err != nil {
				continue
			}
			d := DateFinding{Date: date, Evidence: Evidence{Page: p.number, Box: line.boxOf(m[0], m[1]), Text: line.Text, Confidence: line.Confidence}}
			if bornBefore.MatchString(line.Text[:m[0]]) {
				d.Role = BirthDate
			}
			out = append(out, d)
		}
	}
	return out
}

func numericDate(text string, m []int) string {
	month := text[m[4]:m[5]]
	for i, name := range []string{"januar", "februar", "märz", "april", "mai", "juni", "juli", "august", "september", "oktober", "november", "dezember"} {
		if strings.EqualFold(name, month) {
			month = string(rune('0'+(i+1)/10)) + string(rune('0'+(i+1)%10))
		}
	}
	return text[m[2]:m[3]] + "." + month + "." + text[m[6]:m[7]]
}

// markLetterDate marks the date of the letter: on the upper half of its first
// page the one behind "Datum", else the first that is neither a date of birth
// nor the receipt stamp's nor that of another letter.
func markLetterDate(dates []DateFinding, pages []Reading) {
	stamps := stampsOn(pages[0].Lines())
	best := -1
	for i, d := range dates {
		switch {
		case d.Role != "" || d.Evidence.Page != 1 || 2*d.Evidence.Box[1] >= pages[0].Height:
		case dateLabel.MatchString(d.Evidence.Text):
			dates[i].Role = LetterDate
			return
		case best < 0 && !otherLetter.MatchString(d.Evidence.Text) && !stamped(d.Evidence.Box, stamps, pages[0].DPI):
			best = i
		}
	}
	if best >= 0 {
		dates[best].Role = LetterDate
	}
}

// stampsOn returns the boxes of the words by which a receipt stamp is known.
func stampsOn(lines []Line) (out []Box) {
	for _, line := range lines {
		for _, w := range line.Words {
			if stampWord.MatchString(w.Text) {
				out = append(out, w.Box)
			}
		}
	}
	return out
}

// stamped says whether box lies within two centimetres of a receipt stamp's words.
func stamped(box Box, stamps []Box, dpi int) bool {
	near := dpi * 20 / 25
	for _, s := range stamps {
		if box[0] < s[0]+s[2]+near && s[0] < box[0]+box[2]+near && box[1] < s[1]+s[3]+near && s[1] < box[1]+box[3]+near {
			return true
		}
	}
	return false
}

type nameOf struct{ department, key string }

// fold writes s in lower case, words with one blank between, umlauts spelled
// out, everything else dropped, for comparing names.
func fold(s string) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss").Replace(word))
	}
	return b.String()
}

func (f *Finder) departmentsIn(p *sheet, line Line) []DepartmentFinding {
	var out []DepartmentFinding
	words := line.folded()
	for _, n := range f.names {
		box, exact, ok := line.name(words, strings.Fields(n.key))
		if !ok {
			continue
		}
		zone := p.zone(box)
		if zone == "text" && !exact {
			continue // in running text a word like the name is another word
		}
		out = append(out, DepartmentFinding{
			Department: n.department, Zone: zone,
			Evidence: Evidence{Page: p.number, Box: box, Text: line.Text, Confidence: line.Confidence, Rule: RuleWords},
		})
	}
	return out
}

// named returns the box of the fewest words of l that hold the folded name.
func (l Line) named(key string) Box {
	best, fewest := l.Box, len(l.Words)
	for first := range l.Words {
		text, box := "", Box{}
		for last := first; last < len(l.Words) && last-first < fewest; last++ {
			text += " " + l.Words[last].Text
			box = box.Union(l.Words[last].Box)
			if strings.Contains(" "+fold(text)+" ", key) {
				best, fewest = box, last-first
				break
			}
		}
	}
	return best
}
