package desk

import (
	"fmt"
	"strings"

	"mailroom/scanstation"
	"mailroom/storage"
)

// The measures of a printed page, in millimetres.
const (
	padLeft   = 25.0
	padRight  = 190.0
	padTop    = 30.0
	padBottom = 272.0
)

// pad writes a report page by page: what does not fit goes on the next one.
type pad struct {
	pages []scanstation.Print
	y     float64
	again func() // writes the head of a table anew on the next page
}

// page is the one that is written on.
func (p *pad) page() *scanstation.Print {
	if len(p.pages) == 0 {
		p.turn()
	}
	return &p.pages[len(p.pages)-1]
}

func (p *pad) turn() {
	p.pages, p.y = append(p.pages, scanstation.Print{}), padTop
	if p.again != nil {
		p.again()
	}
}

// need turns the page unless so many millimetres are left.
func (p *pad) need(height float64) {
	if p.page(); p.y+height > padBottom {
		p.turn()
	}
}

// text writes lines that are wrapped at the right margin.
func (p *pad) text(x, size float64, bold bool, words string) {
	for _, line := range wrapped(words, p.fits(padRight-x, size)) {
		p.need(size * 0.5)
		p.page().Write(x, p.y, size, bold, line)
		p.y += size * 0.5
	}
}

// fits is about how many characters of a size stand in a width.
func (p *pad) fits(width, size float64) int { return max(int(width/(size*0.185)), 8) }

// fact writes a label with what it is, beside each other.
func (p *pad) fact(label, value string) {
	const at = 75.0
	lines := wrapped(value, p.fits(padRight-at, 11.5)) // it is bold
	p.need(5.5 * float64(len(lines)))
	p.page().Write(padLeft, p.y, 10, false, label)
	for _, line := range lines {
		p.page().Write(at, p.y, 10, true, line)
		p.y += 5.5
	}
}

func (p *pad) heading(words string) {
	p.again = nil
	p.need(24)
	p.y += 4
	p.page().Write(padLeft, p.y, 13, true, words)
	p.y += 8
}

func (p *pad) rule() {
	p.page().Bars = append(p.page().Bars, scanstation.PrintBar{X: padLeft, Y: p.y - 3.5, Width: padRight - padLeft, Height: 0.2})
	p.y += 1.5
}

// column is one of a table: where it begins, and its name.
type column struct {
	x    float64
	name string
}

// table begins a table; its head stands on each of its pages.
func (p *pad) table(columns ...column) {
	head := func() {
		for _, c := range columns {
			p.page().Write(c.x, p.y, 9, true, c.name)
		}
		p.y += 5
		p.rule()
	}
	p.again = nil
	p.need(16)
	head()
	p.again = head
}

// row writes a row of a table. The last cell may take several lines.
func (p *pad) row(columns []column, cells ...string) {
	last := len(cells) - 1
	lines := wrapped(cells[last], p.fits(padRight-columns[last].x, 9))
	p.need(5 * float64(len(lines)))
	for i, cell := range cells[:last] {
		p.page().Write(columns[i].x, p.y, 9, false, cell)
	}
	for _, line := range lines {
		p.page().Write(columns[last].x, p.y, 9, false, line)
		p.y += 5
	}
}

// print ends the report; every page says of which it is one.
func (p *pad) print(title, foot string) []scanstation.Print {
	p.again = nil
	p.page()
	for i := range p.pages {
		page := &p.pages[i]
		page.Bars = append(page.Bars, scanstation.PrintBar{X: padLeft, Y: 281, Width: padRight - padLeft, Height: 0.2})
		page.Write(padLeft, 286, 8, false, foot)
		page.Write(padRight-22, 286, 8, false, fmt.Sprintf("Seite %d von %d", i+1, len(p.pages)))
		if i > 0 {
			page.Write(padLeft, 20, 9, false, title)
		}
	}
	return p.pages
}

// wrapped breaks words into lines of about so many characters, one at least.
func wrapped(words string, most int) (out []string) {
	for part := range strings.SplitSeq(words, "\n") {
		out = append(out, scanstation.Wrap(part, most)...)
	}
	if len(out) == 0 {
		return []string{""}
	}
	return out
}

