package imaging

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"strings"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/net/html"

	"mailroom/scanstation"
)

// The sheet that a message is set on: A4 at the resolution of a fax machine's
// better days, so that it can be read and printed like any other page.
const (
	setDPI            = 300
	setWidth, setTall = 2480, 3508
	setMargin         = 236 // 20 mm
	setSize           = 10  // points
	setLeading        = 58  // pixels from line to line
)

// pagesOf sets the head and the text of a message.
func (l *letterbox) pagesOf(n *note) error {
	text := strings.Join(n.plain, "\n\n")
	if strings.TrimSpace(text) == "" && len(n.html) > 0 {
		text = plainOf(strings.Join(n.html, "\n"))
	}
	if len(n.html) > 0 {
		l.left = append(l.left, scanstation.Reason{Code: scanstation.LeftHTML})
	}
	var b strings.Builder
	for _, field := range [][2]string{{"From", "Von"}, {"To", "An"}, {"Cc", "Kopie"}, {"Reply-To", "Antwort an"}, {"Date", "Datum"}} {
		if v := strings.TrimSpace(n.header.Get(field[0])); v != "" {
			if decoded, err := n.header.Text(field[0]); err == nil {
				v = decoded
			}
			fmt.Fprintf(&b, "%s: %s\n", field[1], oneLine(v))
		}
	}
	for i, e := range n.enclosed {
		fmt.Fprintf(&b, "Anlage %d: %s (%s, %d Byte)\n", i+1, oneLine(e.name), oneLine(e.kind), len(e.data))
	}
	subject, err := n.header.Subject()
	if err != nil {
		subject = n.header.Get("Subject")
	}
	return l.textPages(oneLine(subject), b.String()+"\n"+text)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// textPages sets a text under a title.
func (l *letterbox) textPages(title, text string) error {
	faces, err := newFaces()
	if err != nil {
		return err
	}
	s := &setter{regular: faces[0]}
	if title != "" {
		s.face = faces[1]
		s.paragraph(title)
		s.y += setLeading / 2
	}
	s.face = faces[0]
	for _, line := range strings.Split(strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\r\n", "\n"), "\n") {
		s.paragraph(line)
	}
	s.finish()
	for _, p := range s.pages {
		if err := l.next(); err != nil {
			return err
		}
		if err := l.setPage(p); err != nil {
			return err
		}
	}
	return nil
}

func newFaces() (faces [2]font.Face, err error) {
	for i, ttf := range [][]byte{goregular.TTF, gobold.TTF} {
		parsed, err := opentype.Parse(ttf)
		if err == nil {
			faces[i], err = opentype.NewFace(parsed, &opentype.FaceOptions{Size: setSize, DPI: setDPI})
		}
		if err != nil {
			return faces, fmt.Errorf("read typeface: %w", err)
		}
	}
	return faces, nil
}

// sheet is one page while it is set.
type sheet struct {
	ink   *image.Gray
	words []scanstation.Word
}

// setter sets lines of text on sheets and remembers where each word stands.
type setter struct {
	regular, face font.Face
	pages         []*sheet
	page          *sheet
	y, line       int
}

func (s *setter) begin() {
	if s.page != nil && s.y+setLeading <= setTall-setMargin {
		return
	}
	s.page = &sheet{ink: image.NewGray(image.Rect(0, 0, setWidth, setTall))}
	draw.Draw(s.page.ink, s.page.ink.Rect, image.White, image.Point{}, draw.Src)
	s.pages, s.y, s.line = append(s.pages, s.page), setMargin, 0
}

func (s *setter) finish() {
	if s.page == nil {
		s.begin()
	}
}

// paragraph sets one line of a text, broken where it is too long.
func (s *setter) paragraph(text string) {
	x := setMargin
	space := font.MeasureString(s.face, " ").Ceil()
	for _, word := range strings.FieldsFunc(text, unicode.IsSpace) {
		for _, piece := range s.pieces(printed(word)) {
			w := font.MeasureString(s.face, s.shown(piece)).Ceil()
			if x > setMargin && x+w > setWidth-setMargin {
				x = s.feed()
			}
			s.word(piece, x, w)
			x += w + space
		}
	}
	s.feed()
}

// feed goes to the next line; the next word begins a page where there is no room.
func (s *setter) feed() int {
	s.y += setLeading
	s.line++
	return setMargin
}

// word sets one word on its line.
func (s *setter) word(text string, x, w int) {
	s.begin()
	d := font.Drawer{Dst: s.page.ink, Src: image.NewUniform(color.Black), Face: s.face, Dot: fixed.P(x, s.y+setLeading*3/4)}
	d.DrawString(s.shown(text))
	s.page.words = append(s.page.words, scanstation.Word{Text: text, Box: [4]int{x, s.y + 2, max(w, 1), setLeading - 4}, Line: s.line})
}

// pieces breaks a word that is longer than a line.
func (s *setter) pieces(word string) (out []string) {
	const most = setWidth - 2*setMargin
	for runes := []rune(word); len(runes) > 0; {
		n := len(runes)
		for n > 1 && font.MeasureString(s.face, s.shown(string(runes[:n]))).Ceil() > most {
			n = max(1, min(n-1, n*3/4))
		}
		out, runes = append(out, string(runes[:n])), runes[n:]
	}
	return out
}

// shown puts a box in the place of what the typeface has no letter for; the text
// keeps it.
func (s *setter) shown(text string) string {
	return strings.Map(func(r rune) rune {
		if _, ok := s.face.GlyphAdvance(r); ok && r != 0 {
			return r
		}
		return '\u25a1'
	}, text)
}

// printed drops what is not to be seen.
func printed(word string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, word)
}

