package pdfa_test

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/pdfa"
	"mailroom/storage/pdfa/verapdf"
)

// fault is one invariant broken on purpose. veraPDF has to see it too, by the
// clause named; where it says nothing the rule is one of this house.
type fault struct {
	change func(t *testing.T, objects []string) // of the objects, by number less one
	clause string
}

// TestEveryRuleIsOne breaks each rule in a file that is whole otherwise: our own
// checker and veraPDF agree on each.
func TestEveryRuleIsOne(t *testing.T) {
	vera := verapdf.Need(t)
	dir := t.TempDir()
	var files []string
	names := slices.Sorted(maps.Keys(faults))
	for i, name := range names {
		t.Run(name, func(t *testing.T) {
			objects := taken(t, attachedFile(t))
			faults[name].change(t, objects)
			file := put(objects)
			err := check(file)
			if !errors.Is(err, storage.ErrBroken) {
				t.Errorf("Check = %v", err)
			}
			t.Log(err)
			path := filepath.Join(dir, fmt.Sprintf("%02d.pdf", i))
			if err := os.WriteFile(path, file, 0o600); err != nil {
				t.Fatal(err)
			}
			files = append(files, path)
		})
	}
	whole := filepath.Join(dir, "whole.pdf")
	file := put(taken(t, attachedFile(t)))
	if err := errors.Join(check(file), os.WriteFile(whole, file, 0o600)); err != nil {
		t.Error(err)
	}
	results, err := vera.Run(t.Context(), "3u", append(files, whole)...)
	if err != nil {
		t.Fatal(err)
	}
	agreed := 0
	for i, r := range results[:len(names)] {
		var clauses []string
		for _, f := range r.Failures {
			clauses = append(clauses, f.Clause)
		}
		want := faults[names[i]].clause
		switch {
		case want != "" && !slices.ContainsFunc(clauses, func(c string) bool { return strings.HasPrefix(c, want) }) && r.Problem == "":
			t.Errorf("%s: veraPDF passes %v, names %v; want %s", names[i], r.Pass, clauses, want)
		case want == "" && !r.Pass:
			t.Errorf("%s: veraPDF names %v, which is taken for a rule of ours alone", names[i], clauses)
		case want != "":
			agreed++
		}
	}
	if last := results[len(names)]; !last.Pass {
		t.Errorf("the file as written: %v %s", last.Failures, last.Problem)
	}
	t.Logf("%d rules broken, in %d of them veraPDF agrees, %d are ours alone", len(names), agreed, len(names)-agreed)
}

