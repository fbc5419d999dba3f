package scanstation_test

import (
	"strings"
	"testing"

	"mailroom/scanstation"
)

func TestImprintsCountOn(t *testing.T) {
	for first, tt := range map[string]struct {
		sheets int
		want   scanstation.Imprint
	}{
		"000123":                {7, "000130"},
		"A-0999":                {1, "A-1000"},
		" 99 ":                  {1, "100"},
		"S1/000001":             {0, "S1/000001"},
		strings.Repeat("9", 30): {1, scanstation.Imprint("1" + strings.Repeat("0", 30))},
	} {
		i, err := scanstation.ParseImprint(first)
		if got := i.After(tt.sheets); err != nil || got != tt.want {
			t.Errorf("%q, %d sheets later: %q, %v; want %q", first, tt.sheets, got, err, tt.want)
		}
	}
	for name, text := range map[string]string{"nothing": "", "no digits": "ABC", "digits only before": "12A", "too long": strings.Repeat("1", 31), "not ASCII": "Ä12", "a control character": "A\x0012"} {
		if i, err := scanstation.ParseImprint(text); err == nil {
			t.Errorf("%s: %q is taken for %q", name, text, i)
		}
	}
}
