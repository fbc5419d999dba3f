package storagetest

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"mailroom/storage"
)

const crashAt = "MAILROOM_TEST_CRASH_AT"

// Crash tests that work goes on after a process was killed at it. at is where
// the ledger lies, and child the name of a test that calls CrashChild; within
// is the time that the killed jobs may take to run again.
func Crash(t *testing.T, at, child string, within time.Duration, open func(t *testing.T, at string) Store) {
	s := open(t, at)
	jobs := []storage.Job{settle(1), {Step: storage.StepRead, Batch: batchID(1), Number: 3, Priority: 2}}
	enqueue(t, s, jobs...)
	cmd := exec.Command(os.Args[0], "-test.run=^"+child+"$")
	cmd.Env = append(os.Environ(), crashAt+"="+at)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for busy := 0; busy < len(jobs) && lines.Scan(); {
		if strings.Contains(lines.Text(), "busy with") {
			busy++
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	start, got := time.Now(), make(chan storage.Job, 10)
	stop := work(t, s, storage.Work{Readers: 1, Others: 1, Handle: recorder(got)})
	for range jobs {
		next(t, got, within)
	}
	t.Logf("killed jobs ran again after %s", time.Since(start))
	stop()
	if n := count(t, s, `SELECT count(*) FROM river_job WHERE attempt = 1 AND state = 'completed'`); n != len(jobs) {
		t.Errorf("%d jobs are completed with one attempt, want %d", n, len(jobs))
	}
}

// CrashChild is the process that Crash kills; in any other it does nothing.
func CrashChild(t *testing.T, open func(t *testing.T, at string) Store) {
	at := os.Getenv(crashAt)
	if at == "" {
		return
	}
	err := open(t, at).Work(t.Context(), storage.Work{Readers: 1, Others: 1, Handle: func(_ context.Context, j storage.Job) error {
		fmt.Println("busy with", j.Step)
		select {}
	}})
	t.Fatal(err)
}
