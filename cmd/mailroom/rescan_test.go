package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mailroom/cmd/mailbag/paper"
	"mailroom/cmd/mailbag/scan"
	"mailroom/cmd/mailbag/stack"
	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/pdfa/verapdf"
)

// printed renders the first page of a PDF as a printer would, at 300 dpi.
func printed(t *testing.T, pdf string) *paper.Canvas {
	t.Helper()
	if _, err := exec.LookPath("pdftoppm"); err != nil {
		without(t, "pdftoppm (Debian package poppler-utils)")
	}
	out, err := exec.CommandContext(t.Context(), "pdftoppm", "-gray", "-r", "300", "-l", "1", pdf).Output()
	if err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(bytes.NewReader(out))
	var w, h, most int
	if _, err := fmt.Fscanf(r, "P5\n%d %d\n%d\n", &w, &h, &most); err != nil {
		t.Fatal(err)
	}
	c := paper.NewCanvas(w, h, false)
	if _, err := io.ReadFull(r, c.Pix); err != nil {
		t.Fatal(err)
	}
	return c
}

// scanned lays a sheet onto a scanner of that strength.
func scanned(t *testing.T, sheet *paper.Canvas, strength int, chance *rand.Rand) (*paper.Canvas, scan.Look) {
	t.Helper()
	profile, err := scan.ProfileOf(strength)
	if err != nil {
		t.Fatal(err)
	}
	look := profile.Draw(chance)
	return look.Apply(chance, sheet, nil, slipDPI), look
}

