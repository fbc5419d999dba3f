package xdomea_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailroom/routing"
	"mailroom/routing/xdomea"
	"mailroom/routing/xdomea/xdomeatest"
)

// victimDir names, in the environment of a child, the directories it works in.
const victimDir = "MAILROOM_TEST_XDOMEA_VICTIM"

const (
	killedLetters = 80
	kills         = 40
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimDir); dir != "" {
		os.Exit(victim(dir))
	}
	os.Exit(m.Run())
}

// victim hands every letter over from the first, as a restarted service does,
// and writes every receipt down before it acknowledges it.
func victim(dir string) int {
	os.Stdout.WriteString("ready\n")
	ctx := context.Background()
	cfg := configIn(dir)
	cfg.Settle = time.Nanosecond
	x, err := xdomea.Open(cfg, time.Now)
	for n := 1; err == nil && n <= killedLetters; n++ {
		if err = x.Hand(ctx, letter(n)); err == nil && n%8 == 0 {
			err = x.Receipts(ctx, func(r routing.Receipt) error { return writeDown(ctx, x, dir, r) })
		}
	}
	if err != nil {
		os.Stderr.WriteString(err.Error())
		return 1
	}
	return 0
}

func writeDown(ctx context.Context, x *xdomea.Connector, dir string, r routing.Receipt) error {
	f, err := os.OpenFile(filepath.Join(dir, "ledger"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.WriteString(string(r.Handover) + " " + string(r.Kind) + "\n"); err != nil {
		return err
	}
	return x.Acknowledge(ctx, r)
}

// run starts a victim and kills it after the time; zero lets it end.
func run(t *testing.T, dir string, after time.Duration) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), victimDir+"="+dir)
	errs := &bytes.Buffer{}
	cmd.Stderr = errs
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	_, _ = bufio.NewReader(out).ReadString('\n')
	if after > 0 {
		time.Sleep(after)
		_ = cmd.Process.Kill()
	}
	if err := cmd.Wait(); err != nil && (after == 0 || errs.Len() > 0) {
		t.Fatalf("child: %v: %s", err, errs)
	}
}

// serve takes every message there is, whole, and answers it with 0630.
func serve(c xdomeatest.Counterpart, got map[string]int) {
	c.T.Helper()
	files, _ := filepath.Glob(filepath.Join(c.Out, "*.zip"))
	for _, path := range files {
		process, _, _ := strings.Cut(filepath.Base(path), "_")
		got[process]++
		z, err := zip.OpenReader(path)
		if err != nil {
			c.T.Errorf("message %s: %v", path, err)
			continue
		}
		for _, f := range z.File {
			r, err := f.Open()
			if err == nil {
				_, err = io.Copy(io.Discard, r) // the checksum is checked at its end
			}
			if err != nil || f.UncompressedSize64 == 0 {
				c.T.Errorf("%s in %s: %v", f.Name, path, err)
			}
		}
		_ = z.Close()
		if err := os.Remove(path); err != nil {
			c.T.Error(err)
		}
		c.Put(process+"_FVDaten.ImportBestaetigen.0630", c.Imported(process, "true", "", xdomeatest.General("0000000")), time.Now().Add(-time.Minute))
	}
}

func TestKilledAtAnyMomentNothingIsSentTwiceOrLost(t *testing.T) {
	dir := t.TempDir()
	for _, d := range []string{"out", "in"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	c, got := playing(t, configIn(dir), "3.0.0"), map[string]int{}
	for range kills {
		run(t, dir, time.Duration(1+rand.IntN(60_000))*time.Microsecond)
		serve(c, got)
	}
	t.Logf("%d of %d letters sent under %d kills", len(got), killedLetters, kills)
	for range 2 { // the second for the answers to the last letters
		run(t, dir, 0)
		serve(c, got)
	}
	for process, n := range got {
		if n != 1 {
			t.Errorf("process %s was sent %d times; want once", process, n)
		}
	}
	if len(got) != killedLetters {
		t.Errorf("%d processes; want %d", len(got), killedLetters)
	}
	ledger, err := os.ReadFile(filepath.Join(dir, "ledger"))
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= killedLetters; n++ {
		if id := string(letter(n).ID); !bytes.Contains(ledger, []byte(id+" filed\n")) {
			t.Errorf("the receipt of %s was lost", id)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "in", "*.zip")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
