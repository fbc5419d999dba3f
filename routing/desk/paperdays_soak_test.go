//go:build soak

package desk_test

import (
	"testing"
	"time"

	"mailroom/routing/desk/desktest"
	"mailroom/storage"
)

// TestPaperPictureIsQuickAmongMany: as many originals as a large office has at
// any time are counted from an index, not one by one.
func TestPaperPictureIsQuickAmongMany(t *testing.T) {
	o := office{desktest.Open(t)}
	o.Papers(100_000)
	who := o.Who("auditor")
	begin := time.Now()
	p, err := o.PaperPicture(t.Context(), who)
	took := time.Since(begin)
	t.Logf("%d originals counted in %s", p.Total, took)
	if err != nil || p.Total < 90_000 || took > time.Second {
		t.Errorf("%d originals in %s, %v; want all within a second", p.Total, took, err)
	}
	begin = time.Now()
	l, err := o.PaperOn(t.Context(), who, p.Today.Plus(5), "", storage.PaperLine{})
	if took := time.Since(begin); err != nil || len(l.Lines) != 100 || l.Next == nil || took > 200*time.Millisecond {
		t.Errorf("the letters of a column: %d in %s, %v", len(l.Lines), took, err)
	}
}
