package storage_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"mailroom/storage"
)

func TestANamelessFileHoldsWhatIsWrittenAndLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	f, err := storage.Nameless(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString("Antrag"); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 6)
	if _, err := f.ReadAt(got, 0); (err != nil && err != io.EOF) || string(got) != "Antrag" {
		t.Errorf("read %q back, want Antrag: %v", got, err)
	}
	if names, err := os.ReadDir(dir); err != nil || len(names) > 0 {
		t.Errorf("the folder holds %v, want nothing: %v", names, err)
	}
	if _, err := storage.Nameless(filepath.Join(dir, "missing")); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("a missing folder is %v, want unavailable", err)
	}
}
