package desk

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"mailroom/scanstation"
	"mailroom/storage"
)

// Sheaf is a report that is printed or kept, as words and tables in their order.
type Sheaf struct {
	Title    string
	Lead     []string // lines below the title
	Language string   // BCP 47
	Created  time.Time
	Parts    []SheafPart
	Foot     string // of each page, with %d of %d for its number
}

// SheafPart is a part of a report: lines, then a table. Of a table the first
// column takes what room the others leave.
type SheafPart struct {
	Title string
	Lines []string
	Head  []string
	Rows  [][]string
}

// The page of a report, in millimetres and points.
const (
	sheafLeft, sheafRight = 20.0, 190.0
	sheafTop, sheafEnd    = 22.0, 275.0
	sheafSize             = 9.5
	sheafLine             = 5.2
	// sheafChar is about how wide a character of that size is, and a digit is
	// exactly so wide.
	sheafChar  = 1.7
	sheafDigit = 1.86
)

// setting is a report that is being laid out.
type setting struct {
	pages []scanstation.Print
	y     float64
}

func (s *setting) page() *scanstation.Print { return &s.pages[len(s.pages)-1] }

func (s *setting) turn() {
	s.pages = append(s.pages, scanstation.Print{})
	s.y = sheafTop
}

// room turns the page if less than mm are left on it.
func (s *setting) room(mm float64) {
	if s.y+mm > sheafEnd {
		s.turn()
	}
}

func (s *setting) write(x, size float64, bold bool, text string) {
	s.page().Write(x, s.y, size, bold, text)
}

// lines writes text broken to the width of the page.
func (s *setting) lines(text string, size float64, bold bool) {
	wide := int((sheafRight - sheafLeft) / (sheafChar * size / sheafSize))
	for _, line := range wrapped(text, wide) {
		s.room(sheafLine)
		s.write(sheafLeft, size, bold, line)
		s.y += sheafLine * max(1, size/sheafSize)
	}
}

func (s *setting) rule() {
	p := s.page()
	p.Bars = append(p.Bars, scanstation.PrintBar{X: sheafLeft, Y: s.y - 3.8, Width: sheafRight - sheafLeft, Height: 0.25})
}

// columns returns where the columns of a table begin, and how many characters
// go into each.
func columns(t SheafPart) (at []float64, wide []int) {
	most := make([]int, len(t.Head))
	for i, h := range t.Head {
		most[i] = longestWord(h)
	}
	for _, r := range t.Rows {
		for i, c := range r[:min(len(r), len(most))] {
			most[i] = max(most[i], min(utf8.RuneCountInString(c), 34))
		}
	}
	sum := 0
	for _, n := range most {
		sum += n + 2
	}
	const all = 93       // (sheafRight - sheafLeft) / sheafChar
	most[0] += all - sum // what is left, or lacks, is the first one's
	most[0] = max(most[0], 10)
	x := sheafLeft
	for _, n := range most {
		at, wide = append(at, x), append(wide, n)
		x += float64(n+2) * sheafChar
	}
	return at, wide
}

func longestWord(s string) (n int) {
	for _, w := range strings.Fields(s) {
		n = max(n, utf8.RuneCountInString(w))
	}
	return n
}

// inset moves a number to the right end of its column.
func inset(cell string, wide int) float64 {
	if cell == "" || strings.Trim(cell, "0123456789.,") != "" || len(cell) > 9 {
		return 0
	}
	return max(0, float64(wide)*sheafChar-float64(len(cell))*sheafDigit)
}

// row writes one row of a table, as high as its highest cell.
func (s *setting) row(cells []string, at []float64, wide []int, bold bool) {
	high := 1
	var parts [][]string
	for i, c := range cells[:min(len(cells), len(at))] {
		parts = append(parts, wrapped(c, wide[i]))
		high = max(high, len(parts[i]))
	}
	s.room(float64(high) * sheafLine)
	top := s.y
	for i, lines := range parts {
		s.y = top
		for _, line := range lines {
			s.write(at[i]+inset(cells[i], wide[i]), sheafSize, bold, line)
			s.y += sheafLine
		}
	}
	s.y = top + float64(high)*sheafLine + 0.5
}

func (s *setting) table(t SheafPart) {
	if len(t.Head) == 0 {
		return
	}
	at, wide := columns(t)
	head := func() {
		s.row(t.Head, at, wide, true)
		s.rule()
		s.y++
	}
	s.room(4 * sheafLine)
	head()
	for _, r := range t.Rows {
		if s.y+2*sheafLine > sheafEnd {
			s.turn()
			head()
		}
		s.row(r, at, wide, false)
	}
	s.y += sheafLine
}

// Compose writes a report as PDF/A. Equal reports give equal bytes.
func (d *Desk) Compose(w io.Writer, r Sheaf) error {
	s := &setting{}
	s.turn()
	s.lines(r.Title, 17, true)
	s.y++
	for _, line := range r.Lead {
		s.lines(line, sheafSize, false)
	}
	for _, p := range r.Parts {
		s.y += sheafLine
		s.room(5 * sheafLine)
		s.lines(p.Title, 12, true)
		for _, line := range p.Lines {
			s.lines(line, sheafSize, false)
		}
		s.y += 1.5
		s.table(p)
	}
	for i := range s.pages {
		s.pages[i].Write(sheafLeft, 287, 8, false, fmt.Sprintf(r.Foot, i+1, len(s.pages)))
	}
	return d.cfg.Composer.Compose(w, storage.Report{Title: r.Title, Language: r.Language, Created: r.Created, Producer: d.cfg.Archive.Software, Pages: s.pages})
}
