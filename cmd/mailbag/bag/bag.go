// Package bag fills a mail bag: stacks of scanned letters, the register of
// known cases, and the exact truth about both.
//
//	Config --Generate--> mail/b000.tif …, register.csv, mailroom.yaml, truth.json
//
// Decisions: everything follows from the seed. Each stack and each sheet draws
// from a stream of its own, so one sheet more does not change the next stack.
// One sheet is held in memory at a time.
package bag

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailroom/cmd/mailbag/cases"
	"mailroom/cmd/mailbag/ground"
	"mailroom/cmd/mailbag/letter"
	"mailroom/cmd/mailbag/paper"
	"mailroom/cmd/mailbag/scan"
	"mailroom/cmd/mailbag/stack"
)

// Config says what mail to make. Zero values mean the defaults named.
type Config struct {
	Out      string     // folder to write to; required
	Seed     uint64     // same seed, same mail
	Letters  int        // in all; 20
	PerStack int        // on average; 5
	MaxPages int        // of a letter; 0: as many as it happens to have
	Strength int        // of the noise: 0, 1 or 2
	DPI      int        // 200, 300 or 400; 300
	Layouts  letter.Set // build or final; build
	// Formats are cycled through; empty means all. "tiff-jpeg@200" gives one
	// format a resolution of its own.
	Formats []string
	Duplex  float64   // share of stacks scanned on both sides
	Cases   int       // in the register; 600
	Until   time.Time // newest letter; 20 November 2026
	Fonts   string    // folder of typefaces; /usr/share/fonts/truetype
}

// withDefaults fills what was left open.
func (c Config) withDefaults() Config {
	if c.Letters == 0 {
		c.Letters = 20
	}
	if c.PerStack == 0 {
		c.PerStack = 5
	}
	if c.DPI == 0 {
		c.DPI = 300
	}
	if c.Layouts == "" {
		c.Layouts = letter.Build
	}
	if len(c.Formats) == 0 {
		for _, f := range stack.Formats() {
			c.Formats = append(c.Formats, string(f))
		}
	}
	if c.Cases == 0 {
		c.Cases = 600
	}
	if c.Until.IsZero() {
		c.Until = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	}
	if c.Fonts == "" {
		c.Fonts = "/usr/share/fonts/truetype"
	}
	return c
}

// Validate names the first setting that cannot be.
func (c Config) Validate() error {
	switch {
	case c.Out == "":
		return fmt.Errorf("out: no folder given")
	case c.Letters < 1:
		return fmt.Errorf("letters %d: want at least 1", c.Letters)
	case c.MaxPages < 0:
		return fmt.Errorf("max-pages %d: want at least 0", c.MaxPages)
	case c.PerStack < 1:
		return fmt.Errorf("per-stack %d: want at least 1", c.PerStack)
	case !resolution(c.DPI):
		return fmt.Errorf("dpi %d: want 200, 300 or 400", c.DPI)
	case c.Layouts != letter.Build && c.Layouts != letter.Final:
		return fmt.Errorf("layouts %q: want build or final", c.Layouts)
	case c.Duplex < 0 || c.Duplex > 1:
		return fmt.Errorf("duplex %g: want a share from 0 to 1", c.Duplex)
	case c.Cases < 100:
		return fmt.Errorf("cases %d: want at least 100", c.Cases)
	}
	for _, f := range c.Formats {
		if _, _, err := c.format(f); err != nil {
			return err
		}
	}
	_, err := scan.ProfileOf(c.Strength)
	return err
}

func resolution(dpi int) bool { return dpi == 200 || dpi == 300 || dpi == 400 }

// format splits "tiff-jpeg@200" into format and resolution.
func (c Config) format(s string) (stack.Format, int, error) {
	name, at, own := strings.Cut(s, "@")
	dpi := c.DPI
	if own {
		dpi, _ = strconv.Atoi(at)
	}
	if !slices.Contains(stack.Formats(), stack.Format(name)) || !resolution(dpi) {
		return "", 0, fmt.Errorf("formats: unknown format %q", s)
	}
	return stack.Format(name), dpi, nil
}

// Generate makes the mail and returns the truth it has also written.
func Generate(ctx context.Context, c Config) (ground.Truth, error) {
	c = c.withDefaults()
	if err := c.Validate(); err != nil {
		return ground.Truth{}, err
	}
	fonts, err := paper.OpenFonts(c.Fonts)
	if err != nil {
		return ground.Truth{}, err
	}
	if err := os.MkdirAll(filepath.Join(c.Out, "mail"), 0o755); err != nil {
		return ground.Truth{}, err
	}
	m, err := newMaker(c, fonts)
	if err != nil {
		return ground.Truth{}, err
	}
	t := ground.Truth{Seed: c.Seed, Strength: c.Strength, DPI: c.DPI, Layouts: string(c.Layouts)}
	for left := c.Letters; left > 0; {
		if err := ctx.Err(); err != nil {
			return ground.Truth{}, err
		}
		s, err := m.stack(len(t.Stacks), left)
		if err != nil {
			return ground.Truth{}, err
		}
		left -= len(s.Letters)
		t.Stacks = append(t.Stacks, s)
	}
	if err := writeOffice(c.Out, m.register); err != nil {
		return ground.Truth{}, err
	}
	return t, t.Write(filepath.Join(c.Out, "truth.json"))
}

// Register returns the register that the seed makes, for tests that want the
// cases without any mail.
func Register(seed uint64, n int) *cases.Register { return cases.Make(stream(seed, "register", 0), n) }

// Sample is the configuration of the small bag kept beside the tests.
func Sample(dir string) Config {
	return Config{Out: dir, Seed: 39, Letters: 12, PerStack: 3, Strength: 1, DPI: 300, Duplex: 0.7,
		Formats: []string{"tiff-g4", "png-bit", "tiff-jpeg@200", "pdf-text", "tiff-g4", "pdf-g4"}}
}
