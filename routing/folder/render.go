package folder

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/template"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"mailroom/routing"
)

// fields is what a template sees: strings only, each already escaped.
type fields struct {
	ID, Document, Subject, ReceivedOn, LetterDate, Department, Worker, CaseNumber, EFileID, Foreign, Medium string
	Digest, PDF, Note, Encoding                                                                             string
}

func fieldsOf(h routing.Handover, n names, encoding string, escape func(string) string) fields {
	medium := h.Medium
	if medium == "" {
		medium = routing.Electronic
	}
	e := func(s string) string { return escape(strings.ToValidUTF8(s, "\ufffd")) }
	return fields{
		ID: e(string(h.ID)), Document: e(string(h.Document)), Subject: e(h.Subject), ReceivedOn: e(string(h.ReceivedOn)),
		LetterDate: e(string(h.LetterDate)), Department: e(h.Department), Worker: e(h.Worker), CaseNumber: e(string(h.CaseNumber)),
		EFileID: e(h.EFileID), Foreign: e(h.Foreign), Medium: e(string(medium)), Digest: e(string(h.Digest)),
		PDF: e(n.pdf), Note: e(n.note), Encoding: encoding,
	}
}

// names are the file names of one handover; note is empty if none is sent.
type names struct{ pdf, note, index string }

func (f forms) names(h routing.Handover) (n names, err error) {
	data := fieldsOf(h, names{}, "", cleanValue)
	for _, part := range []struct {
		key  string
		t    *template.Template
		name *string
	}{{"names.pdf", f.pdf, &n.pdf}, {"names.note", f.note, &n.note}, {"names.index", f.index, &n.index}} {
		if part.t == nil {
			continue
		}
		var b strings.Builder
		if err := part.t.Execute(&b, data); err != nil {
			return n, fmt.Errorf("%s: %w", part.key, err)
		}
		*part.name = cleanName(b.String())
		switch {
		case !strings.Contains(*part.name, string(h.ID)):
			return n, fmt.Errorf("%s: %q lacks the id", part.key, *part.name)
		case len(*part.name) > 240:
			return n, fmt.Errorf("%s: %q is too long", part.key, *part.name)
		}
	}
	all := []string{strings.ToLower(n.pdf), strings.ToLower(n.note), strings.ToLower(n.index)}
	if slices.Sort(all); len(slices.Compact(all)) != 3 {
		return n, errors.New("names: two files have the same name")
	}
	return n, nil
}

// cleanValue leaves of a value what may stand in a file name on any system, at
// most 80 characters of it, which is as long as an id may be.
func cleanValue(s string) string {
	r := []rune(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_. ", r) {
			return r
		}
		return '_'
	}, s))
	return string(r[:min(len(r), 80)])
}

// cleanName does the same for a whole name, which holds no hidden or reserved one.
func cleanName(s string) string {
	s = strings.Trim(strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) || !unicode.IsPrint(r) && r != ' ' {
			return '_'
		}
		return r
	}, s), " ")
	s = strings.TrimRight(s, ". ")
	if strings.HasPrefix(s, ".") {
		s = "_" + s[1:]
	}
	return s
}

// render makes the index file.
func (f forms) render(h routing.Handover, n names) ([]byte, error) {
	var b bytes.Buffer
	if err := f.body.Execute(&b, fieldsOf(h, n, f.declared(), escapes[f.Format])); err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	if err := checks[f.Format](b.Bytes()); err != nil {
		return nil, fmt.Errorf("index: what the template makes is no %s: %w", f.Format, err)
	}
	return encode(b.Bytes(), f.Format, encodings[f.Encoding]), nil
}

var escapes = map[string]func(string) string{
	"xml": func(s string) string {
		var b strings.Builder
		_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
		return b.String()
	},
	"json": func(s string) string {
		b, _ := json.Marshal(s) // a string can always be marshalled
		return string(b[1 : len(b)-1])
	},
	"csv": func(s string) string {
		s = strings.Map(func(r rune) rune {
			if unicode.IsControl(r) {
				return ' '
			}
			return r
		}, s)
		if t := strings.TrimLeft(s, " "); t != "" && strings.ContainsRune("=+-@", rune(t[0])) {
			s = "'" + s
		}
		return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	},
}

var checks = map[string]func([]byte) error{
	"xml": func(b []byte) error {
		d := xml.NewDecoder(bytes.NewReader(b))
		d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it is not encoded yet
		for n := 0; ; n++ {
			_, err := d.Token()
			if errors.Is(err, io.EOF) && n > 0 {
				return nil
			}
			if err != nil {
				return err
			}
		}
	},
	"json": func(b []byte) error {
		var v any
		return json.Unmarshal(b, &v)
	},
	"csv": func(b []byte) error {
		r := csv.NewReader(bytes.NewReader(b))
		head, _, _ := bytes.Cut(b, []byte("\n"))
		if bytes.Count(head, []byte(";")) > bytes.Count(head, []byte(",")) {
			r.Comma = ';'
		}
		_, err := r.ReadAll() // every row has as many cells as the first
		return err
	},
}

// encodings holds nil for UTF-8.
var encodings = map[string]*charmap.Charmap{"UTF-8": nil, "ISO-8859-1": charmap.ISO8859_1, "CP1252": charmap.Windows1252}

// encode writes text in the encoding; for what it lacks there is a substitute in
// each format.
func encode(text []byte, format string, to *charmap.Charmap) []byte {
	if to == nil {
		return text
	}
	var out []byte
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		text = text[size:]
		if c, ok := to.EncodeRune(r); ok {
			out = append(out, c)
			continue
		}
		switch format {
		case "xml":
			out = fmt.Appendf(out, "&#%d;", r)
		case "json":
			for _, u := range utf16.AppendRune(nil, r) {
				out = fmt.Appendf(out, `\u%04x`, u)
			}
		default:
			out = append(out, '?')
		}
	}
	return out
}
