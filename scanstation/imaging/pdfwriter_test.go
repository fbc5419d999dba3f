package imaging_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"testing"
)

// pdfWriter writes small PDFs object by object, as scanners do.
type pdfWriter struct {
	objects [][]byte
	kids    []int
}

// newPDF keeps object 1 for the catalog and 2 for the page tree.
func newPDF() *pdfWriter { return &pdfWriter{objects: make([][]byte, 2)} }

func (w *pdfWriter) add(format string, args ...any) int {
	w.objects = append(w.objects, fmt.Appendf(nil, format, args...))
	return len(w.objects)
}

func (w *pdfWriter) stream(dict string, data []byte) int {
	n := w.add("<<%s/Length %d>>stream\n", dict, len(data))
	w.objects[n-1] = append(append(w.objects[n-1], data...), "\nendstream"...)
	return n
}

// page adds a page of A4 with content, resources and further entries.
func (w *pdfWriter) page(content, resources, more string) {
	c := w.stream("", []byte(content))
	w.kids = append(w.kids, w.add("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595.2 841.92]/Contents %d 0 R/Resources<<%s>>%s>>", c, resources, more))
}

// scan adds a page that shows one image all over.
func (w *pdfWriter) scan(dict string, data []byte) {
	n := w.stream("/Type/XObject/Subtype/Image"+dict, data)
	w.page("q 595.2 0 0 841.92 0 0 cm /Im0 Do Q", fmt.Sprintf("/XObject<</Im0 %d 0 R>>", n), "")
}

func (w *pdfWriter) bytes() []byte {
	w.objects[0] = []byte("<</Type/Catalog/Pages 2 0 R>>")
	var kids bytes.Buffer
	for _, k := range w.kids {
		fmt.Fprintf(&kids, "%d 0 R ", k)
	}
	w.objects[1] = fmt.Appendf(nil, "<</Type/Pages/Count %d/Kids[%s]>>", len(w.kids), kids.String())
	var out bytes.Buffer
	out.WriteString("%PDF-1.4\n%\xE2\xE3\xCF\xD3\n")
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
	fmt.Fprintf(&out, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, start)
	return out.Bytes()
}

func deflated(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zlib.NewWriter(&out)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	z.Close()
	return out.Bytes()
}
