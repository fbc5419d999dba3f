package ocr

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Finder looks in letters for what says where they belong.
type Finder struct {
	grammars []finderGrammar
	names    []nameOf
	marks    []mark   // the words that close a letter
	house    []string // the folded names in the letterhead of the house
	cash     []CashForm
}

type finderGrammar struct {
	department    string
	exact, folded *regexp.Regexp
}

// NewFinder prepares the grammars of all departments.
func NewFinder(grammars []Grammar) (*Finder, error) {
	f := &Finder{}
	for _, g := range grammars {
		for _, re := range g.Numbers {
			exact, err := regexp.Compile(`(?i:` + withoutBlanks(re.String()) + `)`)
			if err != nil {
				return nil, err
			}
			folded, err := foldPattern(re)
			if err != nil {
				return nil, err
			}
			f.grammars = append(f.grammars, finderGrammar{g.Department, exact, folded})
		}
		for _, name := range g.Names {
			if key := fold(name); key != "" {
				f.names = append(f.names, nameOf{g.Department, " " + key + " "})
			}
		}
	}
	return f, nil
}

// withoutBlanks makes a pattern match the line with its blanks taken out, for
// OCR puts blanks into numbers and takes them out.
func withoutBlanks(pattern string) string {
	pattern = strings.ReplaceAll(pattern, `\s`, ` `)
	return strings.NewReplacer(" *", "", " +", "", " ?", "", " ", "").Replace(pattern)
}

// Find looks through the pages of one letter, which are in order. What cover
// sheets say is passed over.
func (f *Finder) Find(pages []Reading) Findings {
	var out Findings
	var first *sheet
	begin := firstPage(pages)
	for i, r := range pages {
		if r.Placeholder != "" {
			continue // a sheet of the house says nothing about the letter
		}
		p := f.newSheet(i+1, i == begin, r)
		if p.first {
			first = p
			out.First, out.Own = p.number, p.own
			if v := f.senderOf(p); v != nil {
				out.Values = append(out.Values, *v)
			}
		}
		for _, c := range r.Barcodes {
			out.Candidates = append(out.Candidates, f.inBarcode(i+1, c)...)
		}
		for k, line := range p.lines {
			out.Candidates = append(out.Candidates, f.inLine(p, line)...)
			if k > 0 {
				out.Candidates = append(out.Candidates, f.acrossLines(p, p.lines[k-1], line, out.Candidates)...)
			}
			if len(out.Scraps) < maxScraps {
				out.Scraps = append(out.Scraps, p.scrapsIn(line)...)
			}
			out.Dates = append(out.Dates, datesIn(p, line)...)
			out.Departments = append(out.Departments, f.departmentsIn(p, line)...)
			out.Values = append(out.Values, f.valuesIn(p, line)...)
			out.Values = append(out.Values, p.hintsIn(line, k >= p.salutation, out.Values)...)
			seals, hint := f.marksIn(p, k)
			out.Seals = append(out.Seals, seals...)
			if hint != nil {
				out.Values = append(out.Values, *hint)
			}
		}
	}
	if first != nil {
		first.markLetterDate(out.Dates)
	}
	out.Dates = settleYears(out.Dates)
	return out
}

// firstPage returns with which page a letter begins: the first that is neither a
// cover sheet nor an envelope, or else an envelope.
func firstPage(pages []Reading) int {
	if i := slices.IndexFunc(pages, Reading.page); i >= 0 {
		return i
	}
	return slices.IndexFunc(pages, Reading.Envelope)
}

// inBarcode takes a code as a number only if it is one from end to end.
func (f *Finder) inBarcode(page int, c Barcode) []Candidate {
	text := squeeze(c.Text)
	var out []Candidate
	if c.Foreign() != "" {
		return nil // a parcel number can look like anything
	}
	for _, g := range f.grammars {
		if m := g.exact.FindString(text); m != "" && m == text {
			out = append(out, Candidate{
				Number: strings.Join(strings.Fields(c.Text), " "), Department: g.department, Source: FromBarcode, Whose: Unnamed,
				Evidence: Evidence{Page: page, Box: c.Box, Text: c.Format + ": " + c.Text, Confidence: 1, Rule: RuleCode},
			})
		}
	}
	return out
}

