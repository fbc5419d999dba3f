package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"mailroom/scanstation"
	"mailroom/scanstation/sheets"
	"mailroom/storage"
	"mailroom/storage/pdfa"
)

// maxCopies is how many separator sheets are printed at once: a pack of paper.
const maxCopies = 500

// sheetKinds are the kinds of sheets with the titles of their files.
var sheetKinds = map[string]string{
	"separator": "Trennblätter", "enclosure": "Anlagenblätter", "batch": "Stapelblätter", "rescan": "Nachscan-Blätter",
	"box": "Kartons", "placeholder": "Ersatzbelege", "volume": "Aktenblätter",
}

// sheetsCommand writes sheets as a PDF file.
func sheetsCommand(ctx context.Context, e env, args []string) error {
	fs := flags(e, "sheets")
	config := fs.String("config", "", "configuration file")
	out := fs.String("o", "", "the PDF file to write")
	var w sheetWishes
	w.flags(fs)
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	kinds := strings.Join(slices.Sorted(maps.Keys(sheetKinds)), ", ")
	switch {
	case len(rest) == 0:
		return usage("say which sheets: %s", kinds)
	case sheetKinds[rest[0]] == "":
		return usage("there are no %q sheets; there are %s", rest[0], kinds)
	case *out == "":
		return usage("say with -o which file to write")
	case w.copies < 1 || w.copies > maxCopies:
		return usage("-n must be 1 to %d", maxCopies)
	}
	cfg, err := loadConfig(*config)
	if err != nil {
		return usageError{err}
	}
	report := storage.Report{Title: sheetKinds[rest[0]], Language: "de", Created: time.Now(), Producer: software()}
	if report.Pages, err = w.lay(ctx, e, cfg, rest[0], rest[1:]); err != nil {
		return err
	}
	return writeReport(*out, report)
}

// sheetWishes is what the command line says about sheets.
type sheetWishes struct {
	copies int
	text   string
	boxes  boxSheets
	says   dividerSheets
}

func (w *sheetWishes) flags(fs *flag.FlagSet) {
	fs.IntVar(&w.copies, "n", 1, "how many separator, enclosure or batch sheets")
	fs.StringVar(&w.text, "text", "", "text of the separator's code; empty: that of the first station")
	fs.StringVar(&w.says.department, "department", "", "separator, batch: whose letters lie behind it")
	fs.StringVar(&w.says.class, "class", "", "separator, batch: the class of the letters behind it")
	fs.StringVar(&w.boxes.size, "size", "a4", "box: a4, or a size of labels such as 62x29 or 102x51")
	fs.IntVar(&w.boxes.fresh, "new", 0, "box: how many boxes to make first")
	fs.StringVar(&w.boxes.day, "day", "", "box: the day of the new ones; empty: today")
	fs.StringVar(&w.boxes.kind, "kind", "", "box: what the new ones are for: daily, hold, return or safe; separator, batch: paper or backlog")
	fs.StringVar(&w.boxes.token, "token-file", "", "box, batch: `file` with the token of the clerk who makes them")
}

// lay lays out the sheets of a kind, of those with these names.
func (w sheetWishes) lay(ctx context.Context, e env, cfg Config, kind string, names []string) ([]scanstation.Print, error) {
	w.says.kind, w.says.token, w.says.copies = w.boxes.kind, w.boxes.token, w.copies
	switch {
	case kind == "separator" && w.says.department+w.says.class+w.says.kind == "":
		return separators(cmpOr(w.text, separatorOf(cfg)), w.copies)
	case kind == "separator":
		return w.says.print(ctx, e, cfg, scanstation.LetterLevel)
	case kind == "enclosure":
		return w.says.print(ctx, e, cfg, scanstation.EnclosureLevel)
	case kind == "batch":
		return w.says.print(ctx, e, cfg, scanstation.StackLevel)
	case kind == "rescan":
		return rescanSheets(ctx, e, cfg, names)
	case kind == "box":
		return w.boxes.print(ctx, e, cfg, names)
	case kind == "placeholder":
		return coverSheets(ctx, e, cfg, names)
	}
	return fileSheets(ctx, e, cfg, names)
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

// warnings is the log of a command that only says what goes wrong.
func warnings(e env) *slog.Logger {
	return slog.New(slog.NewTextHandler(e.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// rescanSheets lays out the sheets of these requests, or of all open ones.
func rescanSheets(ctx context.Context, e env, cfg Config, ids []string) (pages []scanstation.Print, err error) {
	h, err := build(ctx, cfg, warnings(e))
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
