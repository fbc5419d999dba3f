package scanstation

import (
	"fmt"
	"strconv"
)

// Index is what an index file beside a scan says about it (Indexdatei of the
// capture software).
type Index struct {
	Batch      string   `json:"batch,omitempty"`
	Operator   string   `json:"operator,omitempty"`
	ReceivedOn Date     `json:"received_on,omitempty"`
	Images     int      `json:"images,omitempty"`    // 0: not said
	Documents  int      `json:"documents,omitempty"` // 0: not said
	Barcodes   []string `json:"barcodes,omitempty"`
	Imprint    Imprint  `json:"imprint,omitempty"` // on the first sheet
}

// IndexMapping says where an index file keeps its values. Fields maps the
// names batch, operator, received_on, images, documents, barcodes and imprint to
// the column headings of a CSV file or to the slash-separated element paths of an
// XML file.
type IndexMapping struct {
	Format string            `yaml:"format"` // csv or xml
	Suffix string            `yaml:"suffix"` // replaces the scan's extension, for example ".xml"
	Comma  string            `yaml:"comma"`  // of a CSV file; empty: semicolon
	Fields map[string]string `yaml:"fields"`
}

// Validate returns an error naming the key that is wrong.
func (m IndexMapping) Validate() error {
	if m.Format != "csv" && m.Format != "xml" {
		return fmt.Errorf("format: %q is neither csv nor xml", m.Format)
	}
	if m.Suffix == "" || m.Suffix[0] != '.' {
		return fmt.Errorf("suffix: %q does not start with a dot", m.Suffix)
	}
	if len(m.Comma) > 1 {
		return fmt.Errorf("comma: %q is not one character", m.Comma)
	}
	for name := range m.Fields {
		switch name {
		case "batch", "operator", "received_on", "images", "documents", "barcodes", "imprint":
		default:
			return fmt.Errorf("fields: %q is unknown", name)
		}
	}
	return nil
}

// Set stores the text of one field; a second barcode is added to the first.
func (x *Index) Set(field, text string) (err error) {
	if text == "" {
		return nil
	}
	switch field {
	case "batch":
		x.Batch = text
	case "operator":
		x.Operator = text
	case "received_on":
		x.ReceivedOn, err = ParseDate(text)
	case "images":
		x.Images, err = strconv.Atoi(text)
	case "documents":
		x.Documents, err = strconv.Atoi(text)
	case "imprint":
		x.Imprint, err = ParseImprint(text)
	case "barcodes":
		x.Barcodes = append(x.Barcodes, text)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", field, err)
	}
	return nil
}
