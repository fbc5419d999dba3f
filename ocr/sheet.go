package ocr

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// sheet is a page while its letter is looked through.
type sheet struct {
	number int  // from 1
	first  bool // the letter begins with it; a cover sheet or an envelope may lie before
	Reading
	lines  []Line
	labels []label
	own    *Evidence // the letterhead of the house; nil: it is somebody else's page
	// salutation is which line greets the addressee, the number of lines: none does.
	salutation int
	// Of each line, and by role where labels of dates stand; nil: not looked for yet.
	senders []sender
	columns map[string][]Box
}

var stampWord = regexp.MustCompile(`(?i)^.?einge?gang`)

// newSheet lays a page out for looking through.
func (f *Finder) newSheet(number int, first bool, r Reading) *sheet {
	p := layOut(number, first, r)
	p.own = f.ownHead(p)
	p.labels = p.labelsIn()
	return p
}

func layOut(number int, first bool, r Reading) *sheet {
	p := &sheet{number: number, first: first, Reading: r, lines: r.Lines()}
	if p.salutation = slices.IndexFunc(p.lines, func(l Line) bool { return salutation.MatchString(l.Text) }); p.salutation < 0 {
		p.salutation = len(p.lines)
	}
	return p
}

// greeted says whether the line i is the salutation or stands below it.
func (p *sheet) greeted(i int) bool {
	return i >= p.salutation && p.lines[i].Box[1] >= p.lines[p.salutation].Box[1]
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

// boxOfWords returns the box of the words from first to last.
func (l Line) boxOfWords(first, last int) (b Box) {
	for _, w := range l.Words[first : last+1] {
		b = b.Union(w.Box)
	}
	return b
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

var umlauts = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss")

// fold writes s in lower case, words with one blank between, umlauts spelled
// out, everything else dropped, for comparing names.
func fold(s string) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(umlauts.Replace(word))
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
		if p.heads(box) {
			zone = HeadZone
		}
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

// heads says whether box stands in the head of a letter of our own, the block of
// references beside its address field included.
func (p *sheet) heads(box Box) bool {
	left, top := p.millimetres(box)
	return p.own != nil && p.first && (top < subjectTop || left >= blockLeft && top < blockBottom)
}
