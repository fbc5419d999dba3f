package dropfolder_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"mailroom/scanstation"
	"mailroom/scanstation/dropfolder"
)

func TestASlowWriterIsWaitedFor(t *testing.T) {
	tests := map[string]func(t *testing.T, name string, step time.Duration) string{
		"chunk by chunk, file kept open": func(t *testing.T, name string, step time.Duration) string {
			f := create(t, name)
			defer f.Close()
			for range 5 {
				write(t, f, "chunk ")
				time.Sleep(step)
			}
			return strings.Repeat("chunk ", 5)
		},
		"preallocated to the full size": func(t *testing.T, name string, step time.Duration) string {
			f := create(t, name)
			defer f.Close()
			if err := f.Truncate(30); err != nil {
				t.Fatal(err)
			}
			time.Sleep(5 * step)
			write(t, f, strings.Repeat("chunk ", 5))
			return strings.Repeat("chunk ", 5)
		},
		"page by page, file closed between": func(t *testing.T, name string, step time.Duration) string {
			text := "%PDF"
			for _, page := range []string{" one", " two", " %%EOF"} {
				text += page
				if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
				time.Sleep(step)
			}
			return text
		},
		"empty first, filled later": func(t *testing.T, name string, step time.Duration) string {
			create(t, name).Close()
			time.Sleep(step)
			if err := os.WriteFile(name, []byte("text"), 0o644); err != nil {
				t.Fatal(err)
			}
			return "text"
		},
		"temporary name, then renamed": func(t *testing.T, name string, step time.Duration) string {
			if err := os.WriteFile(name+".part", []byte("half"), 0o644); err != nil {
				t.Fatal(err)
			}
			time.Sleep(step)
			if err := os.Rename(name+".part", name); err != nil {
				t.Fatal(err)
			}
			return "half"
		},
	}
	for name, writer := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t)
			r.start()
			want := writer(t, filepath.Join(r.folder, "scan.pdf"), 250*time.Millisecond)
			if b := r.untilKept(1, 10*time.Second)[0]; b.Digest != scanstation.DigestOf([]byte(want)) {
				t.Errorf("something else was kept than was written: %+v", b)
			}
		})
	}
}