// attachedFile is a PDF/A-3u with every kind of object there is.
func attachedFile(t *testing.T) []byte {
	t.Helper()
	m := scene(60, 84)
	leaves := []storage.Leaf{faxLeaf(t, gray(m, 1)), jpegLeaf(t, m), packedLeaf(gray(m, 8), 8)}
	leaves[0].Reading.Words = []ocr.Word{{Text: "Jena", Box: ocr.Box{5, 5, 40, 10}}}
	v := volume(leaves...)
	v.Attachments = []storage.Attachment{
		{Name: "hocr.html", MIME: "text/html", Relationship: "Supplement", Description: "Erkannter Text", Data: []byte("<html></html>")},
		{Name: "note.xml", MIME: "application/xml", Relationship: "Data", Description: "Transfervermerk", Data: []byte("<a/>")},
	}
	v.Marks = []storage.Bookmark{{Title: "Schreiben", Page: 1}, {Title: "Anlage 1", Page: 2}, {Title: "Anlage 2", Page: 3}}
	var b bytes.Buffer
	if _, err := (pdfa.Assembler{}).Assemble(t.Context(), &b, v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var objectHead = regexp.MustCompile(`(?m)^(\d{10}) 00000 n $`)

// taken takes a file of ours apart into its objects.
func taken(t *testing.T, file []byte) []string {
	t.Helper()
	var starts []int
	for _, m := range objectHead.FindAllSubmatch(file, -1) {
		n, _ := strconv.Atoi(string(m[1]))
		starts = append(starts, n)
	}
	starts = append(starts, bytes.LastIndex(file, []byte("\nxref\n"))+1)
	var objects []string
	for i := range starts[:len(starts)-1] {
		objects = append(objects, string(file[starts[i]:starts[i+1]]))
	}
	return objects
}

var streamLength = regexp.MustCompile(`/Length (\d+)`)

// put writes objects as a file of ours, with a right table and digest.
func put(objects []string) []byte {
	var out bytes.Buffer
	out.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	var table strings.Builder
	for _, o := range objects {
		fmt.Fprintf(&table, "%010d 00000 n \n", out.Len())
		out.WriteString(o)
	}
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n%strailer\n", len(objects)+1, table.String())
	zero := strings.Repeat("0", 64)
	fmt.Fprintf(&out, "<</ID [<%s> <%s>] /Info 5 0 R /Root 1 0 R /Size %d>>\nstartxref\n%d\n%%%%EOF\n", zero, zero, len(objects)+1, start)
	return seal(out.Bytes())
}

// swap replaces text in the first object that has it.
func swap(from, to string) func(*testing.T, []string) {
	return func(t *testing.T, objects []string) {
		t.Helper()
		for i, o := range objects {
			if strings.Contains(o, from) {
				objects[i] = strings.Replace(o, from, to, 1)
				return
			}
		}
		t.Fatalf("no object has %q", from)
	}
}

// inside replaces text in the first deflated stream that has it.
func inside(from, to string) func(*testing.T, []string) {
	return func(t *testing.T, objects []string) {
		t.Helper()
		for i, o := range objects {
			head, rest, ok := strings.Cut(o, "\nstream\n")
			data, _, _ := strings.Cut(rest, "\nendstream")
			z, err := zlib.NewReader(strings.NewReader(data))
			if !ok || err != nil {
				continue
			}
			plain, err := io.ReadAll(z)
			if err != nil || !bytes.Contains(plain, []byte(from)) {
				continue
			}
			var b bytes.Buffer
			w := zlib.NewWriter(&b)
			_, _ = w.Write(bytes.Replace(plain, []byte(from), []byte(to), 1))
			w.Close()
			head = streamLength.ReplaceAllString(head, fmt.Sprintf("/Length %d", b.Len()))
			objects[i] = head + "\nstream\n" + b.String() + "\nendstream\nendobj\n"
			return
		}
		t.Fatalf("no stream has %q", from)
	}
}

// packet replaces text in the metadata.
func packet(from, to string) func(*testing.T, []string) {
	return func(t *testing.T, objects []string) {
		t.Helper()
		if !strings.Contains(objects[2], from) {
			t.Fatalf("the metadata has no %q", from)
		}
		o := strings.Replace(objects[2], from, to, 1)
		_, rest, _ := strings.Cut(o, "\nstream\n")
		data, _, _ := strings.Cut(rest, "\nendstream")
		objects[2] = streamLength.ReplaceAllString(o, fmt.Sprintf("/Length %d", len(data)))
	}
}

var faults = map[string]fault{
	"no output intent":                            {swap("/OutputIntents ", "/Outputintents "), "6.2.4.3"},
	"an output intent of another kind":            {swap("/GTS_PDFA1", "/GTS_PDFX"), "6.2.4.3"},
	"no profile in it":                            {swap("/DestOutputProfile ", "/Destoutputprofile "), "6.2.4.3"},
	"a profile for printers' colours":             {inside("mntrRGB ", "mntrCMYK"), "6.2"},
	"a profile of a later version":                {inside("\x04\x20\x00\x00mntr", "\x05\x20\x00\x00mntr"), "6.2"},
	"a profile that is none":                      {inside("acsp", "acsq"), ""},
	"the first part claimed":                      {packet("part>3<", "part>1<"), "6.6.4"},
	"no part claimed":                             {packet("pdfaid:part>3</pdfaid:part", "pdfaid:port>3</pdfaid:port"), "6.6"},
	"the part claimed twice":                      {packet("<pdfaid:part>3</pdfaid:part>", "<pdfaid:part>3</pdfaid:part><pdfaid:part>3</pdfaid:part>"), "6.6"},
	"level b claimed by what carries u":           {packet("conformance>U<", "conformance>X<"), "6.6.4"},
	"metadata with an encoding in its head":       {packet(`c9d"?>`, `c9d" encoding="UTF-8"?>`), "6.6.2.1"},
	"metadata with a length in its head":          {packet(`c9d"?>`, `c9d" bytes="900"?>`), "6.6.2.1"},
	"metadata that are no XML":                    {packet("</rdf:RDF>", "</rdf:RDX>"), "6.6"},
	"a property that is not described":            {packet("<pdfaProperty:name>batch<", "<pdfaProperty:name>bitch<"), "6.6.2.3"},
	"a title that Info says otherwise":            {packet(`default">`, `default">Anderer `), ""},
	"a date that Info says otherwise":             {packet("CreateDate>2026", "CreateDate>2025"), ""},
	"metadata of another kind":                    {swap("/Subtype /XML", "/Subtype /XMP"), "6.6.2"},
	"a script when it is opened":                  {swap("/Type /Catalog", "/OpenAction <</S /JavaScript /JS (1)>> /Type /Catalog"), "6.5.1"},
	"actions of the document":                     {swap("/Type /Catalog", "/AA <<>> /Type /Catalog"), "6.5.2"},
	"a form in XFA":                               {swap("/Type /Catalog", "/AcroForm <</Fields [] /XFA (x)>> /Type /Catalog"), "6.4.2"},
	"rights":                                      {swap("/Type /Catalog", "/Perms <</X 1>> /Type /Catalog"), "6.1.12"},
	"an annotation without a look":                {swap("/Type /Page>>", "/Annots [<</Type /Annot /Subtype /Text /Rect [0 0 9 9]>>] /Type /Page>>"), "6.3"},
	"an image that is to be smoothed":             {swap("/Subtype /Image", "/Interpolate true /Subtype /Image"), "6.2.8"},
	"an image with alternatives":                  {swap("/Subtype /Image", "/Alternates [] /Subtype /Image"), "6.2.8"},
	"an image with a printer's copy":              {swap("/Subtype /Image", "/OPI <<>> /Subtype /Image"), "6.2.8"},
	"an image of five bits":                       {swap("/BitsPerComponent 8", "/BitsPerComponent 5"), "6.2.8"},
	"an image in printers' colours":               {swap("/ColorSpace /DeviceRGB", "/ColorSpace /DeviceCMYK"), "6.2.4.3"},
	"an image coded in LZW":                       {swap("/Filter /CCITTFaxDecode", "/Filter /LZWDecode"), "6.1.7.2"},
	"a JPEG of another width":                     {swap("/Filter /DCTDecode /Height 84", "/Filter /DCTDecode /Height 85"), ""},
	"a fax image of another width":                {swap("/Columns 60", "/Columns 61"), ""},
	"a font without characters":                   {swap("/ToUnicode ", "/Tounicode "), "6.2.11.7.2"},
	"a code without a character":                  {inside("<0002> <", "<0009> <"), "6.2.11.7.2"},
	"a code that is a mark of byte order":         {inside("<0002> <0065>", "<0002> <FEFF>"), "6.2.11.7.2"},
	"a code that is no character":                 {inside("<0002> <0065>", "<0002> <0000>"), "6.2.11.7.2"},
	"a code without a glyph":                      {inside("\x00\x00\x00\x01\x00\x01", "\x00\x00\x00\x00\x00\x01"), ""},
	"a font without its program, which is unseen": {swap("/FontFile2 ", "/Fontfile2 "), ""},
	"widths that are not the program's, unseen":   {swap("/DW 500", "/DW 600"), ""},
	"a composite font of two names":               {swap("/BaseFont /Mailroom /CIDSystemInfo", "/BaseFont /Mailraum /CIDSystemInfo"), ""},
	"a font without its glyphs":                   {swap("/CIDToGIDMap ", "/Cidtogidmap "), "6.2.11.3.2"},
	"an operator that is none":                    {inside("/Im Do", "/Im Dx"), "6.2.2"},
	"a state saved and not restored":              {inside("q\n", "q q\n"), ""},
	"a state saved thirty times":                  {inside("q\n", strings.Repeat("q ", 30)+strings.Repeat("Q ", 29)+"\n"), "6.1.13"},
	"an image that is not there":                  {inside("/Im Do", "/Io Do"), ""},
	"an image that covers half the page":          {inside(" 0 0 cm", " 9 9 cm"), ""},
	"text that is seen":                           {inside("3 Tr", "0 Tr"), ""},
	"a code beyond the font":                      {inside("<0001", "<0077"), "6.2.11"},
	"a page of fourteen thousand five hundred":    {swap("/MediaBox [0 0 43.2 ", "/MediaBox [0 0 14500 "), "6.1.13"},
	"a page of two points":                        {swap("/MediaBox [0 0 43.2 ", "/MediaBox [0 0 2 "), "6.1.13"},
	"a page that is turned by fifty":              {swap("/Type /Page>>", "/Rotate 50 /Type /Page>>"), ""},
	"an attachment without its kind":              {swap("/Subtype /text#2fhtml ", ""), "6.8"},
	"an attachment without its relationship":      {swap("/AFRelationship /Data", "/Afrelationship /Data"), "6.8"},
	"an attachment without a name":                {swap("/UF <68", "/Uf <68"), "6.8"},
	"attachments that the catalog does not name":  {swap("/AF [", "/Af ["), "6.8"},
	"an attachment that readers do not find":      {swap("/Names [<", "/Nomes [<"), ""},
	"an attachment to a PDF/A-2":                  {packet("part>3<", "part>2<"), "6.6.4"},
	"an attachment without a date":                {swap("/ModDate <", "/Moddate <"), ""},
	"an entry of the outline that does something": {swap("/Dest [", "/A <</S /Hide /T (x)>> /Dest ["), "6.5.1"},
	"an entry of the outline that leads nowhere":  {swap("/Dest [", "/Dast ["), ""},
	"an entry of the outline that is passed over": {swap("/Prev ", "/Prov "), ""},
	"an outline that ends too early":              {swap("/Next ", "/Naxt "), ""},
	"a length that is not the stream's":           {swap("/Length ", "/Length 1"), "6.1.7.1"},
}

// Poppler reads the outline of a file as it was written.
func TestReadersFindTheOutline(t *testing.T) {
	path := filepath.Join(t.TempDir(), "3u.pdf")
	if err := os.WriteFile(path, attachedFile(t), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftohtml", "-xml", "-i", "-stdout", path).Output()
	for _, want := range []string{`<item page="1">Schreiben</item>`, `<item page="2">Anlage 1</item>`, `<item page="3">Anlage 2</item>`} {
		if err != nil || !strings.Contains(string(out), want) {
			t.Errorf("no %s in %s, %v", want, out, err)
		}
	}
}

// TestAttachmentsComeBack takes the attachments of a 3u out again with poppler.
func TestAttachmentsComeBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "3u.pdf")
	if err := os.WriteFile(path, attachedFile(t), 0o600); err != nil {
		t.Fatal(err)
	}
	list := tool(t, "pdfdetach", "-list", path)
	if !strings.Contains(list, "2 embedded files") || !strings.Contains(list, "note.xml") || !strings.Contains(list, "hocr.html") {
		t.Error(list)
	}
}

// TestSizesOfPages counts what a page takes beside the scanner's own bytes.
func TestSizesOfPages(t *testing.T) {
	const most = 8 << 10
	m := scene(1240, 1754)
	for name, leaf := range map[string]storage.Leaf{"G4": faxLeaf(t, gray(m, 1)), "JPEG": jpegLeaf(t, m), "JPEG in gray": jpegLeaf(t, gray(m, 8))} {
		t.Run(name, func(t *testing.T) {
			leaf.Reading = readingOf(manyWords(450), 1240, 1754, 0)
			sizes := map[int]int{}
			for _, pages := range []int{1, 21} {
				var b bytes.Buffer
				if _, err := (pdfa.Assembler{}).Assemble(t.Context(), &b, volume(slices.Repeat([]storage.Leaf{leaf}, pages)...)); err != nil {
					t.Fatal(err)
				}
				sizes[pages] = b.Len()
			}
			page := (sizes[21]-sizes[1])/20 - int(leaf.Page.Bytes)
			first := sizes[1] - int(leaf.Page.Bytes)
			t.Logf("%d words: a page takes %d bytes beside its %d, the first %d", len(leaf.Reading.Words), page, leaf.Page.Bytes, first)
			if page > most || leaf.Page.Encoding != scanstation.PNG && first > 2*most {
				t.Errorf("a page takes %d bytes more than the scanner's, want at most %d", page, most)
			}
		})
	}
}

// manyWords are n words in lines of ten, all different, as a full page has them.
func manyWords(n int) (out []printed) {
	for i := range n {
		text := strings.Repeat(string(rune('a'+i%26)), 2+i%9) + string(rune('a'+i/26%26))
		out = append(out, printed{text, float64(60 + i%10*112), float64(60 + i/10*36), 100, 24, i / 10})
	}
	return out
}
