package tesseract_test

import (
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mailroom/ocr"
	"mailroom/ocr/tesseract"
)

// TestShortcutsAreTaken looks whether the dynamic linker finds the shortcuts: what a
// library asks for and this program defines stands, with a place, in its table of
// dynamic symbols, which is looked at first.
func TestShortcutsAreTaken(t *testing.T) {
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer program.Close()
	symbols, err := program.DynamicSymbols()
	if err != nil {
		t.Fatal(err)
	}
	here := map[string]bool{}
	for _, s := range symbols {
		here[s.Name] = s.Section != elf.SHN_UNDEF
	}
	for _, name := range []string{
		"GOMP_parallel", "GOMP_parallel_sections", "GOMP_sections_next", "GOMP_sections_end_nowait", "pixWriteMem",
		"pixOpenBrick",
	} {
		if !here[name] {
			t.Errorf("%s is not found here first; was Tesseract built without OpenMP, or leptonica into it?", name)
		}
	}
}

// TestShortcutsChangeNothing compares with the tesseract program, which takes none
// of them: each word of a form, its place and its confidence.
func TestShortcutsChangeNothing(t *testing.T) {
	program := need(t, "tesseract")
	_, path := page(t, strings.TrimSpace(strings.Repeat(letter+"\n", 12)))
	form := filepath.Join(t.TempDir(), "form.tif")
	// Beside the lines, words that the edges cut off.
	lines := []string{path, "-fill", "black", "-font", "DejaVu-Sans", "-pointsize", "46",
		"-annotate", "+2330+2300", "HEFTE\nEHE", "-annotate", "+400+3518", "HILFE HIMMEL"}
	for i := range 8 {
		y := 352 + 160*i
		lines = append(lines, "-draw", fmt.Sprintf("rectangle 0,%d 2479,%d", y, y+3), // from edge to edge
			"-draw", fmt.Sprintf("rectangle %d,352 %d,1480", 230+300*i, 233+300*i))
	}
	lines = append(lines, "-monochrome", "-density", "300", "-units", "PixelsPerInch", "-compress", "Group4", form)
	if out, err := exec.Command("convert", lines...).CombinedOutput(); err != nil {
		t.Fatalf("draw lines: %v\n%s", err, out)
	}
	b, err := os.ReadFile(form)
	if err != nil {
		t.Fatal(err)
	}
	var e tesseract.Engine
	defer e.Close()
	words, err := e.Recognise(ocr.Prepared{Width: 2480, Height: 3508, DPI: 300, Straight: b}, []string{"deu"})
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program, form, "-", "-l", "deu", "--psm", "3", "--dpi", "300", "tsv").Output()
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, line := range strings.Split(string(out), "\n") {
		f := strings.Split(line, "\t") // level, page, block, paragraph, line, word, left, top, width, height, confidence, text
		if len(f) == 12 && f[0] == "5" && strings.TrimSpace(f[11]) != "" {
			percent, _, _ := strings.Cut(f[10], ".")
			want = append(want, strings.Join(append(f[6:10:10], percent, f[11]), " "))
		}
	}
	var got []string
	for _, w := range words {
		got = append(got, fmt.Sprintf("%d %d %d %d %.0f %s", w.Box[0], w.Box[1], w.Box[2], w.Box[3], 100*w.Confidence, w.Text))
	}
	if len(want) < 50 || strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%d words, the program reads %d:\n%s\n\n%s", len(got), len(want), strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
