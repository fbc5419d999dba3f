package stack

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"mailroom/cmd/mailbag/paper"
)

// WriteText writes the pages as a born-digital PDF with embedded typefaces and
// real text.
func WriteText(path string, pages []*paper.Page, fonts *paper.Fonts) error {
	p, err := createPDF(path)
	if err != nil {
		return err
	}
	t := &typesetter{pdf: p, fonts: fonts, used: map[paper.Face]string{}}
	for _, page := range pages {
		var b bytes.Buffer
		for _, m := range page.Marks {
			if err := t.mark(&b, m); err != nil {
				p.close()
				return fmt.Errorf("write %s: %w", path, err)
			}
		}
		p.page(paper.Width/paper.PointMM, paper.Height/paper.PointMM, t.resources(), deflate(b.Bytes()), "/Filter /FlateDecode")
	}
	return p.close()
}

// typesetter turns marks into content operators.
type typesetter struct {
	pdf   *pdf
	fonts *paper.Fonts
	used  map[paper.Face]string // "/F1 7 0 R"
}

func (t *typesetter) resources() string {
	refs := make([]string, 0, len(t.used))
	for _, r := range t.used {
		refs = append(refs, r)
	}
	slices.Sort(refs)
	return "/Font << " + strings.Join(refs, " ") + " >>"
}

// x and y turn millimetres from the top left into points from the bottom left.
func x(mm float64) float64 { return mm / paper.PointMM }
func y(mm float64) float64 { return (paper.Height - mm) / paper.PointMM }

func (t *typesetter) mark(b *bytes.Buffer, m paper.Mark) error {
	switch m := m.(type) {
	case paper.Text:
		return t.text(b, m)
	case paper.Rule:
		box := m.Box(t.fonts)
		fmt.Fprintf(b, "0 g %.2f %.2f %.2f %.2f re f\n", x(box.X), y(box.Y+box.H), x(box.W), x(box.H))
	case paper.Fill:
		fmt.Fprintf(b, "%.2f g %.2f %.2f %.2f %.2f re f 0 g\n", float64(m.Gray)/255, x(m.X), y(m.Y+m.H), x(m.W), x(m.H))
	case paper.Stroke:
		for i, p := range m.Points {
			op := "l"
			if i == 0 {
				op = "m"
			}
			fmt.Fprintf(b, "%.2f %.2f %s ", x(p.X), y(p.Y), op)
		}
		fmt.Fprintf(b, "%.2f w S\n", x(m.Width))
	case paper.Code:
		return code(b, m)
	}
	return nil // stamps never stand on a file that was never paper
}

func code(b *bytes.Buffer, m paper.Code) error {
	img, err := m.Modules()
	if err != nil {
		return err
	}
	unit, tall := m.Module(), m.Module()
	if m.Linear() {
		tall = m.Tall
	}
	paper.Runs(img, func(cx, cy, n int) {
		fmt.Fprintf(b, "%.3f %.3f %.3f %.3f re ", x(m.X+float64(cx)*unit), y(m.Y+float64(cy+1)*tall), x(float64(n)*unit), x(tall))
	})
	b.WriteString("f\n")
	return nil
}

func (t *typesetter) text(b *bytes.Buffer, m paper.Text) error {
	ref, ok := t.used[m.Face]
	if !ok {
		var err error
		if ref, err = t.embed(m.Face); err != nil {
			return err
		}
		t.used[m.Face] = ref
	}
	s, err := charmap.Windows1252.NewEncoder().String(m.S)
	if err != nil {
		return fmt.Errorf("set %q: %w", m.S, err)
	}
	s = strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(s)
	name, _, _ := strings.Cut(ref, " ")
	fmt.Fprintf(b, "BT %s %.1f Tf %.2f %.2f Td (%s) Tj ET\n", name, m.Size, x(m.X), y(m.Y), s)
	return nil
}

// embed writes the typeface into the file and returns its resource entry.
func (t *typesetter) embed(face paper.Face) (string, error) {
	raw := t.fonts.File(face)
	if raw == nil {
		return "", fmt.Errorf("%w: no face %v", paper.ErrNoFont, face)
	}
	raw, err := subset(raw, winAnsi())
	if err != nil {
		return "", fmt.Errorf("embed %v: %w", face, err)
	}
	file := t.pdf.stream(fmt.Sprintf("/Length1 %d /Filter /FlateDecode", len(raw)), deflate(raw))
	base := strings.ReplaceAll(face.Family, "-", "")
	if face.Bold {
		base += "-Bold"
	}
	desc := t.pdf.object(fmt.Sprintf("<< /Type /FontDescriptor /FontName /%s /Flags 32 /FontBBox [-200 -300 1200 1000] "+
		"/ItalicAngle 0 /Ascent 900 /Descent -220 /CapHeight 700 /StemV 80 /FontFile2 %d 0 R >>", base, file))
	var widths strings.Builder
	for i, r := range winAnsi() {
		if i > 0 {
			widths.WriteByte(' ')
		}
		fmt.Fprintf(&widths, "%.0f", t.fonts.Advance(face, r)*1000)
	}
	n := t.pdf.object(fmt.Sprintf("<< /Type /Font /Subtype /TrueType /BaseFont /%s /Encoding /WinAnsiEncoding "+
		"/FirstChar 32 /LastChar 255 /Widths [%s] /FontDescriptor %d 0 R >>", base, widths.String(), desc))
	return fmt.Sprintf("/F%d %d 0 R", n, n), nil
}

// winAnsi lists the runes of the codes 32 to 255.
func winAnsi() []rune {
	runes := make([]rune, 0, 224)
	for c := 32; c < 256; c++ {
		runes = append(runes, charmap.Windows1252.DecodeByte(byte(c)))
	}
	return runes
}

func deflate(data []byte) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write(data) // a bytes.Buffer takes everything
	z.Close()
	return b.Bytes()
}
