package dropfolder_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"mailroom/scanstation"
	"mailroom/scanstation/dropfolder"
)

// The test binary started with this variable is a watcher that somebody will
// kill; its value is the folder and the shelf.
const childEnv = "DROPFOLDER_CHILD"

func TestMain(m *testing.M) {
	if where := os.Getenv(childEnv); where != "" {
		folder, shelfDir, _ := strings.Cut(where, ":")
		if err := child(folder, shelfDir); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func child(folder, shelfDir string) error {
	st := station(folder)
	st.Index = &scanstation.IndexMapping{Format: "csv", Suffix: ".csv", Fields: map[string]string{"operator": "op"}}
	cfg := quick()
	cfg.IndexWait = 20 * time.Millisecond
	w, err := dropfolder.New(cfg, []scanstation.Station{st}, ports(&shelf{dir: shelfDir, verify: true, refuse: dawdle}),
		time.Now, rand.Reader, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return err
	}
	return w.Run(context.Background())
}

// dawdle widens the moments in which a kill hits something.
func dawdle(scanstation.Batch) error {
	time.Sleep(4 * time.Millisecond)
	return nil
}

func TestKilledAtAnyMomentEveryFileArrivesOnce(t *testing.T) { killRounds(t, 5) }

// killRounds lets a child take files, kills it at a random moment, again and
// again, and then counts.
func killRounds(t *testing.T, rounds int) {
	r := newRoom(t)
	r.station.Index = &scanstation.IndexMapping{Format: "csv", Suffix: ".csv", Fields: map[string]string{"operator": "op"}}
	r.cfg.IndexWait = 20 * time.Millisecond
	const each = 150
	for round := range rounds {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childEnv+"="+r.folder+":"+r.shelf.dir)
		var said bytes.Buffer
		cmd.Stderr = &said
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for i := range each {
			name := fmt.Sprintf("%d/scan%d", round, i)
			r.put(name+".csv", fmt.Sprintf("op\nPerson %s\n", name))
			r.put(name+".pdf", "%PDF "+name+" %%EOF")
		}
		time.Sleep(time.Duration(20+mathrand.IntN(300)) * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
		if said.Len() > 0 {
			t.Logf("the child said:\n%s", said.String())
		}
		t.Logf("round %d: %d kept, %d in work, %d done", round, r.shelf.count(), len(r.entries(".work")), len(r.entries("done")))
	}
	r.start()
	seen := map[string]int{}
	for _, b := range r.untilKept(rounds*each, 5*time.Minute) {
		seen[b.Name]++
		if want := "Person " + strings.TrimSuffix(b.Name, ".pdf"); b.Operator != want {
			t.Errorf("%s has operator %q, its index file is lost", b.Name, b.Operator)
		}
	}
	for round := range rounds {
		for i := range each {
			if name := fmt.Sprintf("%d/scan%d.pdf", round, i); seen[name] != 1 {
				t.Errorf("%s was received %d times", name, seen[name])
			}
		}
	}
	r.untilEmpty(2 * time.Minute) // one sweep removes 500 at most
	if st := r.watcher.States()[0]; st.Parked != 0 {
		t.Errorf("%d batches are parked", st.Parked)
	}
}

func TestLeftoversOfACrashAreFinished(t *testing.T) {
	const id = "20261122-7F3K9Q2M"
	tests := map[string]struct {
		claim string            // claim.json; "": none
		files map[string]string // below the folder
		kept  string            // text of the batch that must be kept; "": none
	}{
		"only the folder was made":               {"", nil, ""},
		"the claim was half written":             {"", map[string]string{".work/" + id + "/claim.json.tmp": "{"}, ""},
		"the file was not moved yet":             {"x", map[string]string{"a.pdf": "one"}, "one"},
		"the file was moved":                     {"x", map[string]string{".work/" + id + "/scan/a.pdf": "one"}, "one"},
		"a reason was written, the file is here": {"x", map[string]string{".work/" + id + "/scan/a.pdf": "one", ".work/" + id + "/reason.json": "{}"}, "one"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t)
			dir := filepath.Join(r.folder, ".work", id)
			if err := os.MkdirAll(filepath.Join(dir, "scan"), 0o755); err != nil {
				t.Fatal(err)
			}
			for name, text := range tt.files {
				r.put(name, text)
			}
			if tt.claim != "" {
				r.put(".work/"+id+"/claim.json", `{"batch":{"id":"`+id+`","name":"a.pdf","files":[{"name":"a.pdf","size":3}]},"name":"YS5wZGY=","files":[{"name":"YS5wZGY=","size":3}]}`)
			}
			r.start()
			r.until("work is empty", 5*time.Second, func() bool {
				return !r.watcher.States()[0].Scanned.IsZero() && len(r.entries(".work")) == 0
			})
			if tt.kept == "" {
				return
			}
			if b := r.untilKept(1, 5*time.Second)[0]; b.Digest != scanstation.DigestOf([]byte(tt.kept)) {
				t.Errorf("kept %+v", b)
			}
		})
	}
	t.Run("the claim was destroyed, its file is parked", func(t *testing.T) {
		r := newRoom(t)
		r.put(".work/"+id+"/claim.json", "{")
		r.put(".work/"+id+"/scan/a.pdf", "one")
		r.start()
		r.until("it is parked", 5*time.Second, func() bool { return r.watcher.States()[0].Parked == 1 })
		if p := must(r.watcher.Parked("scan-1"))(t); p[0].Name != "a.pdf" || p[0].Reason.Code != scanstation.Vanished {
			t.Errorf("parked as %+v", p[0])
		}
	})
}

