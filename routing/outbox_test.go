package routing_test

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"mailroom/routing"
	"mailroom/storage"
)

var sentAt = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func outbox(t *testing.T) *routing.Outbox {
	t.Helper()
	dir := t.TempDir()
	o := &routing.Outbox{Dir: filepath.Join(dir, "out"), State: filepath.Join(dir, "state")}
	if err := os.Mkdir(o.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := o.Open(sentAt); err != nil {
		t.Fatal(err)
	}
	return o
}

// build returns a builder of one file that counts how often it is called.
func build(n *int) func(string) ([]string, error) {
	return func(dir string) ([]string, error) {
		*n++
		return []string{"a.txt"}, os.WriteFile(filepath.Join(dir, "a.txt"), []byte("a"), 0o600)
	}
}

func TestSendIsOnceForManyAtATime(t *testing.T) {
	o, built := outbox(t), 0
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := o.Send(t.Context(), routing.Sending{Key: "k", Handover: "h"}, build(&built)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if built != 1 {
		t.Errorf("built %d times; want once", built)
	}
}

func TestSendRefuses(t *testing.T) {
	tests := map[string]struct {
		before func(o *routing.Outbox) error
		want   error
	}{
		"the key of another handover": {func(o *routing.Outbox) error {
			n := 0
			return o.Send(t.Context(), routing.Sending{Key: "k", Handover: "other"}, build(&n))
		}, storage.ErrConflict},
		"to overwrite a file": {func(o *routing.Outbox) error { return os.WriteFile(filepath.Join(o.Dir, "a.txt"), nil, 0o600) }, storage.ErrConflict},
		"another directory":   {func(o *routing.Outbox) error { return os.RemoveAll(o.Staging) }, storage.ErrUnavailable},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			o, built := outbox(t), 0
			if err := tt.before(o); err != nil {
				t.Fatal(err)
			}
			if err := o.Send(t.Context(), routing.Sending{Key: "k", Handover: "h"}, build(&built)); !errors.Is(err, tt.want) {
				t.Errorf("Send: %v; want %v", err, tt.want)
			}
		})
	}
}

func TestABuildThatFailsLeavesNothingAndMayBeRepeated(t *testing.T) {
	o, built := outbox(t), 0
	s := routing.Sending{Key: "k", Handover: "h"}
	broken := func(dir string) ([]string, error) {
		return nil, errors.Join(storage.ErrBroken, os.WriteFile(filepath.Join(dir, "a.txt"), nil, 0o600))
	}
	if err := o.Send(t.Context(), s, broken); !errors.Is(err, storage.ErrBroken) || errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("Send: %v; want %v", err, storage.ErrBroken)
	}
	if err := o.Send(t.Context(), s, build(&built)); err != nil || built != 1 {
		t.Errorf("Send: %v, built %d times", err, built)
	}
	if b, err := os.ReadFile(filepath.Join(o.Dir, "a.txt")); err != nil || string(b) != "a" {
		t.Errorf("sent %q, %v", b, err)
	}
}

func TestStagingOnAnotherFileSystemIsRefused(t *testing.T) {
	o := outbox(t)
	other, err := os.MkdirTemp("/dev/shm", "outbox")
	if err != nil {
		t.Skip("NO SECOND FILE SYSTEM: no /dev/shm")
	}
	t.Cleanup(func() { os.RemoveAll(other) })
	second := &routing.Outbox{Dir: o.Dir, Staging: other, State: filepath.Join(t.TempDir(), "state")}
	if err := second.Open(sentAt); err == nil {
		t.Error("Open took it")
	}
}
