package main

import (
	"fmt"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// typeset is a letter in a font that stands in the file as a PDF/A wants it: what
// office programs and browsers print. Its parts can be spoilt before it is written.
type typeset struct {
	composite  bool
	widen      int    // added to each width
	more       string // in the font
	descriptor string
	unicode    func(c int) string
	content    string // before the letter
	resources  string
	page       string
	catalog    string
	first      string                                      // shown instead of the first line, as it stands in the content
	draw       func(w *oddPDF) (content, resources string) // with objects of its own
	pages      int                                         // 0: one; # in the text is the number of each
	swap       []string                                    // old and new, in every object
}

// fine is a letter of which nothing but the frame is missing.
var fine = typeset{unicode: func(c int) string { return fmt.Sprintf("%04X", c) }}

func (s typeset) with(change func(*typeset)) func() []byte {
	change(&s)
	return s.bytes
}

func (s typeset) bytes() []byte {
	w := newOdd()
	w.catalog = s.catalog
	if s.draw != nil {
		content, resources := s.draw(w)
		s.content, s.resources = s.content+content, s.resources+resources
	}
	parsed, err := sfnt.Parse(goregular.TTF)
	if err != nil {
		panic(err)
	}
	glyph := func(c int) (sfnt.GlyphIndex, int) {
		g, err := parsed.GlyphIndex(nil, rune(c))
		advance, err2 := parsed.GlyphAdvance(nil, g, fixed.I(1000), font.HintingNone)
		if err != nil || err2 != nil {
			panic("no glyph")
		}
		return g, advance.Round() + s.widen
	}
	file := w.packed(fmt.Sprintf("/Length1 %d", len(goregular.TTF)), goregular.TTF)
	flags := map[bool]int{false: 32, true: 4}[s.composite]
	descriptor := w.add("<</Type/FontDescriptor/FontName/ABCDEF+Go/Flags %d/FontBBox[-200 -300 1200 1000]/ItalicAngle 0/Ascent 900/Descent -200/CapHeight 700/StemV 80/FontFile2 %d 0 R%s>>", flags, file, s.descriptor)
	var widths, cmap, text strings.Builder
	fmt.Fprint(&cmap, "/CIDInit/ProcSet findresource begin 12 dict begin begincmap/CMapName/X def/CMapType 2 def\n1 begincodespacerange<0000><FFFF>endcodespacerange\n")
	for c := 32; c < 127; c++ {
		g, advance := glyph(c)
		if s.composite {
			fmt.Fprintf(&widths, "%d[%d]", g, advance)
			fmt.Fprintf(&cmap, "1 beginbfchar<%04X><%s>endbfchar\n", int(g), s.unicode(c))
			continue
		}
		fmt.Fprintf(&widths, "%d ", advance)
		fmt.Fprintf(&cmap, "1 beginbfchar<%02X><%s>endbfchar\n", c, s.unicode(c))
	}
	fmt.Fprint(&cmap, "endcmap CMapName currentdict/CMap defineresource pop end end")
	unicode := w.packed("", []byte(cmap.String()))
	text.WriteString("BT /F1 9 Tf 12 TL 20 390 Td\n" + s.first)
	for _, line := range letterLines {
		if !s.composite {
			fmt.Fprintf(&text, "(%s) Tj T*\n", line)
			continue
		}
		text.WriteString("<")
		for _, c := range line {
			g, _ := glyph(int(c))
			fmt.Fprintf(&text, "%04X", int(g))
		}
		text.WriteString("> Tj T*\n")
	}
	simple := fmt.Sprintf("/Font<</F1<</Type/Font/Subtype/TrueType/BaseFont/ABCDEF+Go/FirstChar 32/LastChar 126/Widths[%s]/Encoding/WinAnsiEncoding/FontDescriptor %d 0 R/ToUnicode %d 0 R%s>>>>", widths.String(), descriptor, unicode, s.more)
	if s.composite {
		cid := w.add("<</Type/Font/Subtype/CIDFontType2/BaseFont/ABCDEF+Go/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/W[%s]/CIDToGIDMap/Identity/FontDescriptor %d 0 R>>", widths.String(), descriptor)
		simple = fmt.Sprintf("/Font<</F1<</Type/Font/Subtype/Type0/BaseFont/ABCDEF+Go/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R%s>>>>", cid, unicode, s.more)
	}
	for i := range max(s.pages, 1) {
		w.page(strings.ReplaceAll(s.content+" "+text.String(), "#", fmt.Sprint(i+1))+"ET\n1 0 0 RG 0 0.4 0.2 rg 2 w 20 40 m 120 90 200 20 270 60 c S 30 100 60 40 re f", simple+s.resources, s.page)
	}
	for i, o := range w.objects[2:] {
		w.objects[i+2] = []byte(strings.NewReplacer(s.swap...).Replace(string(o)))
	}
	return w.bytes()
}
