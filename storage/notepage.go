package storage

import (
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"mailroom/scanstation"
)

// The measures of a printed note, in millimetres and points.
const (
	noteLeft, noteValue = 20.0, 66.0
	noteTop, noteBottom = 25.0, 275.0
	noteLine            = 5.2
	noteSize            = 9.5
	noteMost            = 76 // characters of a line
)

// Report returns the note as pages that people read. They say nothing that the
// XML does not say.
func (n TransferNote) Report(software string) Report {
	p := &notePrinter{}
	p.title(fmt.Sprintf("Transfervermerk zu %s, Fassung %d", n.Document.ID, n.Version))
	p.row("Erstellt", noteTime(n.Created))
	p.row("Stelle", n.Office.words())
	creator := n.Creator.Name
	if n.Creator.Assumed {
		creator += " (verantwortliche Person; an der Station war niemand angemeldet)"
	}
	p.row("Ersteller", creator)
	p.row("Dokument", fmt.Sprintf("%d Seiten, SHA-256 %s", n.Document.Pages, n.Document.Digest))
	p.row("Stapel", fmt.Sprintf("%s, %s, erfasst %s", n.Stack.Name, n.Stack.Position, noteTime(n.Stack.Created)))
	v := n.Stack.Procedure
	p.row("Verfahren", joined(v.Name, v.Variant, "Version "+v.Version, v.Date, v.Keeper))
	p.row("Übereinstimmung", n.Statement)
	p.row("Qualitätssicherung", n.Quality.Words)
	p.title("Auffälligkeiten und Angaben zum Dokument")
	p.attributes(n.Document.Attributes)
	if len(n.Document.Attributes) == 0 {
		p.row("", "keine")
	}
	p.title("Prozessschritte")
	for _, s := range n.Stack.Steps {
		p.row(s.Name, fmt.Sprintf("%s durch %s mit %s", noteTime(s.Time), s.By, s.System))
		p.attributes(s.Attributes)
	}
	p.title("Abbilder")
	for _, i := range n.Stack.Images {
		words := fmt.Sprintf("%s, %d dpi, SHA-256 %s", i.Encoding, i.DPI, i.Digest)
		if i.Turn != 0 {
			words += fmt.Sprintf(", um %d Grad gedreht dargestellt", i.Turn)
		}
		if i.Untouched {
			words += "; unverändert"
		}
		if len(i.Done) > 0 {
			words += "; " + actWords(i.Done)
		}
		p.row(joined("Abbild "+fmt.Sprint(i.Number), string(i.Stack)), words)
	}
	return Report{Title: "Transfervermerk zu " + string(n.Document.ID), Language: "de", Created: n.Created, Producer: software, Pages: p.pages}
}

func noteTime(t time.Time) string { return t.UTC().Format("02.01.2006 15:04:05") + " UTC" }

// joined joins what is not empty.
func joined(parts ...string) string {
	var out []string
	for _, p := range parts {
		if strings.TrimSpace(p) != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, ", ")
}

// notePrinter writes rows on as many pages as they need.
type notePrinter struct {
	pages []scanstation.Print
	y     float64
}

func (p *notePrinter) line(height float64) *scanstation.Print {
	if len(p.pages) == 0 || p.y+height > noteBottom {
		p.pages, p.y = append(p.pages, scanstation.Print{}), noteTop
		last := &p.pages[len(p.pages)-1]
		last.Write(noteLeft, 288, 8, false, fmt.Sprintf("Blatt %d", len(p.pages)))
	}
	p.y += height
	return &p.pages[len(p.pages)-1]
}

func (p *notePrinter) title(text string) {
	p.y += noteLine / 2
	for i, line := range scanstation.Wrap(text, 60) {
		p.line(noteLine*1.3).Write(noteLeft, p.y, 12, i == 0, line)
	}
}

func (p *notePrinter) row(name, value string) {
	lines := scanstation.Wrap(value, noteMost)
	names := scanstation.Wrap(name, 24)
	for i := range max(len(lines), len(names)) {
		page := p.line(noteLine)
		if i < len(names) {
			page.Write(noteLeft, p.y, noteSize, true, names[i])
		}
		if i < len(lines) {
			page.Write(noteValue, p.y, noteSize, false, lines[i])
		}
	}
}

func (p *notePrinter) attributes(list []Attribute) {
	for _, a := range list {
		value := a.Name + ": " + a.Value
		if a.Anomaly {
			value = "Auffälligkeit – " + value
		}
		p.row("", value)
	}
}

// ParseNote reads a transfer note back.
func ParseNote(b []byte) (n TransferNote, err error) {
	if err := xml.Unmarshal(b, &n); err != nil {
		return n, fmt.Errorf("read transfer note: %w", err)
	}
	return n, nil
}
