package worker_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"mailroom/ocr/worker"
)

func TestChildHasNothing(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	t.Setenv("MAILROOM_SECRET", "x")
	p := pool(t, "worker", worker.Config{Workers: 1, Tessdata: "/usr/share/tessdata"})
	isolation := p.Isolation()
	t.Log(isolation)
	landlock := strings.Contains(isolation, "Landlock") && !strings.Contains(isolation, "NO Landlock")
	tests := map[string]struct {
		order    string
		ok       func(string) bool
		landlock bool
	}{
		"no environment but two settings": {"env", func(s string) bool { return s == "OMP_THREAD_LIMIT=1 TESSDATA_PREFIX=/usr/share/tessdata" }, false},
		"no open file and no socket":      {"fds", func(s string) bool { return s == "" }, false},
		"no network":                      {"dial=" + l.Addr().String(), func(s string) bool { return s != "<nil>" }, true},
		"no file to write":                {"write=" + secret, func(s string) bool { return s != "<nil>" }, false},
		"no file to read":                 {"peek=" + secret, func(s string) bool { return strings.Contains(s, "permission denied") }, true},
		"no process of another":           {"peek=/proc/" + strconv.Itoa(os.Getpid()) + "/environ", func(s string) bool { return strings.Contains(s, "permission denied") }, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if tt.landlock && !landlock {
				t.Skip("SKIPPED: this kernel has no Landlock")
			}
			r := read(t, p, 0, tt.order)
			got := ""
			if len(r.Words) > 0 {
				got = r.Words[0].Text
			}
			if !tt.ok(got) {
				t.Errorf("child answered %q", got)
			}
		})
	}
}

// processes lists the children of a process with their states.
func processes(parent int) (pids []int, states string) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		b, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		after := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
		if len(after) > 1 && after[1] == strconv.Itoa(parent) {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			pids, states = append(pids, pid), states+after[0]
		}
	}
	return pids, states
}

// within waits until ok.
func within(d time.Duration, ok func() bool) bool {
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if ok() {
			return true
		}
	}
	return ok()
}

func TestChildrenDieWithTheirParent(t *testing.T) {
	cmd := exec.Command(os.Args[0], "parent")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var children []int
	if !within(30*time.Second, func() bool {
		children, _ = processes(cmd.Process.Pid)
		return len(children) == 2
	}) {
		t.Fatalf("parent has %d children, want 2", len(children))
	}
	time.Sleep(300 * time.Millisecond) // into the work
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	for _, pid := range children {
		if !within(15*time.Second, func() bool { return syscall.Kill(pid, 0) != nil }) {
			t.Errorf("child %d outlives its parent", pid)
		}
	}
}

func TestReplacedChildrenLeaveNothingBehind(t *testing.T) {
	p := pool(t, "worker", worker.Config{Workers: 1, PagesPerChild: 1})
	read(t, p, 0, "warm")
	before := openFiles(t)
	pids := map[string]bool{}
	for i := range 50 {
		if i%10 == 9 {
			read(t, p, i, "exit")
			continue
		}
		pids[read(t, p, i, "pid").Text()] = true
	}
	if len(pids) != 45 {
		t.Errorf("%d children for 45 pages, want a new one each", len(pids))
	}
	if after := openFiles(t); !within(10*time.Second, func() bool { return len(openFiles(t)) <= len(before) }) {
		t.Errorf("open files grew from %v to %v", before, after)
	}
	if left, states := processes(os.Getpid()); strings.Contains(states, "Z") || len(left) > 0 {
		t.Errorf("children left: %v in states %s", left, states)
	}
}

func openFiles(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	var open []string
	for _, e := range entries {
		to, err := os.Readlink("/proc/self/fd/" + e.Name())
		if err == nil && !strings.HasPrefix(to, "/proc/") {
			open = append(open, fmt.Sprint(e.Name(), " ", to))
		}
	}
	slices.Sort(open)
	return open
}
