package pdfa

import (
	"math"
	"slices"
	"strings"

	"mailroom/ocr"
)

// layer writes the invisible text of a page. Positions along a line and across
// it are pixels in the frame of the deskewed content: its axes lean by the skew.
type layer struct {
	sheet    sheet
	font     *font
	sin, cos float64 // of the skew
	out      []byte
}

// cell is one word with its place in the frame of its line.
type cell struct {
	runes                    []rune
	left, right, top, bottom float64
}

// appendText appends the operators that lay the words of reading over a page.
func appendText(content []byte, s sheet, f *font, reading ocr.Reading) []byte {
	const guess = 100 // bytes that a word takes
	l := layer{sheet: s, font: f, out: slices.Grow(content, guess*len(reading.Words))}
	l.cos = 1
	if math.Abs(reading.Skew) <= 45 { // no number, or a turn that is no lean, is as good as nothing
		l.sin, l.cos = math.Sincos(reading.Skew * math.Pi / 180)
	}
	for _, line := range reading.Lines() {
		l.line(line)
	}
	return l.out
}

// line writes one line as one text object.
func (l *layer) line(line ocr.Line) {
	var cells []cell
	for _, word := range line.Words {
		if runes := visual(clean(strings.TrimSpace(word.Text))); len(runes) > 0 {
			cells = append(cells, l.cell(word.Box, runes))
		}
	}
	if len(cells) == 0 {
		return
	}
	level(cells)
	l.out = append(l.out, "BT\n3 Tr\n"...)
	var size float64
	for i, c := range cells {
		if height := c.bottom - c.top; height != size {
			size = height
			l.out = append(append(l.out, '/'), fontKey+" "...)
			l.out = appendNumber(l.out, max(least, l.points(0, size)), 3)
			l.out = append(l.out, " Tf\n"...)
		}
		l.place(c, size)
		l.show(c.runes, c.right-c.left, size)
		if i+1 < len(cells) {
			// The space fills the gap, so that a selection has no holes. Where
			// words overlap or run right to left there is none to fill.
			l.show([]rune{' '}, max(cells[i+1].left-c.right, size/20), size)
		}
	}
	l.out = append(l.out, "ET\n"...)
}

// cell returns the word of that box in the frame of the lines. The centre of a
// box is where the word is; width and height are those of the deskewed word. No
// word is outside of the page, or without any extent.
func (l *layer) cell(b ocr.Box, runes []rune) cell {
	width, height := l.sheet.upright()
	w, h := within(float64(b[2]), 1, width), within(float64(b[3]), 1, height)
	x, y := within(float64(b[0])+float64(b[2])/2, w/2, width-w/2), within(float64(b[1])+float64(b[3])/2, h/2, height-h/2)
	along, across := x*l.cos+y*l.sin, y*l.cos-x*l.sin
	return cell{runes: runes, left: along - w/2, right: along + w/2, top: across - h/2, bottom: across + h/2}
}

func within(x, least, most float64) float64 { return min(max(x, least), most) }

// least is the smallest font size in points, and the smallest width in percent,
// that is not written as zero.
const least = 0.01

// level gives the words of a line its common top and bottom, for readers tell
// lines by them. A word more than twice as high as the middle one keeps its own
// box: a drop capital, or a smear taken for a letter.
func level(cells []cell) {
	heights := make([]float64, len(cells))
	for i, c := range cells {
		heights[i] = c.bottom - c.top
	}
	slices.Sort(heights)
	most := 2 * heights[len(heights)/2]
	top, bottom := math.Inf(1), math.Inf(-1)
	for _, c := range cells {
		if c.bottom-c.top <= most {
			top, bottom = min(top, c.top), max(bottom, c.bottom)
		}
	}
	for i, c := range cells {
		if c.bottom-c.top <= most {
			cells[i].top, cells[i].bottom = top, bottom
		}
	}
}

// straight is how far a word may sink over its length, in parts of its height,
// and still be laid straight: then its box is the one that OCR told. Readers that
// know no leaning lines, poppler among them, begin a new line where one has sunk
// by half its height; so they do it between words and not within one.
const straight = 0.5

// place sets the text matrix to the start of the baseline of c.
func (l *layer) place(c cell, size float64) {
	along, across := (c.left+c.right)/2, (c.top+c.bottom)/2
	x, y := along*l.cos-across*l.sin, along*l.sin+across*l.cos
	sin, cos := l.sin, l.cos
	if (c.right-c.left)*math.Abs(sin) <= straight*size {
		sin, cos = 0, 1
	}
	back, down := (c.left-c.right)/2, size/2+size*descent/1000
	x, y = l.sheet.point(x+back*cos-down*sin, y+back*sin+down*cos)
	ax, ay := l.sheet.vector(cos, sin)
	bx, by := l.sheet.vector(sin, -cos)
	a, b := math.Hypot(ax, ay), math.Hypot(bx, by)
	for _, n := range []float64{ax / a, ay / a, bx / b, by / b} {
		l.out = append(appendNumber(l.out, n, 6), ' ')
	}
	l.out = append(appendNumber(l.out, x, 3), ' ')
	l.out = append(appendNumber(l.out, y, 3), " Tm\n"...)
}

// show writes runes so that they are width pixels wide together.
func (l *layer) show(runes []rune, width, size float64) {
	natural := max(least, l.points(0, size)) * advance / 1000 * float64(len(runes))
	l.out = appendNumber(l.out, max(least, 100*l.points(width, 0)/natural), 3)
	l.out = append(l.out, " Tz <"...)
	const digits = "0123456789ABCDEF"
	for _, r := range runes {
		c := l.font.code(r)
		l.out = append(l.out, digits[c>>12], digits[c>>8&15], digits[c>>4&15], digits[c&15])
	}
	l.out = append(l.out, "> Tj\n"...)
}

// points returns the length in points of a way along and across the lines.
func (l *layer) points(along, across float64) float64 {
	return math.Hypot(l.sheet.vector(along*l.cos-across*l.sin, along*l.sin+across*l.cos))
}
