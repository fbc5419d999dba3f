package bag

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"path/filepath"
	"time"

	"mailroom/cmd/mailbag/cases"
	"mailroom/cmd/mailbag/ground"
	"mailroom/cmd/mailbag/letter"
	"mailroom/cmd/mailbag/paper"
	"mailroom/cmd/mailbag/scan"
	"mailroom/cmd/mailbag/stack"
)

// stream is a source of randomness for one purpose; sets and purposes share
// none of their numbers.
func stream(seed uint64, purpose string, n int) *rand.Rand {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s/%d", purpose, n)
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// maker makes one stack after another.
type maker struct {
	Config
	profile  scan.Profile
	register *cases.Register
	fonts    *paper.Fonts
	writer   *letter.Writer
	painters map[int]*paper.Painter
	classes  *letter.Deck[letter.Class]
	offices  *letter.Deck[cases.Department]
	layouts  *letter.Deck[letter.Layout]
}

func newMaker(c Config, fonts *paper.Fonts) (*maker, error) {
	profile, err := scan.ProfileOf(c.Strength)
	if err != nil {
		return nil, err
	}
	many := map[letter.Class]int{letter.YourSign: 6, letter.CaseLine: 4, letter.Running: 3, letter.Barcode: 3, letter.Person: 3, letter.New: 3}
	var classes []letter.Class
	for _, class := range letter.Classes() {
		for range many[class] {
			classes = append(classes, class)
		}
	}
	r := stream(c.Seed, "decks/"+string(c.Layouts), 0)
	return &maker{
		Config: c, profile: profile, fonts: fonts, register: Register(c.Seed, c.Cases),
		writer: letter.NewWriter(fonts), painters: map[int]*paper.Painter{},
		classes: letter.NewDeck(r, classes...),
		offices: letter.NewDeck(r, cases.Departments()...),
		layouts: letter.NewDeck(r, letter.Layouts(c.Layouts)...),
	}, nil
}

// stack makes stack n with at most left letters.
func (m *maker) stack(n, left int) (ground.Stack, error) {
	r := stream(m.Seed, "stack/"+string(m.Layouts), n)
	format, dpi, err := m.format(m.Formats[n%len(m.Formats)])
	if err != nil {
		return ground.Stack{}, err
	}
	single := format.Single() || format == stack.PDFText
	count, duplex := 1, false
	if !single {
		count = min(left, 1+r.IntN(2*m.PerStack-1))
		duplex = r.Float64() < m.Duplex
	}
	s := ground.Stack{File: fmt.Sprintf("b%03d%s", n, format.Ext()), Format: string(format), Duplex: duplex}
	p := pile{stack: &s, separators: !single}
	for range count {
		if err := m.letter(r, &p, format); err != nil {
			return ground.Stack{}, fmt.Errorf("stack %s: %w", s.File, err)
		}
	}
	path := filepath.Join(m.Out, "mail", s.File)
	if format == stack.PDFText {
		p.number()
		err = stack.WriteText(path, p.pages(), m.fonts)
	} else {
		err = m.scan(&p, path, format, dpi, stream(m.Seed, "noise/"+string(m.Layouts), n))
	}
	if err != nil {
		return ground.Stack{}, fmt.Errorf("stack %s: %w", s.File, err)
	}
	return s, nil
}

// letter writes one letter onto the pile and into the truth.
func (m *maker) letter(r *rand.Rand, p *pile, format stack.Format) error {
	spec := m.spec(r)
	spec.Single = format.Single()
	spec.Stamp = format != stack.PDFText && r.IntN(3) > 0
	l, err := m.writer.Write(r, spec)
	if err != nil {
		return err
	}
	c := spec.Case
	t := ground.Letter{
		Class: string(spec.Class), Layout: spec.Layout.Name, CaseNumber: c.Number, Department: c.Department, Worker: c.Worker,
		Surname: c.Surname, Given: c.Given, Born: c.Born.Format(time.DateOnly), LetterDate: spec.Date.Format(time.DateOnly),
		Images: []int{}, Barcodes: []ground.Code{},
	}
	for i, page := range l.Pages {
		t.Text = append(t.Text, page.Text())
		for _, code := range page.Codes() {
			t.Barcodes = append(t.Barcodes, ground.Code{Page: i + 1, Format: code.Format, Text: code.Data})
		}
	}
	p.lay(r, l.Pages)
	p.stack.Letters = append(p.stack.Letters, t)
	return nil
}

// spec decides who writes about what.
func (m *maker) spec(r *rand.Rand) letter.Spec {
	s := letter.Spec{
		Set: m.Layouts, Class: m.classes.Deal(), Layout: m.layouts.Deal(),
		Date:  m.Until.AddDate(0, 0, -r.IntN(300)),
		Pages: []int{1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 6}[r.IntN(14)],
	}
	if m.MaxPages > 0 {
		s.Pages = min(s.Pages, m.MaxPages)
	}
	department := m.offices.Deal().ID
	switch s.Class {
	case letter.New:
		s.Case = cases.Case{Department: department, Person: m.register.Stranger(r)}
	default:
		s.Case = m.register.Pick(r, department)
		for s.Class == letter.Person && !m.register.Sole(s.Case) {
			s.Case = m.register.Pick(r, department)
		}
		if s.Class != letter.Person && r.IntN(4) == 0 {
			all := cases.Departments()
			s.Decoy = m.register.Lookalike(r, all[r.IntN(len(all))].ID)
		}
	}
	return s
}

// scan scans the pile sheet by sheet into a file.
func (m *maker) scan(p *pile, path string, format stack.Format, dpi int, r *rand.Rand) error {
	w, err := stack.Create(path, format, dpi)
	if err != nil {
		return err
	}
	if m.painters[dpi] == nil {
		m.painters[dpi] = paper.NewPainter(m.fonts, dpi)
	}
	f := feed{writer: w, painter: m.painters[dpi], dpi: dpi, colour: format.Colour(), r: r}
	for _, sheet := range p.sheets {
		look := m.profile.Draw(r)
		look.Skew = math.Round(look.Skew*100) / 100
		turn := []int{180, 180, 180, 90, 270}[r.IntN(5)]
		if r.Float64() > 0.08 {
			turn = 0
		}
		if err := f.sheet(p.stack, sheet, look, turn); err != nil {
			w.Close()
			return err
		}
	}
	return w.Close()
}
