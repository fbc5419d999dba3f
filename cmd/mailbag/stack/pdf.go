package stack

import (
	"bufio"
	"fmt"
	"os"
	"strings"
)

// pdf writes objects one after another and remembers where they start; object
// 1 is the catalogue and 2 the list of pages, both written at the end.
type pdf struct {
	file  *os.File
	out   *bufio.Writer
	at    int
	start map[int]int
	next  int
	pages []int
}

func createPDF(path string) (*pdf, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	p := &pdf{file: f, out: bufio.NewWriterSize(f, 1<<16), start: map[int]int{}, next: 3}
	p.write("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
	return p, nil
}

// write keeps count; the first error stays in the writer until close.
func (p *pdf) write(s string) {
	n, _ := p.out.WriteString(s)
	p.at += n
}

// object writes an object and returns its number.
func (p *pdf) object(body string) int {
	n := p.next
	p.next++
	p.put(n, body)
	return n
}

func (p *pdf) put(n int, body string) {
	p.start[n] = p.at
	p.write(fmt.Sprintf("%d 0 obj\n%s\nendobj\n", n, body))
}

// stream writes a stream object and returns its number.
func (p *pdf) stream(dict string, data []byte) int {
	return p.object(fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dict, len(data), data))
}

// page writes a page in points and its content.
func (p *pdf) page(w, h float64, resources string, content []byte, filter string) {
	c := p.stream(filter, content)
	p.pages = append(p.pages, p.object(fmt.Sprintf(
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %.2f %.2f] /Resources << %s >> /Contents %d 0 R >>", w, h, resources, c)))
}

// image writes a page that is one image; how is the rest of the image's
// dictionary.
func (p *pdf) image(w, h, dpi int, data []byte, how string) error {
	img := p.stream(fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d %s", w, h, how), data)
	pw, ph := float64(w)*72/float64(dpi), float64(h)*72/float64(dpi)
	content := fmt.Sprintf("q %.2f 0 0 %.2f 0 0 cm /Im0 Do Q", pw, ph)
	p.page(pw, ph, fmt.Sprintf("/XObject << /Im0 %d 0 R >>", img), []byte(content), "")
	return nil
}

// close writes what closes a PDF: catalogue, pages, table and trailer.
func (p *pdf) close() error {
	kids := make([]string, len(p.pages))
	for i, n := range p.pages {
		kids[i] = fmt.Sprintf("%d 0 R", n)
	}
	p.put(2, fmt.Sprintf("<< /Type /Pages /Count %d /Kids [%s] >>", len(kids), strings.Join(kids, " ")))
	p.put(1, "<< /Type /Catalog /Pages 2 0 R >>")
	at := p.at
	p.write(fmt.Sprintf("xref\n0 %d\n0000000000 65535 f \n", p.next))
	for n := 1; n < p.next; n++ {
		p.write(fmt.Sprintf("%010d 00000 n \n", p.start[n]))
	}
	p.write(fmt.Sprintf("trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", p.next, at))
	if err := p.out.Flush(); err != nil {
		p.file.Close()
		return err
	}
	return p.file.Close()
}
