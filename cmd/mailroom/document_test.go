package main

import (
	"bytes"
	"encoding/xml"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/pdfa/verapdf"
)

// part reads a part of a document.
func (s *staged) part(t *testing.T, document, name string) []byte {
	t.Helper()
	r, err := s.archive.OpenPart(t.Context(), storage.DocumentID(document), name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (s *staged) testDocuments(t *testing.T) {
	dir := t.TempDir()
	var files []string
	for _, d := range s.lines.documents {
		pdf := s.part(t, d.Document, storage.PDFPart)
		if got := scanstation.DigestOf(pdf); string(got) != d.SHA256 || int64(len(pdf)) != d.Bytes {
			t.Errorf("%s has digest %.12s and %d bytes, the line says %.12s and %d", d.Document, got, len(pdf), d.SHA256, d.Bytes)
		}
		file := filepath.Join(dir, d.Document+".pdf")
		if err := os.WriteFile(file, pdf, 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	t.Run("each is a PDF/A-2u", func(t *testing.T) { verapdf.Pass(t, "2u", files...) })
	t.Run("text can be taken out in its order", func(t *testing.T) { s.testText(t, files) })
	t.Run("images are the scanner's own streams", func(t *testing.T) { s.testImages(t, dir) })
}

// testText compares without white space: pdftotext joins specks that overlap.
func (s *staged) testText(t *testing.T, files []string) {
	if _, err := exec.LookPath("pdftotext"); err != nil {
		without(t, "pdftotext (Debian package poppler-utils)")
	}
	dense := func(text string) string { return strings.Join(strings.Fields(text), "") }
	for i, d := range s.lines.documents {
		out, err := exec.CommandContext(t.Context(), "pdftotext", "-raw", files[i], "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		got, want := dense(string(out)), dense(d.Text)
		if got != want || len(want) < 200 {
			n := 0
			for n < min(len(got), len(want)) && got[n] == want[n] {
				n++
			}
			t.Errorf("%s differs at %d of %d: got %.40q, want %.40q", d.Document, n, len(want), got[n:], want[n:])
		}
		if got, want := len(strings.Fields(string(out))), len(strings.Fields(d.Text)); got*100 < want*98 || got > want {
			t.Errorf("%s has %d words, want %d", d.Document, got, want)
		}
	}
}

// testImages looks for each stream that passed through untouched in the file
// that the scanner wrote, and has pdfimages take it out as well.
func (s *staged) testImages(t *testing.T, dir string) {
	if _, err := exec.LookPath("pdfimages"); err != nil {
		without(t, "pdfimages (Debian package poppler-utils)")
	}
	passed := map[string]int{}
	for _, d := range s.lines.documents {
		id := storage.DocumentID(d.Document)
		images, err := s.archive.Images(t.Context(), storage.ImageFilter{Batch: id.Batch(), Document: id})
		if err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(s.files[id.Batch()])
		if err != nil {
			t.Fatal(err)
		}
		pdf, taken := s.part(t, d.Document, storage.PDFPart), takenOut(t, filepath.Join(dir, d.Document+".pdf"))
		for _, img := range images {
			if !img.Untouched || img.Encoding == scanstation.PNG {
				continue
			}
			stream := pdf[img.Offset : img.Offset+img.Length]
			if got := scanstation.DigestOf(stream); got != img.Digest || !slices.Contains(taken, got) {
				t.Errorf("%s image %d: the PDF holds %.12s, pdfimages takes out %.12s, want %.12s", d.Document, img.Image, got, taken, img.Digest)
			}
			// A JPEG that TIFF keeps apart from its tables is put together.
			if len(img.Done) == 0 && !bytes.Contains(raw, stream) {
				t.Errorf("%s image %d: its %d bytes are not in the scanner's file", d.Document, img.Image, len(stream))
			}
			passed[filepath.Ext(d.Source)+" "+string(img.Encoding)]++
		}
	}
	t.Logf("streams passed through: %v", passed)
	for kind, want := range map[string]int{".tif ccitt": 11, ".pdf ccitt": 5, ".tif jpeg": 2} {
		if passed[kind] != want {
			t.Errorf("%d streams of %s passed through, want %d", passed[kind], kind, want)
		}
	}
}

// takenOut returns the digests of the streams that pdfimages finds in a PDF.
func takenOut(t *testing.T, pdf string) (digests []scanstation.Digest) {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "pdfimages", "-all", pdf, filepath.Join(dir, "i")).CombinedOutput(); err != nil {
		t.Fatalf("pdfimages: %v: %s", err, out)
	}
	files, err := filepath.Glob(filepath.Join(dir, "i*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		digests = append(digests, scanstation.DigestOf(b))
	}
	return digests
}

func (s *staged) testNotes(t *testing.T) {
	for _, d := range s.lines.documents {
		var n storage.TransferNote
		dec := xml.NewDecoder(bytes.NewReader(s.part(t, d.Document, storage.NotePart(1))))
		if err := dec.Decode(&n); err != nil {
			t.Fatalf("note of %s: %v", d.Document, err)
		}
		if _, err := dec.Token(); err != nil && err != io.EOF {
			t.Errorf("note of %s does not end well: %v", d.Document, err)
		}
		if n.Creator.Name != "Erika Beispiel" || n.Creator.Assumed || !n.Created.Equal(noon) || string(n.Document.Digest) != d.SHA256 || n.Document.Pages != len(d.Pages) {
			t.Errorf("note of %s: %+v, %+v, %s", d.Document, n.Creator, n.Document, n.Created)
		}
		steps := map[string]storage.NoteStep{}
		for _, step := range n.Stack.Steps {
			steps[step.Name] = step
		}
		scan, ocr := steps["Scannen"], steps["Texterkennung"]
		if scan.By != "Erika Beispiel" || scan.System != "Scanstation scan-1" || !scan.Time.Equal(noon.Add(-time.Hour)) {
			t.Errorf("note of %s: scanned %+v", d.Document, scan)
		}
		if !strings.HasPrefix(ocr.System, "tesseract ") || steps["Übernahme"].System != software() || steps["Ablage"].System != software() {
			t.Errorf("note of %s names the software as %v", d.Document, steps)
		}
		id := storage.DocumentID(d.Document)
		images, err := s.archive.Images(t.Context(), storage.ImageFilter{Batch: id.Batch(), Document: id})
		if err != nil || len(images) != len(n.Stack.Images) || len(images) == 0 {
			t.Fatalf("note of %s names %d images, want %d: %v", d.Document, len(n.Stack.Images), len(images), err)
		}
		for i, img := range images {
			if got := n.Stack.Images[i]; got.Number != img.Image+1 || got.Digest != img.Digest || got.Turn != img.Rotation || got.DPI == 0 {
				t.Errorf("note of %s: image %+v, want number %d with %.12s", d.Document, got, img.Image+1, img.Digest)
			}
		}
	}
}

func (s *staged) testExport(t *testing.T) {
	to := t.TempDir()
	args := []string{"export", "--config", s.config, "--to", to}
	for _, d := range s.lines.documents {
		args = append(args, d.Document)
	}
	if code, out, errs := call(t, args...); code != exitDone {
		t.Fatalf("export exits %d: %s%s", code, out, errs)
	}
	for _, d := range s.lines.documents {
		for _, name := range []string{storage.PDFPart, storage.NotePart(2), storage.ManifestPart(2), storage.WordsPart} {
			got, err := os.ReadFile(filepath.Join(to, d.Document, name))
			if err != nil || !bytes.Equal(got, s.part(t, d.Document, name)) {
				t.Errorf("%s of %s is not what is stored: %v", name, d.Document, err)
			}
		}
		if got, err := os.ReadFile(filepath.Join(to, d.Document, "text.txt")); err != nil || string(got) != d.Text {
			t.Errorf("text of %s: %d bytes, %v; want %d", d.Document, len(got), err, len(d.Text))
		}
	}
	if code, _, errs := call(t, "export", "--config", s.config, "--to", to, "20261122-SAMP0000-099"); code != exitFailed || !strings.Contains(errs, "20261122-SAMP0000-099") {
		t.Errorf("export of no document exits %d and says %q", code, errs)
	}
}
