package main

import (
	"bytes"
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mailroom/cmd/mailbag/paper"
	"mailroom/ocr"
	"mailroom/ocr/barcode"
	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/scanstation/sheets"
	"mailroom/storage"
	"mailroom/storage/pdfa/verapdf"
)

// tokenOf writes a token of somebody of the demonstration into a file.
func tokenOf(t *testing.T, config, login string, scopes ...routing.Scope) string {
	t.Helper()
	return tokensOf(t, config, map[string][]routing.Scope{login: scopes})[login]
}

// tokensOf does so for several people, by their log-ins.
func tokensOf(t *testing.T, config string, of map[string][]routing.Scope) map[string]string {
	t.Helper()
	list := filepath.Join(t.TempDir(), "logins.txt")
	if code, _, errs := call(t, "clerks", "demo", "--config", config, "--to", list); code != exitDone {
		t.Fatalf("clerks ended with %d: %s", code, errs)
	}
	logins, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	h := openHouse(t, config)
	counter, _, err := h.openDesk()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for line := range strings.Lines(string(logins)) {
		words := strings.Fields(line)
		if len(of[words[0]]) == 0 {
			continue
		}
		who, err := counter.Authenticate(t.Context(), words[0], words[1])
		if err != nil {
			t.Fatal(err)
		}
		_, secret, err := counter.NewToken(t.Context(), who, "Kartons", of[words[0]], 1)
		if err != nil {
			t.Fatal(err)
		}
		out[words[0]] = filepath.Join(t.TempDir(), "token")
		if err := os.WriteFile(out[words[0]], []byte(secret+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if len(out) != len(of) {
		t.Fatalf("of %v some are nobody of the demonstration", of)
	}
	return out
}

// TestLabelsAreReadAfterPrinting prints labels of all sizes and reads them as
// they come off a printer and under a scanner, with the engine of the line.
func TestLabelsAreReadAfterPrinting(t *testing.T) {
	config := settings(t, "")
	h := openHouse(t, config)
	dir, chance := t.ArtifactDir(), rand.New(rand.NewPCG(1, 2))
	var files []string
	sizes := []string{"a4"}
	for _, s := range scanstation.LabelSizes() {
		sizes = append(sizes, s.String())
	}
	for i, size := range sizes {
		made, err := h.archive.MakeBoxes(t.Context(), "2026-11-25", storage.BoxKinds()[i%len(storage.BoxKinds())], 1, "c-1")
		if err != nil {
			t.Fatal(err)
		}
		box, file := string(made[0].ID), filepath.Join(dir, size+".pdf")
		if code, _, errs := call(t, "sheets", "box", box, "--size", size, "--config", config, "-o", file); code != exitDone {
			t.Fatalf("%s: sheets ended with %d: %s", size, code, errs)
		}
		files = append(files, file)
		sheet := printed(t, file)
		worn, _ := scanned(t, sheet, 1, chance)
		for look, c := range map[string]*paper.Canvas{"fresh": sheet, "worn": worn} {
			formats := []string{}
			for _, f := range codesIn(t, c) {
				if id, is := scanstation.ParseBoxCode(f.Text); !is || string(id) != box || h.archive.SheetKey.Signed(f.Text) != (size == "a4") {
					t.Errorf("%s, %s: reads %s %q", size, look, f.Format, f.Text)
				}
				formats = append(formats, f.Format)
			}
			if whole := slices.Contains(formats, "QRCode") && slices.Contains(formats, "Code128"); len(formats) == 0 || look == "fresh" && !whole {
				t.Errorf("%s, %s: %s was read as %v", size, look, box, formats)
			}
		}
	}
	verapdf.Pass(t, "2u", files...)
	// The code of a letter as a pull list has it.
	var slip scanstation.Print
	want := scanstation.SlipCode("20261125-ZYZY9Q2M", 12)
	if _, err := (sheets.Printer{}).Square(&slip, 166, 60, 0.9, want); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "slip.pdf")
	if err := writeReport(file, storage.Report{Title: "Liste", Language: "de", Created: time.Now(), Pages: []scanstation.Print{slip}}); err != nil {
		t.Fatal(err)
	}
	if found := codesIn(t, printed(t, file)); len(found) != 1 || found[0].Text != want {
		t.Errorf("the code of a letter reads %+v; want %s", found, want)
	}
	for what, args := range map[string][]string{"new ones without a token": {"--new", "1"}, "an unknown size": {"--size", "1x1"}, "no box": {"K261110001K"}} {
		if code, _, _ := call(t, append([]string{"sheets", "box", "--config", config, "-o", filepath.Join(dir, "x.pdf")}, args...)...); code == exitDone {
			t.Errorf("%s: sheets are printed", what)
		}
	}
}

// codesIn reads the codes on a page as the line does.
func codesIn(t *testing.T, c *paper.Canvas) []ocr.Barcode {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, &image.Gray{Pix: c.Pix, Stride: c.W, Rect: image.Rect(0, 0, c.W, c.H)}); err != nil {
		t.Fatal(err)
	}
	page := scanstation.Page{Encoding: scanstation.PNG, Width: c.W, Height: c.H, DPI: 300, Components: 1, Bits: 8}
	p, err := prepare(page, b.Bytes(), nil)
	if err != nil {
		t.Fatal(err)
	}
	found, _, err := barcode.Read(p)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestBoxesByCommand(t *testing.T) {
	config := settings(t, "")
	token := tokenOf(t, config, "scanstelle", routing.WorkStacks)
	file := filepath.Join(t.TempDir(), "box.pdf")
	if code, _, errs := call(t, "sheets", "box", "--new", "2", "--day", "2026-11-25", "--token-file", token, "--config", config, "-o", file); code != exitDone {
		t.Fatalf("sheets ended with %d: %s", code, errs)
	}
	var boxes []string
	for n := 1; n <= 2; n++ {
		id, err := scanstation.NewBoxID("2026-11-25", n)
		if err != nil {
			t.Fatal(err)
		}
		boxes = append(boxes, strings.ToLower(string(id)))
	}
	letter := letterIn(t, config, true)
	for _, tt := range []struct {
		code int
		args []string
	}{
		{exitUsage, []string{"box"}},
		{exitUsage, []string{"box", "open", "K0"}},
		{exitUsage, []string{"box", "burn", boxes[0], "--token-file", token}},
		{exitFailed, []string{"box", "open", boxes[0], "--token-file", filepath.Join(t.TempDir(), "none")}},
		{exitUsage, []string{"box", "open", boxes[0]}},
		{exitFailed, []string{"box", "put", boxes[0], string(letter), "--token-file", token}}, // not yet open
		{exitDone, []string{"box", "open", boxes[0], "--place", "Regal 1", "--token-file", token}},
		{exitDone, []string{"box", "put", boxes[0], scanstation.SlipCode(letter.Batch(), letter.Number()), "--token-file", token}},
		{exitDone, []string{"box", "move", boxes[0], "--place", "Keller", "--token-file", token}},
		{exitFailed, []string{"box", "empty", boxes[0], "--token-file", token}},
		{exitDone, []string{"box", "close", boxes[0], "--token-file", token}},
	} {
		if code, _, errs := call(t, append(append([]string{"originals"}, tt.args...), "--config", config)...); code != tt.code {
			t.Errorf("originals %v ended with %d, not %d: %s", tt.args, code, tt.code, errs)
		}
	}
	h := openHouse(t, config)
	o, err := h.archive.Original(t.Context(), letter)
	if err != nil || strings.ToLower(string(o.Box)) != boxes[0] {
		t.Errorf("the letter lies in %q, %v; want %s", o.Box, err, boxes[0])
	}
	if b, err := h.archive.Box(t.Context(), o.Box); err != nil || b.State != storage.BoxClosed || b.Location != "Keller" {
		t.Errorf("the box is %+v, %v", b, err)
	}
}

// TestAScannedBoxSheetSaysWhereItsStackLies prints a box sheet, lays it before a
// letter and takes both in as a scanner delivers them.
func TestAScannedBoxSheetSaysWhereItsStackLies(t *testing.T) {
	config := settings(t, "")
	h := openHouse(t, config)
	made, err := h.archive.MakeBoxes(t.Context(), "2026-11-25", storage.DailyBox, 1, "c-1")
	if err != nil {
		t.Fatal(err)
	}
	sheet, file := filepath.Join(t.TempDir(), "box.pdf"), filepath.Join(t.TempDir(), "stapel.tif")
	if code, _, errs := call(t, "sheets", "box", string(made[0].ID), "--config", config, "-o", sheet); code != exitDone {
		t.Fatalf("sheets ended with %d: %s", code, errs)
	}
	letter, _ := letterOf(knownCases(t, "wohngeld")[0], 2, 0)
	writeRescan(t, file, sheet, letter)
	l, code := taken(t, config, file)
	b := l.batches[0]
	if code != exitDone || b.State != "released" || b.Images != 3 || b.Separators != 1 || len(l.documents) != 1 {
		t.Fatalf("ingest ended with %d, the stack is %+v with %d letters", code, b, len(l.documents))
	}
	o, err := h.archive.Original(t.Context(), storage.DocumentID(l.documents[0].Document))
	stack, image := o.Spot()
	if err != nil || o.Box != made[0].ID || stack != 1 || image != 1 {
		t.Errorf("the letter lies in %q at %d of stack %d, %v; want it first in %s", o.Box, image, stack, err, made[0].ID)
	}
	if box, err := h.archive.Box(t.Context(), made[0].ID); err != nil || box.State != storage.BoxOpen {
		t.Errorf("the box is %s, %v; want it open", box.State, err)
	}
}
