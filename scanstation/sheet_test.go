package scanstation_test

import (
	"crypto/rand"
	"strings"
	"testing"

	"mailroom/scanstation"
)

func TestACodeOfARescanSheetComesBack(t *testing.T) {
	for range 200 {
		id, err := scanstation.NewRescanID(rand.Reader)
		if err != nil || !id.Valid() {
			t.Fatalf("drew %q, %v; want a valid id", id, err)
		}
		if strings.ContainsAny(id.Code(), "YZ-") {
			t.Errorf("code %q holds a character that readers exchange", id.Code())
		}
		got, ok := scanstation.ParseRescanCode(" " + id.Code() + "\n")
		if !ok || got != id {
			t.Errorf("code %q parses as %q, %v; want %q", id.Code(), got, ok, id)
		}
	}
}

// No single wrong character of a code may make another request of it.
func TestAMisreadCodeIsNone(t *testing.T) {
	code := scanstation.RescanID("7F3K9Q2M").Code()
	for i := range len(code) {
		for _, c := range "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" {
			wrong := code[:i] + string(c) + code[i+1:]
			if id, ok := scanstation.ParseRescanCode(wrong); ok && wrong != code {
				t.Errorf("code %q for %q parses as %q", wrong, code, id)
			}
		}
	}
	for name, text := range map[string]string{"empty": "", "a separator": "PATCHT", "too long": code + "0", "small letters": strings.ToLower(code), "a case number": "WG-2023-004711"} {
		if id, ok := scanstation.ParseRescanCode(text); ok {
			t.Errorf("%s: %q parses as %q; want none", name, text, id)
		}
	}
}
