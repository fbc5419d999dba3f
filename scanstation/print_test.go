package scanstation_test

import (
	"slices"
	"testing"

	"mailroom/scanstation"
)

func TestWrapKeepsTheOrderOfWords(t *testing.T) {
	for text, want := range map[string][]string{
		"":                       nil,
		"  \n ":                  nil,
		"ein Brief":              {"ein Brief"},
		"ein langer Brief":       {"ein langer", "Brief"},
		"vor 0123456789abcde da": {"vor", "0123456789", "abcde da"},
		"äöü äöüß und":           {"äöü äöüß", "und"},
	} {
		if got := scanstation.Wrap(text, 10); !slices.Equal(got, want) {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
