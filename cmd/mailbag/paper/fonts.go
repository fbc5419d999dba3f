package paper

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// PointMM is the length of a typographic point in millimetres.
const PointMM = 25.4 / 72

// Face names a typeface: a family and its weight.
type Face struct {
	Family string
	Bold   bool
}

// fontFiles says where Debian keeps each face and which package brings it.
var fontFiles = map[Face][2]string{
	{"liberation-serif", false}:  {"fonts-liberation", "liberation/LiberationSerif-Regular.ttf"},
	{"liberation-serif", true}:   {"fonts-liberation", "liberation/LiberationSerif-Bold.ttf"},
	{"liberation-sans", false}:   {"fonts-liberation", "liberation/LiberationSans-Regular.ttf"},
	{"liberation-sans", true}:    {"fonts-liberation", "liberation/LiberationSans-Bold.ttf"},
	{"liberation-mono", false}:   {"fonts-liberation", "liberation/LiberationMono-Regular.ttf"},
	{"liberation-mono", true}:    {"fonts-liberation", "liberation/LiberationMono-Bold.ttf"},
	{"liberation-narrow", false}: {"fonts-liberation", "liberation/LiberationSansNarrow-Regular.ttf"},
	{"liberation-narrow", true}:  {"fonts-liberation", "liberation/LiberationSansNarrow-Bold.ttf"},
	{"dejavu-serif", false}:      {"fonts-dejavu-core", "dejavu/DejaVuSerif.ttf"},
	{"dejavu-serif", true}:       {"fonts-dejavu-core", "dejavu/DejaVuSerif-Bold.ttf"},
	{"dejavu-sans", false}:       {"fonts-dejavu-core", "dejavu/DejaVuSans.ttf"},
	{"dejavu-sans", true}:        {"fonts-dejavu-core", "dejavu/DejaVuSans-Bold.ttf"},
	{"dejavu-mono", false}:       {"fonts-dejavu-core", "dejavu/DejaVuSansMono.ttf"},
	{"dejavu-mono", true}:        {"fonts-dejavu-core", "dejavu/DejaVuSansMono-Bold.ttf"},
}

// ErrNoFont means a typeface is not installed; the error names its package.
var ErrNoFont = errors.New("typeface not installed")

// Fonts holds the typefaces. It is not safe for concurrent use.
type Fonts struct {
	dir    string
	raw    map[Face][]byte
	parsed map[Face]*sfnt.Font
	widths map[Face]map[rune]float64
	buf    sfnt.Buffer
}

// OpenFonts reads all typefaces below dir, usually /usr/share/fonts/truetype.
func OpenFonts(dir string) (*Fonts, error) {
	f := &Fonts{dir: dir, raw: map[Face][]byte{}, parsed: map[Face]*sfnt.Font{}, widths: map[Face]map[rune]float64{}}
	for face, at := range fontFiles {
		name := filepath.Join(dir, at[1])
		raw, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%w: %s is missing, install the Debian package %s", ErrNoFont, name, at[0])
		}
		if err != nil {
			return nil, fmt.Errorf("read typeface %s: %w", name, err)
		}
		parsed, err := opentype.Parse(raw)
		if err != nil {
			return nil, fmt.Errorf("read typeface %s: %w", name, err)
		}
		f.raw[face], f.parsed[face], f.widths[face] = raw, parsed, map[rune]float64{}
	}
	return f, nil
}

// File returns the bytes of the typeface for embedding; do not change them.
func (f *Fonts) File(face Face) []byte { return f.raw[face] }

// Width is the length of s in millimetres when set in the face at size points.
func (f *Fonts) Width(face Face, size float64, s string) float64 {
	var em float64
	for _, r := range s {
		em += f.Advance(face, r)
	}
	return em * size * PointMM
}

// Advance is the width of one rune as a share of the em square.
func (f *Fonts) Advance(face Face, r rune) float64 {
	if w, ok := f.widths[face][r]; ok {
		return w
	}
	fnt, ok := f.parsed[face]
	if !ok {
		return 0
	}
	const em = 1000
	i, err := fnt.GlyphIndex(&f.buf, r)
	if err != nil {
		return 0
	}
	adv, err := fnt.GlyphAdvance(&f.buf, i, fixed.I(em), font.HintingNone)
	if err != nil {
		return 0
	}
	w := float64(adv) / 64 / em
	f.widths[face][r] = w
	return w
}

// open returns the face for drawing at a resolution.
func (f *Fonts) open(face Face, size float64, dpi int) (font.Face, error) {
	fnt, ok := f.parsed[face]
	if !ok {
		return nil, fmt.Errorf("%w: no face %v", ErrNoFont, face)
	}
	return opentype.NewFace(fnt, &opentype.FaceOptions{Size: size, DPI: float64(dpi), Hinting: font.HintingNone})
}
