package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"mailroom/storage"
)

// quiet opens a house for a command that only looks or changes a little.
func quiet(ctx context.Context, e env, config string) (*house, error) {
	cfg, err := loadConfig(config)
	if err != nil {
		return nil, usageError{err}
	}
	return build(ctx, cfg, slog.New(slog.NewTextHandler(e.stderr, &slog.HandlerOptions{Level: slog.LevelError})))
}

// flagsOnly opens a house for such a command if it is called with flags alone.
func flagsOnly(ctx context.Context, e env, fs *flag.FlagSet, config *string, args []string) (*house, error) {
	if rest, err := parse(fs, args); err != nil || len(rest) > 0 {
		return nil, orUsage(err, rest)
	}
	return quiet(ctx, e, *config)
}

// batches lists all batches, the newest first.
func batches(ctx context.Context, e env, args []string) error {
	fs := flags(e, "batches")
	config := fs.String("config", "", "configuration `file`")
	asJSON := fs.Bool("json", false, "print one JSON object a line")
	h, err := flagsOnly(ctx, e, fs, config, args)
	if err != nil {
		return err
	}
	defer h.Close()
	f := storage.BatchFilter{}
	for {
		list, err := h.archive.Batches(ctx, f)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, b := range list {
			f.Before = b.ID
			if !*asJSON {
				printBatch(e.stdout, b)
			} else if err := printJSON(e.stdout, lineOfBatch(b)); err != nil {
				return err
			}
		}
	}
}

func orUsage(err error, rest []string) error {
	if err != nil {
		return err
	}
	return usage("%q is one argument too many", rest[0])
}

// documents lists documents, the newest first.
func documents(ctx context.Context, e env, args []string) error {
	fs := flags(e, "documents")
	config := fs.String("config", "", "configuration `file`")
	asJSON := fs.Bool("json", false, "print one JSON object a line")
	state := fs.String("state", "", "only those in this `state`, such as review, inbox or routed")
	department := fs.String("department", "", "only those of this department `id`")
	h, err := flagsOnly(ctx, e, fs, config, args)
	if err != nil {
		return err
	}
	defer h.Close()
	f := storage.DocumentFilter{Department: *department, WithText: *asJSON}
	if *state != "" && *state != "routed" {
		f.States = []storage.DocumentState{storage.DocumentState(*state)}
	}
	for {
		list, err := h.archive.Documents(ctx, f)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, d := range list {
			f.Before = d.ID
			if *state == "routed" && !d.State.Routed() || *state == "" && d.State == storage.Superseded {
				continue
			}
			b, err := h.archive.Batch(ctx, d.Batch)
			if err != nil {
				return err
			}
			if err := h.printDocument(ctx, e.stdout, b, d, *asJSON); err != nil {
				return err
			}
		}
	}
}

func printBatch(w io.Writer, b storage.Batch) {
	fmt.Fprintf(w, "%s  %-8s  %3d images = %d pages + %d separators + %d blanks + %d rejected, %d letters  %s%s\n",
		b.ID, b.State, b.Images, b.Pages, b.Separators, b.Blanks, b.Rejected, b.Documents, b.Name, because(words(b.Reasons)))
}

func because(reasons []string) string {
	if len(reasons) == 0 {
		return ""
	}
	return "  (" + strings.Join(reasons, "; ") + ")"
}

func (h *house) printDocument(ctx context.Context, w io.Writer, b storage.Batch, d storage.Document, asJSON bool) error {
	decision, err := h.decision(ctx, d.ID)
	if err != nil {
		return err
	}
	l, err := h.lineOfDocument(ctx, b, d, decision)
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(w, l)
	}
	number := "-"
	if l.CaseNumber != nil {
		number = string(*l.CaseNumber)
	}
	_, err = fmt.Fprintf(w, "  %s  %-8s  %-18s %-22s %-20s %d pages%s\n",
		d.ID, d.State, d.Department, number, l.Worker, d.Pages, because(l.Reasons))
	return err
}
