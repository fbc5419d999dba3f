package routing_test

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

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
	other := elsewhere(t, o.Dir)
	t.Cleanup(func() { os.RemoveAll(other) })
	second := &routing.Outbox{Dir: o.Dir, Staging: other, State: filepath.Join(t.TempDir(), "state")}
	if err := second.Open(sentAt); err == nil {
		t.Error("Open took it")
	}
}

func TestASecondStateIsRefused(t *testing.T) {
	o := outbox(t)
	if err := o.Open(sentAt); err != nil {
		t.Errorf("open again: %v", err)
	}
	lost := &routing.Outbox{Dir: o.Dir, State: filepath.Join(t.TempDir(), "state")}
	if err := lost.Open(sentAt); !errors.Is(err, storage.ErrConflict) || errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("open with another state: %v; want ErrConflict", err)
	}
	if err := o.There(); err != nil {
		t.Errorf("the first one afterwards: %v", err)
	}
}

func TestAFirstOpenThatWasCutShortIsCompleted(t *testing.T) {
	for _, marked := range []bool{false, true} {
		o := outbox(t)
		mark, begun := filepath.Join(o.State, "outbox.id"), filepath.Join(o.State, "outbox.id.begun")
		if err := os.Rename(mark, begun); err != nil {
			t.Fatal(err)
		}
		if !marked {
			if err := os.RemoveAll(o.Staging); err != nil {
				t.Fatal(err)
			}
		}
		if err := o.Open(sentAt.Add(time.Hour)); err != nil {
			t.Errorf("staging marked %v: %v", marked, err)
		}
	}
}

func TestForget(t *testing.T) {
	o, n := outbox(t), 0
	for _, key := range []string{"old", "kept", "waits"} {
		if err := o.Send(t.Context(), routing.Sending{Key: key, Handover: routing.HandoverID(key)}, func(dir string) ([]string, error) {
			return []string{key}, os.WriteFile(filepath.Join(dir, key), nil, 0o600)
		}); err != nil {
			t.Fatal(err)
		}
		if key != "waits" {
			if err := o.Acknowledge(t.Context(), key, routing.Filed); err != nil {
				t.Fatal(err)
			}
		}
	}
	may := func(id routing.HandoverID) (bool, error) { n++; return id == "old", nil }
	if got, err := o.Forget(t.Context(), time.Now().Add(-time.Hour), may); got != 0 || n != 0 || err != nil {
		t.Errorf("forgot %d before their time, asked %d times, %v", got, n, err)
	}
	if got, err := o.Forget(t.Context(), time.Now().Add(time.Hour), may); got != 1 || n != 2 || err != nil {
		t.Errorf("forgot %d, asked %d times, %v; want 1, 2", got, n, err)
	}
	for key, want := range map[string]error{"old": storage.ErrNotFound, "kept": nil, "waits": nil} {
		if _, err := o.Sending(key); !errors.Is(err, want) {
			t.Errorf("%s: %v; want %v", key, err, want)
		}
	}
}

// elsewhere is a folder on another file system than dir.
func elsewhere(t *testing.T, dir string) string {
	t.Helper()
	device := func(path string) uint64 {
		var s unix.Stat_t
		if err := unix.Stat(path, &s); err != nil {
			t.Fatal(err)
		}
		return s.Dev
	}
	for _, root := range []string{"/dev/shm", "/var/tmp", "/run"} {
		other, err := os.MkdirTemp(root, "outbox")
		if err == nil && device(other) != device(dir) {
			return other
		}
		os.RemoveAll(other)
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("no folder on a second file system")
	}
	t.Skip("SKIPPED: there is no folder on a second file system")
	return ""
}
