package main

import (
	"fmt"

	"mailroom/storage"
	"mailroom/storage/pdfa"
)

// PDFAConfig is how archive copies are written and who judges them.
type PDFAConfig struct {
	// VeraPDF is the folder of veraPDF's jars; empty: our own checker judges alone.
	VeraPDF string `yaml:"verapdf"`
	// Level is 2u, the default, or 3u: then each copy carries its words as hOCR
	// and the transfer note of the moment.
	Level string `yaml:"level"`
}

func (c PDFAConfig) level() string { return cmpOr(c.Level, "2u") }

// inspectors look at every copy before it counts as kept: our own, and veraPDF
// where it is configured.
func (c PDFAConfig) inspectors() ([]storage.Inspector, error) {
	if l := c.level(); l != "2u" && l != "3u" {
		return nil, fmt.Errorf("level: %q is neither 2u nor 3u", l)
	}
	all := []storage.Inspector{pdfa.Inspect(software())}
	if c.VeraPDF == "" {
		return all, nil
	}
	v, err := pdfa.NewVeraPDF(c.VeraPDF)
	if err != nil {
		return nil, fmt.Errorf("verapdf: %w", err)
	}
	return append(all, v.Inspect(c.level())), nil
}
