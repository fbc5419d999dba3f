package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"mailroom/scanstation"
	"mailroom/scanstation/sheets"
	"mailroom/storage"
	"mailroom/storage/pdfa"
)

// maxCopies is how many separator sheets are printed at once: a pack of paper.
const maxCopies = 500

// sheetsCommand writes sheets as a PDF file.
func sheetsCommand(ctx context.Context, e env, args []string) error {
	fs := flags(e, "sheets")
	config := fs.String("config", "", "configuration file")
	out := fs.String("o", "", "the PDF file to write")
	copies := fs.Int("n", 1, "how many separator sheets")
	text := fs.String("text", "", "text of the separator's code; empty: that of the first station")
	var boxes boxSheets
	fs.StringVar(&boxes.size, "size", "a4", "box: a4, or a size of labels such as 62x29 or 102x51")
	fs.IntVar(&boxes.fresh, "new", 0, "box: how many boxes to make first")
	fs.StringVar(&boxes.day, "day", "", "box: the day of the new ones; empty: today")
	fs.StringVar(&boxes.kind, "kind", "", "box: what the new ones are for: daily, hold, return or safe")
	fs.StringVar(&boxes.token, "token-file", "", "box: `file` with the token of the clerk who makes them")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	switch {
	case len(rest) == 0:
		return usage("say which sheets: separator, rescan, box, placeholder or volume")
	case *out == "":
		return usage("say with -o which file to write")
	case *copies < 1 || *copies > maxCopies:
		return usage("-n must be 1 to %d", maxCopies)
	}
	cfg, err := loadConfig(*config)
	if err != nil {
		return usageError{err}
	}
	report := storage.Report{Language: "de", Created: time.Now(), Producer: software()}
	switch rest[0] {
	case "separator":
		report.Title = "Trennblätter"
		report.Pages, err = separators(cmpOr(*text, separatorOf(cfg)), *copies)
	case "rescan":
		report.Title = "Nachscan-Blätter"
		report.Pages, err = rescanSheets(ctx, e, cfg, rest[1:])
	case "box":
		report.Title = "Kartons"
		report.Pages, err = boxes.print(ctx, e, cfg, rest[1:])
	case "placeholder":
		report.Title = "Ersatzbelege"
		report.Pages, err = coverSheets(ctx, e, cfg, rest[1:])
	case "volume":
		report.Title = "Aktenblätter"
		report.Pages, err = fileSheets(ctx, e, cfg, rest[1:])
	default:
		return usage("there are no %q sheets; there are separator, rescan, box, placeholder and volume", rest[0])
	}
	if err != nil {
		return err
	}
	return writeReport(*out, report)
}

// separatorOf is the text that the first station takes for a separator.
func separatorOf(cfg Config) string {
	for _, s := range cfg.Stations {
		if len(s.Separators) > 0 {
			return s.Separators[0]
		}
	}
	return "PATCHT"
}

func separators(text string, n int) (pages []scanstation.Print, err error) {
	p, err := sheets.Printer{}.Separator(text)
	for range n {
		pages = append(pages, p)
	}
	return pages, err
}

// rescanSheets lays out the sheets of these requests, or of all open ones.
func rescanSheets(ctx context.Context, e env, cfg Config, ids []string) (pages []scanstation.Print, err error) {
	h, err := build(ctx, cfg, slog.New(slog.NewTextHandler(e.stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	var asked []storage.Rescan
	if len(ids) == 0 {
		if asked, err = h.archive.Rescans(ctx, storage.RescanFilter{State: storage.RescanOpen}); err != nil {
			return nil, err
		}
	}
	for _, id := range ids {
		found, err := h.archive.Rescans(ctx, storage.RescanFilter{ID: scanstation.RescanID(id), State: storage.RescanOpen})
		if err != nil {
			return nil, err
		}
		if id == "" || len(found) == 0 {
			return nil, fmt.Errorf("there is no open request %q", id)
		}
		asked = append(asked, found...)
	}
	for _, r := range asked {
		if r.Kind == storage.SplitLetter && len(ids) == 0 {
			continue // no sheet does that
		}
		s, err := h.archive.SheetOf(ctx, r)
		if err != nil {
			return nil, err
		}
		p, err := sheets.Printer{}.Rescan(s)
		if err != nil {
			return nil, err
		}
		pages = append(pages, p)
	}
	if len(pages) == 0 {
		return nil, errors.New("no request is open that a sheet could be printed for")
	}
	return pages, nil
}

// writeReport composes a report into a file that is there whole or not at all.
func writeReport(name string, r storage.Report) (err error) {
	temp := name + ".part"
	f, err := os.OpenFile(temp, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temp)
		}
	}()
	if err := errors.Join(pdfa.Assembler{}.Compose(f, r), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(temp, name)
}
