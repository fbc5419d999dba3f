package dropfolder

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"mailroom/scanstation"
)

const (
	indexBytes = 1 << 20 // longest index file
	indexValue = 500     // longest value, in bytes
	indexDepth = 64      // deepest element of an XML file
)

// applyIndex reads the claim's index file into the batch. What the file says
// about operator and receipt date stands above what the desk says.
func (s *station) applyIndex(c *claim, b *scanstation.Batch) error {
	if c.Index == nil || s.st.Index == nil {
		return nil
	}
	name := visible(string(c.Index.Name))
	f, err := openScan(s.work(c.Batch.ID, scanDir, c.inside(c.Index.Name)))
	if errors.Is(err, fs.ErrNotExist) {
		return scanstation.Refuse(scanstation.BadIndex, name+": gone")
	}
	if err != nil {
		return err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, indexBytes+1))
	if err != nil {
		return err
	}
	x, err := ParseIndex(*s.st.Index, text)
	if err != nil {
		return scanstation.Refuse(scanstation.BadIndex, name+": "+err.Error())
	}
	b.Index = &x
	if x.Operator != "" {
		b.OperatorID, b.Operator, b.OperatorAssumed = "", x.Operator, false
	}
	if x.ReceivedOn != "" {
		b.ReceivedOn = x.ReceivedOn
	}
	return nil
}

// ParseIndex reads an index file. CSV files are UTF-8, UTF-16 with a mark, or
// else Windows-1252; XML files say so themselves. Two different values of one
// field are an error, except for barcodes: they are collected.
func ParseIndex(m scanstation.IndexMapping, text []byte) (scanstation.Index, error) {
	if len(text) > indexBytes {
		return scanstation.Index{}, fmt.Errorf("longer than %d bytes", indexBytes)
	}
	text, err := withoutMark(text)
	if err != nil {
		return scanstation.Index{}, err
	}
	v := values{first: map[string]string{}}
	if m.Format == "xml" {
		err = parseXML(m, text, &v)
	} else {
		err = parseCSV(m, text, &v)
	}
	if err == nil && v.count == 0 && len(m.Fields) > 0 {
		err = errors.New("none of the expected fields has a value")
	}
	return v.index, err
}

// withoutMark decodes UTF-16 and removes a byte order mark.
func withoutMark(text []byte) ([]byte, error) {
	for _, mark := range []string{"\xff\xfe", "\xfe\xff", "\xef\xbb\xbf"} {
		if bytes.HasPrefix(text, []byte(mark)) {
			plain, _, err := transform.Bytes(unicode.BOMOverride(unicode.UTF8.NewDecoder()), text)
			return plain, err
		}
	}
	return text, nil
}

// values collects the fields and sees contradictions.
type values struct {
	index scanstation.Index
	first map[string]string
	count int
}

func (v *values) set(field, text string) error {
	text = strings.TrimSpace(text)
	switch before, ok := v.first[field]; {
	case text == "" || ok && before == text && field != "barcodes":
		return nil
	case len(text) > indexValue:
		return fmt.Errorf("%s: longer than %d bytes", field, indexValue)
	case strings.ContainsRune(text, 0):
		return fmt.Errorf("%s: holds a zero byte", field)
	case ok && field != "barcodes":
		return fmt.Errorf("%s: both %q and %q", field, before, text)
	}
	v.first[field] = text
	v.count++
	if err := v.index.Set(field, text); err != nil {
		return err
	}
	if v.index.Images < 0 || v.index.Documents < 0 {
		return fmt.Errorf("%s: %s is negative", field, text)
	}
	return nil
}

func parseCSV(m scanstation.IndexMapping, text []byte, v *values) error {
	if !utf8.Valid(text) {
		decoded, err := charmap.Windows1252.NewDecoder().Bytes(text)
		if err != nil {
			return err
		}
		text = decoded
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = ';'
	if m.Comma != "" {
		r.Comma = rune(m.Comma[0])
	}
	head, err := r.Read()
	if err != nil {
		return fmt.Errorf("read headings: %w", err)
	}
	column := map[string]int{}
	for i, title := range head {
		column[strings.TrimSpace(title)] = i
	}
	for field, title := range m.Fields {
		if _, ok := column[title]; !ok {
			return fmt.Errorf("%s: there is no column %q", field, title)
		}
	}
	for {
		row, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		for field, title := range m.Fields {
			if err := v.set(field, row[column[title]]); err != nil {
				return err
			}
		}
	}
}

// parseXML walks the elements. encoding/xml expands no entity of a document
// type; a file that has one is refused all the same.
func parseXML(m scanstation.IndexMapping, text []byte, v *values) error {
	fields := map[string][]string{}
	for field, p := range m.Fields {
		p = strings.Trim(p, "/")
		fields[p] = append(fields[p], field)
	}
	d := xml.NewDecoder(bytes.NewReader(text))
	d.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		if strings.HasPrefix(strings.ToLower(label), "utf-16") {
			return in, nil // decoded by its mark already
		}
		return charset.NewReaderLabel(label, in)
	}
	w := walk{fields: fields, values: v}
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = w.take(tok)
		}
		if err != nil {
			return err
		}
	}
}

// A walk goes through the elements of an XML file.
type walk struct {
	fields map[string][]string // by element path
	values *values
	at     []string // names of the open elements
	inner  [][]byte // and their text
}

func (w *walk) take(tok xml.Token) error {
	switch t := tok.(type) {
	case xml.Directive:
		return errors.New("document types are not accepted")
	case xml.StartElement:
		if len(w.at) == indexDepth {
			return fmt.Errorf("deeper than %d elements", indexDepth)
		}
		w.at, w.inner = append(w.at, t.Name.Local), append(w.inner, nil)
		for _, a := range t.Attr {
			if err := w.set(path.Join(path.Join(w.at...), "@"+a.Name.Local), a.Value); err != nil {
				return err
			}
		}
	case xml.CharData:
		if n := len(w.inner); n > 0 {
			w.inner[n-1] = append(w.inner[n-1], t...)
		}
	case xml.EndElement:
		n := len(w.at)
		if err := w.set(path.Join(w.at...), string(w.inner[n-1])); err != nil {
			return err
		}
		w.at, w.inner = w.at[:n-1], w.inner[:n-1]
	}
	return nil
}

func (w *walk) set(at, text string) error {
	for _, field := range w.fields[at] {
		if err := w.values.set(field, text); err != nil {
			return err
		}
	}
	return nil
}
