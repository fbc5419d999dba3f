package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// testCheckpointByCommand works out a checkpoint, puts one outside and has a
// re-reading begin, the last two as somebody.
func testCheckpointByCommand(t *testing.T, config, auditor, records string) {
	ask := func(code int, args ...string) (line checkpointLine) {
		t.Helper()
		got, out, errs := call(t, append([]string{"checkpoint", "--json", "--config", config}, args...)...)
		if got != code {
			t.Fatalf("checkpoint %v ended with %d, not %d: %s", args, got, code, errs)
		}
		if code == exitDone {
			if err := json.Unmarshal([]byte(out), &line); err != nil || line.Type != "checkpoint" || line.Size == 0 || len(line.Root) != 64 {
				t.Errorf("checkpoint %v says %s, %v", args, out, err)
			}
		}
		return line
	}
	only := ask(exitDone)
	if again := ask(exitDone); only.Key != "" || again.Root != only.Root {
		t.Errorf("to ask for a checkpoint changes it: %+v, then %+v", only, again)
	}
	kept := ask(exitDone, "--token-file", auditor)
	if kept.Key == "" || kept.Stamp != nil || kept.Asked || kept.Size < only.Size {
		t.Errorf("kept as %+v", kept)
	}
	ask(exitFailed, "--token-file", records)
	if _, out, _ := call(t, "checkpoint", "--config", config); !strings.Contains(out, "no authority for time stamps is configured") {
		t.Errorf("in words: %s", out)
	}
	begin := []string{"care", "--begin", "--config", config, "--token-file"}
	for _, one := range []struct {
		token string
		code  int
	}{{records, exitFailed}, {auditor, exitDone}, {auditor, exitFailed}} {
		if code, _, errs := call(t, append(begin, one.token)...); code != one.code {
			t.Errorf("care --begin ended with %d, not %d: %s", code, one.code, errs)
		}
	}
	if code, out, _ := call(t, "care", "--json", "--config", config); code != exitDone || !strings.Contains(out, `"wanted":true`) {
		t.Errorf("care ended with %d: %s", code, out)
	}
}
