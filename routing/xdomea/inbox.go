package xdomea

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"mailroom/routing"
	"mailroom/storage"
)

// Receipts implements routing.Connector.
func (c *Connector) Receipts(ctx context.Context, yield func(routing.Receipt) error) error {
	entries, err := os.ReadDir(c.config.In)
	if err != nil {
		return fmt.Errorf("xdomea: receipts: %w: %w", storage.ErrUnavailable, err)
	}
	var wrong []error
	for _, e := range entries {
		if ext := strings.ToLower(filepath.Ext(e.Name())); ext != ".zip" && ext != ".xml" || e.IsDir() || e.Name()[0] == '.' {
			continue
		}
		if err := ctx.Err(); err != nil {
			return errors.Join(append(wrong, err)...)
		}
		r, err := c.read(e.Name())
		switch {
		case err != nil:
			wrong = append(wrong, err)
		case r.Kind != "":
			if err := yield(r); err != nil {
				return errors.Join(append(wrong, err)...)
			}
		}
	}
	return errors.Join(wrong...)
}

// read reads one returned file; Kind is empty if it is not ready yet. What will
// never be a receipt is put aside and returned as an error.
func (c *Connector) read(name string) (routing.Receipt, error) {
	none := routing.Receipt{}
	info, err := os.Lstat(filepath.Join(c.config.In, name))
	if errors.Is(err, fs.ErrNotExist) || err == nil && !routing.Settled(info.ModTime(), c.now(), c.config.Settle) {
		return none, nil
	}
	if err != nil {
		return none, err
	}
	r, err := c.understand(name)
	switch {
	case err == nil:
		if r.Time.IsZero() {
			r.Time = info.ModTime().UTC()
		}
		return r, nil
	case errors.Is(err, fs.ErrNotExist):
		return none, nil
	case !errors.Is(err, routing.ErrUnreadable):
		return none, err
	case !routing.Settled(info.ModTime(), c.now(), c.config.Patience):
		return none, nil // it may still be incomplete
	}
	process, _, _ := strings.Cut(name, "_")
	if processID.MatchString(process) {
		if s, e := c.out.Sending(strings.ToLower(process)); e == nil {
			return routing.Receipt{Handover: s.Handover, Kind: person, Words: err.Error(), Time: info.ModTime().UTC(), Source: name}, nil
		}
	}
	return none, errors.Join(err, c.putAside(name))
}

// understand reads the message in a file and finds whose it is.
func (c *Connector) understand(name string) (routing.Receipt, error) {
	b, _, err := routing.ReadReturned(filepath.Join(c.config.In, name), returnedBytes)
	if err != nil {
		return routing.Receipt{}, err
	}
	if b, err = unpack(name, b); err != nil {
		return routing.Receipt{}, err
	}
	m, err := parse(name, b)
	if err != nil {
		return routing.Receipt{}, err
	}
	s, err := c.out.Sending(m.Process)
	if errors.Is(err, storage.ErrNotFound) {
		return routing.Receipt{}, unreadable("%s: process %s is none of ours", name, m.Process)
	}
	if err != nil {
		return routing.Receipt{}, err
	}
	r, err := m.receipt()
	if err != nil {
		return r, fmt.Errorf("%s: %w", name, err)
	}
	r.Handover, r.Source = s.Handover, name
	return r, nil
}

// putAside moves a file out of the way, never onto another one.
func (c *Connector) putAside(name string) error {
	if err := os.MkdirAll(c.config.Aside, 0o700); err != nil {
		return err
	}
	to := filepath.Join(c.config.Aside, name)
	for n := 2; ; n++ {
		if _, err := os.Lstat(to); errors.Is(err, fs.ErrNotExist) {
			break
		}
		to = filepath.Join(c.config.Aside, fmt.Sprintf("%d-%s", n, name))
	}
	if err := os.Rename(filepath.Join(c.config.In, name), to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Acknowledge implements routing.Connector: it notes the receipt, then removes
// its message; one that could not be read is put aside instead.
func (c *Connector) Acknowledge(ctx context.Context, r routing.Receipt) error {
	if r.Source == "" || r.Source != filepath.Base(r.Source) || r.Source[0] == '.' {
		return fmt.Errorf("acknowledge %s: %q is no message of the return directory: %w", r.Handover, r.Source, storage.ErrNotFound)
	}
	if err := c.out.Acknowledge(ctx, processOf(r.Handover), r.Kind); err != nil {
		return err
	}
	path := filepath.Join(c.config.In, r.Source)
	if _, err := c.understand(r.Source); errors.Is(err, routing.ErrUnreadable) {
		return c.putAside(r.Source)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("acknowledge %s: %w", r.Handover, err)
	}
	return nil
}
