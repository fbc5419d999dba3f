package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/storage"
)

// How the acts on the way to the end of paper are called.
const (
	proposeWords   = "propose BOX"
	approveWords   = "approve LIST --seen VERSION"
	destroyedWords = "destroyed LIST… --firm FIRM --number NUMBER --level P-5 --on DATE --witness NAME [--pdf FILE]"
	returnWords    = "return LETTER --reason WORDS | --address-file FILE | --carrier NAME --tracking NUMBER --on DATE"
	sealWords      = "seal LIST --seen VERSION --container NUMBER [--pulled-to BOX]"
)

// counterAct parses the words of an act and carries it out at the counter, as
// the clerk whose token stands in a file.
func counterAct(ctx context.Context, e env, args []string, words string, set func(fs *flag.FlagSet), do func(d *desk.Desk, who routing.Clerk, names []string) error) (err error) {
	fs := flags(e, "originals")
	config := fs.String("config", "", "configuration `file`")
	token := fs.String("token-file", "", "`file` with the token of the clerk who does it")
	set(fs)
	names, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return usage("say %s", words)
	}
	cfg, err := loadConfig(*config)
	if err != nil {
		return err
	}
	h, err := build(ctx, cfg, slog.New(slog.NewTextHandler(e.stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	d, who, err := h.byToken(ctx, *token)
	if err != nil {
		return err
	}
	return do(d, who, names)
}

// toldList prints a list as it now is.
func toldList(e env, l storage.Disposal) error {
	return printJSON(e.stdout, struct {
		Type string `json:"type"`
		storage.Disposal
	}{"disposal", l})
}

func paperPropose(ctx context.Context, e env, args []string) error {
	return counterAct(ctx, e, args, proposeWords, func(*flag.FlagSet) {}, func(d *desk.Desk, who routing.Clerk, names []string) error {
		s, err := d.SurveyBox(ctx, who, names[0])
		if err != nil {
			return err
		}
		for _, i := range s.Pull {
			if err := printJSON(e.stdout, struct {
				Type string `json:"type"`
				storage.Item
			}{"pull", i}); err != nil {
				return err
			}
		}
		l, err := d.ProposeDisposal(ctx, who, names[0], s.Mark)
		if err != nil {
			return err
		}
		return toldList(e, l)
	})
}

func paperApprove(ctx context.Context, e env, args []string) error {
	var seen int
	set := func(fs *flag.FlagSet) { fs.IntVar(&seen, "seen", 0, "the `version` of the list that was looked at") }
	return counterAct(ctx, e, args, approveWords, set, func(d *desk.Desk, who routing.Clerk, names []string) error {
		l, err := d.ApproveDisposal(ctx, who, storage.DisposalID(names[0]), seen)
		if err != nil {
			return err
		}
		return toldList(e, l)
	})
}

func paperSeal(ctx context.Context, e env, args []string) error {
	var seen int
	var container, box string
	set := func(fs *flag.FlagSet) {
		fs.IntVar(&seen, "seen", 0, "the `version` of the list that was looked at")
		fs.StringVar(&container, "container", "", "`number` that stands on the container")
		fs.StringVar(&box, "pulled-to", "", "open `box` in which the letters lie that were pulled out")
	}
	return counterAct(ctx, e, args, sealWords, set, func(d *desk.Desk, who routing.Clerk, names []string) error {
		l, err := d.SignContainer(ctx, who, storage.DisposalID(names[0]), seen, container, box)
		if err != nil {
			return err
		}
		return toldList(e, l)
	})
}

func paperDestroyed(ctx context.Context, e env, args []string) error {
	var f desk.CertificateForm
	var pdf string
	set := func(fs *flag.FlagSet) {
		fs.StringVar(&f.Firm, "firm", "", "who destroyed it")
		fs.StringVar(&f.Number, "number", "", "number of the firm's certificate")
		fs.StringVar(&f.Level, "level", "P-5", "level of DIN 66399")
		fs.StringVar(&f.DestroyedOn, "on", "", "`date` of the destruction")
		fs.StringVar(&f.Witness, "witness", "", "who was present")
		fs.StringVar(&pdf, "pdf", "", "`file` with the firm's certificate")
	}
	return counterAct(ctx, e, args, destroyedWords, set, func(d *desk.Desk, who routing.Clerk, names []string) (err error) {
		for _, name := range names {
			f.Lists = append(f.Lists, storage.DisposalID(name))
		}
		if pdf != "" {
			if f.PDF, err = readUpTo(pdf, storage.MaxAttached+1); err != nil {
				return err
			}
		}
		c, err := d.Certify(ctx, who, f)
		if err != nil {
			return err
		}
		return printJSON(e.stdout, struct {
			Type string `json:"type"`
			storage.Certificate
		}{"certificate", c})
	})
}

// readUpTo reads a file of at most so many bytes.
func readUpTo(name string, most int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most))
}

// paperReturn does one step of a return: says that the paper goes back, writes
// the cover letter, or notes that it was sent.
func paperReturn(ctx context.Context, e env, args []string) error {
	var reason, address, words, carrier, tracking, on string
	set := func(fs *flag.FlagSet) {
		fs.StringVar(&reason, "reason", "", "why the paper goes back")
		fs.StringVar(&address, "address-file", "", "`file` with the lines of the address: the cover letter is written")
		fs.StringVar(&words, "words", "", "a sentence for the cover letter")
		fs.StringVar(&carrier, "carrier", "", "who took it: it is noted as sent")
		fs.StringVar(&tracking, "tracking", "", "`number` by which the carrier knows it")
		fs.StringVar(&on, "on", "", "`date` on which it was sent")
	}
	return counterAct(ctx, e, args, returnWords, set, func(d *desk.Desk, who routing.Clerk, names []string) error {
		id := storage.DocumentID(names[0])
		switch {
		case reason != "":
			return d.SetFate(ctx, who, id, storage.ToReturn, reason)
		case address != "":
			b, err := readUpTo(address, 4<<10)
			if err != nil {
				return err
			}
			_, err = d.WriteReturn(ctx, who, id, strings.ToValidUTF8(string(b), ""), words)
			return err
		case carrier != "":
			if err := d.SendReturn(ctx, who, id, carrier, tracking, on); err != nil {
				return err
			}
			_, err := fmt.Fprintf(e.stdout, "%s is sent back\n", id)
			return err
		}
		return usage("say %s", returnWords)
	})
}
