package routing

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"mailroom/scanstation"
	"mailroom/storage"
)

// DeadlineRule says when a letter has a legal deadline, and when it ends.
type DeadlineRule struct {
	Name string `yaml:"name"`
	// Words are single words, which count in the head of the first page only
	// (up to the salutation), or phrases, which count anywhere on that page:
	// "Widerspruch" stands in the running text of many a letter that is none.
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
		if len(plainWords(w)) == 0 {
			return fmt.Errorf("words: %q holds no word", w)
		}
	}
	if err := r.Period.Validate(); err != nil {
		return fmt.Errorf("months, weeks, days: %w", err)
	}
	return nil
}

// headLines is how many lines of a page are its head if no salutation ends it.
const headLines = 30

// Find returns the deadlines that the rules see in a letter, each name once.
func Find(rules []DeadlineRule, doc storage.Document, c *scanstation.Calendar) []Deadline {
	lines := firstPage(doc.Text)
	var out []Deadline
	for _, r := range rules {
		from := doc.ReceivedOn
		if r.From == "letter" {
			from = doc.LetterDate
		}
		words, ok := r.matches(doc.Class, lines)
		end := c.End(from, r.Period)
		known := slices.ContainsFunc(out, func(d Deadline) bool { return d.Name == r.Name })
		if ok && end != "" && !known {
			out = append(out, Deadline{Name: r.Name, On: end, Words: words})
		}
	}
	return out
}

// matches returns the line that the rule holds for; with classes alone, none.
func (r DeadlineRule) matches(class string, lines []pageLine) (words string, ok bool) {
	if len(r.Classes) > 0 && !slices.Contains(r.Classes, class) {
		return "", false
	}
	for _, w := range r.Words {
		want := plainWords(w)
		for i, l := range lines {
			if len(want) == 1 && !l.head {
				break
			}
			if hasRun(l.words, want) {
				return l.text, true
			}
			// A phrase may run over the end of a line.
			if i+1 < len(lines) && len(want) > 1 && hasRun(slices.Concat(l.words, lines[i+1].words), want) {
				return l.text + " " + lines[i+1].text, true
			}
		}
	}
	return "", len(r.Words) == 0
}

// pageLine is one line of a letter's first page.
type pageLine struct {
	text  string
	words []string
	head  bool
}

// firstPage splits the first page of a text; its head ends at the salutation.
func firstPage(text string) []pageLine {
	page, _, _ := strings.Cut(text, "\f")
	var out []pageLine
	head := true
	for line := range strings.Lines(page) {
		line = strings.TrimSpace(line)
		words := plainWords(line)
		if len(words) == 0 {
			continue
		}
		if len(out) >= headLines || salutation(words) {
			head = false
		}
		out = append(out, pageLine{line, words, head})
	}
	return out
}

func salutation(words []string) bool {
	for _, s := range [][]string{{"sehr", "geehrte"}, {"sehr", "geehrter"}, {"guten", "tag"}, {"hallo"}, {"liebe"}, {"lieber"}} {
		if len(words) >= len(s) && slices.Equal(words[:len(s)], s) {
			return true
		}
	}
	return false
}

var umlauts = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss")

// plainWords are the words of s in lower case, umlauts spelled out, letters and
// digits only.
func plainWords(s string) []string {
	s = umlauts.Replace(strings.ToLower(s))
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

func hasRun(words, want []string) bool {
	for i := 0; i+len(want) <= len(words); i++ {
		if slices.Equal(words[i:i+len(want)], want) {
			return true
		}
	}
	return false
}
