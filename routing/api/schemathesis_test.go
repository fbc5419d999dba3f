package api_test

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mailroom/routing/api"
	"mailroom/storage"
)

// TestTheDescriptionHolds lets Schemathesis make up requests from the
// description, right ones and wrong ones, and hold the answers against it.
func TestTheDescriptionHolds(t *testing.T) {
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(cmp.Or(os.Getenv("MAILROOM_SCHEMATHESIS"), filepath.Join(home, ".cache/mailroom/schemathesis")), "bin/schemathesis")
	if _, err := os.Stat(program); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("Schemathesis: %v", err)
		}
		t.Skipf("SKIPPED: Schemathesis is missing (sh cmd/schemathesis.sh): %v", err)
	}
	h := open(t)
	for _, who := range []string{"records", "scan", "head-wohngeld", "wohngeld-2"} {
		t.Run(who, func(t *testing.T) {
			cmd := exec.Command(program, "--no-color", "run", h.URL+api.Prefix+"/openapi.json",
				"--header", "Authorization: Bearer "+h.token(who), "--exclude-operation-id", "events",
				"--phases", "examples,coverage,fuzzing", "--max-examples", examples, "--seed", "1", "--generation-database", "none",
				"--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,unsupported_method,ignored_auth")
			cmd.Dir = t.TempDir()
			known := fmt.Sprintf("[parameters]\n\"path.letter\" = %q\n\"path.stack\" = %q\n\"path.department\" = \"wohngeld\"\n\"path.page\" = 1\n\"path.filing\" = 1\n\"path.station\" = \"fax\"\n",
				storage.NewDocumentID(h.Released, 1), h.Review)
			if err := os.WriteFile(filepath.Join(cmd.Dir, "schemathesis.toml"), []byte(known), 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := cmd.CombinedOutput()
			if text := string(out); err != nil || !strings.Contains(text, "passed") {
				t.Errorf("%v\n%s", err, text[max(0, len(text)-60000):])
			}
		})
	}
}
