package folder_test

import (
	"bufio"
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailroom/routing/folder"
)

// victimDir names, in the environment of a child, the directories it sends to.
const victimDir = "MAILROOM_TEST_FOLDER_VICTIM"

const (
	killedLetters = 120
	kills         = 40
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimDir); dir != "" {
		os.Exit(victim(dir))
	}
	os.Exit(m.Run())
}

func killedConfig(dir string) folder.Config {
	return folder.Config{Out: filepath.Join(dir, "out"), State: filepath.Join(dir, "state"), Answer: folder.Answer{Taken: "filed"}}
}

// victim hands every letter over from the first, as a restarted service does.
func victim(dir string) int {
	os.Stdout.WriteString("ready\n")
	c, err := folder.Open(killedConfig(dir), time.Now)
	for n := 1; err == nil && n <= killedLetters; n++ {
		err = c.Hand(context.Background(), letter(n))
	}
	if err != nil {
		os.Stderr.WriteString(err.Error())
		return 1
	}
	return 0
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

// take plays the other system: it takes each letter whose index is there, and
// says how often it got which.
func take(t *testing.T, dir string, got map[string]int) {
	t.Helper()
	for _, name := range visible(t, dir) {
		id, ok := strings.CutSuffix(name, ".xml")
		if !ok || strings.HasSuffix(id, ".note") {
			continue
		}
		got[id]++
		for _, ext := range []string{".pdf", ".note.xml", ".xml"} {
			path := filepath.Join(dir, id+ext)
			b, err := os.ReadFile(path)
			if err != nil || len(b) == 0 || ext == ".pdf" && !bytes.HasPrefix(b, []byte("%PDF-1.7 "+id)) {
				t.Errorf("the index of %s is there, its %s is not: %v", id, ext, err)
			}
			if err := os.Remove(path); err != nil {
				t.Errorf("take %s: %v", path, err)
			}
		}
	}
}

func TestKilledAtAnyMomentNothingIsSentTwiceOrLost(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "out"), 0o700); err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for range kills {
		run(t, dir, time.Duration(1+rand.IntN(30_000))*time.Microsecond)
		take(t, filepath.Join(dir, "out"), got)
	}
	t.Logf("%d of %d letters sent under %d kills", len(got), killedLetters, kills)
	run(t, dir, 0)
	take(t, filepath.Join(dir, "out"), got)
	for n := 1; n <= killedLetters; n++ {
		if id := string(letter(n).ID); got[id] != 1 {
			t.Errorf("%s was sent %d times; want once", id, got[id])
		}
	}
	if left := visible(t, filepath.Join(dir, "out")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	c, err := folder.Open(killedConfig(dir), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if r := receipts(t, c); len(r) != killedLetters {
		t.Errorf("%d receipts; want %d", len(r), killedLetters)
	}
}