// inLine finds the numbers in one line, first as they should be, then folded.
func (f *Finder) inLine(p *sheet, line Line) []Candidate {
	var out []Candidate
	taken := make([]bool, len(line.Words))
	for _, loose := range []bool{false, true} {
		transform := squeezeRune
		if loose {
			transform = foldRune
		}
		text, words := flatten(line, transform)
		for _, g := range f.grammars {
			re := g.exact
			if loose {
				re = g.folded
			}
			for _, m := range re.FindAllStringIndex(text, 8) {
				first, last, ok := span(line, text, words, m, loose)
				if !ok || anyTaken(taken, first, last) {
					continue
				}
				for w := first; w <= last; w++ {
					taken[w] = true
				}
				out = append(out, candidate(p, line, first, last, text[m[0]:m[1]], loose, g.department))
			}
		}
	}
	return out
}

func anyTaken(taken []bool, first, last int) bool {
	for w := first; w <= last; w++ {
		if taken[w] {
			return true
		}
	}
	return false
}

func candidate(p *sheet, line Line, first, last int, match string, loose bool, department string) Candidate {
	e := Evidence{Page: p.number, Text: line.Text, Confidence: 1}
	var raw []string
	for _, w := range line.Words[first : last+1] {
		e.Box = e.Box.Union(w.Box)
		e.Confidence = min(e.Confidence, w.Confidence)
		raw = append(raw, w.Text)
	}
	c := Candidate{
		Number: numberIn(strings.Join(raw, " "), match), Department: department, Source: FromText,
		Whose: p.whose(e.Box), Place: p.place(e.Box), Loose: loose, Evidence: e,
	}
	c.Evidence.Rule = c.rule()
	return c
}

// rule says by what a candidate in text was found.
func (c Candidate) rule() string {
	switch {
	case c.Loose:
		return RuleFold
	case c.Whose != Unnamed:
		return RuleLabel
	case c.Place == InBlock || c.Place == InReference:
		return RulePlace
	}
	return RulePattern
}

// numberIn cuts from raw, which is words with blanks between, the part whose
// runes without blanks are match; for a folded match the part that folds into it.
func numberIn(raw, match string) string {
	runes := []rune(raw)
	for i := range runes {
		rest, want := runes[i:], []rune(match)
		n, k := 0, 0
		for n < len(rest) && k < len(want) {
			if rest[n] == want[k] || squeezeRune(rest[n]) == want[k] {
				k++
			} else if squeezeRune(rest[n]) >= 0 {
				break
			}
			n++
		}
		if k == len(want) && squeezeRune(runes[i]) >= 0 {
			return string(rest[:n])
		}
	}
	part := raw
	for i := range raw { // "Az.:WG-…" may stand in one word
		if strings.HasPrefix(Fold(raw[i:]), match) {
			part = raw[i:]
		}
	}
	for part != "" && strings.HasPrefix(Fold(part[:len(part)-1]), match) {
		part = part[:len(part)-1]
	}
	return strings.TrimFunc(part, func(r rune) bool { return foldRune(r) < 0 })
}

// squeezeRune drops white space and makes every dash a hyphen.
func squeezeRune(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return -1
	case unicode.Is(unicode.Pd, r) || r == '\u2212':
		return '-'
	}
	return r
}

func squeeze(s string) string { return strings.Map(squeezeRune, s) }

// flatten returns the line's runes as transform leaves them, and for each byte
// of the result the word it came from.
func flatten(line Line, transform func(rune) rune) (string, []int) {
	var b strings.Builder
	var words []int
	for i, w := range line.Words {
		for _, r := range w.Text {
			if t := transform(r); t >= 0 {
				n := b.Len()
				b.WriteRune(t)
				for range b.Len() - n {
					words = append(words, i)
				}
			}
		}
	}
	return b.String(), words
}

// span returns the words that a match covers. A match counts only if no letter
// or digit of the same word stands before or behind it.
func span(line Line, text string, words []int, m []int, loose bool) (first, last int, ok bool) {
	if m[1] <= m[0] {
		return 0, 0, false
	}
	first, last = words[m[0]], words[m[1]-1]
	before := m[0] > 0 && words[m[0]-1] == first && (loose || isAlnum(text[m[0]-1]))
	behind := m[1] < len(text) && words[m[1]] == last && (loose || isAlnum(text[m[1]]))
	if loose && (before || behind) {
		// In a fold the signs are gone: "Az.:WG-…" may stand in one word.
		before = before && !signBefore(line.Words[first].Text, text[m[0]:m[1]])
	}
	return first, last, !before && !behind
}

// signBefore says whether in word a sign stands right before the part that
// folds into the start of match.
func signBefore(word, match string) bool {
	for i, r := range word {
		if foldRune(r) < 0 && strings.HasPrefix(match, Fold(word[i:])) && Fold(word[i:]) != "" {
			return true
		}
	}
	return false
}

func isAlnum(b byte) bool {
	return b >= 0x80 || b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z'
}
