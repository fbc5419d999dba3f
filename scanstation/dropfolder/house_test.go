package dropfolder_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"mailroom/scanstation"
	"mailroom/scanstation/dropfolder"
)

// shelf is a receiver that keeps batches as files: one record per batch id,
// written atomically.
type shelf struct {
	dir    string
	refuse func(scanstation.Batch) error // nil: takes everything
	verify bool                          // kept batches count as verified
}

func (s shelf) Receive(ctx context.Context, b scanstation.Batch, open func(int) (*os.File, error)) error {
	name := filepath.Join(s.dir, string(b.ID))
	if _, err := os.Stat(name); err == nil {
		return nil
	}
	if s.refuse != nil {
		if err := s.refuse(b); err != nil {
			return err
		}
	}
	for i, src := range b.Files {
		f, err := open(i)
		if err != nil {
			return err
		}
		text, err := io.ReadAll(f)
		f.Close()
		if err != nil {
			return err
		}
		if got := scanstation.DigestOf(text); got != src.Digest {
			return fmt.Errorf("%s: digest %s, want %s", src.Name, got, src.Digest)
		}
	}
	text, err := json.Marshal(b)
	if err != nil {
		return err
	}
	if err := os.WriteFile(name+".tmp", text, 0o600); err != nil {
		return err
	}
	return os.Rename(name+".tmp", name)
}

func (s shelf) Verified(_ context.Context, id scanstation.BatchID) (bool, error) {
	_, err := os.Stat(filepath.Join(s.dir, string(id)))
	return err == nil && s.verify, nil
}

// count returns how many batches the shelf holds.
func (s shelf) count() int {
	entries, _ := os.ReadDir(s.dir)
	return len(slices.DeleteFunc(entries, func(e os.DirEntry) bool { return filepath.Ext(e.Name()) == ".tmp" }))
}

// batches returns what the shelf holds.
func (s shelf) batches(t *testing.T) (all []scanstation.Batch) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(s.dir, "????????-????????"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var b scanstation.Batch
		if err := json.Unmarshal(text, &b); err != nil {
			t.Fatal(err)
		}
		all = append(all, b)
	}
	return all
}

// ending says that a file is whole when it ends with "%%EOF"; other files than
// PDFs always are.
type ending struct{}

func (ending) Complete(_ context.Context, f *os.File) (bool, error) {
	text, err := io.ReadAll(f)
	return !bytes.HasPrefix(text, []byte("%PDF")) || bytes.HasSuffix(text, []byte("%%EOF")), err
}

// room is a drop folder with a watcher and a shelf behind it.
type room struct {
	t       *testing.T
	folder  string
	shelf   *shelf
	cfg     dropfolder.Config
	station scanstation.Station
	ports   dropfolder.Ports
	now     func() time.Time
	watcher *dropfolder.Watcher
	stop    func()
}

// quick is a configuration for tests, without events.
func quick() dropfolder.Config {
	return dropfolder.Config{
		Scan: 100 * time.Millisecond, Settle: 60 * time.Millisecond, IndexWait: 300 * time.Millisecond,
		Stale: 400 * time.Millisecond, GiveUp: time.Hour, RetryMin: 20 * time.Millisecond,
		RetryMax: 100 * time.Millisecond, NoEvents: true,
	}
}

func newRoom(t *testing.T) *room {
	t.Helper()
	t.Parallel() // the tests mostly wait
	base := t.TempDir()
	r := &room{t: t, folder: filepath.Join(base, "drop"), shelf: &shelf{dir: filepath.Join(base, "shelf"), verify: true}, cfg: quick(), now: time.Now}
	for _, dir := range []string{r.folder, r.shelf.dir} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	r.station = station(r.folder)
	r.ports = ports(r.shelf)
	return r
}

func station(folder string) scanstation.Station {
	return scanstation.Station{
		Name: "scan-1", Folder: folder, Batch: "file", Languages: []string{"deu"}, Operator: "Amtsleitung",
		Handling: scanstation.Handling{Kind: scanstation.Paper}, Separators: []string{"PATCHT"},
	}
}

func ports(to dropfolder.Receiver) dropfolder.Ports {
	return dropfolder.Ports{
		Receiver: to, Completer: ending{},
		Operator:   func(string) (string, string) { return "weber", "Frau Weber" },
		ReceivedOn: func(string) scanstation.Date { return "2026-11-20" },
	}
}

// start runs the watcher until stop or the end of the test.
func (r *room) start() {
	r.t.Helper()
	w, err := dropfolder.New(r.cfg, []scanstation.Station{r.station}, r.ports, r.now, rand.Reader, logger(r.t))
	if err != nil {
		r.t.Fatal(err)
	}
	r.watcher = w
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			r.t.Errorf("Run = %v", err)
		}
	})
	r.t.Cleanup(r.stop)
}

func logger(t *testing.T) *slog.Logger {
	if testing.Verbose() && os.Getenv("DROPFOLDER_LOG") != "" {
		return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	return slog.New(slog.DiscardHandler)
}

// put writes a file into the folder.
func (r *room) put(name, text string) {
	r.t.Helper()
	full := filepath.Join(r.folder, name)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

// until waits for a condition.
func (r *room) until(what string, limit time.Duration, ok func() bool) {
	r.t.Helper()
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if ok() {
			return
		}
	}
	if r.watcher != nil {
		what = fmt.Sprintf("%s; state %+v", what, r.watcher.States())
	}
	r.t.Fatalf("waited %s in vain until %s", limit, what)
}

// untilKept waits for n batches on the shelf and returns them.
func (r *room) untilKept(n int, limit time.Duration) []scanstation.Batch {
	r.t.Helper()
	r.until(fmt.Sprintf("%d batches are kept", n), limit, func() bool {
		if n > 1000 {
			time.Sleep(300 * time.Millisecond) // counting must not take the time of the work
		}
		return r.shelf.count() >= n
	})
	all := r.shelf.batches(r.t)
	if len(all) != n {
		r.t.Fatalf("%d batches are kept, want %d", len(all), n)
	}
	return all
}

// entries lists a directory below the folder.
func (r *room) entries(dir string) (names []string) {
	list, err := os.ReadDir(filepath.Join(r.folder, dir))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		r.t.Error(err)
	}
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

// untilEmpty waits until nothing is in work or done.
func (r *room) untilEmpty(limit time.Duration) {
	r.t.Helper()
	r.until("work and done are empty", limit, func() bool {
		return len(r.entries(".work")) == 0 && len(r.entries("done")) == 0
	})
}
