package ocr

import (
	"slices"
	"strings"
	"unicode"
)

// Scrap is a run of words with enough digits to be a number that was badly
// read. It means nothing by itself: it is held against the cases of the people
// whom the letter names.
type Scrap struct {
	Fold     string   `json:"fold"`
	Whose    string   `json:"whose"`
	Evidence Evidence `json:"evidence"`
}

const (
	maxScraps   = 60
	scrapDigits = 5 // what shorter numbers than this name is no case
)

// scrapsIn finds the runs of words with digits in a line, each with the word
// before it, which may be the letters of the number.
func (p *sheet) scrapsIn(line Line) (out []Scrap) {
	for i := 0; i < len(line.Words); i++ {
		if !hasDigit(line.Words[i].Text) {
			continue
		}
		first, last := i, i
		for last+1 < len(line.Words) && (hasDigit(line.Words[last+1].Text) || len(line.Words[last+1].Text) < 3) {
			last++
		}
		i = last
		if first > 0 && len([]rune(line.Words[first-1].Text)) <= 10 {
			first--
		}
		if s := p.scrap(line, first, last); digitsIn(s.Fold) >= scrapDigits {
			out = append(out, s)
		}
	}
	return out
}

func (p *sheet) scrap(line Line, first, last int) Scrap {
	var raw []string
	e := Evidence{Page: p.number, Text: line.Text, Confidence: 1, Rule: RuleNear}
	for _, w := range line.Words[first : last+1] {
		raw = append(raw, w.Text)
		e.Box = e.Box.Union(w.Box)
		e.Confidence = min(e.Confidence, w.Confidence)
	}
	text := strings.Join(raw, " ")
	e.Alternatives = []string{text}
	return Scrap{Fold: Fold(text), Whose: p.whose(line.Words[last].Box), Evidence: e}
}

func hasDigit(s string) bool { return strings.ContainsFunc(s, unicode.IsDigit) }

func digitsIn(s string) (n int) {
	for _, r := range s {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// Near says by how many signs, put in, left out or changed, the folded number
// differs from that part of the scrap which is most like it. plain says that
// digits alone were changed for digits: then it may be another number, well
// read, as much as this one misread.
func (s Scrap) Near(number string) (distance int, plain bool) {
	want, text := []rune(number), []rune(s.Fold)
	// Each cell holds the least cost and whether the way to it changed digits only.
	type cell struct {
		cost  int
		plain bool
	}
	row := make([]cell, len(text)+1)
	for j := range row {
		row[j] = cell{0, true} // it may start anywhere
	}
	for i, w := range want {
		before := row[0]
		row[0] = cell{i + 1, false}
		for j, r := range text {
			best := before
			if w != r {
				best = cell{before.cost + 1, before.plain && unicode.IsDigit(w) && unicode.IsDigit(r)}
			}
			for _, c := range []cell{{row[j+1].cost + 1, false}, {row[j].cost + 1, false}} {
				if c.cost < best.cost { // of equal ways the one that changes digits only counts
					best = c
				}
			}
			before, row[j+1] = row[j+1], best
		}
	}
	end := slices.MinFunc(row, func(a, b cell) int { return a.cost - b.cost })
	return end.cost, slices.Contains(row, cell{end.cost, true})
}
