package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"mailroom/ocr"
	"mailroom/ocr/worker"
	"mailroom/scanstation"
)

// TestMain makes the test binary all the processes of a mailroom: started with
// "worker" it is a child that reads pages, with "serve" the service, which can
// be killed.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "worker" {
		os.Exit(faultyWork())
	}
	if len(os.Args) > 1 && (os.Args[1] == "serve" || os.Args[1] == "verify") {
		os.Exit(run(context.Background(), env{os.Stdin, os.Stdout, os.Stderr}, os.Args[1:]))
	}
	os.Exit(m.Run())
}

// The widths of images on which a child of the tests comes to harm.
const (
	crashWidth  = 1237
	hangWidth   = 1239
	hungryWidth = 1241
)

// faultyWork serves with the real engines, which fail on the marked images only.
func faultyWork() int {
	e := engines()
	prepare := e.Read.Prepare
	e.Read.Prepare = func(page scanstation.Page, stream []byte, said *ocr.Said) (ocr.Prepared, error) {
		switch page.Width {
		case crashWidth:
			_ = syscall.Kill(os.Getpid(), syscall.SIGSEGV)
			select {}
		case hangWidth:
			for busy := 0; ; busy++ {
			}
		case hungryWidth:
			devour()
		}
		return prepare(page, stream, said)
	}
	if err := worker.Serve(os.Stdin, os.Stdout, e); err != nil {
		fmt.Fprintln(os.Stderr, "worker:", err)
		return exitFailed
	}
	return exitDone
}

// devour takes memory, and touches it, until it is stopped.
func devour() {
	var eaten [][]byte
	for {
		b := make([]byte, 1<<20)
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1
		}
		eaten = append(eaten, b)
		time.Sleep(time.Duration(len(eaten)/1000) * time.Millisecond)
	}
}

// sampleMail is the folder of the mail that is kept beside the tests.
const sampleMail = "../../testdata/mail"

// settings writes the sample's configuration and register into a folder of the
// test, with more keys appended, and returns the file.
func settings(t *testing.T, more string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"mailroom.yaml", "register.csv"} {
		b, err := os.ReadFile(filepath.Join(sampleMail, name))
		if err != nil {
			t.Fatal(err)
		}
		if name == "mailroom.yaml" {
			b = append(b, more...)
			if !strings.Contains(more, "classes:") { // nothing is drawn for quality control by chance
				b = append(b, "\nclasses: [{id: normal, check: 0}]\n"...)
			}
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "mailroom.yaml")
}

// openHouse builds the house of a configuration for the length of the test.
func openHouse(t *testing.T, config string) *house {
	t.Helper()
	cfg, err := loadConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	h, err := build(t.Context(), cfg, slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError})))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Errorf("close the house: %v", err)
		}
	})
	return h
}

// call runs a sub-command and returns its exit code and what it said.
func call(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs strings.Builder
	code = run(t.Context(), env{stdin: strings.NewReader(""), stdout: &out, stderr: &errs}, args)
	return code, out.String(), errs.String()
}

// without ends a test for which something is not installed.
func without(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("MISSING: %s", what)
	}
	t.Skipf("SKIPPED: %s is missing", what)
}

// What comes in without paper could bear the code of a separator by anybody's will.
func TestSeparatorsAreADefaultOfPaperAlone(t *testing.T) {
	station := func(kind, sub scanstation.Kind) scanstation.Station {
		return scanstation.Station{Handling: scanstation.Handling{Kind: kind}, SubFolders: map[string]scanstation.Handling{"unter": {Kind: sub}}}
	}
	told := station(scanstation.Fax, "")
	told.Separators = []string{"FAX-TRENNER"}
	c := Config{Stations: []scanstation.Station{
		{}, station(scanstation.Backlog, ""), station(scanstation.Mail, scanstation.Paper),
		station(scanstation.Fax, ""), station(scanstation.Mail, ""), station(scanstation.Online, scanstation.Fax), told,
	}}
	c.fill()
	for i, want := range []string{"PATCHT", "PATCHT", "PATCHT", "", "", "", "FAX-TRENNER"} {
		if got := strings.Join(c.Stations[i].Separators, ","); got != want {
			t.Errorf("station %d: separators %q; want %q", i, got, want)
		}
	}
}
