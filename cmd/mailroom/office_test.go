package main

import (
	"archive/zip"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mailroom/ocr/worker"
	"mailroom/scanstation"
	"mailroom/storage"
)

// needOffice skips a test loudly where LibreOffice is not installed: it is no part of
// what is installed for tests, for it takes hundreds of megabytes.
func needOffice(t *testing.T) {
	t.Helper()
	if !(worker.Config{}).HasOffice() {
		t.Skip("NO OFFICE FILE WAS DRAWN, for want of LibreOffice (Debian packages libreoffice-writer-nogui, libreoffice-calc-nogui)")
	}
}

// officeFile packs parts as office programs do.
func officeFile(parts ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.CreateHeader(&zip.FileHeader{Name: parts[i], Method: zip.Store})
		if err == nil {
			_, err = w.Write([]byte(parts[i+1]))
		}
		if err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// wordLetter is a letter of Word, with macros or without.
func wordLetter(more ...string) []byte {
	var text strings.Builder
	for _, line := range letterLines {
		text.WriteString("<w:p><w:r><w:t>" + line + "</w:t></w:r></w:p>")
	}
	return officeFile(append([]string{
		"[Content_Types].xml", `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
		"_rels/.rels", `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`,
		"word/document.xml", `<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + text.String() + `</w:body></w:document>`,
	}, more...)...)
}

// convertedTo has LibreOffice save a file as one of another kind, as people do.
func convertedTo(t *testing.T, kind, name string, data []byte) []byte {
	t.Helper()
	dir := t.TempDir()
	in := filepath.Join(dir, name)
	if err := os.WriteFile(in, data, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/usr/bin/soffice", "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to", kind, "--outdir", dir, in)
	said, err := cmd.CombinedOutput()
	out, err2 := os.ReadFile(strings.TrimSuffix(in, filepath.Ext(in)) + "." + kind)
	if err2 != nil {
		t.Fatalf("%v %v: %s", err, err2, said)
	}
	return out
}

// TestOfficeFilesArrive sends files of office programs in by mail, alone and with a
// message: LibreOffice draws them, within the walls of a child, and the files lie
// unchanged beside their copies. Where it may not, they wait with the reason.
func TestOfficeFilesArrive(t *testing.T) {
	needOffice(t)
	word := wordLetter()
	rtf := []byte("{\\rtf1\\ansi " + strings.Join(letterLines, "\\par ") + "}")
	mail := mixedMail("mixed", "text/plain", "", []byte("Anbei mein Antrag."), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "brief.docx", word)()
	list := []byte(strings.Join(letterLines, "\n") + "\n")
	config := mailConfig(t, "")
	for name, tt := range map[string]struct {
		file  string
		sent  []byte
		pages int
		code  string
		note  string
	}{
		"a letter of Word":          {"Brief.docx", word, 1, "", "Datei (Office Open XML) von LibreOffice dargestellt"},
		"a letter of Word by mail":  {"Nachricht.eml", mail, 2, "", "Datei (Office Open XML) von LibreOffice dargestellt"},
		"a letter in RTF":           {"Brief.rtf", rtf, 1, "", "Datei (RTF) von LibreOffice dargestellt"},
		"a letter with macros":      {"Brief.docm", wordLetter("word/vbaProject.bin", "Sub AutoOpen()"), 1, "", "Skript oder Aktion: Makros"},
		"an old letter of Word":     {"Alt.doc", convertedTo(t, "doc", "brief.docx", word), 1, "", "Datei (Office 97-2003) von LibreOffice dargestellt"},
		"a letter of OpenOffice":    {"Brief.odt", convertedTo(t, "odt", "brief.docx", word), 1, "", "Datei (OpenDocument) von LibreOffice dargestellt"},
		"a table of Excel":          {"Liste.xlsx", convertedTo(t, "xlsx", "liste.csv", list), 1, "", "Datei (Office Open XML) von LibreOffice dargestellt"},
		"a table of OpenOffice":     {"Liste.ods", convertedTo(t, "ods", "liste.csv", list), 1, "", "Datei (OpenDocument) von LibreOffice dargestellt"},
		"an old letter that is cut": {"Brief.doc", []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and more"), 0, scanstation.Damaged, ""},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), tt.file)
			if err := os.WriteFile(path, tt.sent, 0o600); err != nil {
				t.Fatal(err)
			}
			batch, documents := received(t, config, path)
			if tt.code != "" {
				if batch.State != "parked" || len(batch.Reasons) == 0 || !strings.HasPrefix(batch.Reasons[0], tt.code) {
					t.Errorf("%+v; want %s", batch, tt.code)
				}
				return
			}
			if len(documents) != 1 || batch.Pages != tt.pages {
				t.Fatalf("%d documents of %+v", len(documents), batch)
			}
			if !strings.Contains(documents[0].Text, "hiermit beantrage ich Wohngeld ab dem Monat Januar.") {
				t.Errorf("text = %q", documents[0].Text)
			}
			_, parts := exported(t, config, string(documents[0].Document))
			if got := parts["original-1"+strings.ToLower(filepath.Ext(tt.file))]; !bytes.Equal(got, tt.sent) {
				t.Errorf("the original is %d bytes, want the %d sent", len(got), len(tt.sent))
			}
			if note := string(parts[storage.NotePart(1)]); !strings.Contains(note, tt.note) {
				t.Errorf("the note does not say %q:\n%s", tt.note, note)
			}
		})
	}
	without := mailConfig(t, "children: {office: none}\n")
	path := filepath.Join(t.TempDir(), "Brief.docx")
	if err := os.WriteFile(path, word, 0o600); err != nil {
		t.Fatal(err)
	}
	if batch, _ := received(t, without, path); batch.State != "parked" || !strings.HasPrefix(batch.Reasons[0], scanstation.NoProgram) {
		t.Errorf("without LibreOffice: %+v", batch)
	}
}
