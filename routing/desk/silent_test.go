package desk_test

import (
	"testing"
	"time"

	"mailroom/routing/desk/desktest"
)

func TestAStationThatUsuallyScansIsMissed(t *testing.T) {
	o := desktest.Open(t)
	scan := o.Who("scan")
	for _, step := range []struct {
		name   string
		at     time.Time
		stack  bool
		silent string // by the office's clock; empty: not silent
	}{
		{"before the scan room opens", time.Date(2026, 11, 24, 6, 30, 0, 0, time.UTC), false, ""},
		{"soon after it opened", time.Date(2026, 11, 24, 8, 30, 0, 0, time.UTC), false, ""},
		{"two hours later", time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC), false, "08:00"},
		{"when a stack has come", time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC), true, ""},
		{"when nothing follows it", time.Date(2026, 11, 24, 12, 30, 0, 0, time.UTC), false, "10:50"},
		{"when the scan room is closed", time.Date(2026, 11, 24, 16, 30, 0, 0, time.UTC), false, ""},
		{"on a Sunday", time.Date(2026, 11, 29, 11, 0, 0, 0, time.UTC), false, ""},
	} {
		o.Clock.Time = step.at
		if step.stack {
			o.Brief() // claimed ten minutes ago
		}
		all, err := o.Stations(t.Context(), scan)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if !all[0].Silent.IsZero() {
			got = all[0].Silent.Format("15:04")
		}
		if got != step.silent {
			t.Errorf("%s: silent since %q; want %q", step.name, got, step.silent)
		}
		if !all[1].Silent.IsZero() || !all[2].Silent.IsZero() {
			t.Errorf("%s: a station without access, or of which nothing was said, is missed", step.name)
		}
	}
}
