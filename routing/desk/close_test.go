package desk_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/storage"
	"mailroom/storage/pdfa/verapdf"
)

func TestADayIsClosedOnceAndCountsEachStackOnce(t *testing.T) {
	o := desktest.Open(t)
	f := o.Fill()
	ctx, scan := t.Context(), o.Who("scan")
	if _, err := o.DayClose(ctx, o.Who("head-wohngeld")); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("a head sees the daily close: %v", err)
	}
	if _, err := o.SignDay(ctx, o.Who("auditor"), "so"); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("an auditor signs: %v", err)
	}
	now, err := o.DayClose(ctx, scan)
	if err != nil || now.Stacks != 4 || now.Released != 1 || now.Doubts != 2 || now.Working != 1 || now.Aside != 2 || now.Arriving != 1 || now.NoAccess != 1 || !now.Missing() || !now.Sign {
		t.Fatalf("the day is %+v, %v", now.DayClose, err)
	}
	_, err = o.SignDay(ctx, scan, " ")
	if wrong := (*desk.Invalid)(nil); !errors.As(err, &wrong) || wrong.Code != desk.ReasonMissing {
		t.Errorf("signing without a reason is %v", err)
	}
	first, err := o.SignDay(ctx, scan, "Der Rest folgt morgen.")
	if err != nil || first.Number != 1 || first.Name != "Sabine Scholz" || len(first.Batches) != 4 {
		t.Fatalf("first close is %+v, %v", first, err)
	}
	// A stack that was taken in before, but got into the ledger only now.
	late := o.Brief()
	o.Clock.Time = o.Clock.Time.Add(20 * time.Hour)
	next := o.Brief()
	second, err := o.SignDay(ctx, scan, "Weiterhin.")
	if err != nil || second.Number != 2 || second.Stacks != 2 || second.Released != 2 {
		t.Fatalf("second close is %+v, %v; want %s and %s", second, err, late.Batch(), next.Batch())
	}
	for _, c := range []routing.DayClose{first, second} {
		for _, id := range c.Batches {
			if in := id == late.Batch() || id == next.Batch(); in != (c.Number == 2) {
				t.Errorf("close %d counts %s", c.Number, id)
			}
		}
	}
	events, err := o.Archive.Events(ctx, storage.EventFilter{Object: "close-1"})
	if err != nil || len(events) != 1 || events[0].Kind != desk.EventDayClosed || !bytes.Contains(events[0].Body, []byte(f.Released)) {
		t.Errorf("events are %+v, %v", events, err)
	}
	if page, err := o.DayClose(ctx, scan); err != nil || len(page.Earlier) != 2 || page.Earlier[0].Number != 2 || page.Stacks != 0 {
		t.Errorf("the page shows %+v, %v", page, err)
	}
	report := filepath.Join(t.TempDir(), "close.pdf")
	var b bytes.Buffer
	if err := o.PrintClose(ctx, o.Who("auditor"), 1, &b); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(report, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 3, -1} {
		if err := o.PrintClose(ctx, scan, n, &b); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("report %d is %v; want ErrNotFound", n, err)
		}
	}
	verapdf.Pass(t, "2u", report)
}

func TestADayWithoutAnythingMissingNeedsNoReason(t *testing.T) {
	c := routing.DayClose{Images: 3, Pages: 1, Separators: 1, Blanks: 1, Rescans: 2}
	if c.Missing() {
		t.Error("open requests to scan again stand against the close")
	}
	c.Rejected = 1
	if !c.Missing() || c.AddsUp() {
		t.Error("a sum that does not add up does not stand against the close")
	}
}
