package main

import (
	"encoding/json"
	"strings"
	"testing"

	"mailroom/routing"
	"mailroom/storage"
)

// TestPaperByCommand lists paper, sets a hold and releases it, each as the clerk
// whose token it is.
func TestPaperByCommand(t *testing.T) {
	config := settings(t, "")
	letter := letterIn(t, config, true)
	tokens := tokensOf(t, config, map[string][]routing.Scope{"registratur": {routing.ReadPost, routing.WorkPost}, "pruefung": {routing.ReadHouse}})
	token := tokens["registratur"]
	originals := func(code int, args ...string) string {
		t.Helper()
		got, out, errs := call(t, append([]string{"originals", "--config", config, "--token-file", token}, args...)...)
		if got != code {
			t.Fatalf("originals %v ended with %d, not %d: %s", args, got, code, errs)
		}
		return out
	}
	paper := func() (line paperLine) {
		t.Helper()
		for text := range strings.Lines(originals(exitDone, "list", "--json")) {
			if err := json.Unmarshal([]byte(text), &line); err != nil {
				t.Fatal(err)
			}
			if line.Document == letter {
				return line
			}
		}
		t.Fatalf("%s is not listed", letter)
		return line
	}
	if line := paper(); line.State != storage.InBox || len(line.Against) == 0 {
		t.Errorf("listed as %+v", line)
	}
	originals(exitUsage, "hold", string(letter))
	originals(exitUsage, "hold", string(letter), "--case", "WG-1", "--reason", "Klage")
	originals(exitFailed, "hold", "--case", "WG-1999-000000", "--reason", "Klage")
	var hold storage.Hold
	if err := json.Unmarshal([]byte(originals(exitDone, "hold", string(letter), "--reason", "Klage", "--json")), &hold); err != nil || hold.Letters != 1 {
		t.Fatalf("hold = %+v, %v", hold, err)
	}
	if line := paper(); line.State != storage.Held {
		t.Errorf("on hold it is listed as %+v", line)
	}
	if out := originals(exitDone, "list", "--state", "held"); !strings.Contains(out, string(letter)) || !strings.Contains(out, storage.AgainstHold) {
		t.Errorf("held paper is listed as %q", out)
	}
	originals(exitUsage, "release", string(hold.ID))
	originals(exitDone, "release", string(hold.ID), "--reason", "erledigt")
	originals(exitFailed, "release", string(hold.ID), "--reason", "noch einmal")
	if line := paper(); line.State != storage.InBox {
		t.Errorf("after the release it is listed as %+v", line)
	}
	if out := originals(exitDone, "due"); out != "" {
		t.Errorf("a letter of today is told of: %q", out)
	}
	if code, _, _ := call(t, "originals", "list", "--config", config); code != exitUsage {
		t.Errorf("without a token it ends with %d", code)
	}
	t.Run("checkpoint and care", func(t *testing.T) { testCheckpointByCommand(t, config, tokens["pruefung"], token) })
}
