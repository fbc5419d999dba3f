package ocr

import "strings"

// Another returns on which page of a letter another one seems to begin, counted
// from 1, and by which number: the page greets somebody under a case number of
// ours that is another than that of the pages before. 0: on none.
func Another(readings []Reading, f Findings) (page int, number string) {
	for p := 2; p <= len(readings); p++ {
		n := f.oursOn(p)
		if n == "" || !salutation.MatchString(readings[p-1].Text()) {
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

// oursOn is the first number that a page names as ours and that was surely read.
func (f Findings) oursOn(page int) string {
	for _, c := range f.Candidates {
		if c.Evidence.Page == page && c.Whose == Ours && !c.Loose {
			return c.Number
		}
	}
	return ""
}
