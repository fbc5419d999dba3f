package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"mailroom/storage"
)

func (c Config) careRules() storage.CareRules {
	return storage.CareRules{Days: c.Care.EveryDays, BytesPerSecond: c.Care.BytesPerSecond, Retry: 5 * time.Second, Node: cmpOr(c.Node, hostname())}
}

// careCommand says how the re-reading stands, or has it begin now.
func careCommand(ctx context.Context, e env, args []string) error {
	fs := flags(e, "care")
	config := fs.String("config", "", "configuration `file`")
	begin := fs.Bool("begin", false, "have everything re-read now; the service begins within a minute")
	token := fs.String("token-file", "", "--begin: `file` with the token of the clerk who wants it")
	asJSON := fs.Bool("json", false, "print one JSON object a line")
	h, err := flagsOnly(ctx, e, fs, config, args)
	if err != nil {
		return err
	}
	defer h.Close()
	if *begin {
		counter, who, err := h.byToken(ctx, *token)
		if err == nil {
			err = counter.BeginCare(ctx, who)
		}
		return err
	}
	return h.tellCare(ctx, e.stdout, *asJSON)
}

// tellCare says how the scheduled re-reading of what is stored stands; what the
// last whole round, or the one under way, found exits with 4.
func (h *house) tellCare(ctx context.Context, out io.Writer, asJSON bool) error {
	s, err := h.archive.Care(ctx)
	if err != nil {
		return err
	}
	found := 0
	for _, r := range []storage.Round{s.Last, s.Now} {
		for _, n := range r.Counts {
			found += n
		}
	}
	if asJSON {
		err = printJSON(out, struct {
			Type string `json:"type"`
			storage.CareStanding
		}{"care", s})
	} else {
		err = tellRounds(out, s)
	}
	if err == nil && found > 0 {
		return codeError(exitBroken)
	}
	return err
}

func tellRounds(out io.Writer, s storage.CareStanding) error {
	for _, r := range []storage.Round{s.Last, s.Now} {
		if r.Began.IsZero() {
			continue
		}
		for _, f := range r.Findings {
			fmt.Fprintf(out, "%s %s %s\n", f.Kind, f.Key, f.Words)
		}
		end := "is under way"
		if !r.Ended.IsZero() {
			end = "ended at " + r.Ended.Format(time.RFC3339)
		}
		if r.Trouble != "" {
			end += " and stands still: " + r.Trouble
		}
		if _, err := fmt.Fprintf(out, "the round of %s %s: %d objects, %d bytes, findings %v\n", r.Began.Format(time.RFC3339), end, r.Objects, r.Bytes, r.Counts); err != nil {
			return err
		}
	}
	return nil
}
