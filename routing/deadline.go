package routing

import (
	"fmt"
	"slices"
	"strings"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
)

// From which day a deadline is counted.
const (
	FromReceived  = "received"
	FromLetter    = "letter"    // its date
	FromDelivered = "delivered" // its formal delivery (Zustellung); without one, the receipt
)

// DeadlineRule says when a letter has a legal deadline, and when it ends.
type DeadlineRule struct {
	Name string `yaml:"name"`
	// Words are single words, which count in the head of the first page only
	// (up to the salutation), or phrases, which count anywhere on that page:
	// "Widerspruch" stands in the running text of many a letter that is none.
	// An envelope before that page counts like it.
	Words              []string `yaml:"words"`
	Classes            []string `yaml:"classes"` // of which the letter must be one; empty: any
	From               string   `yaml:"from"`    // FromReceived (the default), FromLetter or FromDelivered
	scanstation.Period `yaml:",inline"`
}

// Validate returns an error naming the key that is wrong.
func (r DeadlineRule) Validate() error {
	if strings.TrimSpace(r.Name) == "" {
		return fmt.Errorf("name: must not be empty")
	}
	if !slices.Contains([]string{"", FromReceived, FromLetter, FromDelivered}, r.From) {
		return fmt.Errorf("from: %q is neither received nor letter nor delivered", r.From)
	}
	if len(r.Words) == 0 && len(r.Classes) == 0 {
		return fmt.Errorf("words: without words or classes every letter would have the deadline")
	}
	for _, w := range r.Words {
		if len(wordsIn(w)) == 0 {
			return fmt.Errorf("words: %q holds no word", w)
		}
	}
	if err := r.Period.Validate(); err != nil {
		return fmt.Errorf("months, weeks, days: %w", err)
	}
	return nil
}

// Find returns the deadlines that the rules see in a letter, each name once.
func Find(rules []DeadlineRule, doc storage.Document, c *scanstation.Calendar) []Deadline {
	lines := opening(doc.Text, doc.Findings.First)
	var out []Deadline
	for _, r := range rules {
		at, ok := r.matches(doc.Class, lines)
		d := r.count(doc, c)
		known := slices.ContainsFunc(out, func(d Deadline) bool { return d.Name == r.Name })
		if ok && d.On != "" && !known {
			d.Words, d.Page = at.text, at.page
			out = append(out, d)
		}
	}
	return out
}

// nearDelivery is within how many days before its receipt a letter may well have
// been delivered; longer ago, it speaks of the delivery of another one.
const nearDelivery = 60

// count counts the deadline of a letter that the rule holds for. A deadline from
// the receipt stays one where the letter names a delivery shortly before, for that
// may be the one of a decision it speaks of; the earlier end stands beside it.
func (r DeadlineRule) count(doc storage.Document, c *scanstation.Calendar) Deadline {
	d := Deadline{Name: r.Name, From: FromReceived, Since: doc.ReceivedOn}
	delivery := deliveredOn(doc)
	switch {
	case r.From == FromLetter:
		d.From, d.Since = FromLetter, doc.LetterDate
	case r.From == FromDelivered && delivery != "":
		d.From, d.Since = FromDelivered, delivery
	case delivery != "" && delivery < doc.ReceivedOn && delivery >= doc.ReceivedOn.Plus(-nearDelivery):
		d.Delivery, d.Earlier = delivery, c.End(delivery, r.Period)
	}
	d.On = c.End(d.Since, r.Period)
	return d
}

// deliveredOn returns when a letter was delivered. It is the latest day that it
// names up to its receipt: whatever else it speaks of was delivered before it.
func deliveredOn(doc storage.Document) (on scanstation.Date) {
	for _, d := range doc.Findings.Dates {
		if d.Role == ocr.DeliveryDate && d.Date <= doc.ReceivedOn {
			on = max(on, d.Date)
		}
	}
	return on
}

// matches returns the line that the rule holds for; with classes alone, none.
func (r DeadlineRule) matches(class string, lines []openingLine) (at openingLine, ok bool) {
	if len(r.Classes) > 0 && !slices.Contains(r.Classes, class) {
		return openingLine{}, false
	}
	for _, w := range r.Words {
		want := wordsIn(w)
		for i, l := range lines {
			switch {
			case len(want) == 1 && !l.head:
			case hasRun(l.words, want):
				return l, true
			case i+1 < len(lines) && l.runsOver(lines[i+1], want):
				l.text += " " + lines[i+1].text
				return l, true
			}
		}
	}
	return openingLine{}, len(r.Words) == 0
}
