package ocr

import (
	"fmt"
	"regexp"
	"strings"

	"mailroom/scanstation"
)

var (
	anyDate   = regexp.MustCompile(`\b(\d{1,2})[.,] ?(\d{1,2})[.,] ?(\d{4})\b`)
	monthDate = regexp.MustCompile(`\b(\d{1,2})[.,] ?(\p{L}{3,10}) ((?:19|20)\d{2})\b`)
	// Before a date that is not the letter's own.
	otherLetter = regexp.MustCompile(`(?i)\b(?:vo[rm]?[mn]|seit|bis|zu[mr]|am|ab|dem)\W*$`)
	bornBefore  = regexp.MustCompile(`(?i)(?:\bgeb\b|\bgeb\.|geboren|geburtsdatum|geburtstag|\*)[^0-9]{0,25}$`)
	likelyYear  = regexp.MustCompile(`^(?:19|20)`)
	dateWord    = regexp.MustCompile(`(?i)^\W*datum\W*$`)
)

var months = [...]string{"januar", "februar", "märz", "april", "mai", "juni", "juli", "august", "september", "oktober", "november", "dezember"}

// datesIn finds the dates of a line; a date after "geb." is a date of birth.
func datesIn(p *sheet, line Line) []DateFinding {
	var out []DateFinding
	for _, re := range []*regexp.Regexp{anyDate, monthDate} {
		for _, m := range re.FindAllStringSubmatchIndex(line.Text, 10) {
			date, err := scanstation.ParseDate(numericDate(line.Text, m))
			if err != nil {
				continue
			}
			d := DateFinding{Date: date, Evidence: p.evidence(line, m[0], m[1], RulePattern)}
			switch before := line.Text[:m[0]]; {
			case bornBefore.MatchString(before) && likelyYear.MatchString(string(date)):
				d.Role, d.Evidence.Rule = BirthDate, RuleLabel
			case bornBefore.MatchString(before):
				d.Role, d.Evidence.Rule = BirthMisread, RuleLabel
			case !likelyYear.MatchString(string(date)):
				continue
			case otherLetter.MatchString(before):
				d.spoken = true
			}
			out = append(out, d)
		}
	}
	return out
}

func numericDate(text string, m []int) string {
	month := strings.ToLower(text[m[4]:m[5]])
	for i, name := range months {
		// OCR reads rn for m, and one letter may be wrong in the longer names.
		if plain := strings.ReplaceAll(month, "rn", "m"); plain == name || len(name) > 5 && OneOff(plain, name) {
			month = fmt.Sprintf("%02d", i+1)
		}
	}
	return text[m[2]:m[3]] + "." + month + "." + text[m[6]:m[7]]
}

// How much speaks for a date being the letter's own.
const (
	dateNot = iota
	dateAbove
	datePlaced
	dateLabelled
)

// markLetterDate marks the date of the letter: on its first page, above the
// salutation, the one that "Datum" stands beside or above, else the first in
// the place of references, else the first that is neither a date of birth nor
// the receipt stamp's nor that of another letter.
func (p *sheet) markLetterDate(dates []DateFinding) {
	stamps, labels, end := stampsOn(p.lines), p.dateLabels(), p.greetingTop()
	best, most := -1, dateNot
	for i, d := range dates {
		if d.Role != "" || d.spoken || d.Evidence.Page != p.number || d.Evidence.Box[1] >= end {
			continue
		}
		score := dateAbove
		switch place := p.place(d.Evidence.Box); {
		case labelledBy(labels, d.Evidence.Box):
			score = dateLabelled
		case stamped(d.Evidence.Box, stamps, p.DPI):
			score = dateNot
		case place == InBlock || place == InReference:
			score = datePlaced
		}
		if score > most {
			best, most = i, score
		}
	}
	if best < 0 {
		return
	}
	dates[best].Role = LetterDate
	dates[best].Evidence.Rule = [...]string{dateAbove: RulePattern, datePlaced: RulePlace, dateLabelled: RuleLabel}[most]
	for _, d := range dates {
		if d.Role == "" && d.Evidence.Page == p.number && d.Evidence.Box[1] < end && !d.spoken && d.Date != dates[best].Date {
			dates[best].Evidence.Alternatives = append(dates[best].Evidence.Alternatives, string(d.Date))
		}
	}
}

// greetingTop is where the salutation stands, at most the middle of the page.
func (p *sheet) greetingTop() int {
	if p.salutation < len(p.lines) {
		return min(p.lines[p.salutation].Box[1], p.Height/2)
	}
	return p.Height / 2
}

func (p *sheet) dateLabels() (out []Box) {
	for _, line := range p.lines {
		for _, w := range line.Words {
			if dateWord.MatchString(w.Text) {
				out = append(out, w.Box)
			}
		}
	}
	return out
}

// labelledBy says whether one of labels stands right before box in its height,
// or right above it.
func labelledBy(labels []Box, box Box) bool {
	for _, l := range labels {
		overlap := min(box[1]+box[3], l[1]+l[3]) - max(box[1], l[1])
		gap := box[0] - (l[0] + l[2])
		if 2*overlap > min(box[3], l[3]) && gap > -box[3] && gap < 8*max(box[3], l[3]) {
			return true
		}
		below := box[1] - (l[1] + l[3])
		if below > -box[3]/2 && below < 5*box[3]/2 && box[0] < l[0]+l[2]+2*box[3] && l[0] < box[0]+box[2] {
			return true
		}
	}
	return false
}
