package storage

import (
	"bytes"
	"fmt"
	"html"
	"math"

	"mailroom/ocr"
)

// hocr returns the words of a document with their places as hOCR, which other
// programs read: a page of it for each page, in pixels of the upright image.
func hocr(id DocumentID, readings []ocr.Reading) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\"><head><title>%s</title><meta charset=\"utf-8\"/>"+
		"<meta name=\"ocr-capabilities\" content=\"ocr_page ocr_line ocrx_word\"/></head><body>\n", html.EscapeString(string(id)))
	for i, r := range readings {
		fmt.Fprintf(&b, "<div class=\"ocr_page\" id=\"page_%d\" title=\"bbox 0 0 %d %d; ppageno %d; scan_res %d %d\">\n", i+1, r.Width, r.Height, i, r.DPI, r.DPI)
		for _, line := range r.Lines() {
			fmt.Fprintf(&b, "<span class=\"ocr_line\" title=\"%s\">", bbox(line.Box))
			for _, w := range line.Words {
				fmt.Fprintf(&b, "<span class=\"ocrx_word\" title=\"%s; x_wconf %d\">%s</span> ", bbox(w.Box), int(math.Round(100*w.Confidence)), html.EscapeString(w.Text))
			}
			b.WriteString("</span>\n")
		}
		b.WriteString("</div>\n")
	}
	b.WriteString("</body></html>\n")
	return b.Bytes()
}

func bbox(b ocr.Box) string { return fmt.Sprintf("bbox %d %d %d %d", b[0], b[1], b[0]+b[2], b[1]+b[3]) }

// attachments are the words and the transfer note of a document as its PDF/A-3u
// carries them. The note within is that of the moment, without the digest of the
// file it stands in; the one beside the file names that, and goes on.
func (a *Archive) attachments(from stacks, doc Document, images []Image, readings []ocr.Reading) ([]Attachment, error) {
	if !a.Attach {
		return nil, nil
	}
	n := a.note(from, doc, images, readings)
	n.Document.Digest = ""
	text, err := n.Encode()
	if err != nil {
		return nil, err
	}
	return []Attachment{
		{Name: "transfervermerk.xml", MIME: "application/xml", Relationship: "Data", Description: "Transfervermerk bei der Ablage", Data: text},
		{Name: "woerter.hocr.html", MIME: "text/html", Relationship: "Supplement", Description: "Erkannter Text mit seinen Orten (hOCR)", Data: hocr(doc.ID, readings)},
	}, nil
}
