package tesseract_test

import (
	"debug/elf"
	"os"
	"testing"
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
	} {
		if !here[name] {
			t.Errorf("%s is not found here first; was Tesseract built without OpenMP, or leptonica into it?", name)
		}
	}
}
