package main

import (
	"context"
	"fmt"
	"strings"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

// The forms of the acts on the paper of letters.
const (
	paperListWords    = "list [--state STATE]"
	paperDueWords     = "due"
	paperHoldWords    = "hold LETTER | --case NUMBER | --search WORDS, with --reason WORDS [--until DAY]"
	paperReleaseWords = "release HOLD --reason WORDS"
)

// paperLine is one original as JSON.
type paperLine struct {
	Type     string                `json:"type"`
	Document storage.DocumentID    `json:"document"`
	State    storage.OriginalState `json:"state"`
	Class    string                `json:"class"`
	Box      scanstation.BoxID     `json:"box,omitempty"`
	Place    int                   `json:"place,omitempty"`
	DueOn    scanstation.Date      `json:"due_on"`
	Overdue  bool                  `json:"overdue,omitempty"`
	Against  []string              `json:"against"` // all reasons against its destruction
}

// paperCommand is what the acts on paper have in common: whose token it is, and
// how the answer is written.
type paperCommand struct {
	env
	config, token, state, number, search, reason, until string
	asJSON                                              bool
}

func (c *paperCommand) parse(args []string) ([]string, error) {
	fs := flags(c.env, "originals")
	fs.StringVar(&c.config, "config", "", "configuration `file`")
	fs.StringVar(&c.token, "token-file", "", "`file` with the token of the clerk who asks")
	fs.BoolVar(&c.asJSON, "json", false, "print one JSON object a line")
	fs.StringVar(&c.state, "state", "", "list: only paper in this state, such as in-box, due or held")
	fs.StringVar(&c.number, "case", "", "hold: number of the case whose letters are held, those to come as well")
	fs.StringVar(&c.search, "search", "", "hold: words; the letters in which all of them stand are held")
	fs.StringVar(&c.reason, "reason", "", "hold, release: why")
	fs.StringVar(&c.until, "until", "", "hold: its last day, YYYY-MM-DD; empty: until it is released")
	return parse(fs, args)
}

// at runs f at the counter, as the clerk whose token it is.
func (c *paperCommand) at(ctx context.Context, f func(*desk.Desk, routing.Clerk) error) error {
	h, err := quiet(ctx, c.env, c.config)
	if err != nil {
		return err
	}
	defer h.Close()
	counter, who, err := h.byToken(ctx, c.token)
	if err != nil {
		return err
	}
	return f(counter, who)
}

func (c *paperCommand) print(p desk.PaperDue) error {
	line := paperLine{
		Type: "original", Document: p.Document, State: p.State, Class: cmpOr(p.Class, storage.DefaultClass), Box: p.Box, Place: p.Place,
		DueOn: p.DueOn, Overdue: p.Overdue(), Against: []string{},
	}
	for _, r := range p.Reasons {
		line.Against = append(line.Against, r.Code)
	}
	if c.asJSON {
		return printJSON(c.stdout, line)
	}
	_, err := fmt.Fprintf(c.stdout, "%s  %-10s due %s  %s  %s\n", line.Document, line.State, line.DueOn, cmpOr(string(line.Box), "-"), strings.Join(line.Against, ", "))
	return err
}

// paperList lists paper by its day, with all that is against its destruction.
func paperList(ctx context.Context, e env, args []string) error {
	c := paperCommand{env: e}
	if rest, err := c.parse(args); err != nil || len(rest) > 0 {
		return orUsage(err, rest)
	}
	return c.at(ctx, func(counter *desk.Desk, who routing.Clerk) error {
		return counter.EachPaper(ctx, who, storage.OriginalState(c.state), c.print)
	})
}

// paperDue lists the paper whose day comes near or is over while something is
// missing.
func paperDue(ctx context.Context, e env, args []string) error {
	c := paperCommand{env: e}
	if rest, err := c.parse(args); err != nil || len(rest) > 0 {
		return orUsage(err, rest)
	}
	return c.at(ctx, func(counter *desk.Desk, who routing.Clerk) error {
		list, err := counter.PapersDue(ctx, who)
		if err != nil {
			return err
		}
		for _, p := range list.Papers {
			if err := c.print(p); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *paperCommand) told(h storage.Hold) error {
	if c.asJSON {
		return printJSON(c.stdout, struct {
			Type string `json:"type"`
			storage.Hold
		}{"hold", h})
	}
	_, err := fmt.Fprintf(c.stdout, "hold %s: %d letters\n", h.ID, h.Letters)
	return err
}

// paperHold sets a hold.
func paperHold(ctx context.Context, e env, args []string) error {
	c := paperCommand{env: e}
	rest, err := c.parse(args)
	if err != nil {
		return err
	}
	wish := desk.HoldWish{Number: c.number, Reason: c.reason, EndsOn: scanstation.Date(c.until), Search: desk.Search{Text: c.search}}
	ways := len(rest)
	for _, way := range []string{c.number, c.search} {
		if way != "" {
			ways++
		}
	}
	if ways != 1 || c.reason == "" {
		return usage("the form is: %s", paperHoldWords)
	}
	if len(rest) == 1 {
		wish.Document = storage.DocumentID(rest[0])
	}
	return c.at(ctx, func(counter *desk.Desk, who routing.Clerk) error {
		h, err := counter.Hold(ctx, who, wish)
		if err != nil {
			return err
		}
		return c.told(h)
	})
}

// paperRelease lets a hold go.
func paperRelease(ctx context.Context, e env, args []string) error {
	c := paperCommand{env: e}
	rest, err := c.parse(args)
	if err != nil {
		return err
	}
	if len(rest) != 1 || c.reason == "" {
		return usage("the form is: %s", paperReleaseWords)
	}
	return c.at(ctx, func(counter *desk.Desk, who routing.Clerk) error {
		h, err := counter.LetGo(ctx, who, storage.HoldID(rest[0]), c.reason)
		if err != nil {
			return err
		}
		return c.told(h)
	})
}
