// Package verapdf has tests look at files with veraPDF, the reference validator of
// PDF/A. cmd/verapdf.sh installs it.
//
//	files --one Java process--> a pdfa.Result for each file
//
// Decisions:
//   - All files of a test go into one call: starting Java takes seconds, a file
//     milliseconds.
//   - Without veraPDF a test skips and says so. With CI=true it fails, for nobody
//     reads skips there.
package verapdf

import (
	"os"
	"path/filepath"
	"testing"

	"mailroom/storage/pdfa"
)

// Folder is where cmd/verapdf.sh puts the jars: $MAILROOM_VERAPDF, else
// ~/.cache/mailroom/verapdf.
func Folder() string {
	if dir := os.Getenv("MAILROOM_VERAPDF"); dir != "" {
		return dir
	}
	home, _ := os.UserHomeDir()
	return filepath.Join(home, ".cache", "mailroom", "verapdf")
}

// Need returns veraPDF, or skips the test loudly; with CI=true it fails it.
func Need(t testing.TB) pdfa.VeraPDF {
	t.Helper()
	v, err := pdfa.NewVeraPDF(Folder())
	switch {
	case err != nil && os.Getenv("CI") == "true":
		t.Fatalf("%v (run cmd/verapdf.sh)", err)
	case err != nil:
		t.Skip("NOT CHECKED AGAINST PDF/A, for want of veraPDF (run cmd/verapdf.sh):", err)
	}
	return v
}

// Pass fails the test for each file that is no PDF/A of that flavour.
func Pass(t testing.TB, flavour string, files ...string) {
	t.Helper()
	if len(files) == 0 {
		t.Error("no files for verapdf")
		return
	}
	results, err := Need(t).Run(t.Context(), flavour, files...)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if r.Pass {
			continue
		}
		t.Errorf("%s is no PDF/A-%s: %s", r.File, flavour, r.Problem)
		for _, f := range r.Failures {
			t.Errorf("  %s", f)
		}
	}
}
