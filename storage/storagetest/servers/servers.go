package servers

import (
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// missing ends a test that needs what is not there.
func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("MISSING: %s", what)
	}
	t.Skipf("SKIPPED: %s is missing", what)
}

// folder returns a temporary folder with a short path, as sockets need.
func folder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "mailroom-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// start runs cmd until the test ends and then sends it how.
func start(t testing.TB, cmd *exec.Cmd, how syscall.Signal) {
	t.Helper()
	log, err := os.Create(filepath.Join(folder(t), "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", cmd.Path, err)
	}
	ended := make(chan struct{})
	go func() {
		cmd.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		defer log.Close()
		cmd.Process.Signal(how)
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			cmd.Process.Kill()
			<-ended
		}
		if t.Failed() {
			text, _ := os.ReadFile(log.Name())
			t.Logf("%s said:\n%s", cmd.Path, text[max(0, len(text)-4000):])
		}
	})
}

// until calls ready until it returns nil.
func until(t testing.TB, what string, ready func() error) {
	t.Helper()
	var err error
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if err = ready(); err == nil {
			return
		}
	}
	t.Fatalf("%s does not answer: %v", what, err)
}

// freePort returns a port of loopback that nobody has at the moment.
func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// word returns letters drawn by chance, with a prefix.
func word(prefix string) string { return fmt.Sprintf("%s%x", prefix, []byte(rand.Text()[:8])) }
