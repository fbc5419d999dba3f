package tesseract

import (
	"html"
	"strconv"
	"strings"

	"mailroom/ocr"
)

// parse takes the size of the page and its words from Tesseract's hOCR. It
// knows the one form that Tesseract writes, in which every element opens with
// its class; a general parser would cost ten times as much.
func parse(hocr string) (width, height int, words []ocr.Word) {
	line, pending := -1, false
	for {
		i := strings.Index(hocr, " class='ocr")
		if i < 0 {
			return width, height, words
		}
		hocr = hocr[i+len(" class='"):]
		class, rest, _ := strings.Cut(hocr, "'")
		tag, rest, _ := strings.Cut(rest, ">")
		switch class {
		case "ocr_page":
			box, _ := bbox(tag)
			width, height = box[2], box[3]
		case "ocr_line", "ocr_header", "ocr_caption", "ocr_textfloat":
			pending = true
		case "ocrx_word":
			content, _, _ := strings.Cut(rest, "</span>")
			text := plain(content)
			box, ok := bbox(tag)
			if text == "" || !ok {
				break
			}
			if pending || line < 0 {
				line, pending = line+1, false
			}
			words = append(words, ocr.Word{Text: text, Box: box, Confidence: confidence(tag), Line: line})
		}
		hocr = rest
	}
}

// bbox reads "bbox x0 y0 x1 y1" out of a title. The title of the page starts
// with a file name, so the last one counts.
func bbox(tag string) (ocr.Box, bool) {
	i := strings.LastIndex(tag, "bbox ")
	if i < 0 {
		return ocr.Box{}, false
	}
	var edges [4]int
	rest := tag[i+len("bbox "):]
	for k := range edges {
		n := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
		if n <= 0 {
			return ocr.Box{}, false
		}
		v, err := strconv.Atoi(rest[:n])
		if err != nil {
			return ocr.Box{}, false
		}
		edges[k], rest = v, rest[n:]
		if k < 3 {
			rest = strings.TrimPrefix(rest, " ")
		}
	}
	if edges[2] < edges[0] || edges[3] < edges[1] {
		return ocr.Box{}, false
	}
	return ocr.Box{edges[0], edges[1], edges[2] - edges[0], edges[3] - edges[1]}, true
}

// confidence reads "x_wconf 96" as 0.96.
func confidence(tag string) float64 {
	_, rest, _ := strings.Cut(tag, "x_wconf ")
	n := 0
	for n < len(rest) && (rest[n] >= '0' && rest[n] <= '9' || rest[n] == '.') {
		n++
	}
	c, err := strconv.ParseFloat(rest[:n], 64)
	if err != nil {
		return 0
	}
	return min(max(c/100, 0), 1)
}

// plain returns the text of a word without the marks for bold and italics.
func plain(content string) string {
	if strings.Contains(content, "<") {
		var b strings.Builder
		for {
			before, after, found := strings.Cut(content, "<")
			b.WriteString(before)
			if !found {
				break
			}
			_, content, _ = strings.Cut(after, ">")
		}
		content = b.String()
	}
	return strings.TrimSpace(html.UnescapeString(strings.ToValidUTF8(content, "\uFFFD")))
}
