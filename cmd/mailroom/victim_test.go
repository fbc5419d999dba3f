package main

import (
	"bytes"
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// victim is a service that is killed again and again.
type victim struct {
	t      *testing.T
	config string
	data   string
	folder string // of the station
	db     *sql.DB
	log    *bytes.Buffer
	cmd    *exec.Cmd
	gone   chan struct{} // closed when it has ended
	began  time.Time
	before int  // finished steps when it was started
	first  bool // a step was finished since
	resume []time.Duration
}

func newVictim(t *testing.T) *victim { return newVictimWith(t, "127.0.0.1:0", "") }

// newVictimWith is a victim whose pages are served at that address, with more in
// its configuration.
func newVictimWith(t *testing.T, address, more string) *victim {
	config := settings(t, "listen: "+address+"\nintake: {scan: 500ms, settle: 200ms}\nchildren: {workers: 2}\n"+more)
	dir := filepath.Dir(config)
	v := &victim{t: t, config: config, data: filepath.Join(dir, "data"), folder: filepath.Join(dir, "drop/scan-1"), log: &bytes.Buffer{}}
	for _, d := range []string{v.data, v.folder} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	if v.db, err = sql.Open("sqlite3", "file:"+filepath.Join(v.data, "ledger.db")+"?mode=ro&_busy_timeout=5000"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		v.kill()
		v.db.Close()
		if t.Failed() {
			text := v.log.String()
			t.Logf("the service said:\n%s", text[max(0, len(text)-6000):])
		}
	})
	return v
}

// count returns the one number that sql asks for, 0 while there is no ledger.
func (v *victim) count(sql string) (n int) {
	if err := v.db.QueryRow(sql).Scan(&n); err != nil {
		return 0
	}
	return n
}

const (
	finishedSteps = `SELECT count(*) FROM river_job WHERE state = 'completed'`
	openSteps     = `SELECT count(*) FROM river_job WHERE state <> 'completed'`
	endedBatches  = `SELECT count(*) FROM batches WHERE state IN ('released', 'review', 'parked')`
)

func (v *victim) start() {
	v.t.Helper()
	v.before = v.count(finishedSteps)
	v.cmd = exec.Command(os.Args[0], "serve", "--config", v.config)
	v.cmd.Stdout, v.cmd.Stderr = v.log, v.log
	if err := v.cmd.Start(); err != nil {
		v.t.Fatal(err)
	}
	v.began, v.first, v.gone = time.Now(), false, make(chan struct{})
	go func(cmd *exec.Cmd, gone chan struct{}) {
		_ = cmd.Wait()
		close(gone)
	}(v.cmd, v.gone)
}

// live lets the service live until ok, but no longer than d, and notes when it
// finished its first step. It says whether ok was.
func (v *victim) live(d time.Duration, ok func() bool) bool {
	v.t.Helper()
	for time.Since(v.began) < d {
		if !v.first && v.count(finishedSteps) > v.before {
			v.first = true
			v.resume = append(v.resume, time.Since(v.began))
		}
		if ok() {
			return true
		}
		select {
		case <-v.gone:
			v.t.Fatal("the service ended by itself")
		case <-time.After(20 * time.Millisecond):
		}
	}
	return ok()
}

// kill ends the service as a power failure would.
func (v *victim) kill() {
	if v.cmd != nil {
		_ = v.cmd.Process.Kill()
		<-v.gone
		v.cmd = nil
	}
}

// drop puts a file into the station's folder as a scanner does.
func (v *victim) drop(file string) {
	v.t.Helper()
	name := filepath.Base(file)
	b, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(filepath.Join(v.folder, "."+name+".part"), b, 0o600)
	}
	if err == nil {
		err = os.Rename(filepath.Join(v.folder, "."+name+".part"), filepath.Join(v.folder, name))
	}
	if err != nil {
		v.t.Fatal(err)
	}
}
