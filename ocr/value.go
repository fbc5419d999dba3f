package ocr

import (
	"regexp"
	"strings"
)

// Value is a key of another system, or a hint, that stands in a letter. It says
// nothing about where the letter belongs.
type Value struct {
	Kind     string   `json:"kind"`
	Value    string   `json:"value"`             // as it is written by its rules; of a hint, the words
	Checked  bool     `json:"checked,omitempty"` // its check digit is right
	Repaired bool     `json:"repaired,omitempty"`
	Evidence Evidence `json:"evidence"`
}

// The kinds of values.
const (
	Pension = "pension-number" // Versicherungsnummer
	Tax     = "tax-id"         // Steuer-ID
	Account = "iban"
	Cash    = "cash-reference" // Kassenzeichen
	Sender  = "sender"         // who writes, by letterhead or return address

	Objection = "objection"       // Widerspruch or Klage: one month
	Delivery  = "delivery-record" // Zustellungsurkunde: the day of delivery counts
	Forward   = "forward-14"      // an application for rehabilitation: two weeks to forward it (§ 14 SGB IX)
	// Undelivered is what the post writes on a letter of our own that comes back.
	Undelivered = "undelivered"
	Marked      = "marked" // persönlich, vertraulich and the like in running text, which closes nothing
)

// CashForm is how the office writes its cash references.
type CashForm struct {
	Pattern *regexp.Regexp
	Check   string // Mod10, Mod11 or empty: there is no check digit
}

// Cash makes f look for cash references of these forms.
func (f *Finder) Cash(forms []CashForm) { f.cash = forms }

var (
	pensionForm = regexp.MustCompile(`(?:^|[^0-9A-Za-z])([0-9OISBZ]{2} ?[0-9OISBZ]{6} ?[A-Z] ?[0-9OISBZ]{2} ?[0-9OISBZ])(?:$|[^0-9A-Za-z])`)
	taxForm     = regexp.MustCompile(`(?:^|[^0-9A-Za-z/.-])([1-9OISBZ][0-9OISBZ] ?[0-9OISBZ]{3} ?[0-9OISBZ]{3} ?[0-9OISBZ]{3})(?:$|[^0-9A-Za-z/])`)
	ibanForm    = regexp.MustCompile(`(?:^|[^0-9A-Za-z])([A-Z]{2} ?[0-9OISBZ]{2}(?: ?[0-9A-Z]{4}){2,7}(?: ?[0-9A-Z]{1,3})?)(?:$|[^0-9A-Za-z])`)
	taxLabel    = regexp.MustCompile(`(?i)steuer-?\s?(?:[il1|]d\b|ident)|identifikations-?\s?n|\b[il1|]d-?nr|\btin\b`)
	cashLabel   = regexp.MustCompile(`(?i)\b(?:kassen|buchungs|vertragsgegenstands)-?\s?ze[il1]chen`)
)

// valuesIn finds the keys of other systems in a line. What has a check digit
// counts only with a right one; a digit that was read as a letter is put right
// if that makes it right.
func (f *Finder) valuesIn(p *sheet, line Line) []Value {
	var out []Value
	add := func(kind, rule string, m []int, is func(string) bool) {
		raw := line.Text[m[2]:m[3]]
		value := strings.ToUpper(squeeze(raw))
		v := Value{Kind: kind, Value: value, Checked: is(value), Evidence: p.evidence(line, m[2], m[3], rule)}
		if !v.Checked {
			if v.Value = unconfuse(value, kind); !is(v.Value) {
				return
			}
			v.Checked, v.Repaired = true, true
			v.Evidence.Alternatives = []string{raw}
		}
		out = append(out, v)
	}
	for _, m := range ibanForm.FindAllStringSubmatchIndex(line.Text, 4) {
		add(Account, RuleCheck, cutIBAN(line.Text, m), IBAN)
	}
	for _, m := range pensionForm.FindAllStringSubmatchIndex(line.Text, 4) {
		add(Pension, RuleCheck, m, PensionNumber)
	}
	for _, m := range taxForm.FindAllStringSubmatchIndex(line.Text, 4) {
		// One in ten numbers of eleven digits has a right check: the words decide.
		if taxLabel.MatchString(line.Text[:m[2]]) {
			add(Tax, RuleCheck, m, TaxID)
		}
	}
	return append(out, f.cashIn(p, line)...)
}

// cutIBAN takes from a match with words behind it what a number of its country
// holds.
func cutIBAN(text string, m []int) []int {
	long, n := ibanLengths[text[m[2]:m[2]+2]], 0
	for i, c := range text[m[2]:m[3]] {
		if c != ' ' {
			n++
		}
		if n == long {
			return []int{m[0], m[1], m[2], m[2] + i + 1}
		}
	}
	return m
}

// unconfuse reads letters that stand for digits as digits, where a number of
// the kind has digits.
func unconfuse(value, kind string) string {
	b := []byte(value)
	for i, c := range b {
		if kind == Account && i < 2 || kind == Account && !strings.HasPrefix(value, "DE") && i > 3 || kind == Pension && i == 8 {
			continue
		}
		if j := strings.IndexByte("OISBZ", c); j >= 0 {
			b[i] = "01582"[j]
		}
	}
	return string(b)
}

// cashIn finds cash references: of a form with a check digit wherever the digit
// is right, of one without only behind its label.
func (f *Finder) cashIn(p *sheet, line Line) (out []Value) {
	for _, form := range f.cash {
		for _, m := range form.Pattern.FindAllStringIndex(line.Text, 4) {
			if m[0] > 0 && isAlnum(line.Text[m[0]-1]) || m[1] < len(line.Text) && isAlnum(line.Text[m[1]]) {
				continue
			}
			text := line.Text[m[0]:m[1]]
			checked, rule := form.Check != "" && CheckDigit(text, form.Check), RuleCheck
			if form.Check == "" {
				rule = RuleLabel
			}
			if checked || form.Check == "" && cashLabel.MatchString(line.Text[:m[0]]) {
				out = append(out, Value{Kind: Cash, Value: text, Checked: checked, Evidence: p.evidence(line, m[0], m[1], rule)})
			}
		}
	}
	return out
}

// evidence is bytes from to to of a line.
func (p *sheet) evidence(line Line, from, to int, rule string) Evidence {
	e := Evidence{Page: p.number, Box: line.boxOf(from, to), Text: line.Text, Confidence: 1, Rule: rule}
	at := 0
	for _, w := range line.Words {
		if at < to && at+len(w.Text) > from {
			e.Confidence = min(e.Confidence, w.Confidence)
		}
		at += len(w.Text) + 1
	}
	return e
}
