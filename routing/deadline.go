package routing

import (
	"fmt"
	"slices"
	"strings"

	"mailroom/scanstation"
	"mailroom/storage"
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
	From               string   `yaml:"from"`    // received (the default) or letter, its date
	scanstation.Period `yaml:",inline"`
}

// Validate returns an error naming the key that is wrong.
func (r DeadlineRule) Validate() error {
	if strings.TrimSpace(r.Name) == "" {
		return fmt.Errorf("name: must not be empty")
	}
	if r.From != "" && r.From != "received" && r.From != "letter" {
		return fmt.Errorf("from: %q is neither received nor letter", r.From)
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
		from := doc.ReceivedOn
		if r.From == "letter" {
			from = doc.LetterDate
		}
		at, ok := r.matches(doc.Class, lines)
		end := c.End(from, r.Period)
		known := slices.ContainsFunc(out, func(d Deadline) bool { return d.Name == r.Name })
		if ok && end != "" && !known {
			out = append(out, Deadline{Name: r.Name, On: end, Words: at.text, Page: at.page})
		}
	}
	return out
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
