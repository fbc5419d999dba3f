package barcode

import "testing"

// What crosses bars changes often; that something long changes often along itself,
// as the dusty background beside the paper does, makes no bars of it.
func TestBarsChangeAcross(t *testing.T) {
	for name, tt := range map[string]struct {
		look look
		want bool
	}{
		"bars":                    {look{dark: 0.5, across: 40, down: 1, wide: 40, high: 10}, true},
		"bars that lie":           {look{dark: 0.5, across: 1, down: 40, wide: 10, high: 40}, true},
		"the edge of the paper":   {look{dark: 0.65, across: 1.1, down: 18.4, wide: 3.2, high: 236}, false},
		"the edge along the head": {look{dark: 0.65, across: 18.4, down: 1.1, wide: 180, high: 3.2}, false},
	} {
		if got := tt.look.bars(); got != tt.want {
			t.Errorf("%s: bars %v; want %v", name, got, tt.want)
		}
	}
}
