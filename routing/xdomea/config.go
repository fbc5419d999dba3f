package xdomea

import (
	"errors"
	"fmt"
	"time"
)

// Config is one e-file system that speaks xdomea.
type Config struct {
	Version string `yaml:"version"` // 3.0.0 (default) or 3.1.0

	Out     string `yaml:"out"`     // where the other system takes messages from
	In      string `yaml:"in"`      // where it puts its answers
	State   string `yaml:"state"`   // ours; what was sent
	Staging string `yaml:"staging"` // on the file system of Out; default: .mailroom in it
	Aside   string `yaml:"aside"`   // on the file system of In; default: .mailroom-aside in it

	Sender   Party  `yaml:"sender"`
	Receiver Party  `yaml:"receiver"`
	System   System `yaml:"system"`  // ours; product default: mailroom
	EFile    System `yaml:"efile"`   // theirs; optional
	Creator  string `yaml:"creator"` // Erstellerkennung that the e-file system knows us by

	// Create says what is created around a letter whose file the e-file system
	// does not know yet: akte, vorgang, dokument (the letter alone), or, empty,
	// nothing: such a letter is refused. Containers says where, by department.
	Create     string            `yaml:"create"`
	Containers map[string]string `yaml:"containers"`

	Format   string        `yaml:"format"`   // version of the PDF/A; default: PDF/A-2u
	Settle   time.Duration `yaml:"settle"`   // default 2s: how long an answer must be unchanged
	Patience time.Duration `yaml:"patience"` // default 10m: when an answer that cannot be read is given up
}

// Party is an authority or a unit of it, as sender or receiver.
type Party struct {
	Authority string `yaml:"authority"`
	Unit      string `yaml:"unit"`
}

// System is a computer system as xdomea names it.
type System struct {
	Instance string `yaml:"instance"`
	Product  string `yaml:"product"`
	Version  string `yaml:"version"`
}

// namespaces are those of the versions that can be spoken.
var namespaces = map[string]string{
	"3.0.0": "urn:xoev-de:xdomea:schema:3.0.0",
	"3.1.0": "urn:xoev-de:xdomea:schema:3.1.0",
}

// Validate names every key that is wrong.
func (c Config) Validate() error {
	c.fill()
	var wrong []error
	for _, k := range []struct{ key, value string }{
		{"out", c.Out}, {"in", c.In}, {"state", c.State}, {"creator", c.Creator},
		{"sender.authority", c.Sender.Authority}, {"receiver.authority", c.Receiver.Authority},
	} {
		if k.value == "" {
			wrong = append(wrong, fmt.Errorf("%s: missing", k.key))
		}
	}
	if namespaces[c.Version] == "" {
		wrong = append(wrong, fmt.Errorf("version: %q is neither 3.0.0 nor 3.1.0", c.Version))
	}
	if c.In != "" && c.In == c.Out {
		wrong = append(wrong, errors.New("in: the same directory as out"))
	}
	switch c.Create {
	case "", "akte", "vorgang", "dokument":
	default:
		wrong = append(wrong, fmt.Errorf("create: %q is none of akte, vorgang, dokument", c.Create))
	}
	if c.Settle < 0 {
		wrong = append(wrong, errors.New("settle: negative"))
	}
	if c.Patience < c.Settle {
		wrong = append(wrong, errors.New("patience: shorter than settle"))
	}
	return errors.Join(wrong...)
}

func (c *Config) fill() {
	if c.Version == "" {
		c.Version = "3.0.0"
	}
	if c.System.Product == "" {
		c.System.Product = "mailroom"
	}
	if c.Format == "" {
		c.Format = "PDF/A-2u"
	}
	if c.Settle == 0 {
		c.Settle = 2 * time.Second
	}
	if c.Patience == 0 {
		c.Patience = 10 * time.Minute
	}
}
