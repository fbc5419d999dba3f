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
