package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"time"

	"mailroom/routing"
	"mailroom/storage"
)

// registerAge is how often the register files are looked at for a change.
const registerAge = time.Minute

// register is the cases of one file. department is empty if it holds those of all.
type register struct {
	department, file string
	cases            []routing.Case
	wrong            []error // rows that were left out
}

// readRegisters reads all register files that the configuration names.
func readRegisters(cfg Config) ([]register, error) {
	files := map[string]string{}
	if cfg.Register.CSV != "" {
		files[""] = cfg.Register.CSV
	}
	maps.Copy(files, cfg.Register.Departments)
	var out []register
	for _, department := range slices.Sorted(maps.Keys(files)) {
		r := register{department: department, file: files[department]}
		f, err := os.Open(r.file)
		if err != nil {
			return nil, fmt.Errorf("register: %w", err)
		}
		r.cases, r.wrong, err = routing.ReadCases(f, department)
		f.Close()
		if err == nil && len(r.cases) == 0 {
			err = errors.New("holds no case that can be used")
		}
		if err != nil {
			return nil, fmt.Errorf("register: %s: %w", r.file, err)
		}
		out = append(out, r)
	}
	return out, nil
}

// loadRegister brings the registers into the ledger. A file that cannot be read
// leaves what was loaded before.
func (h *house) loadRegister(ctx context.Context) error {
	registers, err := readRegisters(h.cfg)
	if err != nil {
		return err
	}
	for _, r := range registers {
		for _, fault := range r.wrong[:min(len(r.wrong), 20)] {
			h.log.Warn("register row left out", "file", r.file, "err", fault)
		}
		load := strconv.FormatInt(time.Now().UnixNano(), 36)
		err = h.archive.Do(ctx, func(tx storage.Tx) error {
			if err := h.rows.LoadCases(ctx, tx, r.department, load, r.cases); err != nil {
				return err
			}
			return h.archive.Record(ctx, tx, storage.System, "register-loaded", "register", map[string]any{
				"department": r.department, "cases": len(r.cases), "left_out": len(r.wrong)})
		})
		if err != nil {
			return fmt.Errorf("register: %s: %w", r.file, err)
		}
		h.log.Info("register loaded", "file", r.file, "cases", len(r.cases), "left_out", len(r.wrong))
	}
	return nil
}

// keepRegister loads the registers again whenever a file has changed.
func (h *house) keepRegister(ctx context.Context) {
	stamp := h.registerStamp()
	tick := time.NewTicker(registerAge)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := h.registerStamp()
		if now == stamp {
			continue
		}
		if err := h.loadRegister(ctx); err != nil {
			h.log.Error("register not loaded; the old one stays in force", "err", err)
			continue
		}
		stamp = now
	}
}

// registerStamp changes when a register file does.
func (h *house) registerStamp() string {
	stamp := ""
	paths := append(slices.Sorted(maps.Values(h.cfg.Register.Departments)), h.cfg.Register.CSV)
	for _, p := range paths {
		if info, err := os.Stat(p); err == nil {
			stamp += fmt.Sprint(p, info.Size(), info.ModTime().UnixNano(), ";")
		}
	}
	return stamp
}
