package main

import (
	"context"
	"errors"
	"fmt"

	"mailroom/scanstation"
	"mailroom/scanstation/sheets"
	"mailroom/storage"
)

// coverSheets lays out the sheets of things that cannot be scanned.
func coverSheets(ctx context.Context, e env, cfg Config, ids []string) (pages []scanstation.Print, err error) {
	if len(ids) == 0 {
		return nil, usage("say of which placeholders")
	}
	h, err := build(ctx, cfg, warnings(e))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	for _, id := range ids {
		found, err := h.archive.Placeholders(ctx, storage.PlaceholderFilter{ID: scanstation.PlaceholderID(id), Limit: 1})
		if err != nil {
			return nil, err
		}
		if id == "" || len(found) == 0 || found[0].State == storage.PlaceholderVoid {
			return nil, fmt.Errorf("there is no placeholder %q", id)
		}
		for _, s := range found[0].Sheets(h.zone) {
			p, err := sheets.Printer{}.Placeholder(s)
			if err != nil {
				return nil, err
			}
			pages = append(pages, p)
		}
	}
	return pages, nil
}

// fileSheets lays out the sheets of these volumes, or of the planned ones.
func fileSheets(ctx context.Context, e env, cfg Config, ids []string) (pages []scanstation.Print, err error) {
	h, err := build(ctx, cfg, warnings(e))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	filters := []storage.VolumeFilter{}
	for _, id := range ids {
		filters = append(filters, storage.VolumeFilter{ID: scanstation.VolumeID(id), Limit: 1})
	}
	if len(ids) == 0 {
		filters = append(filters, storage.VolumeFilter{State: storage.VolumePlanned, Limit: maxCopies})
	}
	names := map[string]string{}
	for _, d := range cfg.Departments {
		names[d.ID] = d.Name
	}
	for _, f := range filters {
		var found []storage.FileVolume
		err := h.archive.View(ctx, func(tx storage.Tx) (err error) {
			found, err = h.archive.Ledger.Volumes(ctx, tx, f)
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, v := range found {
			p, err := sheets.Printer{}.Volume(v.Sheet(cmpOr(names[v.Department], v.Department)))
			if err != nil {
				return nil, err
			}
			pages = append(pages, p)
		}
	}
	if len(pages) == 0 {
		return nil, errors.New("no such volume is planned")
	}
	return pages, nil
}
