// Package verapdf runs veraPDF, the reference validator of PDF/A, in tests. It
// takes no part in the running mailroom; cmd/verapdf.sh installs it.
//
//	files --one Java process--> report (XML) --> a Result for each file
//
// Decisions:
//   - All files of a test go into one call: starting Java takes seconds, a file
//     milliseconds.
//   - Without veraPDF a test skips and says so. With CI=true it fails, for nobody
//     reads skips there.
package verapdf

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// ErrMissing says that veraPDF or Java is not installed.
var ErrMissing = errors.New("verapdf is not installed (run cmd/verapdf.sh)")

// Validator is an installed veraPDF.
type Validator struct {
	java, classes string
}

// Find finds the jars of veraPDF in $MAILROOM_VERAPDF, else in
// ~/.cache/mailroom/verapdf.
func Find() (Validator, error) {
	dir := os.Getenv("MAILROOM_VERAPDF")
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return Validator{}, errors.Join(ErrMissing, err)
		}
		dir = filepath.Join(home, ".cache", "mailroom", "verapdf")
	}
	jars, err := filepath.Glob(filepath.Join(dir, "*.jar"))
	if err != nil || len(jars) == 0 {
		return Validator{}, fmt.Errorf("no jars in %s: %w", dir, ErrMissing)
	}
	java, err := exec.LookPath("java")
	if err != nil {
		return Validator{}, errors.Join(ErrMissing, err)
	}
	return Validator{java: java, classes: strings.Join(jars, string(filepath.ListSeparator))}, nil
}

// Result is what veraPDF says of one file.
type Result struct {
	File     string
	Pass     bool
	Failures []Failure
	Problem  string // why the file could not be checked at all
}

// Failure is one rule that a file breaks.
type Failure struct {
	Clause  string // of ISO 19005, with the number of the test in it: "6.2.4.3-2"
	Rule    string
	Context string // where it was first seen
}

func (f Failure) String() string { return f.Clause + " " + f.Rule + " at " + f.Context }

// Run checks files against a flavour of PDF/A, for example "2u". The results
// come in the order of files.
func (v Validator) Run(ctx context.Context, flavour string, files ...string) ([]Result, error) {
	args := append([]string{"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", v.classes, "org.verapdf.apps.GreenfieldCliWrapper",
		"--flavour", flavour, "--format", "xml", "--maxfailuresdisplayed", "1"}, files...)
	cmd := exec.CommandContext(ctx, v.java, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	// Its exit status only says that some file failed; the report says which.
	if err := cmd.Run(); err != nil && stdout.Len() == 0 {
		return nil, fmt.Errorf("run verapdf: %w: %s", err, stderr.Bytes())
	}
	var r report
	if err := xml.Unmarshal(stdout.Bytes(), &r); err != nil {
		return nil, fmt.Errorf("read report of verapdf: %w: %s", err, stderr.Bytes())
	}
	return r.results(files)
}

// report is the part of veraPDF's report that is looked at.
type report struct {
	Jobs []struct {
		Name      string `xml:"item>name"`
		Exception string `xml:"taskException>exceptionMessage"`
		Report    *struct {
			Compliant bool `xml:"isCompliant,attr"`
			Rules     []struct {
				Clause      string `xml:"clause,attr"`
				Test        string `xml:"testNumber,attr"`
				Description string `xml:"description"`
				Context     string `xml:"check>context"`
			} `xml:"details>rule"`
		} `xml:"validationReport"`
	} `xml:"jobs>job"`
}

func (r report) results(files []string) ([]Result, error) {
	if len(r.Jobs) != len(files) {
		return nil, fmt.Errorf("verapdf reports on %d of %d files", len(r.Jobs), len(files))
	}
	results := make([]Result, len(files))
	for i, job := range r.Jobs {
		if filepath.Base(job.Name) != filepath.Base(files[i]) {
			return nil, fmt.Errorf("verapdf reports on %s in place of %s", job.Name, files[i])
		}
		results[i] = Result{File: files[i], Problem: job.Exception}
		if job.Report == nil {
			continue
		}
		results[i].Pass = job.Report.Compliant
		for _, rule := range job.Report.Rules {
			results[i].Failures = append(results[i].Failures, Failure{rule.Clause + "-" + rule.Test, rule.Description, rule.Context})
		}
	}
	return results, nil
}

// Need returns veraPDF, or skips the test loudly; with CI=true it fails it.
func Need(t testing.TB) Validator {
	t.Helper()
	v, err := Find()
	switch {
	case err != nil && os.Getenv("CI") == "true":
		t.Fatal(err)
	case err != nil:
		t.Skip("NOT CHECKED AGAINST PDF/A:", err)
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
