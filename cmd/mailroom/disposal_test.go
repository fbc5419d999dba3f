package main

import (
	"strings"
	"testing"

	"mailroom/routing"
)

// TestPaperIsNotDestroyedPastTheCounter asks for each act on the way to the end
// of paper without a token, and with one for what is not there.
func TestPaperIsNotDestroyedPastTheCounter(t *testing.T) {
	config := settings(t, "")
	token := tokenOf(t, config, "scanstelle", routing.ReadPost, routing.WorkPost, routing.ReadStacks, routing.WorkStacks)
	for _, act := range [][]string{
		{"propose", "K261125001V"}, {"approve", "V-20261125-2222", "--seen", "1"},
		{"seal", "V-20261125-2222", "--seen", "1", "--container", "C-1"},
		{"destroyed", "V-20261125-2222", "--firm", "Aktenrein GmbH", "--number", "1", "--on", "2026-11-25", "--witness", "Theo Zeuge"},
		{"return", "20261125-7F3K9Q2M-001", "--reason", "gehört dem Absender"},
	} {
		args := append([]string{"originals"}, act...)
		if code, _, errs := call(t, append(args, "--config", config)...); code != exitUsage || !strings.Contains(errs, "--token-file") {
			t.Errorf("%s without a token ends with %d: %s", act[0], code, errs)
		}
		if code, out, errs := call(t, append(args, "--config", config, "--token-file", token)...); code != exitFailed || out != "" || errs == "" {
			t.Errorf("%s of what is not there ends with %d: %s %s", act[0], code, out, errs)
		}
	}
	if code, _, errs := call(t, "originals", "approve", "--config", config); code != exitUsage || !strings.Contains(errs, approveWords) {
		t.Errorf("approve of nothing ends with %d: %s", code, errs)
	}
}
