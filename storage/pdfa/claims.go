package pdfa

import (
	"bytes"
	"encoding/xml"
	"io"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// claims looks at what the document says about itself.
func (c *checker) claims() error {
	catalog, _ := c.objects[catalogObject-1].(types.Dict)
	if catalog["Type"] != types.Name("Catalog") {
		return broken("no catalog")
	}
	if r, ok := catalog["Metadata"].(types.IndirectRef); !ok || r.ObjectNumber != metadataObject || c.dict(catalog, "Metadata")["Type"] != types.Name("Metadata") || c.dict(catalog, "Metadata")["Subtype"] != types.Name("XML") {
		return broken("no metadata")
	}
	intents, _ := c.resolve(catalog["OutputIntents"]).(types.Array)
	if len(intents) != 1 {
		return broken("%d output intents, not 1", len(intents))
	}
	intent, _ := c.resolve(intents[0]).(types.Dict)
	if intent["S"] != types.Name("GTS_PDFA1") || c.dict(intent, "DestOutputProfile")["N"] != types.Integer(3) {
		return broken("output intent without a colour profile")
	}
	if err := c.pages(c.dict(catalog, "Pages")); err != nil {
		return err
	}
	return nil
}

// pages compares the page tree with the pages that are there.
func (c *checker) pages(tree types.Dict) error {
	kids, _ := tree["Kids"].(types.Array)
	count, _ := tree["Count"].(types.Integer)
	found := 0
	for _, o := range c.objects {
		if d, ok := o.(types.Dict); ok && d["Type"] == types.Name("Page") {
			found++
		}
	}
	if found == 0 || len(kids) != found || int(count) != found {
		return broken("%d pages, %d in the page tree, which says %d", found, len(kids), count)
	}
	seen := map[types.IndirectRef]bool{}
	for i := range kids {
		kid, _ := kids[i].(types.IndirectRef)
		page, _ := c.resolve(kid).(types.Dict)
		image := c.dict(c.dict(c.dict(page, "Resources"), "XObject"), imageKey)["Subtype"] == types.Name("Image") || c.origin == lifted
		_, content := c.resolve(page["Contents"]).(types.StreamDict)
		if page["Type"] != types.Name("Page") || seen[kid] || !content || !image {
			return broken("page %d is no page with an image", i+1)
		}
		seen[kid] = true
	}
	return nil
}

// conforms says whether the XMP packet claims PDF/A-2u or 3u, in elements as
// packet writes them.
func (c *checker) conforms() error {
	const space = spaceID
	said := map[xml.Name]string{}
	d := xml.NewDecoder(bytes.NewReader(c.packet))
	var in xml.Name
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return broken("metadata: %v", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			in = token.Name
		case xml.EndElement:
			in = xml.Name{}
		case xml.CharData:
			if in.Space == space || in.Space == namespace {
				said[in] += string(token)
			}
		}
	}
	part, level := said[xml.Name{Space: space, Local: "part"}], said[xml.Name{Space: space, Local: "conformance"}]
	if part != "2" && part != "3" || level != "U" {
		return broken("metadata claims PDF/A-%s%s, not 2U or 3U", part, level)
	}
	c.level = part + "u"
	c.origin = said[xml.Name{Space: namespace, Local: "origin"}]
	return nil
}