// setPage hands on a page as black and white with its words.
func (l *letterbox) setPage(p *sheet) error {
	row := (setWidth + 7) / 8
	bits := make([]byte, row*setTall)
	for y := range setTall {
		for x, v := range p.ink.Pix[y*p.ink.Stride:][:setWidth] {
			if v >= 128 {
				bits[y*row+x/8] |= 0x80 >> (x & 7)
			}
		}
	}
	pixels, err := packedPix(setWidth, setTall, 1, row, bits, false)
	if err != nil {
		return err
	}
	defer pixels.free()
	return l.pixels(scanstation.Page{DPI: setDPI, Words: p.words, Set: true}, pixels, scanstation.Reason{Code: scanstation.StepSet})
}

// blocks are the elements after which a line ends.
var blocks = map[string]bool{
	"p": true, "div": true, "br": true, "tr": true, "li": true, "h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true,
	"table": true, "ul": true, "ol": true, "blockquote": true, "hr": true, "pre": true, "section": true, "article": true, "header": true, "footer": true,
}

// unseen are the elements whose text is none.
var unseen = map[string]bool{"script": true, "style": true, "head": true, "title": true, "template": true, "noscript": true, "iframe": true, "object": true, "svg": true}

// plainOf reduces HTML to its text. Nothing in it is followed, run or fetched.
func plainOf(source string) string {
	z := html.NewTokenizer(strings.NewReader(source))
	z.SetMaxBuf(mailText)
	var out strings.Builder
	hidden := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			return collapsed(out.String())
		case html.TextToken:
			if hidden == 0 {
				out.WriteString(strings.NewReplacer("\n", " ", "\r", " ", "\t", " ").Replace(string(z.Text())))
			}
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			t := z.Token()
			switch {
			case unseen[t.Data] && t.Type == html.StartTagToken:
				hidden++
			case unseen[t.Data] && t.Type == html.EndTagToken:
				hidden = max(0, hidden-1)
			case blocks[t.Data]:
				out.WriteByte('\n')
			case t.Data == "td" && t.Type == html.EndTagToken:
				out.WriteString("  ")
			}
		}
	}
}

// collapsed drops what is more than one empty line, and white space at the ends.
func collapsed(s string) string {
	var lines []string
	for line := range strings.Lines(s) {
		line = oneLine(line)
		if line == "" && (len(lines) == 0 || lines[len(lines)-1] == "") {
			continue
		}
		lines = append(lines, line)
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
