package dropfolder_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailroom/scanstation"
)

func TestAFileBecomesABatch(t *testing.T) {
	for name, events := range map[string]bool{"with events": true, "by scanning alone": false} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t)
			r.cfg.NoEvents = !events
			r.station.SubFolders = map[string]scanstation.Handling{"amt50": {Department: "50"}}
			r.start()
			r.put("amt50/Müller Bescheid.pdf", "%PDF one %%EOF")
			b := r.untilKept(1, 5*time.Second)[0]
			r.untilEmpty(5 * time.Second)
			want := scanstation.Source{
				Name: "amt50/Müller Bescheid.pdf", Size: 14,
				Digest: scanstation.DigestOf([]byte("%PDF one %%EOF")), Modified: b.Files[0].Modified,
			}
			if len(b.Files) != 1 || b.Files[0] != want || b.Name != want.Name || b.Digest != want.Digest {
				t.Errorf("files = %+v, want %+v", b.Files, want)
			}
			if b.Department != "50" || b.Kind != scanstation.Paper || b.Operator != "Frau Weber" || b.OperatorAssumed ||
				b.ReceivedOn != "2026-11-20" || fmt.Sprint(b.SeparatorTexts, b.Languages) != "[PATCHT] [deu]" {
				t.Errorf("batch is not pinned from station and desk: %+v", b)
			}
			if b.ScannedAt.IsZero() || b.ScannedAt.After(b.ClaimedAt) {
				t.Errorf("scanned at %s, claimed at %s", b.ScannedAt, b.ClaimedAt)
			}
		})
	}
}

func TestOddNamesArriveOnce(t *testing.T) {
	r := newRoom(t)
	names := []string{
		"Straße äöü.pdf", "zwei  Blanke .pdf", "new\nline.pdf", strings.Repeat("x", 251) + ".pdf",
		"latin-\xe4.pdf", "claim.json", "reason.json", "Grund.txt", "scan", "-rf", "%s.pdf", "zwei.PDF", "zwei.pdf",
	}
	for _, name := range names {
		r.put(name, "text of "+name)
	}
	r.start()
	got := map[scanstation.Digest]string{}
	for _, b := range r.untilKept(len(names), 10*time.Second) {
		got[b.Digest] = b.Name
	}
	for _, name := range names {
		want := strings.ReplaceAll(name, "\xe4", "\ufffd")
		if got[scanstation.DigestOf([]byte("text of "+name))] != want {
			t.Errorf("%q did not arrive as %q", name, want)
		}
	}
	r.untilEmpty(5 * time.Second)
}

func TestTheSameBytesTwiceAreTwoBatches(t *testing.T) {
	r := newRoom(t)
	r.put("a.pdf", "same")
	if err := os.Link(filepath.Join(r.folder, "a.pdf"), filepath.Join(r.folder, "b.pdf")); err != nil {
		t.Fatal(err)
	}
	r.start()
	r.untilKept(2, 5*time.Second)
	r.put("a.pdf", "same")
	r.untilKept(3, 5*time.Second)
}

func TestABurstArrivesWhole(t *testing.T) {
	r := newRoom(t)
	r.cfg.NoEvents = false
	r.cfg.Settle = 300 * time.Millisecond
	r.start()
	const n = 5000
	for i := range n {
		r.put(fmt.Sprintf("scan%d.pdf", i), fmt.Sprint("text ", i))
	}
	began := time.Now()
	seen := map[scanstation.Digest]bool{}
	for _, b := range r.untilKept(n, 4*time.Minute) {
		seen[b.Digest] = true
	}
	if len(seen) != n {
		t.Errorf("%d different batches, want %d", len(seen), n)
	}
	t.Logf("%d files in %s", n, time.Since(began).Round(time.Millisecond))
}
