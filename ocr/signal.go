package ocr

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"mailroom/scanstation"
)

var (
	pageOne    = regexp.MustCompile(`(?i)\b(?:Seite|Blatt|Page)\s?1\s?(?:von|of|/)\s?\d{1,3}\b`)
	pageOf     = regexp.MustCompile(`(?i)\b(?:Seite|Blatt|Page)\s?(\d{1,3})\s?(?:von|of|/)\s?(\d{1,3})\b`)
	salutation = regexp.MustCompile(`(?im)^[^\pL\n]*(?:sehr geehrte|guten tag|dear |(?:hallo|liebe[rs]?)\b[^\n]{0,60}[,!]\s*$)`)
	dated      = regexp.MustCompile(`(?i)\bdatum\b|, ?(?:den|am) ?\d|^\W*\d{1,2}\. ?(?:\d{1,2}\.|\pL+) ?(?:19|20)\d{2}\W*$`)
	townLine   = regexp.MustCompile(`^\W*\d{5} \p{Lu}\pL+`)
)

// firstOfAnother returns by which words a page within a letter says that it is
// the first of another. One sign is not enough: enclosures have page numbers of
// their own, and a certificate has another date. Two of them are: page 1, a
// salutation, an address, another date than that of the letter, another size.
func firstOfAnother(first, before, r Reading) string {
	text := r.Text()
	var signs []string
	sign := func(words string) {
		if words = strings.TrimSpace(words); words != "" {
			signs = append(signs, words)
		}
	}
	sign(pageOne.FindString(text))
	sign(salutation.FindString(text))
	p := plain(r)
	sign(p.addressed())
	sign(otherDate(plain(first), p))
	if len(signs) > 0 {
		sign(otherSize(before, r))
	}
	if len(signs) < 2 {
		return ""
	}
	return strings.Join(signs, ", ")
}

// plain lays a page out as if it were the first of a letter.
func plain(r Reading) *sheet { return layOut(1, true, r) }

// addressed is the line with postcode and town in the address zone of a page.
func (p *sheet) addressed() string {
	for _, line := range p.lines {
		if townLine.MatchString(line.Text) && p.zone(line.Box) == "address" {
			return line.Text
		}
	}
	return ""
}

// date is the date that stands by itself in the upper third of a page.
func (p *sheet) date() scanstation.Date {
	for _, line := range p.lines {
		if 3*line.Box[1] > p.Height || !dated.MatchString(line.Text) {
			continue
		}
		for _, d := range datesIn(p, line) {
			if d.Role == "" {
				return d.Date
			}
		}
	}
	return ""
}

func otherDate(first, p *sheet) string {
	if one, other := first.date(), p.date(); one != "" && other != "" && one != other {
		return string(other)
	}
	return ""
}

// otherSize is the size of a page in millimetres if the page before it has
// another, whichever way they lie.
func otherSize(before, r Reading) string {
	if before.DPI == 0 || r.DPI == 0 {
		return ""
	}
	mm := func(r Reading) (short, long float64) {
		k := 25.4 / float64(r.DPI)
		return k * float64(min(r.Width, r.Height)), k * float64(max(r.Width, r.Height))
	}
	s0, l0 := mm(before)
	s1, l1 := mm(r)
	const same = 0.06
	if abs(s1-s0) < same*s0 && abs(l1-l0) < same*l0 {
		return ""
	}
	return fmt.Sprintf("%.0f × %.0f mm", s1, l1)
}

func abs(v float64) float64 { return max(v, -v) }

// numbered is a page of a letter that says which of how many it is.
type numbered struct {
	at, page, of int
	words        string // "Seite 2 von 5"
}

// gap is a place in a letter where a page is missing: behind page at, from 0.
type gap struct {
	at    int
	words string
}

// gaps returns where pages are missing by their own numbers: "Seite 2 von 5" and
// then 4, with too few pages between them that say nothing. An envelope is no page.
func gaps(pages []Reading) (out []gap) {
	var seen []numbered
	var places []int // of what is a page
	for i, r := range pages {
		if !r.page() {
			continue
		}
		if n, ok := numberOf(r); ok {
			n.at = len(places)
			seen = append(seen, n)
		}
		places = append(places, i)
	}
	miss := func(at int, n numbered, page int) {
		out = append(out, gap{places[at], strings.Replace(n.words, strconv.Itoa(n.page), strconv.Itoa(page), 1)})
	}
	for i, n := range seen {
		begins := i == 0 || seen[i-1].of != n.of || seen[i-1].page >= n.page
		if begins && n.page-1 > n.at {
			miss(max(n.at-1, 0), n, n.page-1) // the letter begins with it
		}
		end := len(places)
		if i+1 < len(seen) {
			next := seen[i+1]
			if next.of == n.of && next.page > n.page {
				if next.page-n.page > next.at-n.at {
					miss(n.at, n, n.page+1)
				}
				continue
			}
			end = next.at
		}
		if n.of-n.page > end-1-n.at {
			miss(end-1, n, n.page+1)
		}
	}
	return out
}

// gapsOfParts returns the gaps of a letter and those of each of its enclosures, which
// begin at the pages named, from 0. One that counts on is a part of what is before it.
func gapsOfParts(pages []Reading, enclosures []int) (out []gap) {
	start := 0
	for _, end := range append(enclosures, len(pages)) {
		if end < len(pages) && countsOn(pages[start:end], pages[end]) {
			continue
		}
		for _, g := range gaps(pages[start:end]) {
			out = append(out, gap{start + g.at, g.words})
		}
		start = end
	}
	return out
}

// countsOn says whether the number of a page follows those of the pages before it.
func countsOn(before []Reading, r Reading) bool {
	next, ok := numberOf(r)
	for _, p := range slices.Backward(before) {
		if last, is := numberOf(p); ok && is {
			return last.of == next.of && last.page < next.page
		}
	}
	return false
}

// numberOf is the page number in the upper or lower sixth of a page.
func numberOf(r Reading) (n numbered, ok bool) {
	for _, line := range r.Lines() {
		m := pageOf.FindStringSubmatch(line.Text)
		if m == nil || line.Confidence < 0.6 || 6*line.Box[1] > r.Height && 6*line.Box[1] < 5*r.Height {
			continue
		}
		n.page, _ = strconv.Atoi(m[1])
		n.of, _ = strconv.Atoi(m[2])
		n.words = m[0]
		return n, n.page > 0 && n.page <= n.of && n.of <= 200
	}
	return n, false
}
