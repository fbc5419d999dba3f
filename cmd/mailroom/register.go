package main

import (
	"context"
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

// loadRegister brings the registers into the ledger. A file that cannot be read
// leaves what was loaded before.
func (h *house) loadRegister(ctx context.Context) error {
	files := map[string]string{} // department, or "" for all, to file
	if h.cfg.Register.CSV != "" {
		files[""] = h.cfg.Register.CSV
	}
	maps.Copy(files, h.cfg.Register.Departments)
	for _, department := range slices.Sorted(maps.Keys(files)) {
		f, err := os.Open(files[department])
		if err != nil {
			return fmt.Errorf("register: %w", err)
		}
		cases, wrong, err := routing.ReadCases(f, department)
		f.Close()
		if err != nil {
			return fmt.Errorf("register: %s: %w", files[department], err)
		}
		for _, fault := range wrong[:min(len(wrong), 20)] {
			h.log.Warn("register row left out", "file", files[department], "err", fault)
		}
		if len(cases) == 0 {
			return fmt.Errorf("register: %s: holds no case that can be used", files[department])
		}
		load := strconv.FormatInt(time.Now().UnixNano(), 36)
		err = h.archive.Do(ctx, func(tx storage.Tx) error {
			if err := h.rows.LoadCases(ctx, tx, department, load, cases); err != nil {
				return err
			}
			return h.archive.Record(ctx, tx, storage.System, "register-loaded", "register", map[string]any{
				"department": department, "cases": len(cases), "left_out": len(wrong)})
		})
		if err != nil {
			return fmt.Errorf("register: %s: %w", files[department], err)
		}
		h.log.Info("register loaded", "file", files[department], "cases", len(cases), "left_out", len(wrong))
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
