package ocr

import (
	"slices"
	"strings"
)

// SealSheet is the text in the code of a separator sheet behind which a letter
// lies that stays closed (verschlossene Post).
const SealSheet = "VERSCHLOSSEN"

// SealFinding is a line that says that a letter is for its addressee alone.
type SealFinding struct {
	Word     string   `json:"word"` // as configured
	Zone     string   `json:"zone"` // address, subject or text
	Evidence Evidence `json:"evidence"`
}

// DefaultSealWords are the words that close a letter where the office names no
// others.
func DefaultSealWords() []string {
	return []string{
		"persönlich", "vertraulich", "eigenhändig", "nur vom Empfänger zu öffnen", "nicht öffnen", "Verschlusssache",
		"Personalrat", "Personalvertretung", "Gleichstellungsbeauftragte", "Schwerbehindertenvertretung",
		"Betriebsarzt", "Betriebsärztin", "Betriebsärztlicher Dienst", "Datenschutzbeauftragte", "Datenschutzbeauftragter",
	}
}

// SealedBy makes f look for words that close a letter.
func (f *Finder) SealedBy(words []string) {
	f.marks = nil
	for _, w := range words {
		if m := newMark(w); len(m.parts) > 0 {
			f.marks = append(f.marks, m)
		}
	}
}

// marksIn finds the words that close a letter in the line i: anywhere in a line of
// the address zone; elsewhere on the first page only where they are the whole line,
// for "vertraulich" in a sentence closes nothing. Where nothing is closed the first
// of them is a hint.
func (f *Finder) marksIn(p *sheet, i int) (seals []SealFinding, hint *Value) {
	line := p.lines[i]
	s := spell(line)
	marks, alone := f.marksOf(s)
	for _, m := range marks {
		box := line.boxOfWords(s.pieces[m.first].word, s.pieces[m.last].word)
		zone := f.closes(p, i, box)
		e := Evidence{Page: p.number, Box: box, Text: line.Text, Confidence: line.Confidence}
		switch {
		case zone == "address" || zone != "" && alone:
			seals = append(seals, SealFinding{Word: m.word, Zone: zone, Evidence: e})
		case hint == nil:
			e.Rule = RuleWords
			hint = &Value{Kind: Marked, Value: m.word, Evidence: e}
		}
	}
	return seals, hint
}

// marksOf returns where each of the words that close stands in a line, as it is
// configured if it stands there so, and whether the line holds nothing else. One
// that is another word in another form, such as Betriebsarzt in "Betriebsärztin",
// is left out.
func (f *Finder) marksOf(s spelling) (out []marking, alone bool) {
	var covered []bool
	for _, m := range f.marks {
		found := m.in(s)
		if len(found) == 0 {
			continue
		}
		if covered == nil {
			covered = make([]bool, len(s.pieces))
		}
		for _, at := range found {
			for p := at.first; p <= at.last; p++ {
				covered[p] = true
			}
		}
		out = append(out, found[max(0, slices.IndexFunc(found, func(at marking) bool { return at.exact }))])
	}
	if len(out) == 0 {
		return nil, false
	}
	alone = true
	for p, c := range covered {
		alone = alone && (c || slices.Contains(besides, s.text[s.pieces[p].at:s.pieces[p].end]))
	}
	exact := slices.Clone(out)
	return slices.DeleteFunc(out, func(m marking) bool {
		return !m.exact && slices.ContainsFunc(exact, func(o marking) bool { return o.exact && o.first <= m.last && m.first <= o.last })
	}), alone
}

// closes returns in which zone a mark in the line i stands, empty: it closes nothing
// there. So it is on a page behind the first, unless that is addressed like the first of
// another letter, and in the line of the sender. What stands in the sender's
// letterhead, or from the salutation on, is none of the address.
func (f *Finder) closes(p *sheet, i int, box Box) string {
	zone := p.zone(box)
	switch {
	case !p.Envelope() && !p.first:
		if first := plain(p.Reading); first.addressed() != "" && first.zone(box) == "address" {
			return "text"
		}
		return ""
	case zone != "address":
		return zone
	case !p.Envelope() && p.greeted(i):
		return "text"
	}
	switch f.sendersOn(p)[i] {
	case senderLine:
		return ""
	case senderHead:
		return "text"
	}
	return zone
}

// sealing says whether one of codes is that of a seal sheet.
func sealing(codes []Barcode) bool {
	return slices.ContainsFunc(codes, func(c Barcode) bool { return strings.TrimSpace(c.Text) == SealSheet })
}
