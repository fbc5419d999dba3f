package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/scanstation/sheets"
)

// SheetsConfig is how the house knows its own sheets again.
type SheetsConfig struct {
	// KeyFile holds the key with which sheets are signed; empty: sheets.key under
	// data, which is made at the first start. Machines that share a ledger share it.
	KeyFile string `yaml:"key_file"`
}

// Validate returns an error naming the key that is wrong.
func (c SheetsConfig) Validate() error {
	if c.KeyFile == "" {
		return nil
	}
	if _, err := scanstation.ReadSheetKey(c.KeyFile); err != nil {
		return fmt.Errorf("key_file: %w", err)
	}
	return nil
}

// key returns the key, made first if none is named and there is none yet.
func (c SheetsConfig) key(data string) (scanstation.SheetKey, error) {
	if c.KeyFile != "" {
		return scanstation.ReadSheetKey(c.KeyFile)
	}
	name := filepath.Join(data, "sheets.key")
	key, err := scanstation.ReadSheetKey(name)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	f, err := os.CreateTemp(data, "sheets-*.key")
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(rand.Text() + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, err
	}
	if err := os.Link(f.Name(), name); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err // otherwise another process was faster
	}
	return scanstation.ReadSheetKey(name)
}

// dividerSheets is what the command line says about separators, enclosure sheets
// and batch sheets.
type dividerSheets struct {
	department, class, kind, token string
	copies                         int
}

// says is what the sheets say, if that is known here.
func (s dividerSheets) says(cfg Config, level scanstation.Level) (d scanstation.Divider, name string, err error) {
	d = scanstation.Divider{Level: level, Kind: scanstation.Kind(s.kind), Department: s.department, Class: s.class}
	if i := slices.IndexFunc(cfg.Departments, func(d routing.Department) bool { return d.ID == s.department }); i >= 0 {
		name = cfg.Departments[i].Name
	} else if s.department != "" {
		return d, "", usage("there is no department %q", s.department)
	}
	classes, err := cfg.classes()
	if err != nil {
		return d, "", err
	}
	if _, known := classes.Find(s.class); !known {
		return d, "", usage("there is no class %q", s.class)
	}
	tried := d
	if level == scanstation.StackLevel {
		tried.Number = 1
	}
	if err := tried.Validate(); err != nil {
		return d, "", usageError{err}
	}
	return d, name, nil
}

// print lays out so many sheets of a level. Those of stacks are given their numbers
// by the clerk whose token it is.
func (s dividerSheets) print(ctx context.Context, e env, cfg Config, level scanstation.Level) (pages []scanstation.Print, err error) {
	says, name, err := s.says(cfg, level)
	if err != nil {
		return nil, err
	}
	h, err := build(ctx, cfg, warnings(e))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	all := slices.Repeat([]scanstation.Divider{says}, s.copies)
	if level == scanstation.StackLevel {
		counter, who, err := h.byToken(ctx, s.token)
		if err != nil {
			return nil, err
		}
		made, err := counter.MakeBatchSheets(ctx, who, says, s.copies)
		if err != nil {
			return nil, err
		}
		for i, sheet := range made {
			all[i] = sheet.Says
		}
	}
	for _, d := range all {
		p, err := sheets.Printer{}.Divider(h.archive.DividerSheet(d, name))
		if err != nil {
			return nil, err
		}
		pages = append(pages, p)
	}
	return pages, nil
}
