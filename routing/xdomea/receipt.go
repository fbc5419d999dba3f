package xdomea

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"
	"time"

	"mailroom/routing"
)

// Limits of what comes back. A receipt has a few kilobytes.
const (
	returnedBytes = 16 << 20 // of a file
	messageBytes  = 4 << 20  // of the XML, unpacked
	zipEntries    = 100
	xmlDepth      = 40
	xmlTokens     = 200_000
)

// returned is a message that came back: the fields of 0629 and 0630 that count.
type returned struct {
	XMLName xml.Name
	Process string    `xml:"Kopf>ProzessID"`
	Created string    `xml:"Kopf>Erstellungszeitpunkt"`
	Answers []remarks `xml:"ErfolgOderMisserfolg>Rueckmeldung"`
	Objects []struct {
		ID      string    `xml:"IDSGO"`
		Success string    `xml:"Erfolgreich"`
		Answers []remarks `xml:"Rueckmeldung"`
	} `xml:"ErfolgOderMisserfolg>Rueckgabeparameter"`
}

// remarks holds the one child of a Rueckmeldung, whichever it is.
type remarks struct {
	Any []struct {
		XMLName xml.Name
		Code    string `xml:"code"`
		Name    string `xml:"name"`
		Text    string `xml:",chardata"`
	} `xml:",any"`
}

func unreadable(format string, args ...any) error {
	return fmt.Errorf(format+": %w", append(args, routing.ErrUnreadable)...)
}

// unpack returns the XML of a returned file. Nothing of it is written to disk.
func unpack(name string, b []byte) ([]byte, error) {
	if strings.EqualFold(path.Ext(name), ".xml") {
		return b, nil
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, unreadable("%s: %v", name, err)
	}
	if len(z.File) > zipEntries {
		return nil, unreadable("%s: %d entries", name, len(z.File))
	}
	var body *zip.File
	for _, f := range z.File {
		if strings.ContainsAny(f.Name, "/\\\x00") || f.Name == ".." {
			return nil, unreadable("%s: the entry %q is a path", name, f.Name)
		}
		if strings.EqualFold(path.Ext(f.Name), ".xml") {
			if body != nil {
				return nil, unreadable("%s: two messages", name)
			}
			body = f
		}
	}
	if body == nil {
		return nil, unreadable("%s: no message", name)
	}
	r, err := body.Open()
	if err != nil {
		return nil, unreadable("%s: %v", name, err)
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, messageBytes+1))
	if err != nil {
		return nil, unreadable("%s: %v", name, err)
	}
	return text, nil
}

var processID = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)

// parse reads a message, having looked for what no honest one has.
func parse(name string, text []byte) (m returned, err error) {
	if len(text) > messageBytes {
		return m, unreadable("%s: more than %d bytes", name, messageBytes)
	}
	d := xml.NewDecoder(bytes.NewReader(text))
	for depth, n := 0, 0; ; n++ {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return m, unreadable("%s: %v", name, err)
		}
		switch t.(type) {
		case xml.Directive:
			return m, unreadable("%s: has a document type", name)
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
		if depth > xmlDepth || n > xmlTokens {
			return m, unreadable("%s: too deep or too long", name)
		}
	}
	if err := xml.Unmarshal(text, &m); err != nil {
		return m, unreadable("%s: %v", name, err)
	}
	known := false
	for _, ns := range namespaces {
		known = known || ns == m.XMLName.Space
	}
	if !known || !processID.MatchString(strings.TrimSpace(m.Process)) {
		return m, unreadable("%s: no xdomea message %q, process %q", name, m.XMLName.Space, m.Process)
	}
	m.Process = strings.ToLower(strings.TrimSpace(m.Process))
	return m, nil
}

// receipt says what the message means; the handover and source are the caller's.
func (m returned) receipt() (r routing.Receipt, err error) {
	if at, err := time.Parse(time.RFC3339, strings.TrimSpace(m.Created)); err == nil { // the zone is optional: zero then
		r.Time = at.UTC()
	}
	switch m.XMLName.Local {
	case "FVDaten.EmpfangBestaetigen.0629":
		r.Kind = routing.Arrived
		return r, nil
	case "FVDaten.ImportBestaetigen.0630":
	default:
		return r, unreadable("message %s is no receipt", m.XMLName.Local)
	}
	if len(m.Answers) == 0 {
		return r, unreadable("message %s says nothing", m.XMLName.Local)
	}
	r.Kind = routing.Filed
	judge(&r, m.Answers)
	for _, o := range m.Objects {
		if r.Object == "" {
			r.Object = strings.TrimSpace(o.ID)
		}
		judge(&r, o.Answers)
		if s := strings.TrimSpace(o.Success); s != "true" && s != "1" && r.Kind == routing.Filed {
			r.Kind, r.Words = person, "Erfolgreich: "+s
		}
	}
	if r.Kind != routing.Filed {
		r.Object = ""
	}
	return r, nil
}

// judge adds what the answers say to r: the worst one counts, a person before a
// retry, and has its code in r; the words of all are kept.
func judge(r *routing.Receipt, list []remarks) {
	for _, answered := range list {
		if len(answered.Any) == 0 {
			worsen(r, "", "Rueckmeldung ohne Inhalt")
		}
		for _, a := range answered.Any {
			value := strings.TrimSpace(a.Code)
			if a.XMLName.Local == "AllgemeineRueckmeldung" && value == success {
				continue
			}
			words := strings.TrimSpace(a.Name)
			if words == "" {
				words = strings.TrimSpace(a.Text)
			}
			// A code of somebody else's list means what it says there, not here.
			if a.XMLName.Local == "SonstigeFehlermeldungCode" || a.XMLName.Local == "SonstigeFehlermeldung" {
				words = strings.TrimSpace(value + " " + words)
				value = ""
			}
			worsen(r, value, words)
		}
	}
}

func worsen(r *routing.Receipt, value, words string) {
	known, ok := answers[value]
	if !ok {
		known.kind = person
	}
	if words == "" {
		words = cmp.Or(known.words, "Code "+value)
	}
	words = string([]rune(words)[:min(len([]rune(words)), 1000)])
	if r.Words != "" && len(r.Words) < 4000 {
		r.Words += "; "
	}
	if len(r.Words) < 4000 {
		r.Words += words
	}
	if r.Kind == routing.Filed || r.Kind == retry && known.kind == person {
		r.Kind, r.Code = known.kind, value
	}
}
