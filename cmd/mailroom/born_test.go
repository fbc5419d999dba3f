package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/pdfa/verapdf"
)

// mailStation is a station to which post comes without paper.
const mailStation = `
stations:
  - {name: post, folder: ./drop/post, kind: mail, operator: Petra Posteingang}
`

// received carries a file in by mail and returns its lines.
func received(t *testing.T, config, file string) (batch batchLine, documents []documentLine) {
	t.Helper()
	code, out, errs := call(t, "ingest", "--config", config, "--json", file)
	if code == exitFailed || code == exitUsage {
		t.Fatalf("exit %d: %s", code, errs)
	}
	for line := range strings.Lines(out) {
		var head struct{ Type string }
		var doc documentLine
		err := json.Unmarshal([]byte(line), &head)
		if err == nil && head.Type == "batch" {
			err = json.Unmarshal([]byte(line), &batch)
		} else if err == nil {
			err = json.Unmarshal([]byte(line), &doc)
			documents = append(documents, doc)
		}
		if err != nil {
			t.Fatalf("%v in %s", err, line)
		}
	}
	return batch, documents
}

// mailConfig is a configuration with a station for mail alone.
func mailConfig(t *testing.T, more string) string {
	t.Helper()
	config := filepath.Join(t.TempDir(), "mailroom.yaml")
	if err := os.WriteFile(config, []byte(mailStation+more), 0o600); err != nil {
		t.Fatal(err)
	}
	return config
}

// export returns the parts of a document as they are handed out, by name.
func exported(t *testing.T, config, document string) (dir string, parts map[string][]byte) {
	t.Helper()
	dir, parts = t.TempDir(), map[string][]byte{}
	if code, _, errs := call(t, "export", "--config", config, document, "--to", dir); code != exitDone {
		t.Fatal(errs)
	}
	files, err := filepath.Glob(filepath.Join(dir, document, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if parts[filepath.Base(f)], err = os.ReadFile(f); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, document), parts
}

// TestASignedPDFArrives sends a signed letter in by mail: its copy is a PDF/A with
// the letter's own text, the file lies unchanged beside it, and the transfer note
// says that the signature is in the file alone.
func TestASignedPDFArrives(t *testing.T) {
	verapdf.Need(t)
	config := mailConfig(t, "pdfa: {verapdf: "+verapdf.Folder()+"}\n")
	sent := oddSent["signed"].make()
	file := filepath.Join(t.TempDir(), "Antrag.PDF")
	if err := os.WriteFile(file, sent, 0o600); err != nil {
		t.Fatal(err)
	}
	batch, documents := received(t, config, file)
	if len(documents) != 1 {
		t.Fatalf("%d documents of %+v", len(documents), batch)
	}
	doc := documents[0]
	if !strings.Contains(doc.Text, "hiermit beantrage ich Wohngeld ab dem Monat Januar.") {
		t.Errorf("text = %q", doc.Text)
	}
	dir, parts := exported(t, config, string(doc.Document))
	verapdf.Pass(t, "2u", filepath.Join(dir, path.Base(doc.Object)), filepath.Join(dir, "note-1.pdf"))
	if out, err := exec.Command("pdftotext", "-layout", filepath.Join(dir, "note-1.pdf"), "-").Output(); err != nil || !strings.Contains(strings.Join(strings.Fields(string(out)), " "), "elektronische Signatur: Unterschrift") || !strings.Contains(string(out), "Petra Posteingang") {
		t.Errorf("the note that people read: %v\n%s", err, out)
	}
	if !bytes.Equal(parts["original-1.pdf"], sent) {
		t.Errorf("the original is %d bytes, want the %d sent; there are %d parts", len(parts["original-1.pdf"]), len(sent), len(parts))
	}
	var m storage.Manifest
	if err := json.Unmarshal(parts[storage.ManifestPart(1)], &m); err != nil {
		t.Fatal(err)
	}
	if len(m.Originals) != 1 || m.Originals[0].Digest != scanstation.DigestOf(sent) {
		t.Errorf("manifest names the originals %+v", m.Originals)
	}
	if len(m.Inspections) != 2 || m.Inspections[0].Rules == 0 || !strings.HasPrefix(m.Inspections[1].By, "veraPDF 1") || m.Inspections[1].Rules < 100 {
		t.Errorf("manifest names the inspections %+v", m.Inspections)
	}
	note := string(parts[storage.NotePart(1)])
	for _, want := range []string{"elektronische Signatur: Unterschrift, Erika Beispiel, ETSI.CAdES.detached", "gültiges PDF/A-2u", "ging elektronisch ein"} {
		if !strings.Contains(note, want) {
			t.Errorf("the note does not say %q:\n%s", want, note)
		}
	}
	if code, out, errs := call(t, "verify", "--config", config, "--all"); code != exitDone {
		t.Errorf("verify: %d %s %s", code, out, errs)
	}
}

// TestAMessageArrives sends a message with a signed letter in: it is one document
// of level 3u, which carries its words and its transfer note.
func TestAMessageArrives(t *testing.T) {
	config := mailConfig(t, "pdfa: {level: 3u}\n")
	sent := oddMail["a message with a signed PDF"].make()
	file := filepath.Join(t.TempDir(), "Nachricht.eml")
	if err := os.WriteFile(file, sent, 0o600); err != nil {
		t.Fatal(err)
	}
	batch, documents := received(t, config, file)
	if len(documents) != 1 || batch.Pages != 2 {
		t.Fatalf("%d documents of %+v", len(documents), batch)
	}
	doc := documents[0]
	for _, want := range []string{"Wohngeld – Antrag", "Von: Erika Müller <erika@example.org>", "Anlage 1: antrag.pdf", "hiermit beantrage ich Wohngeld"} {
		if !strings.Contains(doc.Text, want) {
			t.Errorf("the text has no %q:\n%s", want, doc.Text)
		}
	}
	dir, parts := exported(t, config, string(doc.Document))
	copied := filepath.Join(dir, path.Base(doc.Object))
	verapdf.Pass(t, "3u", copied)
	if !bytes.Equal(parts["original-1.eml"], sent) {
		t.Errorf("the original is %d bytes, want the %d sent", len(parts["original-1.eml"]), len(sent))
	}
	for i, want := range []string{"<Dokument id=\"" + string(doc.Document) + "\"", "ocrx_word"} {
		name := filepath.Join(t.TempDir(), "attached")
		if out, err := exec.Command("pdfdetach", "-save", fmt.Sprint(i+1), "-o", name, copied).CombinedOutput(); err != nil {
			t.Fatalf("%v %s", err, out)
		}
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(b, []byte(want)) {
			t.Errorf("attachment %d has no %q: %.300s", i+1, want, b)
		}
	}
}
