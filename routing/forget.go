package routing

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Forget drops the records that were done before the time and that may agrees
// to, and says how many.
func (o *Outbox) Forget(ctx context.Context, before time.Time, may func(HandoverID) (bool, error)) (n int, err error) {
	dir := filepath.Join(o.State, "done")
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, fmt.Errorf("forget sendings: %w", err)
	}
	for _, e := range entries {
		key, ok := strings.CutSuffix(e.Name(), ".json")
		info, err := e.Info()
		// The record was written last when its final receipt was noted.
		if !ok || err != nil || !info.ModTime().Before(before) {
			continue
		}
		s, err := o.Sending(key)
		if err != nil {
			return n, err
		}
		if ok, err = may(s.Handover); err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return n, err
		}
		if !ok {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return n, fmt.Errorf("forget sending %s: %w", key, err)
		}
		n++
	}
	return n, nil
}
