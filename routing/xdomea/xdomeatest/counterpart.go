// Package xdomeatest plays the e-file system behind the exchange directories of
// xdomea, for tests: it takes messages and answers them as it is told.
package xdomeatest

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Counterpart plays an e-file system: it takes messages and answers as it is told.
type Counterpart struct {
	T       testing.TB
	Out, In string // its exchange directories, as mailroom names them
	Version string
}

// ObjectID is the id of the letter in the e-file system.
const ObjectID = "0d3a1c52-5d0e-4d0b-9b0f-1f6f5f0a7c99"

// Take takes the one message there is and returns its process.
func (c Counterpart) Take() string {
	c.T.Helper()
	name, _ := Unzip(c.T, c.Out)
	if err := os.Remove(filepath.Join(c.Out, name+".zip")); err != nil {
		c.T.Fatal(err)
	}
	process, _, _ := strings.Cut(name, "_")
	return process
}

func (c Counterpart) head(process, kind string) string {
	return fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?>
<xdomea:%s xmlns:xdomea="urn:xoev-de:xdomea:schema:%s"><xdomea:Kopf><xdomea:ProzessID>%s</xdomea:ProzessID>
<xdomea:Nachrichtentyp listURI="urn:xoev-de:xdomea:codeliste:nachrichtentyp" listVersionID="2.0"><code>%s</code></xdomea:Nachrichtentyp>
<xdomea:Erstellungszeitpunkt>2026-11-22T10:00:00+01:00</xdomea:Erstellungszeitpunkt><xdomea:Absender/><xdomea:Empfaenger/>`,
		kind, c.Version, process, kind[len(kind)-4:])
}

// Arrived is a 0629.
func (c Counterpart) Arrived(process string) string {
	return c.head(process, "FVDaten.EmpfangBestaetigen.0629") + "</xdomea:Kopf></xdomea:FVDaten.EmpfangBestaetigen.0629>"
}

// Imported is a 0630 with the answers, and, unless success is empty, an object.
func (c Counterpart) Imported(process, success, objectAnswers string, answers ...string) string {
	var b strings.Builder
	b.WriteString(c.head(process, "FVDaten.ImportBestaetigen.0630") + "<xdomea:FVSessionID>1</xdomea:FVSessionID></xdomea:Kopf><xdomea:ErfolgOderMisserfolg>")
	for _, a := range answers {
		b.WriteString("<xdomea:Rueckmeldung>" + a + "</xdomea:Rueckmeldung>")
	}
	if success != "" {
		fmt.Fprintf(&b, "<xdomea:Rueckgabeparameter><xdomea:IDSGO>%s</xdomea:IDSGO><xdomea:Parameter><xdomea:Ablageort>x</xdomea:Ablageort></xdomea:Parameter><xdomea:Erfolgreich>%s</xdomea:Erfolgreich>%s</xdomea:Rueckgabeparameter>", ObjectID, success, objectAnswers)
	}
	b.WriteString("</xdomea:ErfolgOderMisserfolg></xdomea:FVDaten.ImportBestaetigen.0630>")
	return b.String()
}

// General and specific are answers from the code lists.
func General(value string) string {
	return "<xdomea:AllgemeineRueckmeldung><code>" + value + "</code></xdomea:AllgemeineRueckmeldung>"
}

// Specific is an answer of the code list of one message.
func Specific(value string) string {
	return fmt.Sprintf("<xdomea:SpezifischeFehlermeldung%s><code>%s</code></xdomea:SpezifischeFehlermeldung%[1]s>", value[:4], value)
}

// Put lays a message into the return directory, written at the time.
func (c Counterpart) Put(name, text string, at time.Time) {
	c.T.Helper()
	c.File(name+".zip", Zipped(c.T, name+".xml", text), at)
}

// File lays bytes into the return directory.
func (c Counterpart) File(name string, b []byte, at time.Time) {
	c.T.Helper()
	path := filepath.Join(c.In, name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		c.T.Fatal(err)
	}
	if err := os.Chtimes(path, at, at); err != nil {
		c.T.Fatal(err)
	}
}

// Zipped packs pairs of name and text.
func Zipped(t testing.TB, pairs ...string) []byte {
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

// Schemas finds the schemas of xdomea. Where they are missing, the test is
// skipped: they cannot be installed, only laid beside the project.
func Schemas(t testing.TB) string {
	t.Helper()
	for _, dir := range []string{os.Getenv("MAILROOM_XDOMEA"), "../../../shared/xdomea", "../../../../shared/xdomea"} {
		if _, err := os.Stat(filepath.Join(dir, "3.0.0", "xdomea.xsd")); dir != "" && err == nil {
			return dir
		}
	}
	t.Skip("NO SCHEMAS OF XDOMEA: set MAILROOM_XDOMEA; no message is validated")
	return ""
}

// Valid asks xmllint, from Debian's libxml2-utils, with no network.
func Valid(t testing.TB, version string, text []byte) {
	t.Helper()
	dir := Schemas(t)
	if _, err := exec.LookPath("xmllint"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("NO XMLLINT: install libxml2-utils; no message is validated")
	}
	schema := filepath.Join(dir, version, "xdomea-Nachrichten-FachverfahrensdatenAustauschen.xsd")
	cmd := exec.Command("xmllint", "--nonet", "--noout", "--huge", "--schema", schema, "-")
	cmd.Stdin = bytes.NewReader(text)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("not valid by %s: %s\n%s", version, out, text)
	}
}

// Unzip returns the entries of the one message in dir, and its name.
func Unzip(t testing.TB, dir string) (name string, parts map[string][]byte) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(dir, "*.zip"))
	if len(files) != 1 {
		t.Fatalf("%d messages; want one", len(files))
	}
	z, err := zip.OpenReader(files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	parts = map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if parts[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return strings.TrimSuffix(filepath.Base(files[0]), ".zip"), parts
}
