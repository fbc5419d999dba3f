package main

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mailroom/cmd/mailbag/paper"
	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
)

// foreignCodes are what comes on post and is meant for others.
var foreignCodes = map[string]drawnCode{
	"registered letter":  {text: "RR473124829DE", zint: []string{"CODE128"}, module: 0.33, linear: true},
	"parcel":             {text: "[00]340434161094042557", zint: []string{"GS1_128"}, module: 0.33, linear: true},
	"Identcode":          {text: "56310243031", zint: []string{"DPIDENT"}, module: 0.4, linear: true},
	"Leitcode":           {text: "2134807501640", zint: []string{"DPLEIT"}, module: 0.4, linear: true},
	"Girocode":           {text: "BCD\n002\n1\nSCT\nMARKDEF1860\nTier und Natur e.V.\nDE02120300000000202051\nEUR12.30\n\n\nBeitrag 2026", zint: []string{"QRCODE"}, module: 0.4},
	"franking":           {text: "DEA\x10\x22\x07\x01A1B2C3D4\x0f\x20\x01\x80\x3c\x11", zint: []string{"DATAMATRIX", "--binary"}, module: 0.4},
	"visiting card":      {text: "BEGIN:VCARD\nVERSION:3.0\nN:Beispiel;Erika\nTEL:+4936340\nEND:VCARD", zint: []string{"QRCODE"}, module: 0.4},
	"address in the net": {text: "https://www.example.org/MRN12345678X?PATCHT=1", zint: []string{"QRCODE"}, module: 0.4},
	"product":            {text: "4006381333931", zint: []string{"EANX"}, module: 0.33, linear: true},
	"customer number":    {text: "KUNDE 4711-0815 PATCH T", zint: []string{"CODE128"}, module: 0.33, linear: true},
	"pharmacy":           {text: "[01]09504000059101[17]271231[10]AB-123", zint: []string{"DATAMATRIX", "--gs1"}, module: 0.4},
}

