package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"mailroom/storage"
)

// rebuildCommand makes the ledger anew out of the bucket alone.
func rebuildCommand(ctx context.Context, e env, args []string) error {
	fs := flags(e, "rebuild")
	config := fs.String("config", "", "configuration `file`")
	asJSON := fs.Bool("json", false, "print one JSON object a line")
	if rest, err := parse(fs, args); err != nil || len(rest) > 0 {
		return orUsage(err, rest)
	}
	cfg, err := loadConfig(*config)
	if err != nil {
		return usageError{err}
	}
	lock, err := lockHouse(cfg.Data)
	if err != nil {
		return err
	}
	defer lock.Close()
	h, err := build(ctx, cfg, slog.New(slog.NewTextHandler(e.stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return err
	}
	defer h.Close()
	r, err := h.archive.Rebuild(ctx, func(segment, of int64) {
		if segment%1000 == 0 {
			fmt.Fprintf(e.stderr, "segment %d of %d\n", segment, of)
		}
	})
	if errors.Is(err, storage.ErrNotEmpty) {
		return fmt.Errorf("%w: rebuild writes into no ledger that holds something; move that one away first", err)
	}
	if err != nil {
		return err
	}
	return tellRebuilt(e, r, *asJSON)
}

// tellRebuilt says what came back; what is missing without a reason is broken.
func tellRebuilt(e env, r storage.Rebuilt, asJSON bool) (err error) {
	if asJSON {
		err = printJSON(e.stdout, struct {
			Type string `json:"type"`
			storage.Rebuilt
		}{"rebuilt", r})
	} else {
		for _, key := range r.Missing {
			fmt.Fprintf(e.stdout, "MISSING %s\n", key)
		}
		_, err = fmt.Fprintf(e.stdout, "rebuilt from %d segments up to event %d of %s (%s): %d rows, %d with something erased by law, %d objects missing\n",
			r.Segments, r.Last.Seq, r.Last.Time.Format("2006-01-02T15:04:05Z07:00"), r.Last.Hash, r.Rows, len(r.Erased), len(r.Missing))
	}
	if err == nil && len(r.Missing) > 0 {
		return codeError(exitBroken)
	}
	return err
}
