package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mailroom/scanstation"
	"mailroom/storage/pdfa/verapdf"
)

func TestTheProcedureIsPrintedFromTheConfiguration(t *testing.T) {
	document := filepath.Join(t.TempDir(), "vd.pdf")
	if err := os.WriteFile(document, []byte("Verfahrensdokumentation"), 0o600); err != nil {
		t.Fatal(err)
	}
	config := settings(t, `procedure: {name: Verfahrensdokumentation Auenstedt, version: "4.2", date: "2026-10-01", keeper: Erika Beispiel, file: `+document+`}
classes:
  - {id: high, check: 0.35}
`)
	if _, err := exec.LookPath("pdftotext"); err != nil {
		without(t, "pdftotext (Debian package poppler-utils)")
	}
	for lang, wants := range map[string][]string{
		"de": {"Verfahrensdokumentation Auenstedt", "4.2", "Erika Beispiel", "35 %", "DIN 66399 P-5", "PATCHT", "Schriftgutverwaltung", "20, 25, 28", "Seite 1 von"},
		"en": {"4.2", "35%", "Roles and rights", "Page 1 of"},
	} {
		file := filepath.Join(t.TempDir(), "verfahren.pdf")
		if code, _, errs := call(t, "procedure", "--config", config, "-o", file, "--lang", lang); code != exitDone {
			t.Fatalf("procedure ended with %d: %s", code, errs)
		}
		verapdf.Pass(t, "2u", file)
		out, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", file, "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(string(out), want) {
				t.Errorf("%s: the print lacks %q", lang, want)
			}
		}
		if digest := string(scanstation.DigestOf([]byte("Verfahrensdokumentation"))); !strings.Contains(strings.Join(strings.Fields(string(out)), ""), digest[:50]) {
			t.Errorf("%s: the print lacks the digest %s", lang, digest)
		}
		if dir := os.Getenv("MAILROOM_LOOK"); dir != "" {
			data, err := os.ReadFile(file)
			if err == nil {
				err = os.WriteFile(filepath.Join(dir, "verfahren-"+lang+".pdf"), data, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if code, _, errs := call(t, "procedure", "--config", config); code != exitUsage || !strings.Contains(errs, "-o") {
		t.Errorf("without a file it ended with %d: %s", code, errs)
	}
	if err := os.Remove(document); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := call(t, "check", "--config", config); code == exitDone || !strings.Contains(errs, "procedure.file") {
		t.Errorf("check without the document ended with %d: %s", code, errs)
	}
}
