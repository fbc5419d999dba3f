package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"mailroom/cmd/mailbag/bag"
	"mailroom/cmd/mailbag/letter"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "mailbag:", err)
		os.Exit(1)
	}
}

// run makes the mail the arguments ask for and reports what was made.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	c, err := parse(args, stderr)
	if err != nil {
		return err
	}
	t, err := bag.Generate(ctx, c)
	if err != nil {
		return err
	}
	images, letters := 0, 0
	for _, s := range t.Stacks {
		images, letters = images+len(s.Images), letters+len(s.Letters)
	}
	_, err = fmt.Fprintf(stdout, "%s: %d stacks, %d letters, %d images\n", c.Out, len(t.Stacks), letters, images)
	return err
}

// parse turns arguments into a configuration.
func parse(args []string, stderr io.Writer) (bag.Config, error) {
	var c bag.Config
	fs := flag.NewFlagSet("mailbag", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.Usage = func() {
		fmt.Fprintln(stderr, "Example: mailbag -o bag -seed 7 -letters 100 -strength 1")
		fs.PrintDefaults()
	}
	fs.StringVar(&c.Out, "o", "", "`folder` to write to")
	fs.Uint64Var(&c.Seed, "seed", 1, "same seed and flags, same mail")
	fs.IntVar(&c.Letters, "letters", 20, "letters in all")
	fs.IntVar(&c.PerStack, "per-stack", 5, "letters per stack on average")
	fs.IntVar(&c.MaxPages, "max-pages", 0, "pages of the longest letter; 0: as many as it happens to have")
	fs.IntVar(&c.Strength, "strength", 1, "strength of the noise: 0, 1 or 2")
	fs.IntVar(&c.DPI, "dpi", 300, "resolution: 200, 300 or 400")
	layouts := fs.String("layouts", "build", "layouts and wordings: build or final")
	formats := fs.String("formats", "", "`list` of formats to cycle through, as tiff-g4,jpeg@200; empty: all")
	fs.Float64Var(&c.Duplex, "duplex", 0.5, "share of stacks scanned on both sides")
	fs.StringVar(&c.Fonts, "fonts", "", "`folder` of typefaces; empty: Debian's")
	sample := fs.String("sample", "", "write the small sample to `folder`, ignoring all other flags")
	if err := fs.Parse(args); err != nil {
		return c, err
	}
	if *sample != "" {
		return bag.Sample(*sample), nil
	}
	c.Layouts = letter.Set(*layouts)
	if *formats != "" {
		c.Formats = strings.Split(*formats, ",")
	}
	return c, nil
}
