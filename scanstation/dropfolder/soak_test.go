//go:build soak

package dropfolder_test

import (
	"fmt"
	"testing"
	"time"
)

func TestSoakKilled(t *testing.T) { killRounds(t, 50) }

func TestSoakTwentyThousandAtOnce(t *testing.T) {
	r := newRoom(t)
	r.cfg.NoEvents = false
	const n = 20000
	for i := range n {
		r.put(fmt.Sprintf("scan%d.pdf", i), fmt.Sprint("text ", i))
	}
	began := time.Now()
	r.start()
	r.untilKept(n, 5*time.Minute)
	t.Logf("%d files in %s", n, time.Since(began).Round(time.Millisecond))
	r.untilEmpty(time.Minute)
}
