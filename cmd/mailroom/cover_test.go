package main

import (
	"bufio"
	"bytes"
	"context"
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
	"mailroom/cmd/mailbag/stack"
	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/pdfa/verapdf"
)

// printedPages renders every page of a PDF as a printer would.
func printedPages(t *testing.T, pdf string) (out []*paper.Canvas) {
	t.Helper()
	if _, err := exec.LookPath("pdftoppm"); err != nil {
		without(t, "pdftoppm (Debian package poppler-utils)")
	}
	data, err := exec.CommandContext(t.Context(), "pdftoppm", "-gray", "-r", "300", pdf).Output()
	if err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(bytes.NewReader(data))
	for {
		var w, h, most int
		if _, err := fmt.Fscanf(r, "P5\n%d %d\n%d\n", &w, &h, &most); err != nil {
			return out
		}
		c := paper.NewCanvas(w, h, false)
		if _, err := io.ReadFull(r, c.Pix); err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
}

// sheetsOf prints sheets by the command and has them validated.
func sheetsOf(t *testing.T, config, kind string, want int, ids ...string) []*paper.Canvas {
	t.Helper()
	file := filepath.Join(t.TempDir(), kind+".pdf")
	args := append([]string{"sheets", kind}, ids...)
	if code, _, errs := call(t, append(args, "--config", config, "-o", file)...); code != exitDone {
		t.Fatalf("sheets ended with %d: %s", code, errs)
	}
	verapdf.Pass(t, "2u", file)
	if dir := os.Getenv("MAILROOM_LOOK"); dir != "" {
		data, err := os.ReadFile(file)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, kind+"-"+ids[0]+".pdf"), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	pages := printedPages(t, file)
	if len(pages) != want {
		t.Fatalf("%d pages of %s; want %d", len(pages), kind, want)
	}
	return pages
}

// writeMixed writes a stack of slips and sheets, these as a scanner sees them.
func writeMixed(t *testing.T, file string, parts ...any) {
	t.Helper()
	press := newPrinter(t)
	w, err := stack.Create(file, stack.TIFFG4, slipDPI)
	if err != nil {
		t.Fatal(err)
	}
	chance := rand.New(rand.NewPCG(3, 4))
	for _, part := range parts {
		switch p := part.(type) {
		case slip:
			err = w.Add(press.paint(p), 128, 0)
		case *paper.Canvas:
			c, look := scanned(t, p, 1, chance)
			err = w.Add(c, look.Threshold(), 0)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func inTx[T any](t *testing.T, h *house, f func(ctx context.Context, tx storage.Tx) (T, error)) (out T) {
	t.Helper()
	err := h.archive.Do(t.Context(), func(tx storage.Tx) (err error) {
		out, err = f(t.Context(), tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A cover sheet and, weeks later, the plan itself: printed, laid into a stack,
// scanned and read.
func TestAPrintedCoverSheetStaysInItsLetter(t *testing.T) {
	config := settings(t, "")
	h := openHouse(t, config)
	record := func(p storage.Placeholder) storage.Placeholder {
		return inTx(t, h, func(ctx context.Context, tx storage.Tx) (storage.Placeholder, error) {
			return h.archive.RecordPlaceholder(ctx, tx, p, storage.Signature{By: "c-1", Name: "Erika Beispiel"})
		})
	}
	cash := record(storage.Placeholder{Kind: storage.Cash, Words: "Ein Schein zu 50 Euro", Cents: 5000, Currency: "EUR", Place: "Tresor 1, Fach 3"})
	plan := record(storage.Placeholder{Kind: storage.LargePlan, Words: "Lageplan im Maßstab 1:500, vom 12.05.2026", Place: "Planschrank 2"})
	money := sheetsOf(t, config, "placeholder", 1, string(cash.ID))
	drawing := sheetsOf(t, config, "placeholder", 2, string(plan.ID))

	letter, _ := letterOf(knownCases(t, "wohngeld")[0], 1, 0)
	other, _ := letterOf(knownCases(t, "wohngeld")[1], 1, 0)
	file := filepath.Join(t.TempDir(), "stapel.tif")
	writeMixed(t, file, letter[0], money[0], drawing[0].Turn(180), slip{separator: true}, other[0])
	l, code := taken(t, config, file)
	if b := l.batches[0]; code != exitDone || b.State != "released" || b.Pages != 4 || b.Separators != 1 || len(l.documents) != 2 {
		t.Fatalf("ingest ended with %d, the stack is %+v with %d letters; want it released with cover sheets as pages", code, b, len(l.documents))
	}
	id := storage.DocumentID(l.documents[0].Document)
	for _, want := range []storage.Placeholder{cash, plan} {
		found, err := h.archive.Placeholders(t.Context(), storage.PlaceholderFilter{ID: want.ID})
		if err != nil || len(found) != 1 || found[0].Document != id || found[0].Image == nil {
			t.Errorf("placeholder %s is tied as %+v, %v; want to %s", want.ID, found, err, id)
		}
	}
	reasons := inTx(t, h, func(ctx context.Context, tx storage.Tx) ([]scanstation.Reason, error) {
		o, err := h.archive.Paper(ctx, tx, id, true)
		if err != nil {
			return nil, err
		}
		return h.archive.MayDestroy(ctx, tx, o)
	})
	if n := len(slices.DeleteFunc(slices.Clone(reasons), func(r scanstation.Reason) bool { return r.Code != storage.PlaceholderOpen })); n != 2 {
		t.Errorf("%d of %v are about what is kept; want 2", n, reasons)
	}

	file = filepath.Join(t.TempDir(), "plan.tif")
	writeMixed(t, file, drawing[1], slip{text: []string{"Lageplan", "Flurstück 17"}}, slip{separator: true}, other[0])
	if l, code = taken(t, config, file); code != exitDone || l.batches[0].State != "released" || len(l.documents) != 1 {
		t.Fatalf("the plan: ingest ended with %d, the stack is %+v", code, l.batches[0])
	}
	doc, err := h.archive.Document(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	pages := strings.Split(doc.Text, "\f")
	if doc.Version < 2 || len(pages) != 4 || !strings.Contains(pages[1], "Bargeld: 50,00 EUR") || !strings.Contains(pages[3], "Flurstück 17") {
		t.Errorf("version %d of the letter reads %q; want the plan behind its cover sheet", doc.Version, doc.Text)
	}
	found, err := h.archive.Placeholders(t.Context(), storage.PlaceholderFilter{ID: plan.ID})
	if err != nil || len(found) != 1 || found[0].State != storage.PlaceholderJoined {
		t.Errorf("the plan is %+v, %v", found, err)
	}
	dir := t.TempDir()
	if code, _, errs := call(t, "export", string(id), "--config", config, "--to", dir); code != exitDone {
		t.Errorf("export ended with %d: %s", code, errs)
	}
	verapdf.Pass(t, "2u", filepath.Join(dir, string(id), path.Base(doc.Object)))
}

// A file sheet says to which file a volume belongs, whatever its pages name.
func TestAPrintedFileSheetNamesTheFile(t *testing.T) {
	config := settings(t, "")
	data, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	data = bytes.Replace(data, []byte("stations:\n"), []byte("stations:\n  - {name: altbestand, folder: ./drop/altbestand, kind: backlog}\n"), 1)
	if err := os.WriteFile(config, data, 0o600); err != nil {
		t.Fatal(err)
	}
	h := openHouse(t, config)
	cases := knownCases(t, "wohngeld")
	v := inTx(t, h, func(ctx context.Context, tx storage.Tx) ([]storage.FileVolume, error) {
		return h.archive.PlanVolumes(ctx, tx, []storage.FileVolume{{Department: "wohngeld", Number: cases[0].number, Volume: 1, Of: 1, Words: "Keller, Regal 4"}}, "c-1")
	})[0]
	sheet := sheetsOf(t, config, "volume", 1, string(v.ID))
	inside, _ := letterOf(cases[1], 2, 0)
	file := filepath.Join(t.TempDir(), "akte.tif")
	writeMixed(t, file, sheet[0], inside[0], inside[1])
	code, out, errs := call(t, "ingest", "--json", "--station", "altbestand", "--operator", "Erika Beispiel", "--config", config, file)
	l, err := parseLines([]byte(out))
	if err != nil || code != exitDone || len(l.documents) != 1 {
		t.Fatalf("ingest ended with %d, %v: %s", code, err, errs)
	}
	doc := l.documents[0]
	if doc.CaseNumber == nil || *doc.CaseNumber != cases[0].number || doc.CaseSource != "sheet" || l.batches[0].Kind != "backlog" || l.batches[0].State != "released" {
		t.Errorf("the volume came as %+v of %+v; want it in file %s by its sheet", doc, l.batches[0], cases[0].number)
	}
	done := inTx(t, h, func(ctx context.Context, tx storage.Tx) ([]storage.FileVolume, error) {
		return h.archive.Ledger.Volumes(ctx, tx, storage.VolumeFilter{ID: v.ID})
	})
	if len(done) != 1 || done[0].State != storage.VolumeDone || done[0].Pages != 2 {
		t.Errorf("the volume is %+v; want it done with 2 pages", done)
	}
}
