package xdomea_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailroom/routing"
	"mailroom/routing/xdomea"
)

// counterpart plays an e-file system: it takes messages and answers as it is told.
type counterpart struct {
	t       *testing.T
	cfg     xdomea.Config
	version string
}

const objectID = "0d3a1c52-5d0e-4d0b-9b0f-1f6f5f0a7c99"

// take takes the one message there is and returns its process.
func (c counterpart) take() string {
	c.t.Helper()
	name, _ := unzip(c.t, c.cfg.Out)
	if err := os.Remove(filepath.Join(c.cfg.Out, name+".zip")); err != nil {
		c.t.Fatal(err)
	}
	process, _, _ := strings.Cut(name, "_")
	return process
}

func (c counterpart) head(process, kind string) string {
	return fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?>
<xdomea:%s xmlns:xdomea="urn:xoev-de:xdomea:schema:%s"><xdomea:Kopf><xdomea:ProzessID>%s</xdomea:ProzessID>
<xdomea:Nachrichtentyp listURI="urn:xoev-de:xdomea:codeliste:nachrichtentyp" listVersionID="2.0"><code>%s</code></xdomea:Nachrichtentyp>
<xdomea:Erstellungszeitpunkt>2026-11-22T10:00:00+01:00</xdomea:Erstellungszeitpunkt><xdomea:Absender/><xdomea:Empfaenger/>`,
		kind, c.version, process, kind[len(kind)-4:])
}

func (c counterpart) arrived(process string) string {
	return c.head(process, "FVDaten.EmpfangBestaetigen.0629") + "</xdomea:Kopf></xdomea:FVDaten.EmpfangBestaetigen.0629>"
}

// imported is a 0630 with the answers, and, unless success is empty, an object.
func (c counterpart) imported(process, success, objectAnswers string, answers ...string) string {
	var b strings.Builder
	b.WriteString(c.head(process, "FVDaten.ImportBestaetigen.0630") + "<xdomea:FVSessionID>1</xdomea:FVSessionID></xdomea:Kopf><xdomea:ErfolgOderMisserfolg>")
	for _, a := range answers {
		b.WriteString("<xdomea:Rueckmeldung>" + a + "</xdomea:Rueckmeldung>")
	}
	if success != "" {
		fmt.Fprintf(&b, "<xdomea:Rueckgabeparameter><xdomea:IDSGO>%s</xdomea:IDSGO><xdomea:Parameter><xdomea:Ablageort>x</xdomea:Ablageort></xdomea:Parameter><xdomea:Erfolgreich>%s</xdomea:Erfolgreich>%s</xdomea:Rueckgabeparameter>", objectID, success, objectAnswers)
	}
	b.WriteString("</xdomea:ErfolgOderMisserfolg></xdomea:FVDaten.ImportBestaetigen.0630>")
	return b.String()
}

// general and specific are answers from the code lists.
func general(value string) string {
	return "<xdomea:AllgemeineRueckmeldung><code>" + value + "</code></xdomea:AllgemeineRueckmeldung>"
}

func specific(value string) string {
	return fmt.Sprintf("<xdomea:SpezifischeFehlermeldung%s><code>%s</code></xdomea:SpezifischeFehlermeldung%[1]s>", value[:4], value)
}

// put lays a message into the return directory, written at the time.
func (c counterpart) put(name, text string, at time.Time) {
	c.t.Helper()
	c.file(name+".zip", zipped(c.t, name+".xml", text), at)
}

func (c counterpart) file(name string, b []byte, at time.Time) {
	c.t.Helper()
	path := filepath.Join(c.cfg.In, name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		c.t.Fatal(err)
	}
	if err := os.Chtimes(path, at, at); err != nil {
		c.t.Fatal(err)
	}
}

// zipped packs pairs of name and text.
func zipped(t *testing.T, pairs ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		w, err := z.Create(pairs[i])
		if err == nil {
			_, err = w.Write([]byte(pairs[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// receipts returns what there is, and the error at the end.
func receipts(t *testing.T, x *xdomea.Connector) (list []routing.Receipt, err error) {
	t.Helper()
	err = x.Receipts(t.Context(), func(r routing.Receipt) error { list = append(list, r); return nil })
	return list, err
}
