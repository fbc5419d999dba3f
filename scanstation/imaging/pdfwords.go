package imaging

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"mailroom/scanstation"
)

// The bounds of what a page is believed to carry as text.
const (
	maxText  = 16 << 20 // bytes of poppler's report on one page
	maxWords = 20_000   // a page of a telephone book has 5,000
)

// words returns the text that a page carries, with its places in the picture of
// the page at dpi. It is a help only: where it cannot be had there is none.
func (k *keeper) words(f file, page, dpi, width, height int) ([]scanstation.Word, error) {
	n := fmt.Sprint(page)
	out, err := k.grandchild(f, maxText, "pdftotext", "-f", n, "-l", n, "-r", fmt.Sprint(dpi), "-enc", "UTF-8", "-bbox-layout", "-cropbox", "-", "-")
	var refusal *scanstation.Refusal
	if errors.As(err, &refusal) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return parseWords(out, width, height), nil
}

// parseWords reads poppler's report, of which the words and the lines count. What
// lies outside of the picture is no text of it.
func parseWords(report []byte, width, height int) (words []scanstation.Word) {
	d := xml.NewDecoder(bytes.NewReader(report))
	d.Strict = false // a page may carry characters that XML has no place for
	line := -1
	for len(words) < maxWords {
		token, err := d.Token()
		if err != nil {
			return words
		}
		e, ok := token.(xml.StartElement)
		switch {
		case ok && e.Name.Local == "line":
			line++
		case ok && e.Name.Local == "word":
			var text string
			if d.DecodeElement(&text, &e) != nil {
				return words
			}
			box, on := boxOf(e.Attr, width, height)
			if text = strings.TrimSpace(text); on && text != "" {
				words = append(words, scanstation.Word{Text: text, Box: box, Line: max(line, 0)})
			}
		}
	}
	return nil // nobody reads so much
}

// boxOf reads the place of a word; on is false where it is not on the picture.
func boxOf(attrs []xml.Attr, width, height int) (box [4]int, on bool) {
	at := map[string]float64{}
	for _, a := range attrs {
		v, err := strconv.ParseFloat(a.Value, 64)
		if err != nil || math.IsNaN(v) || math.Abs(v) > 1e6 {
			return box, false
		}
		at[a.Name.Local] = v
	}
	x0, y0 := int(math.Floor(at["xMin"])), int(math.Floor(at["yMin"]))
	x1, y1 := int(math.Ceil(at["xMax"])), int(math.Ceil(at["yMax"]))
	x, y := (x0+x1)/2, (y0+y1)/2
	if x < 0 || y < 0 || x >= width || y >= height {
		return box, false
	}
	x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, width), min(y1, height)
	return [4]int{x0, y0, x1 - x0, y1 - y0}, x1 > x0 && y1 > y0
}
