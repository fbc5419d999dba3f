package s3_test

import (
	"encoding/json"
	"slices"
	"testing"

	"mailroom/storage/s3"
)

// TestPolicies: that the keys do what they should by these is seen by testLock.
func TestPolicies(t *testing.T) {
	for whose, passes := range map[string]bool{"service": false, "erasure": true} {
		text, err := s3.Policy(whose, "post-2026")
		if err != nil {
			t.Fatal(err)
		}
		var policy struct {
			Statement []struct{ Action, Resource []string }
		}
		if err := json.Unmarshal(text, &policy); err != nil {
			t.Fatalf("%s: %v", whose, err)
		}
		bypass := false
		for _, s := range policy.Statement {
			bypass = bypass || slices.Contains(s.Action, "s3:BypassGovernanceRetention")
			for _, r := range s.Resource {
				if r != "arn:aws:s3:::post-2026" && r != "arn:aws:s3:::post-2026/*" {
					t.Errorf("%s: is about %s", whose, r)
				}
			}
		}
		if bypass != passes {
			t.Errorf("%s: passes governance: %t, want %t", whose, bypass, passes)
		}
	}
	if _, err := s3.Policy("everybody", "post"); err == nil {
		t.Error("there is a policy for everybody")
	}
}
