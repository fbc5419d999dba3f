package main

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"strings"
)

// oddPDF writes PDFs by hand, object by object, as programs of all kinds do that
// send them. Object 1 is the catalog, 2 the page tree.
type oddPDF struct {
	objects [][]byte
	kids    []int
	catalog string // further entries of the catalog
	trailer string // further entries of the trailer
	version string
	box     string // of the pages that follow
}

func newOdd() *oddPDF {
	return &oddPDF{objects: make([][]byte, 2), version: "1.7", box: "0 0 297.6 419.52"} // A6, which is drawn in a quarter of the time
}

func (w *oddPDF) add(format string, args ...any) int {
	w.objects = append(w.objects, fmt.Appendf(nil, format, args...))
	return len(w.objects)
}

func (w *oddPDF) stream(dict string, data []byte) int {
	n := w.add("<<%s/Length %d>>stream\n", dict, len(data))
	w.objects[n-1] = append(append(w.objects[n-1], data...), "\nendstream"...)
	return n
}

// packed adds a stream that is deflated.
func (w *oddPDF) packed(dict string, data []byte) int {
	return w.stream(dict+"/Filter/FlateDecode", zipped(data))
}

func zipped(data []byte) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write(data)
	_ = z.Close()
	return b.Bytes()
}

// page adds a page with content, resources and further entries.
func (w *oddPDF) page(content, resources, more string) int {
	c := w.stream("", []byte(content))
	n := w.add("<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents %d 0 R/Resources<<%s>>%s>>", w.box, c, resources, more)
	w.kids = append(w.kids, n)
	return n
}

const helvetica = "/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>>>"

// letter adds a page with a letter on it.
func (w *oddPDF) letter(resources, more string) int {
	return w.page(letterText("/F1"), resources, more)
}

var letterLines = []string{"Stadt Musterstadt", "Sehr geehrte Damen und Herren,", "hiermit beantrage ich Wohngeld ab dem Monat Januar.",
	"Unterlagen zum Einkommen liegen bei.", "Mit freundlichen Grussen", "Erika Beispiel"}

// letterText are the operators of a short letter in a font.
func letterText(font string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "BT %s 9 Tf 12 TL 20 390 Td\n", font)
	for _, line := range letterLines {
		fmt.Fprintf(&b, "(%s) Tj T*\n", line)
	}
	return b.String() + "ET"
}

func (w *oddPDF) bytes() []byte {
	w.objects[0] = fmt.Appendf(nil, "<</Type/Catalog/Pages 2 0 R%s>>", w.catalog)
	if w.objects[1] == nil {
		w.objects[1] = fmt.Appendf(nil, "<</Type/Pages/Count %d/Kids[%s]>>", len(w.kids), refs(w.kids))
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "%%PDF-%s\n%%\xE2\xE3\xCF\xD3\n", w.version)
	offsets := make([]int, len(w.objects))
	for i, o := range w.objects {
		offsets[i] = out.Len()
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		fmt.Fprintf(&out, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&out, "trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, w.trailer, start)
	return out.Bytes()
}

func refs(numbers []int) string {
	var b strings.Builder
	for _, n := range numbers {
		fmt.Fprintf(&b, "%d 0 R ", n)
	}
	return b.String()
}

// compressed writes the file with its objects in object streams and a
// cross-reference stream.
func (w *oddPDF) compressed() []byte {
	w.bytes() // fills the catalog and the page tree
	var out bytes.Buffer
	fmt.Fprintf(&out, "%%PDF-1.5\n%%\xE2\xE3\xCF\xD3\n")
	rows := make([][3]int, len(w.objects)+3)
	rows[0] = [3]int{0, 0, 255}
	var head, body bytes.Buffer
	inside, holder := 0, len(w.objects)+1
	for i, o := range w.objects {
		if bytes.HasSuffix(o, []byte("endstream")) {
			rows[i+1] = [3]int{1, out.Len(), 0}
			fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, o)
			continue
		}
		fmt.Fprintf(&head, "%d %d ", i+1, body.Len())
		body.Write(append(o, '\n'))
		rows[i+1] = [3]int{2, holder, inside}
		inside++
	}
	packed := zipped(append(head.Bytes(), body.Bytes()...))
	rows[holder] = [3]int{1, out.Len(), 0}
	fmt.Fprintf(&out, "%d 0 obj\n<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>stream\n%s\nendstream\nendobj\n", holder, inside, head.Len(), len(packed), packed)
	start := out.Len()
	rows[holder+1] = [3]int{1, start, 0}
	var table []byte
	for _, r := range rows {
		table = append(table, byte(r[0]), byte(r[1]>>16), byte(r[1]>>8), byte(r[1]), byte(r[2]>>8), byte(r[2]))
	}
	packed = zipped(table)
	fmt.Fprintf(&out, "%d 0 obj\n<</Type/XRef/Size %d/W[1 3 2]/Root 1 0 R%s/Filter/FlateDecode/Length %d>>stream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n",
		holder+1, len(rows), w.trailer, len(packed), packed, start)
	return out.Bytes()
}
