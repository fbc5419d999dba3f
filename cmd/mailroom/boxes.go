package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/scanstation/sheets"
	"mailroom/storage"
)

// boxSheets is what the command line says about box sheets.
type boxSheets struct {
	size, day, kind, token string
	fresh                  int // how many boxes are to be made first
}

func (s boxSheets) print(ctx context.Context, e env, cfg Config, names []string) (pages []scanstation.Print, err error) {
	h, err := build(ctx, cfg, warnings(e))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	return s.pages(ctx, h, names)
}

// pages lays out the sheets or labels of these boxes, of those that are made
// first, or with neither of all that are ready or open.
func (s boxSheets) pages(ctx context.Context, h *house, names []string) (pages []scanstation.Print, err error) {
	paper, err := scanstation.ParseLabelSize(s.size)
	if err != nil {
		return nil, usageError{err}
	}
	var ids []scanstation.BoxID
	for _, name := range names {
		id, err := scanstation.ParseBoxID(name)
		if err != nil {
			return nil, usageError{err}
		}
		ids = append(ids, id)
	}
	if s.fresh > 0 {
		made, err := s.make(ctx, h)
		if err != nil {
			return nil, err
		}
		for _, b := range made {
			ids = append(ids, b.ID)
		}
	}
	boxes, err := h.archive.BoxesOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, b := range boxes {
		p, err := sheets.Printer{}.Box(h.archive.BoxSheet(b, paper))
		if err != nil {
			return nil, err
		}
		pages = append(pages, p)
	}
	if len(pages) == 0 {
		return nil, errors.New("no box is ready or open; --new makes some")
	}
	return pages, nil
}

func (s boxSheets) make(ctx context.Context, h *house) ([]storage.Box, error) {
	counter, who, err := h.byToken(ctx, s.token)
	if err != nil {
		return nil, err
	}
	return counter.MakeBoxes(ctx, who, scanstation.Date(s.day), storage.BoxKind(cmp.Or(s.kind, string(storage.DailyBox))), s.fresh)
}

// byToken opens the counter and returns whose token stands in a file: whoever
// changes something does it as somebody.
func (h *house) byToken(ctx context.Context, file string) (*desk.Desk, routing.Clerk, error) {
	if file == "" {
		return nil, routing.Clerk{}, usage("say with --token-file whose token stands where")
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, routing.Clerk{}, err
	}
	defer f.Close()
	secret, err := io.ReadAll(io.LimitReader(f, 1<<10))
	if err != nil {
		return nil, routing.Clerk{}, err
	}
	counter, _, err := h.openDesk()
	if err != nil {
		return nil, routing.Clerk{}, err
	}
	who, _, err := counter.ByToken(ctx, strings.TrimSpace(string(secret)))
	if err != nil {
		return nil, who, fmt.Errorf("token in %s: %w", file, err)
	}
	return counter, who, nil
}

// boxWords is how the acts on boxes are called.
const boxWords = `box open|close|move|date|empty BOX, box put BOX CODE…`

// boxCommand carries out one act on a box, or lists boxes.
func boxCommand(ctx context.Context, e env, args []string) error {
	fs := flags(e, "originals")
	config := fs.String("config", "", "configuration `file`")
	token := fs.String("token-file", "", "`file` with the token of the clerk who does it")
	var o storage.Opening
	fs.StringVar(&o.Station, "station", "", "open: whose stacks go into the box")
	fs.StringVar(&o.Location, "place", "", "open, move: where the box stands")
	due := fs.String("date", "", "open, date: one date for the whole box")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) < 2 || len(rest) > 2 && rest[0] != "put" || len(rest) == 2 && rest[0] == "put" {
		return usage("the forms are: %s", boxWords)
	}
	o.DueOn = scanstation.Date(*due)
	box, err := scanstation.ParseBoxID(rest[1])
	if err != nil {
		return usageError{err}
	}
	h, err := quiet(ctx, e, *config)
	if err != nil {
		return err
	}
	defer h.Close()
	counter, who, err := h.byToken(ctx, *token)
	if err != nil {
		return err
	}
	switch rest[0] {
	case "open":
		err = counter.OpenBox(ctx, who, box, o)
	case "close":
		err = counter.CloseBox(ctx, who, box)
	case "move":
		err = counter.MoveBox(ctx, who, box, o.Location)
	case "date":
		err = counter.DateBox(ctx, who, box, o.DueOn)
	case "empty":
		err = counter.EmptyBox(ctx, who, box)
	case "put":
		var n int
		if n, err = counter.Put(ctx, who, rest[2:], rest[1]); err == nil {
			fmt.Fprintf(e.stdout, "%d letters now lie in box %s\n", n, box)
		}
	default:
		return usage("there is no %q; the forms are: %s", rest[0], boxWords)
	}
	return err
}
