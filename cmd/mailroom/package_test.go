package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/storage"
)

// packed is what an auditor takes along of letters.
func packed(t *testing.T, o *desktest.Office, letters ...storage.DocumentID) []byte {
	t.Helper()
	var zipped bytes.Buffer
	err := o.Pack(t.Context(), o.Who("auditor"), desk.PackWish{
		Letters: letters, Title: "Prüfung", Head: []string{"what"},
		Report: desk.Sheaf{Title: "Prüfung", Language: "de", Foot: "%d/%d"}, Rows: func(desk.WholeLife) [][]string { return nil },
	}, &zipped)
	if err != nil {
		t.Fatal(err)
	}
	return zipped.Bytes()
}

// TestVerifyAPackage checks a package by command, in an empty folder: no
// configuration, no ledger.
func TestVerifyAPackage(t *testing.T) {
	o := desktest.Open(t)
	filled := o.Fill()
	if err := o.CloseBooks(t.Context()); err != nil {
		t.Fatal(err)
	}
	books, err := o.Books(t.Context(), o.Who("auditor"), "", 1)
	if err != nil || len(books) != 1 {
		t.Fatal(books, err)
	}
	zipped := packed(t, o, storage.NewDocumentID(filled.Released, 1))
	t.Chdir(t.TempDir())
	if err := os.WriteFile("paket.zip", zipped, 0o600); err != nil {
		t.Fatal(err)
	}
	broken := bytes.Clone(zipped)
	broken[len(broken)/2] ^= 1
	if err := os.WriteFile("kaputt.zip", broken, 0o600); err != nil {
		t.Fatal(err)
	}
	root := string(books[0].Checkpoint.Root)
	tests := map[string]struct {
		args []string
		code int
		says string
	}{
		"with the printed root":  {[]string{"verify", "paket.zip", "--root", root}, exitDone, "The given root is that of this tree"},
		"in capitals":            {[]string{"verify", "--root", strings.ToUpper(root), "paket.zip"}, exitDone, ": 0 broken"},
		"without a root":         {[]string{"verify", "paket.zip"}, exitDone, "No root was given"},
		"as JSON":                {[]string{"verify", "--json", "paket.zip", "--root", root}, exitDone, `"anchored":true`},
		"with another root":      {[]string{"verify", "paket.zip", "--root", strings.Repeat("a", 64)}, exitBroken, "BROKEN root"},
		"with a byte of another": {[]string{"verify", "kaputt.zip"}, exitBroken, "BROKEN "},
		"no package":             {[]string{"verify", filepath.Join("..", "nichts.zip")}, exitFailed, ""},
		"a root without package": {[]string{"verify", "--root", root}, exitUsage, ""},
	}
	for name, tt := range tests {
		var out, fault bytes.Buffer
		code := run(context.Background(), env{strings.NewReader(""), &out, &fault}, tt.args)
		if code != tt.code || !strings.Contains(out.String(), tt.says) {
			t.Errorf("%s: exit %d; want %d\n%s%s", name, code, tt.code, out.String(), fault.String())
		}
	}
	testAlone(t, root)
	if left, _ := filepath.Glob("*"); len(left) != 2 {
		t.Errorf("it left %v", left)
	}
}

// testAlone checks the packages in a process of its own that has no network, not
// even to itself, and nothing in its environment.
func testAlone(t *testing.T, root string) {
	t.Helper()
	for name, code := range map[string]int{"paket.zip": exitDone, "kaputt.zip": exitBroken} {
		cmd := exec.Command(os.Args[0], "verify", name, "--root", root)
		cmd.Env = []string{}
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET,
			UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		}
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Logf("SKIPPED: a process without network is forbidden here: %v", err)
			return
		}
		if got := cmd.ProcessState.ExitCode(); got != code {
			t.Errorf("without network %s: exit %d, want %d: %s", name, got, code, out)
		}
	}
}
