package routing

import (
	"context"
	"slices"

	"mailroom/ocr"
	"mailroom/storage"
)

// mostNeighbours is how many numbers the register is asked for at once.
const mostNeighbours = 500

// neighbours are the cases whose numbers differ from n in one digit, so that one
// of them may have been misread as n.
func (r Router) neighbours(ctx context.Context, tx storage.Tx, n CaseNumber) ([]Case, error) {
	var like []CaseNumber
	for i := 0; i < len(n) && len(like) < mostNeighbours-9; i++ {
		for d := byte('0'); d <= '9' && n[i] >= '0' && n[i] <= '9'; d++ {
			if d != n[i] {
				like = append(like, n[:i]+CaseNumber(d)+n[i+1:])
			}
		}
	}
	return r.Register.ByNumbers(ctx, tx, like)
}

// rivals adds to hits, of each number that was poorly read, the cases of the people
// whom the letter speaks of no less and whose numbers are like it: theirs may be
// meant.
func (r Router) rivals(ctx context.Context, tx storage.Tx, doc storage.Document, hits []hit, text names) ([]hit, error) {
	for _, h := range slices.Clone(hits) {
		if h.source != SourceText || h.by.Evidence.Confidence >= sureRead {
			continue
		}
		others, err := r.neighbours(ctx, tx, h.Number)
		if err != nil {
			return nil, err
		}
		for _, o := range others {
			if text.anyBirth(doc, o) || !text.person(o) && (h.named || !text.speaks(doc, o)) {
				continue
			}
			rival := hit{Case: o, by: h.by, source: SourceText, named: true}
			rival.by.Loose = true
			hits = addHit(hits, rival)
		}
	}
	return hits, nil
}

// speaks says whether a letter that bears the number of c speaks of its person,
// though the whole name is not there: by half of it with the date of birth, or by
// the address.
func (n names) speaks(doc storage.Document, c Case) bool {
	if _, lives := n.lives(c); lives {
		return true
	}
	born := c.Born != "" && slices.ContainsFunc(doc.Findings.Dates, func(d ocr.DateFinding) bool {
		return d.Date == c.Born && d.Role != ocr.LetterDate && d.Role != ocr.DeliveryDate
	})
	return born && (len(n.find(nameParts(c.Surname)).lines) > 0 || len(n.find(nameWords(c.Given)).lines) > 0)
}

// others are the people of the register, named in full, whom a letter with the number
// of a single case may rather be about: the number's person is not named, or only by
// what reads more exactly as theirs, or not before a later page than the one on
// which theirs stand with a date of birth or an address.
func (r Router) others(ctx context.Context, tx storage.Tx, doc storage.Document, hits []hit, text names) (out []person, err error) {
	if len(hits) != 1 || hits[0].source == SourceSheet {
		return nil, nil
	}
	h := hits[0]
	lines, exact := text.together(h.Case)
	if exact && text.pages[slices.Min(lines)] == 1 {
		return nil, nil
	}
	named, err := r.named(ctx, tx, text)
	if err != nil {
		return nil, err
	}
	for _, c := range named {
		if c.NameKey() == h.NameKey() {
			continue
		}
		theirs, _ := text.together(c)
		first := slices.Min(theirs)
		switch {
		case len(lines) == 0:
		case !exact && slices.ContainsFunc(theirs, func(l int) bool { return slices.Contains(lines, l) }):
		case text.pages[first] < text.pages[slices.Min(lines)] && text.speaks(doc, c):
		default:
			continue
		}
		by := ocr.Evidence{Page: text.pages[first], Text: text.texts[first], Confidence: 1, Rule: ocr.RuleFullName}
		out = append(out, person{c, by, true})
	}
	return out, nil
}