// greedy are numbers of departments that look like whatever others print.
func greedy(t *testing.T) *ocr.Finder {
	t.Helper()
	f, err := ocr.NewFinder([]ocr.Grammar{{Department: "wohngeld", Numbers: []*regexp.Regexp{
		regexp.MustCompile(`[A-Z]{2}\d{9}[A-Z]{2}`), regexp.MustCompile(`\d{8,20}`), regexp.MustCompile(`\(\d+\)\d+.*`), regexp.MustCompile(`https?://.*`), regexp.MustCompile(`(?s)B.+`),
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// A code of others does nothing, on a letter and alone on a sheet: it parts
// nothing, names no case and starts no letter.
func TestCodesOfOthersDoNothing(t *testing.T) {
	press, r := newPrinter(t), rand.New(rand.NewPCG(5, codeSeed))
	names := slices.Sorted(maps.Keys(foreignCodes))
	for i, name := range names[:foreignAlone] {
		sheet := emptyPaper()
		foreignCodes[name].print(t, sheet, 30, 50, 14)
		doesNothing(t, sheet.Turn(90*(i%4)), r, name)
	}
	for names := range slices.Chunk(names, 3) {
		letter := passage(t, press, r)
		for i, name := range names {
			foreignCodes[name].print(t, letter, 30, 45+82*float64(i), 14)
		}
		doesNothing(t, letter, r, names...)
	}
}

// doesNothing wants the codes of others that are drawn on a page to be read and to
// do nothing.
func doesNothing(t *testing.T, c *paper.Canvas, r *rand.Rand, drawn ...string) {
	t.Helper()
	e := engines().Read
	e.Recognise = func(ocr.Prepared, []string) ([]ocr.Word, error) { return nil, nil }
	page, stream := scannedAs(t, c, r, 1, 0.5, false)
	got, err := ocr.ReadPage(e, page, stream, ocr.Settings{Separators: []string{"PATCHT", "patch:T"}, Labels: []string{`[\s\S]*\d{4}[\s\S]*`}, Sheets: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Barcodes) != len(drawn) {
		t.Errorf("%v: read %+v", drawn, got.Barcodes)
	}
	label := slices.Contains(drawn, "customer number") // that is what the label asks for
	if got.Separator || got.Sheet != "" || got.Box != "" || got.Divider != nil || got.Forged(nil) != "" || (got.Label != "") != label {
		t.Errorf("%v: acts: %+v", drawn, got)
	}
	before, behind := ocr.Reading{Image: 0}, ocr.Reading{Image: 2}
	got.Image, got.Label = 1, ""
	if cut := ocr.Cut([]ocr.Reading{before, got, behind}); len(cut.Drafts) != 1 || len(cut.Drafts[0].Images) != 3 {
		t.Errorf("%v: the stack is cut into %+v", drawn, cut.Drafts)
	}
	if found := greedy(t).Find([]ocr.Reading{got}).Candidates; len(found) != 0 {
		t.Errorf("%v: names %+v", drawn, found)
	}
}

// A sheet of others that looks like a separator holds the letters around it,
// whatever code it bears; a label of the station starts a letter on a page that
// stays one.
func TestASeparatorOfOthersAndALabel(t *testing.T) {
	config := settings(t, "")
	data, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	data = bytes.Replace(data, []byte("separators: [PATCHT]"), []byte(`separators: [PATCHT], labels: ['WG-\d{4}-\d{6}']`), 1)
	if err := os.WriteFile(config, data, 0o600); err != nil {
		t.Fatal(err)
	}
	press, cases := newPrinter(t), knownCases(t, "wohngeld")
	looks := &paper.Page{}
	looks.Add(paper.Text{X: 25, Y: 150, Size: 52, Face: paper.Face{Family: "liberation-sans"}, S: "TRENNBLATT"})
	other, err := press.painter.Paint(looks, false)
	if err != nil {
		t.Fatal(err)
	}
	foreignCodes["customer number"].print(t, other, 30, 50, 14)
	one, _ := letterOf(cases[0], 1, 0)
	two, _ := letterOf(cases[1], 1, 0)
	sticker := press.paint(two[0])
	drawnCode{text: cases[1].number, zint: []string{"CODE128"}, module: 0.3, linear: true}.print(t, sticker, 20, 40, 12)
	file := filepath.Join(t.TempDir(), "stapel.tif")
	writeMixed(t, file, one[0], other, slip{text: []string{"Eine weitere Seite."}}, sticker, slip{text: []string{"Noch eine Seite."}}, sticker)
	l, code := taken(t, config, file)
	if b := l.batches[0]; code != exitReview || b.Pages != 6 || b.Separators != 0 || len(l.documents) != 2 {
		t.Fatalf("ingest ended with %d, the stack is %+v with %d letters; want two of three pages", code, b, len(l.documents))
	}
	if d := l.documents[0]; d.State != "review" || !slices.ContainsFunc(d.Reasons, func(r string) bool { return strings.Contains(r, ocr.SuspectSheet) }) {
		t.Errorf("the letter around the sheet of others is %s for %v", d.State, d.Reasons)
	}
	if d := l.documents[1]; d.State != "routed" || len(d.Pages) != 3 || d.CaseNumber == nil || string(*d.CaseNumber) != cases[1].number || d.CaseSource != "barcode" {
		t.Errorf("the letter with the sticker is %+v; want it routed by its code", d)
	}
}

// A page of a letter that bears the code of a sheet of the house, as anybody can
// write it, stays a page of its letter, which waits.
func TestASheetCodeOnALetterTakesNoPageAway(t *testing.T) {
	config, press, r := settings(t, ""), newPrinter(t), rand.New(rand.NewPCG(8, codeSeed))
	cases := knownCases(t, "wohngeld")
	const strange = "00000000"
	for name, text := range map[string]string{
		"volume": scanstation.VolumeID(strange).Code(), "rescan": scanstation.RescanID(strange).Code(),
		"later": scanstation.PlaceholderID(strange).LaterCode(), "seal": ocr.SealSheet,
	} {
		t.Run(name, func(t *testing.T) {
			one, _ := letterOf(cases[0], 1, 0)
			two, _ := letterOf(cases[1], 1, 0)
			second := passage(t, press, r)
			drawnCode{text: text, zint: []string{"QRCODE"}, module: 0.5}.print(t, second, 100, 42, 0)
			file := filepath.Join(t.TempDir(), "stapel.tif")
			writeMixed(t, file, one[0], second, slip{separator: true}, two[0])
			l, code := taken(t, config, file)
			if b := l.batches[0]; code != exitReview || b.Pages != 3 || b.Separators != 1 || len(l.documents) != 2 {
				t.Fatalf("ingest ended with %d, the stack is %+v with %d letters; want two, of three pages", code, b, len(l.documents))
			}
			d := l.documents[0]
			if want := ocr.SheetUnsigned + ": " + text; d.State != "review" || len(d.Pages) != 2 || !slices.ContainsFunc(d.Reasons, func(r string) bool { return strings.Contains(r, want) }) {
				t.Errorf("the letter has %d pages and is %s for %v; want both, waiting for %s", len(d.Pages), d.State, d.Reasons, want)
			}
			if d := l.documents[1]; d.State != "routed" {
				t.Errorf("the letter behind it is %s for %v", d.State, d.Reasons)
			}
		})
	}
}

// The sheet that the command prints closes the letter behind it, also where a plain
// separator lies between them.
func TestAPrintedSealSheetClosesTheLetter(t *testing.T) {
	config := settings(t, "")
	seal := dividersOf(t, config, "separator", "--text", ocr.SealSheet)[0]
	for name, parts := range map[string][]any{"alone": {seal, nobodys}, "before a separator": {seal.Turn(180), slip{separator: true}, nobodys}} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "stapel.tif")
			writeMixed(t, file, parts...)
			l, _ := taken(t, config, file)
			if b := l.batches[0]; b.Pages != 1 || b.Separators != len(parts)-1 || len(l.documents) != 1 {
				t.Fatalf("the stack is %+v with %d letters; want one", b, len(l.documents))
			}
			doc, err := openHouse(t, config).archive.Document(t.Context(), storage.DocumentID(l.documents[0].Document))
			if err != nil || doc.Seal == nil {
				t.Errorf("the letter is open, %v", err)
			}
		})
	}
}
