package tesseract

import (
	"fmt"
	"math"
	"strings"

	"github.com/otiai10/gosseract/v2"

	"mailroom/ocr"
)

// wordsOf takes the words that have text, and numbers the lines that have words,
// from 0. A box outside the page is that of another image.
func wordsOf(boxes []gosseract.BoundingBox, width, height int) (words []ocr.Word, err error) {
	line, last := -1, [3]int{}
	for _, b := range boxes {
		if b.Box.Min.X < 0 || b.Box.Min.Y < 0 || b.Box.Max.X > width || b.Box.Max.Y > height {
			return nil, fmt.Errorf("a word at %v of %d x %d pixels: %w", b.Box, width, height, ErrNotDecoded)
		}
		text := strings.TrimSpace(strings.ToValidUTF8(b.Word, "\uFFFD"))
		if text == "" {
			continue
		}
		if at := [3]int{b.BlockNum, b.ParNum, b.LineNum}; at != last {
			line, last = line+1, at
		}
		words = append(words, ocr.Word{
			Text: text, Box: ocr.Box{b.Box.Min.X, b.Box.Min.Y, b.Box.Dx(), b.Box.Dy()}, Line: line,
			Confidence: min(max(math.Trunc(b.Confidence)/100, 0), 1), // in whole per cent, as Tesseract prints it
		})
	}
	return words, nil
}
