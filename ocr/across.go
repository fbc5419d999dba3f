package ocr

import "slices"

// acrossWords is how many words of a number may stand on either line.
const acrossWords = 3

// acrossLines finds the numbers that the end of a line breaks: those of a paragraph
// that begin in above and end in below. Only what reads exactly as it should is
// joined, and only where no line holds a number of its own there; found is what
// the two lines gave.
func (f *Finder) acrossLines(p *sheet, above, below Line, found []Candidate) (out []Candidate) {
	if !below.follows(above) {
		return nil
	}
	last, next := above.Words[len(above.Words)-1].Box, below.Words[0].Box
	if slices.ContainsFunc(found, func(c Candidate) bool {
		return c.Evidence.Page == p.number && (c.Evidence.Box.covers(last) || c.Evidence.Box.covers(next))
	}) {
		return nil
	}
	joined := Line{Text: above.Text + " " + below.Text}
	joined.Words = append(joined.Words, above.Words[max(0, len(above.Words)-acrossWords):]...)
	joined.Words = append(joined.Words, below.Words[:min(acrossWords, len(below.Words))]...)
	for _, c := range f.inLine(p, joined) {
		if !c.Loose && c.Evidence.Box.covers(last) && c.Evidence.Box.covers(next) {
			c.Whose, c.Place = p.whose(last), p.place(last)
			c.Evidence.Rule = c.rule()
			out = append(out, c)
		}
	}
	return out
}

// follows says whether l is the next line of the same paragraph.
func (l Line) follows(above Line) bool {
	if len(l.Words) == 0 || len(above.Words) == 0 {
		return false
	}
	high := max(above.Box[3], l.Box[3])
	gap := l.Box[1] - above.Box[1] - above.Box[3]
	return 2*gap > -high && gap < 2*high && l.Box[0] < above.Box[0]+above.Box[2] && above.Box[0] < l.Box[0]+l.Box[2]
}

// covers says whether other lies within b.
func (b Box) covers(other Box) bool { return b.Union(other) == b }
