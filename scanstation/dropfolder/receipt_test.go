package dropfolder_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mailroom/scanstation"
	"mailroom/scanstation/dropfolder"
)

func TestAnOutageOfStorageLosesNothing(t *testing.T) {
	r := newRoom(t)
	var out atomic.Bool
	out.Store(true)
	r.shelf.refuse = func(scanstation.Batch) error {
		if out.Load() {
			return errors.New("storage is out")
		}
		return nil
	}
	const n = 60
	for i := range n {
		r.put(fmt.Sprintf("scan%d.pdf", i), fmt.Sprint("text ", i))
	}
	r.start()
	r.until("the outage is reported", 5*time.Second, func() bool {
		st := r.watcher.States()[0]
		return strings.Contains(st.Held.Detail, "storage is out") && st.Alarm() && st.Parked == 0
	})
	time.Sleep(500 * time.Millisecond)
	if work := len(r.entries(".work")); work > n/2 {
		t.Errorf("%d of %d files are claimed while nothing can be received", work, n)
	}
	out.Store(false)
	r.untilKept(n, 10*time.Second)
	r.untilEmpty(5 * time.Second)
	r.until("the end is reported", 5*time.Second, func() bool { return r.watcher.States()[0].Held.Code == "" })
}

func TestOneBatchThatFailsForEverDoesNotStopTheOthers(t *testing.T) {
	r := newRoom(t)
	r.shelf.refuse = func(b scanstation.Batch) error {
		if b.Name == "poison.pdf" {
			return errors.New("not today")
		}
		return nil
	}
	r.put("poison.pdf", "poison")
	r.start()
	r.until("the failures count as an outage", 5*time.Second, func() bool { return r.watcher.States()[0].Held.Code != "" })
	for i := range 10 {
		r.put(fmt.Sprintf("scan%d.pdf", i), fmt.Sprint("text ", i))
	}
	r.untilKept(10, 10*time.Second)
}

func TestARefusedBatchIsParkedWithItsReasonAndTriedAgain(t *testing.T) {
	r := newRoom(t)
	var open atomic.Bool
	r.shelf.refuse = func(scanstation.Batch) error {
		if open.Load() {
			return nil
		}
		return scanstation.Refuse(scanstation.Encrypted, "asks for a password")
	}
	r.cfg.ParkedAge = time.Nanosecond
	name := strings.Repeat("ä", 125) + "1.pdf" // 255 bytes
	r.put(name, "secret")
	r.start()
	r.until("it is parked", 5*time.Second, func() bool { return r.watcher.States()[0].Parked == 1 })
	parked, err := r.watcher.Parked("scan-1")
	if err != nil || len(parked) != 1 {
		t.Fatalf("Parked = %v, %v", parked, err)
	}
	p := parked[0]
	if p.Reason.Code != scanstation.Encrypted || p.Name != name || p.Owner != "Frau Weber" || p.At.IsZero() {
		t.Errorf("parked as %+v", p)
	}
	dir := filepath.Join(r.folder, "parked", string(p.ID))
	if text, err := os.ReadFile(filepath.Join(dir, "scan", name)); err != nil || string(text) != "secret" {
		t.Errorf("the parked file holds %q, %v", text, err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "Grund.txt")); err != nil || !strings.Contains(string(text), "Kennwort") {
		t.Errorf("the reason says %q, %v", text, err)
	}
	var reason dropfolder.Parked
	if text, err := os.ReadFile(filepath.Join(dir, "reason.json")); err != nil || json.Unmarshal(text, &reason) != nil || reason.ID != p.ID {
		t.Errorf("the reason file says %s, %v", text, err)
	}
	open.Store(true)
	if err := r.watcher.Retry("scan-1", p.ID); err != nil {
		t.Fatal(err)
	}
	if b := r.untilKept(1, 5*time.Second)[0]; b.ID != p.ID || b.Name != name {
		t.Errorf("received as %+v", b)
	}
	r.untilEmpty(5 * time.Second)
	if err := r.watcher.Retry("scan-1", p.ID); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("second Retry = %v", err)
	}
	if err := r.watcher.Retry("scan-1", "../../etc"); err == nil {
		t.Error("Retry took a path")
	}
}

