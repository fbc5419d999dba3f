package xdomea

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/google/uuid"

	"mailroom/routing"
)

// space is the name space of the ids that are derived from a handover's id.
var space = uuid.MustParse("8f2b3a52-5d0e-4d0b-9b0f-1f6f5f0a7c61")

// derive returns the UUID (version 5) of one thing in the handover.
func derive(id routing.HandoverID, thing string) string {
	return uuid.NewSHA1(space, []byte(thing+":"+string(id))).String()
}

// processOf returns the ProzessID of a handover, which names its messages.
func processOf(id routing.HandoverID) string { return derive(id, "process") }

// The messages that are sent.
const (
	renewed = "FVDaten.DokumentAktualisieren.0601"
	create  = "FVDaten.SGOErstellen.0604"
	file    = "FVDaten.SGOAblegen.0605"
	logged  = "FVDaten.ProtokolleintragErstellen.0607"
)

// start makes a message with its head; kind ends in the message's code.
func (c *Connector) start(id routing.HandoverID, kind string, now time.Time) message {
	m := message{XMLName: xml.Name{Local: "xdomea:" + kind}, Namespace: namespaces[c.config.Version]}
	m.Head = head{
		Process: processOf(id),
		Type:    code{lists + "nachrichtentyp", "2.0", kind[len(kind)-4:]},
		Created: now.UTC().Format(time.RFC3339),
		Sender:  c.config.Sender.contact(), Receiver: c.config.Receiver.contact(),
		System:  system(c.config.System),
		Arrival: "true", Import: "1", // fixed by the schema, in this spelling
		Creator: c.config.Creator, Stack: "false",
	}
	if c.config.EFile != (System{}) {
		s := system(c.config.EFile)
		m.Head.EFile = &s
	}
	return m
}

func (p Party) contact() contact {
	c := contact{Institution: p.Authority}
	if p.Unit != "" {
		c.Unit = &unit{p.Unit}
	}
	return c
}

// letter makes the message that files h, or creates a file around it.
func (c *Connector) letter(h routing.Handover, note []byte, now time.Time) (m message, kind string) {
	doc := c.document(h, note)
	f := &filing{ID: string(h.Document), Container: h.EFileID}
	if h.EFileID != "" {
		f.Object.Document = &doc
		m = c.start(h.ID, file, now)
		m.File = f
		return m, file
	}
	f.Container = c.config.Containers[h.Department]
	outer := general{Subject: h.Subject, CaseNumber: string(h.CaseNumber), Department: h.Department}
	switch c.config.Create {
	case "akte":
		f.Object.Akte = &akte{derive(h.ID, "akte"), outer, doc}
	case "vorgang":
		f.Object.Vorgang = &vorgang{derive(h.ID, "vorgang"), outer, doc}
	default:
		f.Object.Document = &doc
	}
	m = c.start(h.ID, create, now)
	m.Create = f
	return m, create
}

var media = map[routing.Medium]string{"": "001", routing.Electronic: "001", routing.Hybrid: "002", routing.Paper: "003"}

func (c *Connector) document(h routing.Handover, note []byte) document {
	d := document{
		ID: derive(h.ID, "document"),
		General: general{
			Subject: h.Subject, CaseNumber: string(h.CaseNumber), Department: h.Department,
			Medium: &code{lists + "medium", "1.0", media[h.Medium]},
		},
		Foreign: h.Foreign, ReceivedOn: string(h.ReceivedOn), LetterDate: string(h.LetterDate), Worker: h.Worker,
		Version: version{strconv.Itoa(max(h.Version, 1)), format{
			Name:    code{lists + "dateiformat", "1.0", "044"}, // pdf - Portable Document Format (Archival)
			Version: c.config.Format,
			File:    primary{Name: primaryName(h), Original: string(h.Document) + ".pdf"},
		}},
	}
	if note != nil {
		d.Extension = &extension{note}
	}
	return d
}

// primaryName is the name of the PDF/A in the ZIP.
func primaryName(h routing.Handover) string {
	return derive(h.ID, "file") + "_" + string(h.Document) + ".pdf"
}

// wellFormed returns the one element of an XML file, without its declaration.
// Anything that would change meaning inside of another file is an error.
func wellFormed(b []byte) ([]byte, error) {
	d := xml.NewDecoder(bytes.NewReader(b))
	from, depth := int64(-1), 0
	for {
		at := d.InputOffset()
		t, err := d.Token()
		if errors.Is(err, io.EOF) && from >= 0 {
			return bytes.TrimSpace(b[from:]), nil
		}
		if err != nil {
			return nil, fmt.Errorf("transfer note: %w", err)
		}
		switch t := t.(type) {
		case xml.Directive:
			return nil, errors.New("transfer note: has a document type")
		case xml.ProcInst:
			if from >= 0 || t.Target != "xml" {
				return nil, errors.New("transfer note: has a processing instruction")
			}
		case xml.StartElement:
			if depth == 0 && from >= 0 {
				return nil, errors.New("transfer note: has two roots")
			}
			if from < 0 {
				from = at
			}
			depth++
		case xml.EndElement:
			depth--
		}
	}
}

// pack writes the ZIP of m into dir; h is nil for a message without a file.
func (c *Connector) pack(ctx context.Context, dir, name string, m message, h *routing.Handover, now time.Time) error {
	body, err := xml.MarshalIndent(m, "", " ")
	if err != nil {
		return fmt.Errorf("encode message: %w", err)
	}
	f, err := os.Create(filepath.Join(dir, name+".zip"))
	if err != nil {
		return err
	}
	defer f.Close()
	z := zip.NewWriter(f)
	part := func(name string, method uint16) (io.Writer, error) {
		return z.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: now.UTC()})
	}
	w, err := part(name+".xml", zip.Deflate)
	if err == nil {
		_, err = w.Write(append([]byte(xml.Header), body...))
	}
	if err == nil && h != nil {
		if w, err = part(primaryName(*h), zip.Store); err == nil {
			err = h.WritePDF(ctx, w)
		}
	}
	return errors.Join(err, z.Close(), f.Close())
}
