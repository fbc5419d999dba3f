package ocr

import (
	"regexp"
	"strings"
)

// numberLine begins with the words under which a page names its case.
var numberLine = regexp.MustCompile(`(?i)^\W*(?:aktenzeichen|gesch[äa]ftszeichen|az|gz)\b`)

// Another returns on which page of a letter another one seems to begin, counted
// from 1, and by which number: the page stands under a case number of ours that is
// another than that of the pages before, and bears one more sign of a first page: it
// greets somebody, is page 1, has an address or another date. 0: on none.
func Another(readings []Reading, f Findings) (page int, number string) {
	for p := 2; p <= len(readings); p++ {
		n := f.oursOn(p)
		if n == "" || !begins(readings[0], readings[p-1]) {
			continue
		}
		before, again := "", false
		for q := range p - 1 {
			again = again || strings.Contains(readings[q].Text(), n)
			if before == "" {
				before = f.oursOn(q + 1)
			}
		}
		if before != "" && !again {
			return p, n
		}
	}
	return 0, ""
}

// begins says whether a page bears a sign of the first page of a letter, other than
// the one that it lies in.
func begins(first, r Reading) bool {
	text, p := r.Text(), plain(r)
	return salutation.MatchString(text) || pageOne.MatchString(text) || p.addressed() != "" || otherDate(plain(first), p) != ""
}

// oursOn is the first number that a page names as ours, or as its own case, and that
// was surely read.
func (f Findings) oursOn(page int) string {
	for _, c := range f.Candidates {
		named := c.Whose == Ours || c.Whose == Unnamed && numberLine.MatchString(c.Evidence.Text)
		if c.Evidence.Page == page && named && !c.Loose {
			return c.Number
		}
	}
	return ""
}
