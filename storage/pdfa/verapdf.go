package pdfa

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"mailroom/storage"
)

// VeraPDF is an installed veraPDF, the reference validator of PDF/A: the second
// judge, where an office wants one. It is a program of its own that takes seconds
// to start, so it looks at many files in one call where there are many.
type VeraPDF struct {
	java, classes, version string
}

var coreJar = regexp.MustCompile(`^core-(\d[\w.]*)\.jar$`)

// NewVeraPDF finds veraPDF in a folder of its jars, and Java in the path.
func NewVeraPDF(dir string) (VeraPDF, error) {
	jars, err := filepath.Glob(filepath.Join(dir, "*.jar"))
	if err != nil || len(jars) == 0 {
		return VeraPDF{}, fmt.Errorf("no jars of veraPDF in %s", dir)
	}
	java, err := exec.LookPath("java")
	if err != nil {
		return VeraPDF{}, fmt.Errorf("veraPDF needs Java: %w", err)
	}
	v := VeraPDF{java: java, classes: strings.Join(jars, string(filepath.ListSeparator))}
	for _, jar := range jars {
		if m := coreJar.FindStringSubmatch(filepath.Base(jar)); m != nil {
			v.version = m[1]
		}
	}
	return v, nil
}

// Result is what veraPDF says of one file.
type Result struct {
	File     string
	Pass     bool
	Rules    int // that were looked at
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
func (v VeraPDF) Run(ctx context.Context, flavour string, files ...string) ([]Result, error) {
	args := append([]string{"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", v.classes, "org.verapdf.apps.GreenfieldCliWrapper",
		"--flavour", flavour, "--format", "xml", "--nonpdfext", "--maxfailuresdisplayed", "1"}, files...)
	cmd := exec.CommandContext(ctx, v.java, args...)
	cmd.Env = []string{"HOME=" + os.TempDir()}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	// Its exit status only says that some file failed; the report says which.
	if err := cmd.Run(); err != nil && stdout.Len() == 0 {
		return nil, fmt.Errorf("run verapdf: %w: %s", err, stderr.Bytes())
	}
	var r veraReport
	if err := xml.Unmarshal(stdout.Bytes(), &r); err != nil {
		return nil, fmt.Errorf("read report of verapdf: %w: %s", err, stderr.Bytes())
	}
	return r.results(files)
}

// Inspect is v as an inspector of new copies at a level.
func (v VeraPDF) Inspect(level string) storage.Inspector {
	return func(ctx context.Context, c storage.Copy) (storage.Inspection, error) {
		out := storage.Inspection{By: "veraPDF " + v.version, Level: level}
		results, err := v.Run(ctx, level, c.Name)
		if err != nil {
			return out, err
		}
		r := results[0]
		out.Rules = r.Rules
		switch {
		case r.Problem != "":
			return out, broken("%s", r.Problem)
		case !r.Pass && len(r.Failures) > 0:
			return out, broken("%s", r.Failures[0])
		case !r.Pass:
			return out, broken("not valid")
		}
		return out, nil
	}
}

// veraReport is the part of veraPDF's report that is looked at.
type veraReport struct {
	Jobs []struct {
		Name      string `xml:"item>name"`
		Exception string `xml:"taskException>exceptionMessage"`
		Report    *struct {
			Compliant bool `xml:"isCompliant,attr"`
			Details   struct {
				Passed int `xml:"passedRules,attr"`
				Failed int `xml:"failedRules,attr"`
				Rules  []struct {
					Clause      string `xml:"clause,attr"`
					Test        string `xml:"testNumber,attr"`
					Description string `xml:"description"`
					Context     string `xml:"check>context"`
				} `xml:"rule"`
			} `xml:"details"`
		} `xml:"validationReport"`
	} `xml:"jobs>job"`
}

func (r veraReport) results(files []string) ([]Result, error) {
	if len(r.Jobs) != len(files) {
		return nil, fmt.Errorf("verapdf reports on %d of %d files", len(r.Jobs), len(files))
	}
	results := make([]Result, len(files))
	for i, job := range r.Jobs {
		results[i] = Result{File: files[i], Problem: job.Exception}
		if job.Report == nil {
			continue
		}
		if len(files) > 1 && filepath.Base(job.Name) != filepath.Base(files[i]) {
			return nil, fmt.Errorf("verapdf reports on %s in place of %s", job.Name, files[i])
		}
		results[i].Pass = job.Report.Compliant
		results[i].Rules = job.Report.Details.Passed + job.Report.Details.Failed
		for _, rule := range job.Report.Details.Rules {
			results[i].Failures = append(results[i].Failures, Failure{rule.Clause + "-" + rule.Test, rule.Description, rule.Context})
		}
	}
	return results, nil
}
