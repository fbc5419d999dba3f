package web

import (
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
)

// The catalogues: every word on the pages, a folder for each language with a
// file for each part of the house.
//
//go:embed text
var catalogues embed.FS

// texts is the catalogue of one language.
type texts struct {
	lang  string
	words map[string]string
}

func readTexts(lang string) (texts, error) {
	t := texts{lang: lang, words: map[string]string{}}
	files, err := fs.Glob(catalogues, "text/"+lang+"/*.json")
	if err != nil {
		return t, fmt.Errorf("read catalogue: %w", err)
	}
	for _, name := range files {
		data, err := catalogues.ReadFile(name)
		if err != nil {
			return t, fmt.Errorf("read catalogue: %w", err)
		}
		if err := json.Unmarshal(data, &t.words); err != nil {
			return t, fmt.Errorf("read catalogue %s: %w", name, err)
		}
	}
	return t, nil
}

// say returns the words under key, filled in. A key without words is its own
// text, so that a gap shows; a test sees that there is none.
func (t texts) say(key string, args ...any) string {
	s, ok := t.words[key]
	if !ok {
		return key
	}
	if len(args) == 0 {
		return s
	}
	return fmt.Sprintf(s, args...)
}

// count says a number of things: under key+".one" for one of them.
func (t texts) count(key string, n int) string {
	if s, ok := t.words[key+".one"]; ok && n == 1 {
		return s
	}
	return t.say(key, t.number(n))
}

// reason returns the sentence for a reason's code.
func (t texts) reason(r scanstation.Reason) string {
	if s, ok := t.words["reason."+r.Code]; ok {
		return s
	}
	return t.say("reason.other", r.Code)
}

// act says what was done to an image, as its transfer note does in German.
func (t texts) act(a storage.NoteAct) string {
	words := t.or("step."+a.Code, a.Words)
	if strings.Contains(words, "%s") {
		return fmt.Sprintf(words, a.Detail)
	}
	return words
}

// figures are the forms of details that count something; the words for each
// stand under its key.
var figures = map[string]*regexp.Regexp{
	"detail.of":      regexp.MustCompile(`^(\d+) of (\d+)$`),
	"detail.images":  regexp.MustCompile(`^the index file says (\d+) images, the file holds (\d+)$`),
	"detail.letters": regexp.MustCompile(`^the index file says (\d+) letters, (\d+) were cut$`),
	"detail.sum":     regexp.MustCompile(`^(\d+) images, but (\d+) pages, (\d+) separators, (\d+) blanks, (\d+) rejected$`),
	"detail.page":    regexp.MustCompile(`^page (\d+)$`),
	"detail.measure": regexp.MustCompile(`^page (\d+): (\d+ ?(?:dpi|%|µm|mm|°))$`),
	"detail.count":   regexp.MustCompile(`^(\d+) images$`),
}

// detail returns what belongs to a reason in the language of the page: figures
// in words, and another code by its short name. The rest, such as numbers read
// on a letter, stands as it is.
func (t texts) detail(r scanstation.Reason) string {
	for key, form := range figures {
		if m := form.FindStringSubmatch(r.Detail); m != nil {
			args := make([]any, len(m)-1)
			for i, s := range m[1:] {
				args[i] = s
			}
			return t.say(key, args...)
		}
	}
	if day := scanstation.Date(r.Detail); day.Valid() {
		return t.date(day)
	}
	switch r.Code {
	case storage.AgainstState, storage.AnotherState:
		return t.or("original."+r.Detail, r.Detail)
	case storage.AgainstRescan:
		return t.or("complaint."+r.Detail, t.or("defect."+r.Detail, r.Detail))
	case storage.AgainstStack:
		return t.or("batch."+r.Detail, r.Detail)
	}
	code, words, said := strings.Cut(r.Detail, ": ")
	if s, ok := t.words["refusal."+code]; ok {
		if said {
			s += ": " + words
		}
		return s
	}
	if s, ok := t.words["short."+code]; ok || r.Detail == "" {
		return s
	}
	return t.or("document."+r.Detail, t.or("original."+r.Detail, r.Detail)) // the state in which a letter or its paper is
}

// either is the words of a key that may be missing, or something else; of what
// is no key it is the first that is true, as pages expect of the word.
func (t texts) either(first any, rest ...any) any {
	if key, is := first.(string); is && len(rest) == 1 {
		if other, is := rest[0].(string); is {
			return t.or(key, other)
		}
	}
	for _, next := range rest {
		if truth, _ := template.IsTrue(first); truth {
			break
		}
		first = next
	}
	return first
}

// or says the words under key, other if there are none: for what comes from
// a configuration.
func (t texts) or(key, other string) string {
	if s, ok := t.words[key]; ok {
		return s
	}
	return other
}

// number writes n with the separator of thousands.
func (t texts) number(n int) string {
	s := strconv.Itoa(n)
	sep := "."
	if t.lang == "en" {
		sep = ","
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + sep + s[i:]
	}
	return s
}

// percent writes a part of one, 0.97 as "97 %".
func (t texts) percent(f float64) string {
	if t.lang == "en" {
		return fmt.Sprintf("%.0f%%", f*100)
	}
	return fmt.Sprintf("%.0f %%", f*100)
}

// date writes a day as it is written in a letter.
func (t texts) date(d scanstation.Date) string {
	day, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return t.say("unknown")
	}
	return t.day(day)
}

func (t texts) day(day time.Time) string {
	if t.lang == "en" {
		return day.Format("2 Jan 2006")
	}
	return day.Format("02.01.2006")
}

// moment writes day and time, only the time if it is today.
func (t texts) moment(at, now time.Time) string {
	at = at.In(now.Location())
	clock := t.say("clock", at.Format("15:04"))
	if at.IsZero() {
		return t.say("unknown")
	}
	if at.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return clock
	}
	return t.day(at) + ", " + clock
}

// age says for how many days a letter has been here, nothing for the first.
func (t texts) age(received scanstation.Date, now time.Time) string {
	day, err := time.Parse(time.DateOnly, string(received))
	if err != nil {
		return ""
	}
	today, _ := time.Parse(time.DateOnly, now.Format(time.DateOnly))
	days := int(today.Sub(day).Hours() / 24)
	if days < 1 {
		return ""
	}
	return t.count("age.days", days)
}
