package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"mailroom/storage"
	"mailroom/storage/evidence"
)

// verify checks a package, or what is stored, and exits with 4 if anything is broken.
func verify(ctx context.Context, e env, args []string) error {
	fs := flags(e, "verify")
	config := fs.String("config", "", "configuration `file`")
	asJSON := fs.Bool("json", false, "print one JSON object a line")
	all := fs.Bool("all", false, "every document and batch (the default)")
	since := fs.String("since", "", "only what was kept at or after this `time`, RFC 3339; the chain is always checked whole")
	care := fs.Bool("care", false, "only say how the scheduled re-reading of all objects stands, and what it found")
	root := fs.String("root", "", "of a PACKAGE: the `root` of the tree of events, as it stands on a daily report")
	certificates := fs.String("certificates", "", "of a PACKAGE: `file` with the certificates, in PEM, that vouch for the authority of its time stamps")
	rest, err := parse(fs, args)
	if err == nil && len(rest) == 1 && *since == "" && *config == "" && !*all {
		return verifyPackage(e, rest[0], *root, *certificates, *asJSON)
	}
	if err != nil || len(rest) > 0 || *root != "" || *certificates != "" {
		return orUsage(err, append(rest, *root))
	}
	from := time.Time{}
	if *since != "" {
		if *all {
			return usage("--all and --since do not go together")
		}
		if from, err = time.Parse(time.RFC3339, *since); err != nil {
			return usage("--since: %w", err)
		}
	}
	h, err := quiet(ctx, e, *config)
	if err != nil {
		return err
	}
	defer h.Close()
	if *care {
		return h.tellCare(ctx, e.stdout, *asJSON)
	}
	v := h.verifier()
	report, err := v.Run(ctx, from, func(object string, fault error) {
		if *asJSON {
			_ = printJSON(e.stdout, map[string]string{"type": "broken", "object": object, "fault": fault.Error()})
			return
		}
		fmt.Fprintf(e.stdout, "BROKEN %s: %v\n", object, fault)
	})
	if err != nil {
		return err
	}
	if *asJSON {
		err = printJSON(e.stdout, struct {
			Type string `json:"type"`
			evidence.Report
		}{"report", report})
	} else {
		_, err = fmt.Fprintf(e.stdout, "%d events in one chain (%d with an erased body), %d documents, %d batches, %d objects re-read, %d checkpoints with %d time stamps: %d broken\n",
			report.Events, report.Erased, report.Documents, report.Batches, report.Objects, report.Checkpoints, report.Stamps, report.Broken)
	}
	if err == nil && !*asJSON {
		err = tellLawful(e.stdout, report.Lawful)
	}
	if err == nil && report.Broken > 0 {
		return codeError(exitBroken)
	}
	return err
}

// tellLawful says of letters that are gone that this is no tampering.
func tellLawful(w io.Writer, gone []evidence.Lawful) error {
	for _, l := range gone {
		how := "by its date"
		if l.Why == storage.GoneByLaw {
			how = fmt.Sprintf("by law, as %s and %s decided", l.By, l.Second)
		}
		if _, err := fmt.Fprintf(w, "ERASED %s on %s %s: this is no tampering, its events prove that it was here and how it went.\n", l.Document, l.At.Format("2006-01-02 15:04:05Z07:00"), how); err != nil {
			return err
		}
	}
	return nil
}
