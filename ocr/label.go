package ocr

import (
	"regexp"
	"strings"
)

// label is a place that says whose number stands beside or below it.
type label struct {
	whose string
	box   Box
	line  int
}

// What a label calls a number, as letters write it and as OCR reads it: I, l, 1
// and | are one letter to it, and so are c and e, h and b.
const (
	labelNoun  = `(?:akten|gesch[äa]fts|kunden|vorgangs|bearbeitungs|fall)?[- ]?(?:ze[il1|í!t]?[ceo][hbn]e[nm]|az\b|gz\b|n[ru]mmer|nachricht|schre[il1]ben|nr\b|ref\b|referenz)`
	oursStem   = `[il1|!j]hr(?:e[mnrs]?)?`
	theirsStem = `(?:un[sf5]ere?[mnrs]?|me[il1|]ne?[mnrs]?)`
)

var (
	oursLabel   = regexp.MustCompile(`(?i)(?:\b|[|!])(?:` + oursStem + `|dortige[mnrs]?|[il1|]hrerseits)[. :]{0,2}` + labelNoun)
	theirsLabel = regexp.MustCompile(`(?i)\b(?:` + theirsStem + `|hiesige[mnrs]?)[. :]{0,2}` + labelNoun)
	// Numbers by which the sender keeps its own customers and papers.
	booksLabel = regexp.MustCompile(`(?i)\b(?:kunden|kd|rechnungs|rg|re|mitglieds|vertrags|auftrags|beleg|debitor(?:en)?|steuer|betriebs|patienten|fall|liefer(?:schein)?|versicherungs|vers|mandats)[.-]{0,2} ?(?:nummer|nr\b)`)
	// "Az. des Gerichts" and the like name a number that is somebody else's.
	othersLabel = regexp.MustCompile(`(?i)\b(?:aktenzeichen|gesch[äa]ftszeichen|az|gz)[.:]{0,2} (?:des|der) (?:gerichts|sozialgerichts|amtsgerichts|klinik|kasse|krankenkasse|pflegekasse|polizei|staatsanwaltschaft|kanzlei|vermieters|jobcenters)\b`)
)

// labelsIn finds the labels of a page. On a page with our own letterhead they
// say the reverse: it is a letter of ours that came back, or was enclosed.
func (p *sheet) labelsIn() (out []label) {
	ours, theirs := Ours, Theirs
	if p.own != nil {
		ours, theirs = Theirs, Ours
	}
	for i, line := range p.lines {
		for _, kind := range []struct {
			whose string
			re    *regexp.Regexp
		}{{ours, oursLabel}, {theirs, theirsLabel}, {Theirs, booksLabel}, {Theirs, othersLabel}} {
			for _, m := range kind.re.FindAllStringIndex(line.Text, -1) {
				out = append(out, label{kind.whose, line.boxOf(m[0], m[1]), i})
			}
		}
	}
	return out
}

// whose says whose number stands in box: as the nearest label to its left in
// the same height says, else the nearest one right above it.
func (p *sheet) whose(box Box) string {
	best, distance := Unnamed, 1<<30
	for _, l := range p.labels {
		overlap := min(box[1]+box[3], l.box[1]+l.box[3]) - max(box[1], l.box[1])
		if gap := box[0] - (l.box[0] + l.box[2]); 2*overlap > min(box[3], l.box[3]) && gap > -box[3] && gap < distance && gap < p.Width/3 {
			best, distance = l.whose, gap
		}
	}
	if best != Unnamed {
		return best
	}
	for _, l := range p.labels {
		below := box[1] - (l.box[1] + l.box[3])
		aside := box[0] - l.box[0]
		if below > -box[3]/2 && below < 5*box[3]/2 && aside > -2*box[3] && aside < l.box[2]+box[3] && below < distance {
			best, distance = l.whose, below
		}
	}
	return best
}

// House makes f know the names that stand in the letterhead of the house, so
// that letters of its own are told from those of others.
func (f *Finder) House(names ...string) {
	f.house = nil
	for _, n := range names {
		if key := fold(n); key != "" {
			f.house = append(f.house, " "+key+" ")
		}
	}
}

// ownHead returns where a page names the house as its sender: above the address
// field, or in the one line over it, while the field itself, which may be set high,
// does not name it. A receipt stamp is no letterhead.
func (f *Finder) ownHead(p *sheet) *Evidence {
	if p.DPI == 0 || len(f.house) == 0 {
		return nil
	}
	stamps := stampsOn(p.lines)
	var head *Evidence
	for i, line := range p.lines {
		if !f.namesHouse(line.Text) || stamped(line.Box, stamps, p.DPI) {
			continue
		}
		left, top := p.millimetres(line.Box)
		back := returnLine(line.Text)
		switch {
		case !back && left < addressRight && p.beginsAddress(i):
			return nil
		case top < headBottom || top < addressBottom && left < addressRight && back:
			if head == nil {
				head = &Evidence{Page: p.number, Box: line.Box, Text: line.Text, Confidence: line.Confidence, Rule: RuleLetterhead}
			}
		case top < addressBottom && left < addressRight:
			return nil
		}
	}
	return head
}

// beginsAddress says whether the line i is the first of the address of a letter that
// is set high on its page: lines close below it end with a town, and no other town
// stands in the address field.
func (p *sheet) beginsAddress(i int) bool {
	last, block, town := p.lines[i].Box, true, false
	for _, line := range p.lines[i+1:] {
		left, top := p.millimetres(line.Box)
		if left >= addressRight || top >= addressBottom {
			continue
		}
		block = block && line.Box[1]-last[1]-last[3] < 2*last[3]
		if last = line.Box; !townLine.MatchString(line.Text) {
			continue
		}
		if !block || town {
			return false
		}
		town = true
	}
	return town
}

func (f *Finder) namesHouse(text string) bool {
	key := " " + fold(text) + " "
	for _, n := range f.house {
		if strings.Contains(key, n) {
			return true
		}
	}
	return false
}
