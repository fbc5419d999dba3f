package main

import (
	"bytes"
	"io"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mailroom/cmd/mailbag/paper"
	"mailroom/cmd/mailbag/scan"
	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/pipeline"
	"mailroom/scanstation"
	"mailroom/scanstation/sheets"
	"mailroom/storage"
)

// dividersOf prints dividers by the command and returns them as they come out of
// the printer.
func dividersOf(t *testing.T, config string, args ...string) []*paper.Canvas {
	t.Helper()
	file := filepath.Join(t.ArtifactDir(), strings.ReplaceAll(strings.Join(args, "-"), "/", "_")+".pdf")
	if code, _, errs := call(t, append(append([]string{"sheets"}, args...), "--config", config, "-o", file)...); code != exitDone {
		t.Fatalf("sheets %v ended with %d: %s", args, code, errs)
	}
	return printedPages(t, file)
}

// dividerBy prints a divider that the command would not print.
func dividerBy(t *testing.T, key scanstation.SheetKey, d scanstation.Divider) *paper.Canvas {
	t.Helper()
	a := storage.NewArchive(storage.Config{SheetKey: key})
	p, err := sheets.Printer{}.Divider(a.DividerSheet(d, ""))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "blatt.pdf")
	if err := writeReport(file, storage.Report{Title: "Blatt", Language: "de", Created: time.Now(), Pages: []scanstation.Print{p}}); err != nil {
		t.Fatal(err)
	}
	return printed(t, file)
}

// nobodys is a letter that says nothing of where it belongs.
var nobodys = slip{text: []string{"Guten Tag, wie besprochen."}}

// Sheets that are used again and again: the letter behind one goes where it says,
// in the class that it names; the one behind the next separator does not.
func TestASeparatorSaysWhoseTheLetterIs(t *testing.T) {
	config := settings(t, "")
	own := dividersOf(t, config, "separator", "--department", "wohngeld", "--class", "pzu", "--kind", "backlog")[0]
	enclosure := dividersOf(t, config, "enclosure")[0]
	letter, _ := letterOf(knownCases(t, "wohngeld")[1], 1, 0)
	file := filepath.Join(t.TempDir(), "stapel.tif")
	writeMixed(t, file, own, slip{separator: true}, own.Turn(180), nobodys, slip{separator: true}, letter[0], enclosure,
		slip{text: []string{"Seite 1 von 1", "Guten Tag, dies ist die Anlage."}}, enclosure.Turn(180), slip{text: []string{"Noch eine Anlage."}})
	l, code := taken(t, config, file)
	if b := l.batches[0]; code != exitDone || b.State != "released" || b.Pages != 4 || b.Separators != 6 || len(l.documents) != 2 {
		t.Fatalf("ingest ended with %d, the stack is %+v with %d letters; want two, released", code, b, len(l.documents))
	}
	h := openHouse(t, config)
	first, err := h.archive.Document(t.Context(), storage.DocumentID(l.documents[0].Document))
	if err != nil {
		t.Fatal(err)
	}
	says := scanstation.Divider{Level: scanstation.LetterLevel, Kind: scanstation.Backlog, Department: "wohngeld", Class: "pzu"}
	if first.Department != "wohngeld" || first.Class != "pzu" || first.Kind != scanstation.Backlog || first.Divider == nil || *first.Divider != says ||
		!slices.ContainsFunc(first.Findings.Departments, func(f ocr.DepartmentFinding) bool { return f.Evidence.Rule == ocr.RuleSheet }) {
		t.Errorf("the letter behind the sheet is of %q, class %q, kind %q, by %+v and %+v", first.Department, first.Class, first.Kind, first.Divider, first.Findings.Departments)
	}
	second, err := h.archive.Document(t.Context(), storage.DocumentID(l.documents[1].Document))
	if err != nil || second.Class != "normal" || second.Divider != nil || second.Pages != 3 || !slices.Equal(second.Enclosures, []int{2, 3}) {
		t.Errorf("the letter with enclosures is %+v, %v; want three pages, enclosures from 2 and 3", second, err)
	}
	r, err := h.archive.OpenPDF(t.Context(), second)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if pdf, err := io.ReadAll(r); err != nil || !bytes.Contains(pdf, []byte("/Outlines ")) || bytes.Count(pdf, []byte("/Dest [")) != 3 {
		t.Errorf("the PDF/A of the letter does not name it and its two enclosures: %v", err)
	}
}