// asked requests a rescan and prints its sheet by the command.
func asked(t *testing.T, h *house, config string, id storage.DocumentID, kind storage.RescanKind, pages ...int) (storage.Rescan, string) {
	t.Helper()
	var r storage.Rescan
	err := h.archive.Do(t.Context(), func(tx storage.Tx) (err error) {
		r, err = h.archive.AskRescan(t.Context(), tx, storage.Rescan{Document: id, Kind: kind, Complaint: storage.Unreadable, Words: "unten abgeschnitten"}, pages, "c-1")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "blatt.pdf")
	if code, _, errs := call(t, "sheets", "rescan", string(r.ID), "--config", config, "-o", file); code != exitDone {
		t.Fatalf("sheets ended with %d: %s", code, errs)
	}
	return r, file
}

// letterIn takes a letter of three slips in and returns it. What holds its
// stack, if that is not to be released, is another letter of which nobody knows
// whose it is.
func letterIn(t *testing.T, config string, released bool) storage.DocumentID {
	t.Helper()
	press := newPrinter(t)
	slips, _ := letterOf(knownCases(t, "wohngeld")[0], 3, 0)
	if !released {
		slips = append(slips, slip{separator: true}, slip{text: []string{"Guten Tag, wie besprochen."}})
	}
	file := filepath.Join(t.TempDir(), "brief.tif")
	press.write(file, slips...)
	l, _ := taken(t, config, file)
	if len(l.documents) == 0 || l.documents[0].State != "routed" {
		t.Fatalf("the letter came as %+v", l.documents)
	}
	return storage.DocumentID(l.documents[0].Document)
}

// taken ingests a file.
func taken(t *testing.T, config, file string) (lines, int) {
	t.Helper()
	code, out, errs := call(t, "ingest", "--json", "--operator", "Erika Beispiel", "--config", config, file)
	l, err := parseLines([]byte(out))
	if err != nil || len(l.batches) != 1 {
		t.Fatalf("ingest ended with %d, %v: %s", code, err, errs)
	}
	return l, code
}

func TestAScannedRescanSheetPutsItsPageIntoTheLetter(t *testing.T) {
	for name, released := range map[string]bool{"after the release": true, "before the release": false} {
		t.Run(name, func(t *testing.T) { testRescan(t, released) })
	}
}

func testRescan(t *testing.T, released bool) {
	config := settings(t, "")
	id := letterIn(t, config, released)
	h := openHouse(t, config)
	if b, err := h.archive.Batch(t.Context(), id.Batch()); err != nil || (b.State == storage.BatchReleased) != released {
		t.Fatalf("the stack is %s, %v", b.State, err)
	}
	_, sheet := asked(t, h, config, id, storage.ReplacePages, 2)
	verapdf.Pass(t, "2u", sheet)

	file := filepath.Join(t.TempDir(), "nachscan.tif")
	other, _ := letterOf(knownCases(t, "wohngeld")[1], 1, 0)
	writeRescan(t, file, sheet, append([]slip{{text: []string{"Dies ist die neue zweite Seite", "mit vollständigem Wortlaut."}}, {separator: true}}, other...))
	l, code := taken(t, config, file)
	b := l.batches[0]
	if code != exitDone || b.State != "released" || b.Images != 4 || b.Pages != 2 || b.Separators != 2 || len(l.documents) != 1 || l.documents[0].CaseNumber == nil {
		t.Errorf("ingest ended with %d, the stack is %+v with %d letters; want it released with the other letter alone", code, b, len(l.documents))
	}
	doc, err := h.archive.Document(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	pages := strings.Split(doc.Text, "\f")
	if doc.Version < 2 || len(pages) != 3 || !strings.Contains(pages[1], "neue zweite Seite") || !strings.Contains(pages[2], "Seite 3") || strings.Contains(doc.Text, "Seite 2 zum") {
		t.Errorf("version %d of the letter reads %q; want its second page replaced", doc.Version, doc.Text)
	}
	images, err := h.archive.Pages(t.Context(), id)
	if err != nil || len(images) != 3 || images[1].Batch == id.Batch() || images[2].Batch != id.Batch() {
		t.Errorf("images are %+v, %v", images, err)
	}
	found, err := h.archive.Search(t.Context(), storage.SearchFilter{Text: "vollständiger Wortlaut", All: true})
	if err != nil || len(found) != 1 || found[0].ID != id {
		t.Errorf("a search for the new words finds %d letters, %v", len(found), err)
	}
	dir := t.TempDir()
	if code, _, errs := call(t, "export", string(id), "--config", config, "--to", dir); code != exitDone {
		t.Errorf("export ended with %d: %s", code, errs)
	}
	verapdf.Pass(t, "2u", filepath.Join(dir, string(id), path.Base(doc.Object)))
	testVerified(t, config, h, doc)
}

// writeRescan writes a stack that begins with a sheet as a scanner sees it.
func writeRescan(t *testing.T, file, sheet string, slips []slip) {
	t.Helper()
	press := newPrinter(t)
	w, err := stack.Create(file, stack.TIFFG4, slipDPI)
	if err != nil {
		t.Fatal(err)
	}
	c, look := scanned(t, printed(t, sheet), 1, rand.New(rand.NewPCG(1, 2)))
	if err := w.Add(c, look.Threshold(), 0); err != nil {
		t.Fatal(err)
	}
	for _, s := range slips {
		if err := w.Add(press.paint(s), 128, 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// testVerified wants a sound archive, and one whose first version is gone to be
// told broken.
func testVerified(t *testing.T, config string, h *house, doc storage.Document) {
	t.Helper()
	if code, out, errs := call(t, "verify", "--all", "--config", config); code != exitDone {
		t.Errorf("verify ended with %d: %s%s", code, out, errs)
	}
	if err := h.blobs.Erase(t.Context(), doc.ID.Key(storage.PDFPart)); err != nil {
		t.Fatal(err)
	}
	if code, _, _ := call(t, "verify", "--all", "--config", config); code != exitBroken {
		t.Errorf("verify ended with %d without the first version; want %d", code, exitBroken)
	}
}

// The code must be read however the sheet lies and whatever the scanner does.
func TestARescanSheetIsReadFromEveryScan(t *testing.T) {
	config := settings(t, "")
	id := letterIn(t, config, true)
	r, file := asked(t, openHouse(t, config), config, id, storage.AddPages, 3)
	sheet := printed(t, file)
	const times = 4
	for strength := range 3 {
		for _, format := range []stack.Format{stack.PNG, stack.PNGBit} {
			t.Run(fmt.Sprintf("strength %d as %s", strength, format), func(t *testing.T) {
				chance := rand.New(rand.NewPCG(uint64(strength), 7))
				for i := range times {
					c, look := scanned(t, sheet, strength, chance)
					if i%2 == 1 {
						c = c.Turn(180)
					}
					if got := codesOn(t, c, format, look.Threshold()); !slices.Contains(got, r.ID.Code()) {
						t.Errorf("scan %d reads %q; want %q", i, got, r.ID.Code())
					}
				}
			})
		}
	}
}

// codesOn reads the codes of a page with the real decoder and reader.
func codesOn(t *testing.T, c *paper.Canvas, format stack.Format, threshold uint8) (texts []string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.png")
	w, err := stack.Create(file, format, slipDPI)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Add(c, threshold, 0); err != nil {
		t.Fatal(err)
	}
	stream, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	page := scanstation.Page{Encoding: scanstation.PNG, Width: c.W, Height: c.H, DPI: slipDPI, Components: 1, Bits: 8, Digest: scanstation.DigestOf(stream), Bytes: int64(len(stream))}
	if format == stack.PNGBit {
		page.Bits = 1
	}
	e := engines().Read
	e.Recognise = func(ocr.Prepared, []string) ([]ocr.Word, error) { return nil, nil }
	reading, err := ocr.ReadPage(e, page, stream, ocr.Settings{Sheets: true})
	if err != nil {
		t.Fatal(err)
	}
	if reading.Sheet == "" || !reading.Separator {
		t.Errorf("the page is no sheet: %+v", reading.Barcodes)
	}
	for _, b := range reading.Barcodes {
		texts = append(texts, b.Text)
	}
	return texts
}
