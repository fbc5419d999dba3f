package ocr

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// senderOf says who writes a letter: by the line over the address field, which
// holds the whole address, else by the letterhead. The other lines of the head
// are the alternatives.
func (f *Finder) senderOf(p *sheet) *Value {
	if p.DPI == 0 || !p.first {
		return nil
	}
	stamps := stampsOn(p.lines)
	var head []Line
	for _, line := range p.lines {
		left, top := p.millimetres(line.Box)
		if top >= addressBottom || stamped(line.Box, stamps, p.DPI) {
			continue
		}
		name := strings.TrimSpace(returnParts.Split(strings.TrimLeft(line.Text, " ·•|*-–—."), 2)[0])
		if left < addressRight && returnLine(line.Text) && top > addressTop-10 && nameLike(name) {
			return &Value{Kind: Sender, Value: name, Evidence: p.evidence(line, 0, len(line.Text), RuleReturnLine)}
		}
		if top < p.headEnd() && nameLike(line.Text) && !labelled(line.Text) {
			head = append(head, line)
		}
	}
	if len(head) == 0 {
		return nil
	}
	// The name is what is set largest; of lines alike, the first.
	best := slices.MaxFunc(head, func(a, b Line) int { return letterHeight(a)/4 - letterHeight(b)/4 })
	v := Value{Kind: Sender, Value: strings.TrimSpace(best.Text), Evidence: p.evidence(best, 0, len(best.Text), RuleLetterhead)}
	for _, l := range head {
		if l.Text != best.Text && len(v.Evidence.Alternatives) < 3 {
			v.Evidence.Alternatives = append(v.Evidence.Alternatives, strings.TrimSpace(l.Text))
		}
	}
	return &v
}

// headEnd is where the letterhead ends, in millimetres: where the house is
// addressed, if that can be seen.
func (p *sheet) headEnd() float64 {
	end := headBottom
	for _, line := range p.lines {
		if left, top := p.millimetres(line.Box); addressee.MatchString(line.Text) && left < addressRight && top > 20 && top < addressBottom {
			end = min(end, top-1)
		}
	}
	return end
}

var (
	addressee = regexp.MustCompile(`(?i)^\W*(?:an (?:die|das|den)\b|stadt\b|landkreis|landratsamt|kreis\b|gemeinde|amt f[üu]r|sozialamt|magistrat|bezirksamt)`)
	anyLabel  = regexp.MustCompile(`(?i)\b(?:tel(?:efon)?|fax|e-?mail|datum|zeichen|www|https?|iban|bic)\b|@`)
)

func labelled(text string) bool { return anyLabel.MatchString(text) }

// nameLike says whether most of text is letters, and enough of them.
func nameLike(text string) bool {
	letters, others := 0, 0
	for _, r := range text {
		switch {
		case unicode.IsLetter(r):
			letters++
		case !unicode.IsSpace(r):
			others++
		}
	}
	return letters >= 4 && letters > 2*others
}

// letterHeight is the height of the usual word of a line.
func letterHeight(l Line) int {
	var h []int
	for _, w := range l.Words {
		h = append(h, w.Box[3])
	}
	slices.Sort(h)
	return h[len(h)/2]
}
