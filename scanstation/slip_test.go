package scanstation_test

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"mailroom/scanstation"
)

const sheetCharacters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWX"

func TestTheCodeOfALetterComesBack(t *testing.T) {
	for range 200 {
		batch, err := scanstation.NewBatchID(time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		for _, number := range []int{1, 42, 999, 1000, 5000} {
			code := scanstation.SlipCode(batch, number)
			if strings.Trim(code, sheetCharacters) != "" {
				t.Errorf("code %q holds a character that readers exchange", code)
			}
			b, n, ok := scanstation.ParseSlipCode(code)
			if !ok || b != batch || n != number {
				t.Errorf("code %q parses as %s, %d, %v; want %s, %d", code, b, n, ok, batch, number)
			}
		}
	}
	code := scanstation.SlipCode("20261122-7F3K9Q2Z", 12)
	for i := range len(code) {
		for _, c := range "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-" {
			wrong := code[:i] + string(c) + code[i+1:]
			if b, n, ok := scanstation.ParseSlipCode(wrong); ok && wrong != code {
				t.Errorf("code %q for %q parses as %s, %d", wrong, code, b, n)
			}
		}
	}
}

func TestLabelSizes(t *testing.T) {
	for _, s := range scanstation.LabelSizes() {
		if got, err := scanstation.ParseLabelSize(strings.ToUpper(s.String())); err != nil || got != s {
			t.Errorf("%s parses as %v, %v", s, got, err)
		}
	}
	if got, err := scanstation.ParseLabelSize("A4"); err != nil || got != (scanstation.LabelSize{}) {
		t.Errorf("A4 parses as %v, %v", got, err)
	}
	if _, err := scanstation.ParseLabelSize("3x3"); err == nil {
		t.Error("a label of 3 by 3 mm is one")
	}
}