// TestUnreadableFilesRaiseAnAlarm runs the watcher as another user, because
// root may read everything.
func TestUnreadableFilesRaiseAnAlarm(t *testing.T) {
	r := newRoom(t)
	r.put("secret.pdf", "secret")
	if err := os.Chmod(filepath.Join(r.folder, "secret.pdf"), 0o000); err != nil {
		t.Fatal(err)
	}
	state := func() (st dropfolder.State) { return r.watcher.States()[0] }
	if os.Getuid() != 0 {
		r.start()
		r.until("it is reported", 5*time.Second, func() bool {
			return len(state().NotClaimable) == 1 && state().NotClaimable[0].Why == "unreadable"
		})
		return
	}
	// As root: a child without privileges must take the other file and leave this one.
	const nobody = 65534
	bin := filepath.Join(filepath.Dir(r.folder), "child")
	if err := exec.Command("cp", os.Args[0], bin).Run(); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{r.folder, r.shelf.dir} {
		if err := os.Chown(dir, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	open(t, filepath.Dir(r.folder))
	cmd := exec.Command(bin)
	cmd.Env = append(os.Environ(), childEnv+"="+r.folder+":"+r.shelf.dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r.put("foreign.pdf", "another user's file, no lease")
	for end := time.Now().Add(10 * time.Second); len(r.shelf.batches(t)) == 0 && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond)
	}
	time.Sleep(300 * time.Millisecond)
	_ = cmd.Process.Kill()
	_ = cmd.Wait() // it was killed
	if n := len(r.shelf.batches(t)); n != 1 {
		t.Errorf("%d batches are kept, want the readable one", n)
	}
	if !strings.Contains(said.String(), "why=unreadable") {
		t.Errorf("no alarm, the child said %q", said.String())
	}
	if _, err := os.Stat(filepath.Join(r.folder, "secret.pdf")); err != nil {
		t.Errorf("the unreadable file was touched: %v", err)
	}
}

// open lets other users pass through the parents of a temporary folder.
func open(t *testing.T, dir string) {
	t.Helper()
	for ; strings.HasPrefix(dir, os.TempDir()+"/"); dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}
