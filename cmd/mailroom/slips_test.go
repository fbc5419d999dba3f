package main

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"mailroom/cmd/mailbag/ground"
	"mailroom/cmd/mailbag/letter"
	"mailroom/cmd/mailbag/paper"
	"mailroom/cmd/mailbag/stack"
)

// A slip is a page so small that reading it costs little.
const (
	slipWidth  = 1200
	slipHeight = 700
	slipDPI    = 300
)

// slip is one page of a stack of slips: some lines of text, on an image of
// that width, or a separator sheet.
type slip struct {
	width     int
	text      []string
	separator bool
}

// printer writes stacks of slips.
type printer struct {
	t       *testing.T
	painter *paper.Painter
}

func newPrinter(t *testing.T) *printer {
	t.Helper()
	fonts, err := paper.OpenFonts("/usr/share/fonts/truetype")
	if err != nil {
		without(t, fmt.Sprintf("a typeface (%v)", err))
	}
	return &printer{t, paper.NewPainter(fonts, slipDPI)}
}

// write writes slips as one TIFF file of G4 pages.
func (p *printer) write(path string, slips ...slip) {
	p.t.Helper()
	w, err := stack.Create(path, stack.TIFFG4, slipDPI)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, s := range slips {
		if err := w.Add(p.paint(s), 128, 0); err != nil {
			p.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		p.t.Fatal(err)
	}
}

func (p *printer) paint(s slip) *paper.Canvas {
	p.t.Helper()
	page := letter.Separator()
	if !s.separator {
		page = &paper.Page{}
		for i, line := range s.text {
			page.Add(paper.Text{X: 8, Y: 10 + 7*float64(i), Size: 11, Face: paper.Face{Family: "liberation-sans"}, S: line})
		}
	}
	whole, err := p.painter.Paint(page, false)
	if err != nil {
		p.t.Fatal(err)
	}
	if s.separator {
		return whole
	}
	cut := paper.NewCanvas(cmp.Or(s.width, slipWidth), slipHeight, false)
	for y := range cut.H {
		copy(cut.Pix[y*cut.W:(y+1)*cut.W], whole.Pix[y*whole.W:])
	}
	return cut
}

// known is a case of the sample's register.
type known struct{ number, department, worker, surname, given, born, street, town string }

// knownCases returns the cases of one department of the sample's register.
func knownCases(t *testing.T, department string) (cases []known) {
	t.Helper()
	f, err := os.Open(filepath.Join(sampleMail, "register.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if r[1] == department {
			cases = append(cases, known{r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7]})
		}
	}
	return cases
}

// letterOf returns the slips of a letter about a case, and the truth about it
// where its first image is first.
func letterOf(c known, pages, first int) (slips []slip, truth ground.Letter) {
	truth = ground.Letter{CaseNumber: c.number, Department: c.department, Worker: c.worker}
	for n := range pages {
		text := []string{"Stadt Auenstedt, Amt für Soziales", "Ihr Zeichen: " + c.number,
			fmt.Sprintf("Schreiben von %s %s, geboren am %s", c.given, c.surname, c.born), "Sehr geehrte Damen und Herren, ich bitte um Antwort."}
		if n > 0 {
			text = []string{fmt.Sprintf("Seite %d zum Schreiben vom 12. Mai 2026", n+1), "Die Unterlagen liegen diesem Schreiben bei."}
		}
		slips = append(slips, slip{text: text})
		truth.Images = append(truth.Images, first+n)
	}
	return slips, truth
}