func TestParkedBatchesAreOverdueByWorkingDays(t *testing.T) {
	tests := map[string]struct {
		at, now string
		want    bool
	}{
		"the same day":                      {"2026-11-18T08:00", "2026-11-18T17:00", false},
		"the next day, an hour less":        {"2026-11-18T08:00", "2026-11-19T07:00", false},
		"the next day, an hour more":        {"2026-11-18T08:00", "2026-11-19T09:00", true},
		"from Friday noon to Monday":        {"2026-11-20T12:00", "2026-11-23T11:00", false},
		"from Friday noon to Monday, later": {"2026-11-20T12:00", "2026-11-23T13:00", true},
		"on Saturday":                       {"2026-11-21T12:00", "2026-11-22T23:00", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			at, now := must(time.Parse("2006-01-02T15:04", tt.at))(t), must(time.Parse("2006-01-02T15:04", tt.now))(t)
			r := newRoom(t)
			r.now = func() time.Time { return now }
			p := dropfolder.Parked{ID: "20261122-7F3K9Q2M", Owner: "Frau Weber", At: at}
			r.put("parked/"+string(p.ID)+"/reason.json", string(must(json.Marshal(p))(t)))
			r.start()
			r.until("it is counted", 5*time.Second, func() bool { return r.watcher.States()[0].Parked == 1 })
			if st := r.watcher.States()[0]; st.ParkedOverdue != tt.want || !st.ParkedOldest.Equal(at) || st.ParkedOwner != p.Owner {
				t.Errorf("state = %+v, want overdue %t", st, tt.want)
			}
		})
	}
}

func TestDoneIsKeptUntilVerified(t *testing.T) {
	r := newRoom(t)
	r.shelf.verify = false
	r.put("a.pdf", "one")
	r.start()
	b := r.untilKept(1, 5*time.Second)[0]
	r.until("it lies in done", 5*time.Second, func() bool { return r.watcher.States()[0].Done == 1 })
	time.Sleep(300 * time.Millisecond)
	kept := filepath.Join(r.folder, "done", string(b.ID), "scan", "a.pdf")
	if text, err := os.ReadFile(kept); err != nil || string(text) != "one" {
		t.Fatalf("done holds %q, %v", text, err)
	}
	r.stop()
	// Somebody writes into it after all: then it must not be deleted.
	if err := os.WriteFile(kept, []byte("one and more"), 0o644); err != nil {
		t.Fatal(err)
	}
	r.shelf.verify = true
	r.start()
	r.until("the new bytes are parked", 5*time.Second, func() bool { return r.watcher.States()[0].Parked == 1 })
	parked, err := r.watcher.Parked("scan-1")
	if err != nil || parked[0].Reason.Code != scanstation.Vanished {
		t.Fatalf("Parked = %+v, %v", parked, err)
	}
	if err := r.watcher.Retry("scan-1", parked[0].ID); err != nil {
		t.Fatal(err)
	}
	for _, b := range r.untilKept(2, 5*time.Second) {
		if b.ID == parked[0].ID && b.Digest != scanstation.DigestOf([]byte("one and more")) {
			t.Errorf("the new bytes were not received: %+v", b)
		}
	}
}

func TestTwoWatchersOnOneFolderReceiveOnce(t *testing.T) {
	r := newRoom(t)
	const n = 200
	r.start()
	r.start()
	for i := range n {
		r.put(fmt.Sprintf("scan%d.pdf", i), fmt.Sprint("text ", i))
	}
	seen := map[scanstation.Digest]int{}
	for _, b := range r.untilKept(n, 20*time.Second) {
		seen[b.Digest]++
	}
	if len(seen) != n {
		t.Errorf("%d different files were received, want %d", len(seen), n)
	}
	r.untilEmpty(5 * time.Second)
}