func create(t *testing.T, name string) *os.File {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func write(t *testing.T, f *os.File, text string) {
	t.Helper()
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

func TestWhatCannotBecomeABatchRaisesAnAlarm(t *testing.T) {
	r := newRoom(t)
	outside := filepath.Join(t.TempDir(), "secret.pdf")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return filepath.Join(r.folder, name) }
	if err := errors.Join(os.Symlink(outside, at("link.pdf")), syscall.Mkfifo(at("pipe.pdf"), 0o644)); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", at("sock"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r.put("never.pdf", "%PDF never whole")
	r.put("upload.tmp", "half")
	r.put("sub/.hidden/deep.pdf", "hidden")
	r.put("done/mine.pdf", "not a batch")
	r.start()
	want := map[string]string{
		"link.pdf": "symlink", "pipe.pdf": "pipe", "sock": "socket", "never.pdf": "incomplete",
		"upload.tmp": "temporary-name", "sub/.hidden": "hidden-folder", "done/mine.pdf": "not-a-batch",
	}
	r.until("all are reported", 10*time.Second, func() bool {
		got := map[string]string{}
		st := r.watcher.States()[0]
		for _, it := range append(st.Stale, st.NotClaimable...) {
			got[it.Name] = it.Why
		}
		for name, why := range want {
			if got[name] != why {
				return false
			}
		}
		return st.Alarm() && len(got) == len(want)
	})
	r.put("good.pdf", "good")
	r.untilKept(1, 5*time.Second)
	for name := range want {
		if _, err := os.Lstat(at(name)); err != nil {
			t.Errorf("%s was touched: %v", name, err)
		}
	}
}

func TestUnwholeFilesAreParkedInTheEnd(t *testing.T) {
	r := newRoom(t)
	r.cfg.Stale, r.cfg.GiveUp = 300*time.Millisecond, 800*time.Millisecond
	r.put("half.pdf", "%PDF half")
	r.put("empty.pdf", "")
	r.start()
	r.until("both are parked", 10*time.Second, func() bool { return r.watcher.States()[0].Parked == 2 })
	parked, err := r.watcher.Parked("scan-1")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parked {
		if p.Reason.Code != scanstation.Damaged || p.Owner != "Frau Weber" {
			t.Errorf("parked as %+v", p)
		}
	}
}

func TestAReadyFileIsWaitedForAndRemoved(t *testing.T) {
	r := newRoom(t)
	r.station.Ready = "sidecar"
	r.start()
	r.put("scan.pdf", "one")
	time.Sleep(400 * time.Millisecond)
	if n := len(r.shelf.batches(t)); n != 0 {
		t.Fatalf("%d batches without a ready file", n)
	}
	r.put("scan.pdf.ready", "")
	r.untilKept(1, 5*time.Second)
	r.until("the ready file is removed", 5*time.Second, func() bool {
		_, err := os.Stat(filepath.Join(r.folder, "scan.pdf.ready"))
		return os.IsNotExist(err)
	})
	r.put("scan.pdf", "two")
	time.Sleep(400 * time.Millisecond)
	r.untilKept(1, time.Second)
	r.put("scan.pdf.ready", "")
	r.untilKept(2, 5*time.Second)
}

func TestAVanishedFolderComesBack(t *testing.T) {
	for name, noEvents := range map[string]bool{"by scanning alone": true, "with events": false} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t)
			r.cfg.NoEvents = noEvents
			r.put("a.pdf", "one")
			r.start()
			r.untilKept(1, 5*time.Second)
			r.untilEmpty(5 * time.Second)
			if err := os.Rename(r.folder, r.folder+".away"); err != nil {
				t.Fatal(err)
			}
			state := func() dropfolder.State { return r.watcher.States()[0] }
			r.until("the loss is reported", 5*time.Second, func() bool { return !state().Ready && state().Problem.Code == scanstation.FolderMissing })
			if state().Since.IsZero() || !state().Alarm() {
				t.Errorf("no alarm: %+v", state())
			}
			r.put("b.pdf", "two") // another folder, another inode
			r.untilKept(2, 5*time.Second)
			r.put("sub/deep/c.pdf", "three")
			r.untilKept(3, 5*time.Second)
			r.until("the folder is ready", 5*time.Second, func() bool { return state().Ready })
		})
	}
}

func TestAnUnwritableFolderIsReported(t *testing.T) {
	r := newRoom(t)
	r.put("a.pdf", "one")
	if err := os.WriteFile(filepath.Join(r.folder, ".work"), nil, 0o600); err != nil { // stands in the way, even for root
		t.Fatal(err)
	}
	r.start()
	r.until("the problem is reported", 5*time.Second, func() bool {
		st := r.watcher.States()[0]
		return !st.Ready && !st.Scanned.IsZero()
	})
	if err := os.Remove(filepath.Join(r.folder, ".work")); err != nil {
		t.Fatal(err)
	}
	r.untilKept(1, 5*time.Second)
}

func TestStoppingLeavesEverythingRecoverable(t *testing.T) {
	r := newRoom(t)
	began := make(chan struct{}, 100)
	r.shelf.refuse = func(scanstation.Batch) error { began <- struct{}{}; return nil }
	slow := r.ports
	slow.Receiver = hanging{began}
	r.ports = slow
	r.put("a.pdf", "one")
	r.start()
	<-began
	at := time.Now()
	r.stop()
	if d := time.Since(at); d > 2*time.Second {
		t.Errorf("stopping took %s", d)
	}
	r.ports = ports(r.shelf)
	r.start()
	r.untilKept(1, 5*time.Second)
	r.untilEmpty(5 * time.Second)
}

// hanging is a receiver that waits until it is told to stop.
type hanging struct{ began chan struct{} }

func (h hanging) Receive(ctx context.Context, _ scanstation.Batch, _ func(int) (*os.File, error)) error {
	h.began <- struct{}{}
	<-ctx.Done()
	return ctx.Err()
}

func (h hanging) Verified(context.Context, scanstation.BatchID) (bool, error) { return false, nil }
