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
}

// inspectors look at every copy before it counts as kept: our own, and veraPDF
// where it is configured.
func (c PDFAConfig) inspectors() ([]storage.Inspector, error) {
	all := []storage.Inspector{pdfa.Inspect(software())}
	if c.VeraPDF == "" {
		return all, nil
	}
	v, err := pdfa.NewVeraPDF(c.VeraPDF)
	if err != nil {
		return nil, fmt.Errorf("verapdf: %w", err)
	}
	return append(all, v.Inspect("2u")), nil
}
