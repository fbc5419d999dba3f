package pdfa

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"text/template"
	"time"
	"unicode"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"mailroom/storage"
)

// namespace is that of the properties only mailroom knows: document, batch, and
// the positions of the images in the batch, counted from 1.
const namespace = "urn:mailroom:1.0"

// lifted is the origin of pages that were taken over from a PDF that came in.
const lifted = "lifted"

// facts are what both the XMP packet and the Info dictionary say.
type facts struct {
	Title, Producer, Language string
	Document, Batch, Images   string
	Created                   time.Time
	Origin                    string // lifted, or empty: pictures of the pages
	Attachments               []storage.Attachment
	Marks                     []storage.Bookmark
}

// factsOf collects what is said of v and of the images at these positions. A volume without a title is called by its
// document id, for a window has to show something.
func factsOf(v storage.Volume, images []int) facts {
	positions := make([]int, len(images))
	for i, image := range images {
		positions[i] = image + 1
	}
	f := facts{
		Title:    printable(v.Title),
		Producer: printable(v.Producer),
		Language: printable(v.Language),
		Document: printable(string(v.Document)),
		Batch:    printable(string(v.Batch)),
		Images:   ranges(positions),
		Created:  v.Created.UTC(),

		Attachments: v.Attachments, Marks: v.Marks,
	}
	if f.Title == "" {
		f.Title = f.Document
	}
	return f
}

// printable makes s fit for both XML and a PDF string: one line of UTF-8
// without control characters.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), r == 0xfeff, r&0xfffe == 0xfffe:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.TrimSpace(s)
}

// ranges writes numbers as "5-9, 12".
func ranges(numbers []int) string {
	var parts []string
	for i := 0; i < len(numbers); {
		j := i + 1
		for j < len(numbers) && numbers[j] == numbers[j-1]+1 {
			j++
		}
		part := fmt.Sprint(numbers[i])
		if j > i+1 {
			part = fmt.Sprintf("%d-%d", numbers[i], numbers[j-1])
		}
		parts = append(parts, part)
		i = j
	}
	return strings.Join(parts, ", ")
}

// info is the Info dictionary.
func (f facts) info() types.Dict {
	date := literal([]byte(f.Created.Format("D:20060102150405") + "+00'00'"))
	d := types.Dict{"Title": text(f.Title), "CreationDate": date, "ModDate": date}
	if f.Producer != "" {
		d["Producer"] = text(f.Producer)
	}
	return d
}

// packet is the XMP packet. It is not padded: nobody edits it in place.
func (f facts) packet() ([]byte, error) {
	var b bytes.Buffer
	if err := xmp.Execute(&b, f); err != nil {
		return nil, fmt.Errorf("write xmp: %w", err)
	}
	return b.Bytes(), nil
}

// escape escapes s for XML text.
func escape(s string) (string, error) {
	var b strings.Builder
	err := xml.EscapeText(&b, []byte(s))
	return b.String(), err
}

// property is what a template shows of one extension property.
type property struct{ Name, Value, Description string }

// Properties lists the properties of the extension schema.
func (f facts) Properties() []property {
	list := []property{
		{"document", f.Document, "Identifier of the document"},
		{"batch", f.Batch, "Identifier of the scanned stack the document was cut from"},
		{"images", f.Images, "Positions of the pages among the images of the stack, counted from 1"},
	}
	if f.Origin != "" {
		list = append(list, property{"origin", f.Origin, "How the pages were made: lifted from the file that came in"})
	}
	return list
}

// Date is the time of creation as XMP writes it.
func (f facts) Date() string { return f.Created.Format("2006-01-02T15:04:05+00:00") }

// Part is that of ISO 19005 which the file follows: only the third lets it carry
// files that are no PDF/A.
func (f facts) Part() int {
	if len(f.Attachments) > 0 {
		return 3
	}
	return 2
}

// Namespace is that of the extension schema.
func (f facts) Namespace() string { return namespace }

var xmp = template.Must(template.New("xmp").Funcs(template.FuncMap{"x": escape}).Parse(
	`<?xpacket begin="` + "\ufeff" + `" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>{{.Part}}</pdfaid:part>
<pdfaid:conformance>U</pdfaid:conformance>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{{x .Title}}</rdf:li></rdf:Alt></dc:title>
{{- with .Language}}
<dc:language><rdf:Bag><rdf:li>{{x .}}</rdf:li></rdf:Bag></dc:language>{{end}}
<dc:format>application/pdf</dc:format>
<xmp:CreateDate>{{.Date}}</xmp:CreateDate>
<xmp:ModifyDate>{{.Date}}</xmp:ModifyDate>
{{- with .Producer}}
<pdf:Producer>{{x .}}</pdf:Producer>{{end}}
</rdf:Description>
<rdf:Description rdf:about="" xmlns:mailroom="{{.Namespace}}">{{range .Properties}}
<mailroom:{{.Name}}>{{x .Value}}</mailroom:{{.Name}}>{{end}}
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>mailroom</pdfaSchema:schema>
<pdfaSchema:namespaceURI>{{.Namespace}}</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>mailroom</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq>{{range .Properties}}
<rdf:li rdf:parseType="Resource">
<pdfaProperty:name>{{.Name}}</pdfaProperty:name>
<pdfaProperty:valueType>Text</pdfaProperty:valueType>
<pdfaProperty:category>external</pdfaProperty:category>
<pdfaProperty:description>{{.Description}}</pdfaProperty:description>
</rdf:li>{{end}}
</rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>
`))