// paperWords are the reasons against the destruction of paper, as they stand on
// paper themselves.
var paperWords = map[string]string{
	storage.AgainstState:        "das Original liegt nicht zur Vernichtung bereit",
	storage.AgainstDay:          "noch nicht fällig",
	storage.AgainstFilingDays:   "die Tage nach der Ablage in der E-Akte sind nicht um",
	storage.AgainstClass:        "die Dokumentklasse ist unbekannt",
	storage.AgainstKeep:         "die Dokumentklasse wird aufbewahrt",
	storage.AgainstReturn:       "die Dokumentklasse geht an den Absender zurück",
	storage.AgainstStack:        "der Stapel ist nicht freigegeben",
	storage.AgainstDocument:     "der Brief ist nicht erledigt",
	storage.AgainstReceipt:      "die Quittung der E-Akte fehlt",
	storage.AgainstReceiptsGone: "die Quittungen sind nicht bekannt",
	storage.AgainstRescan:       "ein Nachscan-Auftrag ist offen",
	storage.AgainstSupplement:   "die Fassung nach dem Nachscannen fehlt in der E-Akte",
	storage.CheckMissing:        "für den Stapel wurde keine Stichprobe gezogen",
	storage.CheckPending:        "die Stichprobe des Stapels ist nicht fertig geprüft",
	storage.CheckDefect:         "die Qualitätsprüfung fand im Stapel einen Mangel",
	storage.PlaceholderOpen:     "ein Gegenstand, der dabei war, ist noch nicht ausgegeben",
	storage.AgainstHold:         "gesperrt",
	storage.AgainstUnread:       "die Kopie wurde noch nicht nachgelesen",
	storage.AgainstOldCopy:      "die Kopie wurde zu lange nicht nachgelesen",
	storage.AgainstFailed:       "die Kopie ist beschädigt",
	storage.AgainstDigest:       "die Kopie ist nicht die protokollierte",
	storage.AgainstChain:        "das Protokoll ist nicht lückenlos",
	storage.AgainstOldChain:     "das Protokoll wurde zu lange nicht geprüft",
	storage.AgainstRecall:       "das Original ist angefordert",
	storage.AgainstBox:          "der Karton ist nicht zur Vernichtung bestimmt",
	storage.AgainstBoxDay:       "der Tag des Kartons ist nicht erreicht",
	storage.AgainstFind:         "im Karton liegt ein Papier ohne Scan",
	storage.AnotherBox:          "liegt in einem anderen Karton",
	storage.AnotherState:        "hat inzwischen einen anderen Stand",
	storage.NewInBox:            "kam nach dem Vorschlag in den Karton",
	storage.OnAnother:           "steht auf einer anderen Liste",
}

// paperStates are the states of paper that stand in such a reason.
var paperStates = map[string]string{
	string(storage.Held): "gesperrt", string(storage.ToReturn): "geht zurück", string(storage.ToKeep): "wird aufbewahrt", string(storage.Lost): "vermisst",
	string(storage.InBox): "im Karton", string(storage.Due): "fällig", string(storage.HandedOn): "abgegeben",
	string(storage.Inbox): "im Postkorb", string(storage.Review): "in Klärung", string(storage.Assigned): "zugewiesen", string(storage.Filing): "wird zur Akte genommen",
	string(storage.MissingPage): "Seite fehlt", string(storage.Unreadable): "nicht lesbar", string(storage.CutOff): "abgeschnitten",
	string(storage.WrongOrder): "falsche Reihenfolge", string(storage.TwoLetters): "zwei Briefe", string(storage.OtherTrouble): "etwas anderes",
}

// reasonsOnPaper says reasons in German.
func reasonsOnPaper(all []scanstation.Reason) string {
	out := make([]string, len(all))
	for i, r := range all {
		if out[i] = paperWords[r.Code]; out[i] == "" {
			out[i] = r.Code
		}
		if r.Detail != "" {
			out[i] += " (" + onPaper(r.Detail) + ")"
		}
	}
	return strings.Join(out, "; ")
}

// onPaper writes a detail that is a day as people do.
func onPaper(detail string) string {
	if day := scanstation.Date(detail); day.Valid() {
		return dayOf(day)
	}
	if words := paperStates[detail]; words != "" {
		return words
	}
	return detail
}

// spot says where in its box a paper lies: in which stack, at which image of it.
func spot(place int) string {
	stack, image := storage.Original{Place: place}.Spot()
	if stack == 0 {
		return orDash(place)
	}
	return fmt.Sprintf("%d / %d", stack, image)
}