// What a sheet says that this house does not know is a doubt, and so is a sheet of
// another house: it stays a page and cuts nothing.
func TestASheetThatIsNotOursDoesNothing(t *testing.T) {
	config := settings(t, "")
	key := openHouse(t, config).archive.SheetKey
	unknown := dividerBy(t, key, scanstation.Divider{Level: scanstation.LetterLevel, Department: "forstamt", Class: "holz"})
	forged := dividerBy(t, scanstation.SheetKey("the key of another house"), scanstation.Divider{Level: scanstation.LetterLevel, Department: "wohngeld"})
	letter, _ := letterOf(knownCases(t, "wohngeld")[0], 1, 0)
	file := filepath.Join(t.TempDir(), "stapel.tif")
	writeMixed(t, file, unknown, nobodys, slip{separator: true}, letter[0], forged)
	l, code := taken(t, config, file)
	if b := l.batches[0]; code != exitReview || b.State != "review" || b.Pages != 3 || b.Separators != 2 || len(l.documents) != 2 {
		t.Fatalf("ingest ended with %d, the stack is %+v with %d letters; want two, held", code, b, len(l.documents))
	}
	for i, want := range [][]string{{pipeline.SheetDepartment, pipeline.SheetClass}, {ocr.SheetUnsigned}} {
		d := l.documents[i]
		for _, code := range want {
			if d.State != "review" || !slices.ContainsFunc(d.Reasons, func(r string) bool { return strings.Contains(r, code) }) {
				t.Errorf("letter %d is %s for %v; want it to wait for %s", i, d.State, d.Reasons, code)
			}
		}
	}
	if text := l.documents[1].Text; !strings.Contains(text, "TRENNBLATT") {
		t.Errorf("the sheet of another house was not read as a page: %q", text)
	}
}

// A batch sheet counts once: its copy before another stack holds that stack.
func TestABatchSheetIsUsedOnce(t *testing.T) {
	config := settings(t, "")
	token := tokenOf(t, config, "scanstelle", routing.WorkStacks)
	sheet := dividersOf(t, config, "batch", "-n", "2", "--department", "wohngeld", "--token-file", token)
	stack := func(name string, parts ...any) (lines, int) {
		file := filepath.Join(t.TempDir(), name)
		writeMixed(t, file, parts...)
		return taken(t, config, file)
	}
	l, code := stack("eins.tif", sheet[0], sheet[0].Turn(180), nobodys)
	if b := l.batches[0]; code != exitDone || b.State != "released" || b.Separators != 2 || l.documents[0].Department != "wohngeld" {
		t.Fatalf("ingest ended with %d, the stack is %+v, its letter %+v; want it released", code, b, l.documents)
	}
	first := string(l.batches[0].Batch)
	l, code = stack("zwei.tif", sheet[0], slip{text: []string{"Guten Tag, noch einmal."}})
	want := storage.BatchSheetUsed + ": 1, " + first
	if b := l.batches[0]; code != exitReview || b.State != "review" || !slices.ContainsFunc(l.documents[0].Reasons, func(r string) bool { return strings.Contains(r, want) }) {
		t.Errorf("ingest ended with %d, the stack is %+v, its letter waits for %v; want %s", code, b, l.documents[0].Reasons, want)
	}
	stranger := dividerBy(t, openHouse(t, config).archive.SheetKey, scanstation.Divider{Level: scanstation.StackLevel, Number: 4711})
	l, code = stack("drei.tif", nobodys, sheet[1], slip{text: []string{"Guten Tag, wie vereinbart."}}, stranger)
	if b := l.batches[0]; code != exitReview || b.Separators != 2 || len(l.documents) != 2 || l.documents[1].Department != "wohngeld" ||
		!slices.ContainsFunc(l.documents[1].Reasons, func(r string) bool { return strings.Contains(r, storage.BatchSheetUnknown+": 4711") }) {
		t.Errorf("ingest ended with %d, the stack is %+v, its letters %+v; want a level of its own behind sheet 2, and 4711 unknown", code, b, l.documents)
	}
}

// The longest code that a sheet bears is read whatever the scanner does, and the
// back of a sheet, through which its front shines, is blank or the same sheet.
func TestADividerIsReadFromEveryScan(t *testing.T) {
	key := scanstation.SheetKey("the key of this house")
	says := scanstation.Divider{Level: scanstation.LetterLevel, Kind: scanstation.Backlog, Department: "schwerbehinderung", Class: "identity-papers"}
	sheet := dividerBy(t, key, says)
	e := engines().Read
	e.Recognise = func(ocr.Prepared, []string) ([]ocr.Word, error) { return nil, nil }
	read := func(r *rand.Rand, front, back *paper.Canvas, strength int, bilevel bool) ocr.Reading {
		profile, err := scan.ProfileOf(strength)
		if err != nil {
			t.Fatal(err)
		}
		look := profile.Draw(r)
		page, stream := streamOf(t, look.Apply(r, front, back, codeDPI), bilevel, look.Threshold())
		got, err := ocr.ReadPage(e, page, stream, ocr.Settings{Separators: []string{"PATCHT"}, Sheets: true})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	for strength := range 3 {
		for n := range 2 * sheetScans {
			r := rand.New(rand.NewPCG(uint64(strength), uint64(n)))
			got := read(r, sheet.Turn(90*((n+n/2+strength)%4)), nil, strength, n%2 == 1)
			if got.Divider == nil || *got.Divider != says || got.Forged(key) != "" {
				t.Errorf("strength %d, scan %d: reads %+v", strength, n, got.Barcodes)
			}
			back := read(r, emptyPaper(), sheet, strength, n%2 == 1)
			if !back.Blank && (back.Divider == nil || *back.Divider != says || back.Forged(key) != "") {
				t.Errorf("strength %d, scan %d: the back is a page with %+v on it, ink %+v", strength, n, back.Barcodes, back.Ink)
			}
		}
	}
}
