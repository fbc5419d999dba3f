package scanstation_test

import (
	"testing"

	"mailroom/scanstation"
)

func TestWhatHasTheSizeOfAnEnvelope(t *testing.T) {
	for size, want := range map[[2]float64]bool{
		{220, 110}: true, {110, 220}: true, {162, 114}: true, {231, 160}: true, {324, 229}: true, {235, 125}: true,
		{210, 297}: false, {148, 210}: false, {105, 148}: false, {215.9, 279.4}: false, {297, 420}: false, {99, 210}: false,
		{80, 200}: false, {210, 330}: false, {100, 148}: false, {55, 85}: false,
	} {
		for _, dpi := range []int{200, 300, 600} {
			px := func(mm float64) int { return int(mm * float64(dpi) / 25.4) }
			if got := scanstation.Envelope(px(size[0]), px(size[1]), dpi); got != want {
				t.Errorf("%v mm at %d dpi: %v; want %v", size, dpi, got, want)
			}
		}
	}
	if scanstation.Envelope(2598, 1299, 0) {
		t.Error("what has no resolution has a size")
	}
}
