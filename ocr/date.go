package ocr

import (
	"fmt"
	"regexp"
	"strings"

	"mailroom/scanstation"
)

var (
	// With full stops, as ISO 8601 or with slashes.
	anyDate   = regexp.MustCompile(`\b(?:([0-9OolI]{1,2})[.,] ?([0-9OolI]{1,2})[.,] ?([0-9OolI]{4})|((?:19|20)\d\d)-(\d\d)-(\d\d)|(\d{1,2})/(\d{1,2})/((?:19|20)\d\d))\b`)
	monthDate = regexp.MustCompile(`\b(\d{1,2})[.,] ?(\p{L}{3,10})\.? ((?:19|20)\d{2})\b`)
	shortDate = regexp.MustCompile(`\b(\d{1,2})\. ?(\d{1,2})\. ?(\d\d)\b`)
	// Before a date that is not the letter's own.
	otherLetter = regexp.MustCompile(`(?i)\b(?:vo[rm]?[mn]|seit|bis|zu[mr]|am|ab|dem)\W*$`)
	bornBefore  = regexp.MustCompile(`(?i)(?:\bgeb\b|\bgeb\.|geboren|geburtsdatum|geburtstag|\*)[^0-9]{0,25}$`)
	// Right before the day on which something was delivered.
	deliveredBefore = regexp.MustCompile(`(?i)\b(?:zugestellt am|zustellung am|tag der zustellung|zustell(?:ungs)?datum)(?: ist| war)?(?: de[rn])?\W{0,5}$`)
	headsColumn     = regexp.MustCompile(`(?i)\b(?:(geburts(?:datum|tag)|geb\.?-?dat(?:um)?)|(tag der zustellung|zugestellt am|zustellung am))[^0-9]*$`)
	likelyYear      = regexp.MustCompile(`^(?:19|20)`)
	dateWord        = regexp.MustCompile(`(?i)^\W*datum\W*$`)
	// What may stand before a letter's date whose year is short: a town, or a label.
	townBefore = regexp.MustCompile(`(?i)(?:\pL\pL,|\bden|\bdatum:?) ?$`)
	partBefore = regexp.MustCompile(`(?:[0-9][.,]|[0-9/+-]|[§+] ?)$`)
	partBehind = regexp.MustCompile(`^(?:[.,/-][0-9]|[/-])`)
	// A star before words is that of a footnote.
	footnote = regexp.MustCompile(`\*[^0-9]*\pL\pL[^0-9]*$`)
	bornWord = regexp.MustCompile(`(?i)\bgeb`)
	ownLabel = regexp.MustCompile(`(?i)(?:[:,]|\bden|\bdatum)\W*$`)
)

var months = [...]string{"januar", "februar", "märz", "april", "mai", "juni", "juli", "august", "september", "oktober", "november", "dezember"}

// datesIn finds the dates of a line; a date after "geb." is a date of birth.
func datesIn(p *sheet, line Line) []DateFinding {
	if !hasDigit(line.Text) {
		return nil
	}
	var out []DateFinding
	for _, re := range []*regexp.Regexp{anyDate, monthDate} {
		for _, m := range re.FindAllStringSubmatchIndex(line.Text, 10) {
			if d, ok := p.dateAt(line, m); ok {
				out = append(out, d)
			}
		}
	}
	for _, m := range shortDate.FindAllStringSubmatchIndex(line.Text, 10) {
		if d, ok := p.shortDateAt(line, m); ok {
			out = append(out, d)
		}
	}
	return out
}

// dateAt is the date of a match of anyDate or monthDate.
func (p *sheet) dateAt(line Line, m []int) (d DateFinding, ok bool) {
	written, read, common := numericDate(line.Text, m)
	date, err := scanstation.ParseDate(written)
	if err != nil || !common && within(line.Text, m[0], m[1]) {
		return d, false
	}
	d = DateFinding{Date: date, Evidence: p.evidence(line, m[0], m[1], RulePattern), rare: !common}
	if read {
		d.Evidence.Alternatives = []string{line.Text[m[0]:m[1]]}
	}
	likely := likelyYear.MatchString(string(date))
	if d.Role, d.spoken = p.role(line.Text[:m[0]], d); d.Role == BirthDate && !likely {
		d.Role = BirthMisread
	}
	if d.Role != "" {
		d.Evidence.Rule = RuleLabel
	}
	return d, likely || d.Role == BirthMisread
}

// shortDateAt is a date whose year has two digits: one of birth or of delivery beside
// its label, or what may be the date of the letter. Until the letter is read through
// it is of this century.
func (p *sheet) shortDateAt(line Line, m []int) (d DateFinding, ok bool) {
	text := line.Text
	date, err := scanstation.ParseDate(text[m[2]:m[3]] + "." + text[m[4]:m[5]] + ".20" + text[m[6]:m[7]])
	if err != nil || within(text, m[0], m[1]) {
		return d, false
	}
	d = DateFinding{Date: date, Evidence: p.evidence(line, m[0], m[1], RulePattern), short: true}
	before := text[:m[0]]
	if d.Role, _ = p.role(before, d); d.Role != "" {
		d.Evidence.Rule = RuleLabel
		return d, !footnote.MatchString(before) || bornWord.MatchString(before)
	}
	plain := before == "" && m[3]-m[2]+m[5]-m[4] == 4 // "1.2.10" heads a section
	return d, date < shortBefore && strings.Trim(text[m[1]:], " .") == "" && (plain || townBefore.MatchString(before))
}

