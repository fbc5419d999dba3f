package desktest

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"slices"
	"strings"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"mailroom/ocr"
	"mailroom/scanstation"
)

// The size of a drawn page: A4 at 150 dpi.
const (
	pageWidth  = 1240
	pageHeight = 1754
	pageDPI    = 150
)

// drawn keeps the pages that were drawn: most tests put the same letters into
// their office, and drawing them took most of the tests' time.
var drawn sync.Map // of drawing, by what was asked for

type drawing struct {
	page    scanstation.Page
	stream  []byte
	reading ocr.Reading
}

// drawPage draws lines of text on a page and returns it with its reading.
// No lines give an empty side.
func drawPage(lines []string, asPNG bool) (scanstation.Page, []byte, ocr.Reading, error) {
	key := fmt.Sprintf("%t %q", asPNG, lines)
	kept, ok := drawn.Load(key)
	if !ok {
		fresh, err := drawAfresh(lines, asPNG)
		if err != nil {
			return scanstation.Page{}, nil, ocr.Reading{}, err
		}
		kept, _ = drawn.LoadOrStore(key, fresh)
	}
	d := kept.(drawing)
	d.reading.Words = slices.Clone(d.reading.Words)
	return d.page, slices.Clone(d.stream), d.reading, nil
}

func drawAfresh(lines []string, asPNG bool) (drawing, error) {
	r := ocr.Reading{Width: pageWidth, Height: pageHeight, DPI: pageDPI, Confidence: 0.96, Language: "deu", Engine: "drawn"}
	img := image.NewGray(image.Rect(0, 0, pageWidth, pageHeight))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	parsed, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return drawing{}, err
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: 11, DPI: pageDPI})
	if err != nil {
		return drawing{}, err
	}
	defer face.Close()
	d := &font.Drawer{Dst: img, Src: image.NewUniform(color.Gray{30}), Face: face}
	space := d.MeasureString(" ").Ceil()
	for i, line := range lines {
		x, y := 150, 190+i*38
		for _, word := range strings.Fields(line) {
			w := d.MeasureString(word).Ceil()
			d.Dot = fixed.P(x, y)
			d.DrawString(word)
			r.Words = append(r.Words, ocr.Word{Text: word, Box: ocr.Box{x - 2, y - 22, w + 4, 30}, Confidence: 0.96, Line: i})
			x += w + space
		}
	}
	var b bytes.Buffer
	p := scanstation.Page{Encoding: scanstation.JPEG, Width: pageWidth, Height: pageHeight, DPI: pageDPI, Components: 1, Bits: 8, Untouched: true}
	if asPNG {
		p.Encoding = scanstation.PNG
		err = png.Encode(&b, img)
	} else {
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: 80})
	}
	p.Bytes, p.Digest = int64(b.Len()), scanstation.DigestOf(b.Bytes())
	return drawing{page: p, stream: b.Bytes(), reading: r}, err
}

// evidence finds the line that holds text.
func evidence(readings []ocr.Reading, text string) *ocr.Evidence {
	for i, r := range readings {
		for _, l := range r.Lines() {
			if strings.Contains(l.Text, text) {
				return &ocr.Evidence{Page: i + 1, Box: l.Box, Text: l.Text, Confidence: l.Confidence}
			}
		}
	}
	return nil
}
