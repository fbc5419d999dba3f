package pdfa

import (
	"bytes"
	"encoding/xml"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// The names that a packet of ours uses.
const (
	spaceID       = "http://www.aiim.org/pdfa/ns/id/"
	spaceProperty = "http://www.aiim.org/pdfa/ns/property#"
	spacePDF      = "http://ns.adobe.com/pdf/1.3/"
	spaceXMP      = "http://ns.adobe.com/xap/1.0/"
	spaceDC       = "http://purl.org/dc/elements/1.1/"
)

// metadata looks at the metadata: a packet in UTF-8 that says so in no other way,
// claims the level once, describes every property that is not a standard one, and
// says the same as the Info dictionary.
func (c *checker) metadata() error {
	head, _, _ := bytes.Cut(c.packet, []byte("?>"))
	if !bytes.HasPrefix(head, []byte("<?xpacket begin=")) || bytes.Contains(head, []byte("bytes=")) || bytes.Contains(head, []byte("encoding=")) ||
		!bytes.HasSuffix(bytes.TrimSpace(c.packet), []byte(`<?xpacket end="r"?>`)) {
		return broken("metadata packet has another head or end")
	}
	p := properties{values: map[xml.Name][]string{}}
	if err := p.read(c.packet); err != nil {
		return err
	}
	for _, key := range []string{"part", "conformance"} {
		if n := len(p.values[xml.Name{Space: spaceID, Local: key}]); n != 1 {
			return broken("metadata says pdfaid:%s %d times", key, n)
		}
	}
	var own []string
	for key := range p.values {
		if key.Space == namespace {
			own = append(own, key.Local)
		}
	}
	described := slices.Clone(p.values[xml.Name{Space: spaceProperty, Local: "name"}])
	slices.Sort(own)
	slices.Sort(described)
	if len(p.values) > 0 && !slices.Equal(own, described) {
		return broken("metadata has the properties %v and describes %v", own, described)
	}
	return c.info(p)
}

// info compares the Info dictionary with the metadata.
func (c *checker) info(p properties) error {
	info, _ := c.objects[infoObject-1].(types.Dict)
	first := func(space, local string) string {
		if v := p.values[xml.Name{Space: space, Local: local}]; len(v) > 0 {
			return v[0]
		}
		return ""
	}
	want := facts{Title: p.title, Producer: first(spacePDF, "Producer")}.info()
	date := first(spaceXMP, "CreateDate")
	for _, key := range slices.Sorted(maps.Keys(info)) {
		switch key {
		case "Title", "Producer":
			if textOf(info[key]) != textOf(want[key]) {
				return broken("Info and metadata do not agree on the %s", key)
			}
		case "CreationDate", "ModDate":
			if digits(textOf(info[key])) != digits(date) || date != first(spaceXMP, "ModifyDate") {
				return broken("Info and metadata do not agree on the date")
			}
		default:
			return broken("Info says %s, which metadata do not", key)
		}
	}
	return nil
}

// textOf returns the bytes of a string.
func textOf(o types.Object) string {
	h, ok := o.(types.HexLiteral)
	if !ok {
		return ""
	}
	b, err := h.Bytes()
	if err != nil {
		return ""
	}
	return string(b)
}

// digits are those of a date up to its seconds.
func digits(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
	return s[:min(len(s), 14)]
}

// properties are what a packet says.
type properties struct {
	values map[xml.Name][]string
	title  string
}

func (p *properties) read(packet []byte) error {
	d := xml.NewDecoder(bytes.NewReader(packet))
	var path []xml.Name
	text := ""
	for {
		token, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return broken("metadata: %v", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			path, text = append(path, token.Name), ""
		case xml.CharData:
			text += string(token)
		case xml.EndElement:
			p.values[token.Name] = append(p.values[token.Name], text)
			if slices.Contains(path, xml.Name{Space: spaceDC, Local: "title"}) && token.Name.Local == "li" {
				p.title = text
			}
			path, text = path[:len(path)-1], ""
		}
	}
}