// shortBefore is until when a year of two digits is one of this century without a
// word that says so.
const shortBefore = "2050-01-01"

// within says whether the bytes from to to of text are a part of a longer number, or
// of a paragraph's.
func within(text string, from, to int) bool {
	return partBefore.MatchString(text[:from]) || partBehind.MatchString(text[to:])
}

// role is what the words before a date, or above it, say that it is. spoken says
// that it is named in a sentence.
func (p *sheet) role(before string, d DateFinding) (role string, spoken bool) {
	before = before[max(0, len(before)-labelReach):]
	switch {
	case deliveredBefore.MatchString(before):
		return DeliveryDate, false
	case bornBefore.MatchString(before):
		return BirthDate, false
	case otherLetter.MatchString(before):
		return "", true
	case ownLabel.MatchString(before):
		return "", false
	}
	if p.columns == nil {
		p.columns = p.dateColumns()
	}
	for _, role := range []string{BirthDate, DeliveryDate} {
		if labelledBy(p.columns[role], d.Evidence.Box) {
			return role, false
		}
	}
	return "", false
}

// labelReach is how many bytes before a date its label begins at most.
const labelReach = 80

// dateColumns are the labels, by role, that have no number behind them in their line:
// theirs stands below, or apart.
func (p *sheet) dateColumns() map[string][]Box {
	out := map[string][]Box{}
	for _, line := range p.lines {
		if len(line.Words) > columnWords {
			continue // running text
		}
		if m := headsColumn.FindStringSubmatchIndex(line.Text); m != nil {
			role := BirthDate
			if m[2] < 0 {
				role = DeliveryDate
			}
			out[role] = append(out[role], line.boxOf(m[0], max(m[3], m[5])))
		}
	}
	return out
}

// columnWords is how many words a line has at most that holds the heads of columns.
const columnWords = 8

// numericDate writes the date of a match with numbers alone. read says that letters
// in it were read as digits, common that it is written as most are.
func numericDate(text string, m []int) (date string, read, common bool) {
	if len(m) > 8 && m[2] < 0 {
		if m[8] >= 0 {
			return text[m[8]:m[13]], false, false
		}
		return text[m[14]:m[15]] + "." + text[m[16]:m[17]] + "." + text[m[18]:m[19]], false, false
	}
	if len(m) > 8 {
		date = text[m[2]:m[3]] + "." + text[m[4]:m[5]] + "." + text[m[6]:m[7]]
		plain := digitsRead.Replace(date)
		if plain != date && (!hasDigit(text[m[2]:m[3]]) || !hasDigit(text[m[4]:m[5]]) || digitsIn(text[m[6]:m[7]]) < 2) {
			return "", false, false // words
		}
		return plain, plain != date, plain == date
	}
	month := strings.ToLower(text[m[4]:m[5]])
	return text[m[2]:m[3]] + "." + monthOf(month) + "." + text[m[6]:m[7]], false, true
}

var digitsRead = strings.NewReplacer("O", "0", "o", "0", "l", "1", "I", "1")

// monthOf is the number of the month that is called so, in full or short, or else
// what it is called.
func monthOf(name string) string {
	plain := strings.ReplaceAll(name, "rn", "m") // as OCR reads it
	switch plain {
	case "mrz", "mar", "marz", "maerz":
		plain = "märz"
	}
	for i, m := range months {
		// One letter may be wrong in the longer names.
		if strings.HasPrefix(m, plain) || len(m) > 5 && OneOff(plain, m) {
			return fmt.Sprintf("%02d", i+1)
		}
	}
	return name
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
		case d.rare:
			score = dateNot
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

// settleYears gives the dates of birth whose years are short the last year that is
// not after the letter's date or, where that is not known, the last century if no other
// can be meant. It drops the rest and what turned out not to be the letter's date.
func settleYears(dates []DateFinding) (out []DateFinding) {
	var letter scanstation.Date
	for _, d := range dates {
		if d.Role == LetterDate {
			letter = d.Date
		}
	}
	for _, d := range dates {
		switch {
		case !d.short || d.Role == LetterDate || d.Role == DeliveryDate:
		case d.Role == "":
			continue
		default:
			before, err := scanstation.ParseDate("19" + string(d.Date[2:]))
			if d.Date <= letter {
				d.Evidence.Alternatives = []string{string(before)}
				break
			}
			if err != nil || letter == "" && d.Date < shortBefore {
				continue
			}
			d.Date = before
		}
		out = append(out, d)
	}
	return out
}
