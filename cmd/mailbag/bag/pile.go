package bag

import (
	"math/rand/v2"

	"mailroom/cmd/mailbag/ground"
	"mailroom/cmd/mailbag/letter"
	"mailroom/cmd/mailbag/paper"
	"mailroom/cmd/mailbag/scan"
	"mailroom/cmd/mailbag/stack"
)

// side is one side of a sheet and what the truth says of it.
type side struct {
	page   *paper.Page
	fate   string
	letter int
	number int
}

// sheet is one sheet of paper; the back is there in duplex stacks only.
type sheet struct {
	front, back side
	duplex      bool
}

// pile is the paper of one stack in the order it is fed.
type pile struct {
	stack      *ground.Stack
	sheets     []sheet
	separators bool
}

func blank() side { return side{page: &paper.Page{}, fate: ground.FateBlank, letter: -1} }

// lay puts a letter on the pile, behind a separator; the first letter of a
// stack goes without one half the time.
func (p *pile) lay(r *rand.Rand, pages []*paper.Page) {
	n := len(p.stack.Letters)
	if p.separators && (n > 0 || r.IntN(2) == 0) {
		p.add(side{letter.Separator(), ground.FateSeparator, -1, 0}, blank())
	}
	bothSides := p.stack.Duplex && len(pages) > 1 && r.IntN(5) < 3
	for i := 0; i < len(pages); i++ {
		front, back := side{pages[i], ground.FatePage, n, i + 1}, blank()
		if bothSides && i+1 < len(pages) {
			i++
			back = side{pages[i], ground.FatePage, n, i + 1}
		}
		p.add(front, back)
	}
}

func (p *pile) add(front, back side) {
	p.sheets = append(p.sheets, sheet{front, back, p.stack.Duplex})
}

// pages lists the pages of all letters.
func (p *pile) pages() []*paper.Page {
	var pages []*paper.Page
	for _, s := range p.sheets {
		pages = append(pages, s.front.page)
	}
	return pages
}

// number enters the pages into the truth as they are, without a scanner.
func (p *pile) number() {
	for _, s := range p.sheets {
		enter(p.stack, s.front, 0, 0)
	}
}

// enter notes one image of the stack.
func enter(s *ground.Stack, f side, rotation int, skew float64) {
	if f.fate == ground.FatePage {
		l := &s.Letters[f.letter]
		l.Images = append(l.Images, len(s.Images))
	}
	s.Images = append(s.Images, ground.Image{Fate: f.fate, Rotation: rotation, Skew: skew, Letter: f.letter, Page: f.number})
}

// feed carries sheets through the scanner.
type feed struct {
	writer  *stack.Writer
	painter *paper.Painter
	dpi     int
	colour  bool
	r       *rand.Rand
}

// sheet scans one sheet that lies turned, and enters its sides.
func (f *feed) sheet(s *ground.Stack, sh sheet, look scan.Look, turn int) error {
	look.Staple = look.Staple && sh.front.number == 1
	front, err := f.painter.Paint(sh.front.page, f.colour)
	if err != nil {
		return err
	}
	var back *paper.Canvas
	if sh.duplex {
		if back, err = f.painter.Paint(sh.back.page, f.colour); err != nil {
			return err
		}
	}
	if err := f.side(s, sh.front, look, turn, front, back); err != nil || !sh.duplex {
		return err
	}
	return f.side(s, sh.back, look.Reverse(), (360-turn)%360, back, front)
}

func (f *feed) side(s *ground.Stack, d side, look scan.Look, turn int, here, behind *paper.Canvas) error {
	image := look.Apply(f.r, here, behind, f.dpi).Turn((360 - turn) % 360)
	enter(s, d, turn, look.Skew)
	return f.writer.Add(image, look.Threshold(), look.Quality)
}