func TestAClaimOfADeadNodeIsTakenOver(t *testing.T) {
	r := newRoom(t)
	r.cfg.TakeOver = 300 * time.Millisecond
	began := make(chan struct{}, 100)
	r.ports.Receiver = hanging{began}
	r.put("a.pdf", "one")
	r.start()
	<-began
	r.stop() // leaves its claim
	r.ports = ports(r.shelf)
	hidden := filepath.Join(filepath.Dir(r.folder), "aside")
	if err := os.Rename(filepath.Join(r.folder, ".work"), hidden); err != nil {
		t.Fatal(err)
	}
	r.start()
	r.put("b.pdf", "two")
	r.untilKept(1, 5*time.Second)
	for _, e := range must(os.ReadDir(hidden))(t) {
		if err := os.Rename(filepath.Join(hidden, e.Name()), filepath.Join(r.folder, ".work", e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	r.untilKept(2, 5*time.Second)
	r.untilEmpty(5 * time.Second)
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestAFolderBecomesOneBatch(t *testing.T) {
	r := newRoom(t)
	r.station.Batch = "folder"
	r.station.SubFolders = map[string]scanstation.Handling{"amt50": {Department: "50"}}
	r.station.Index = &scanstation.IndexMapping{Format: "csv", Suffix: ".csv", Fields: map[string]string{"operator": "Bediener"}}
	r.start()
	for _, name := range []string{"seite10.tif", "seite2.tif", "seite1.tif", "anlage/a.tif"} {
		r.put("amt50/Stapel 1/"+name, "text of "+name)
		time.Sleep(30 * time.Millisecond)
	}
	r.put("amt50/Stapel 1/index.csv", "Bediener\nHerr Öz\n")
	r.put("amt50/Stapel 1/empty.tmp", "")
	time.Sleep(400 * time.Millisecond)
	if n := len(r.shelf.batches(t)); n != 0 {
		t.Fatalf("%d batches while a file has a temporary name", n)
	}
	if err := os.Remove(filepath.Join(r.folder, "amt50/Stapel 1/empty.tmp")); err != nil {
		t.Fatal(err)
	}
	b := r.untilKept(1, 5*time.Second)[0]
	var names []string
	for _, f := range b.Files {
		names = append(names, strings.TrimPrefix(f.Name, "amt50/Stapel 1/"))
	}
	if got, want := strings.Join(names, " "), "anlage/a.tif seite1.tif seite2.tif seite10.tif"; got != want {
		t.Errorf("files = %q, want %q", got, want)
	}
	if b.Name != "amt50/Stapel 1" || b.Department != "50" || b.Operator != "Herr Öz" || b.Digest != scanstation.DigestOfFiles(b.Files) {
		t.Errorf("batch = %+v", b)
	}
	r.untilEmpty(5 * time.Second)
}

func TestFilesThatChangeInOurHandsAreNotLost(t *testing.T) {
	tests := map[string]struct {
		fails  bool // the receiver reports an error after the change
		kept   int
		parked int
	}{
		"before the receipt: one batch with the new bytes": {fails: true, kept: 1},
		"at the receipt: the new bytes wait for a person":  {kept: 1, parked: 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t)
			var once atomic.Bool
			r.shelf.refuse = func(b scanstation.Batch) error {
				if !tt.fails || !once.CompareAndSwap(false, true) {
					return nil
				}
				claimed := filepath.Join(r.folder, ".work", string(b.ID), "scan", "a.pdf")
				return errors.Join(os.WriteFile(claimed, []byte("longer"), 0o644), errors.New("broken"))
			}
			if !tt.fails {
				r.ports.Receiver = meddling{r.shelf, func(b scanstation.Batch) {
					name := filepath.Join(r.folder, ".work", string(b.ID), "scan", "a.pdf")
					if err := os.WriteFile(name, []byte("longer"), 0o644); err != nil {
						t.Error(err)
					}
				}}
			}
			r.put("a.pdf", "short")
			r.start()
			bs := r.untilKept(tt.kept, 5*time.Second)
			r.until("the others are parked", 5*time.Second, func() bool { return r.watcher.States()[0].Parked == tt.parked })
			r.untilEmpty(5 * time.Second)
			if want := scanstation.DigestOf([]byte("longer")); tt.fails && bs[0].Digest != want {
				t.Errorf("kept %+v, want the new bytes", bs[0])
			}
			if parked := must(r.watcher.Parked("scan-1"))(t); tt.parked == 1 {
				text, err := os.ReadFile(filepath.Join(r.folder, "parked", string(parked[0].ID), "scan", "a.pdf"))
				if err != nil || string(text) != "longer" {
					t.Errorf("parked %q, %v", text, err)
				}
			}
		})
	}
}

// meddling is a shelf beside which somebody writes into each file after it was kept.
type meddling struct {
	*shelf
	after func(scanstation.Batch)
}

func (m meddling) Receive(ctx context.Context, b scanstation.Batch, open func(int) (*os.File, error)) error {
	defer m.after(b)
	return m.shelf.Receive(ctx, b, open)
}
