package main

import (
	"archive/zip"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"mailroom/scanstation"
	"mailroom/storage/evidence"
	"mailroom/storage/pdfa"
)

// verifyPackage checks what an auditor took along, as a ZIP file or unpacked,
// with nothing but itself: no configuration, no ledger, no network.
func verifyPackage(e env, name, root, certificates string, asJSON bool) error {
	var trusted evidence.Certificates
	if certificates != "" {
		data, err := os.ReadFile(certificates)
		if err == nil {
			trusted, err = evidence.ParseCertificates(data)
		}
		if err != nil {
			return fmt.Errorf("--certificates: %w", err)
		}
	}
	files, end, err := openPackage(name)
	if err != nil {
		return err
	}
	defer end()
	report, err := evidence.CheckPackage(files, scanstation.Digest(strings.ToLower(strings.TrimSpace(root))), trusted, pdfa.Check, func(object string, fault error) {
		if asJSON {
			_ = printJSON(e.stdout, map[string]string{"type": "broken", "object": object, "fault": fault.Error()})
			return
		}
		fmt.Fprintf(e.stdout, "BROKEN %s: %v\n", object, fault)
	})
	if err != nil {
		return err
	}
	if asJSON {
		err = printJSON(e.stdout, struct {
			Type string `json:"type"`
			evidence.PackageReport
		}{"package", report})
	} else {
		err = tellPackage(e, report, root)
	}
	if err == nil && report.Broken > 0 {
		return codeError(exitBroken)
	}
	return err
}

func openPackage(name string) (fs.FS, func(), error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, nil, err
	}
	if info.IsDir() {
		return os.DirFS(name), func() {}, nil
	}
	z, err := zip.OpenReader(name)
	if err != nil {
		return nil, nil, fmt.Errorf("%s is no package: %w", name, err)
	}
	return z, func() { _ = z.Close() }, nil
}

func tellPackage(e env, r evidence.PackageReport, root string) error {
	c := r.Checkpoint
	_, err := fmt.Fprintf(e.stdout, "%s, %s\n%d letters, %d files, %d events in the tree (%d with an erased body, %d with one that was withheld): %d broken\n",
		r.Title, r.Office, r.Letters, r.Files, r.Events, r.Erased, r.Withheld, r.Broken)
	if err != nil {
		return err
	}
	if _, err = fmt.Fprintf(e.stdout, "tree of %d events, root %s, as of %s; proved to have grown out of %d earlier ones\nmanifest %s\n", c.Size, c.Root, c.At.Format("2006-01-02 15:04:05Z07:00"), r.Earlier, r.Manifest); err != nil {
		return err
	}
	if err = tellStamps(e, r); err != nil {
		return err
	}
	if err = tellLawful(e.stdout, r.Gone); err != nil {
		return err
	}
	switch {
	case r.Anchored:
		_, err = fmt.Fprintln(e.stdout, "The given root is that of this tree or of one that it grew out of.")
	case root == "":
		_, err = fmt.Fprintln(e.stdout, "No root was given: this shows that the package fits together, not that it is ours. Compare the root with that of a daily report on paper, or give it with --root.")
	}
	return err
}

// tellStamps says what time stamps there are, who vouches for them, and what
// they prove.
func tellStamps(e env, r evidence.PackageReport) (err error) {
	say := func(format string, args ...any) {
		if err == nil {
			_, err = fmt.Fprintf(e.stdout, format+"\n", args...)
		}
	}
	if r.Stamp == nil {
		say("%d time stamps; none on this tree itself", r.Stamps)
	} else {
		say("%d time stamps; %q saw this tree at %s", r.Stamps, r.Stamp.Authority, r.Stamp.At.Format(time.RFC3339))
	}
	for _, k := range r.Kept {
		say("%s was kept by event %d, before %s", k.Document, k.Event, k.At.Format(time.RFC3339))
	}
	for _, d := range r.Vouchers {
		say("vouched for by certificate %s", d)
	}
	if r.Stamps > 0 && !r.Given {
		say("These certificates come from the package itself: compare them with the authority's own, or give those with --certificates.")
	}
	return err
}
