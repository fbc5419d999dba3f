package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"mailroom/routing/desk"
	"mailroom/routing/web"
	"mailroom/scanstation"
)

// maxProcedure is how large the document of the procedure may be.
const maxProcedure = 256 << 20

// readProcedure takes the digest of the document that the procedure names.
func (c *Config) readProcedure() error {
	if c.Procedure.File == "" {
		return nil
	}
	f, err := os.Open(c.Procedure.File)
	if err != nil {
		return fmt.Errorf("procedure.file: %w", err)
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, io.LimitReader(f, maxProcedure+1))
	switch {
	case err != nil:
		return fmt.Errorf("procedure.file: %w", err)
	case n == 0 || n > maxProcedure:
		return fmt.Errorf("procedure.file: has %d bytes, not 1 to %d", n, maxProcedure)
	}
	c.Procedure.Digest = scanstation.Digest(hex.EncodeToString(sum.Sum(nil)))
	return nil
}

// adoptProcedure records which procedure is in force from now on. A document
// that has changed since the configuration was read is not kept.
func (h *house) adoptProcedure(ctx context.Context) (err error) {
	var document io.Reader
	size := int64(0)
	if h.cfg.Procedure.File != "" {
		f, err := os.Open(h.cfg.Procedure.File)
		if err != nil {
			return fmt.Errorf("procedure.file: %w", err)
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return fmt.Errorf("procedure.file: %w", err)
		}
		document, size = f, info.Size()
	}
	return h.archive.AdoptProcedure(ctx, document, size)
}

// retention is what the description of the procedure says of the paper.
func (c Config) retention() desk.Retention {
	r := c.Retention
	return desk.Retention{Days: r.Days, AfterFiling: r.AfterFiling, NoRelevance: r.NoRelevance, DestroyWithin: r.DestroyWithin, Warn: r.Warn}
}

// procedureCommand writes the procedure, as it is configured, as PDF/A.
func procedureCommand(_ context.Context, e env, args []string) error {
	fs := flags(e, "procedure")
	config := fs.String("config", "", "configuration `file`")
	out := fs.String("o", "", "the PDF file to write")
	lang := fs.String("lang", "de", "language: de or en")
	rest, err := parse(fs, args)
	switch {
	case err != nil || len(rest) > 0:
		return orUsage(err, rest)
	case *out == "":
		return usage("say with -o which file to write")
	case *lang != "de" && *lang != "en":
		return usage("--lang: %q is neither de nor en", *lang)
	}
	cfg, err := loadConfig(*config)
	if err != nil {
		return usageError{err}
	}
	classes, err := cfg.classes()
	zone, zoneErr := time.LoadLocation(cfg.Zone)
	if err := errors.Join(err, zoneErr); err != nil {
		return usageError{err}
	}
	report, err := web.ProcedureReport(desk.Description{
		Procedure: cfg.Procedure, Office: cfg.Office.organisation(),
		Software: software(), Settings: string(scanstation.DigestOf(cfg.raw)),
		Stations: cfg.Stations, Departments: cfg.Departments, Classes: classes, Retention: cfg.retention(),
	}, *lang, time.Now().In(zone))
	if err != nil {
		return err
	}
	return writeReport(*out, report)
}
