package ocr

import (
	"slices"
	"strings"
)

// SealSheet is the text in the code of a separator sheet behind which a letter
// lies that stays closed (verschlossene Post).
const SealSheet = "VERSCHLOSSEN"

// SealFinding is a line that says that a letter is for its addressee alone.
type SealFinding struct {
	Word     string   `json:"word"` // as configured
	Zone     string   `json:"zone"` // address, subject or text
	Evidence Evidence `json:"evidence"`
}

// DefaultSealWords are the words that close a letter where the office names no
// others.
func DefaultSealWords() []string {
	return []string{
		"persönlich", "vertraulich", "eigenhändig", "nur vom Empfänger zu öffnen", "nicht öffnen", "Verschlusssache",
		"Personalrat", "Personalvertretung", "Gleichstellungsbeauftragte", "Schwerbehindertenvertretung",
		"Betriebsarzt", "Betriebsärztin", "Betriebsärztlicher Dienst", "Datenschutzbeauftragte", "Datenschutzbeauftragter",
	}
}

// SealedBy makes f look for words that close a letter.
func (f *Finder) SealedBy(words []string) {
	f.seals = nil
	for _, w := range words {
		if key := fold(w); key != "" {
			f.seals = append(f.seals, nameOf{w, " " + key + " "})
		}
	}
}

// sealsIn finds the words that close a letter: anywhere in a line of the address
// zone; elsewhere only where they are the whole line, for "vertraulich" in a
// sentence closes nothing.
func (f *Finder) sealsIn(p *sheet, line Line) []SealFinding {
	var out []SealFinding
	key := " " + fold(line.Text) + " "
	for _, n := range f.seals {
		if !strings.Contains(key, n.key) {
			continue
		}
		box := line.named(n.key)
		zone := p.zone(box)
		if zone != "address" && !f.onlySeals(key) {
			continue
		}
		out = append(out, SealFinding{
			Word: n.department, Zone: zone,
			Evidence: Evidence{Page: p.number, Box: box, Text: line.Text, Confidence: line.Confidence},
		})
	}
	return out
}

// onlySeals says whether a folded line holds nothing but words that close.
func (f *Finder) onlySeals(key string) bool {
	words := strings.Fields(key)
	for _, n := range f.seals {
		for parts := strings.Fields(n.key); ; {
			i := indexOf(words, parts)
			if i < 0 {
				break
			}
			words = slices.Delete(words, i, i+len(parts))
		}
	}
	return len(words) == 0
}

func indexOf(words, parts []string) int {
	for i := 0; i+len(parts) <= len(words); i++ {
		if slices.Equal(words[i:i+len(parts)], parts) {
			return i
		}
	}
	return -1
}

// sealing says whether one of codes is that of a seal sheet.
func sealing(codes []Barcode) bool {
	return slices.ContainsFunc(codes, func(c Barcode) bool { return strings.TrimSpace(c.Text) == SealSheet })
}
