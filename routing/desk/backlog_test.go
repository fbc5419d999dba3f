package desk_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/scanstation"
	"mailroom/storage"
)

func TestTheBacklogIsBurntDown(t *testing.T) {
	o := desktest.Open(t)
	ctx, scan := t.Context(), o.Who("scan")
	var many string
	for c := 'a'; c < 'a'+25; c++ {
		many += string(c) + ";200\n"
	}
	for list, want := range map[string]string{
		"": desk.VolumesWrong, ";2": desk.VolumesWrong, "WG-1;zwei": desk.VolumesWrong, "WG-1;201": desk.VolumesWrong,
		"WG-1\nWG-1;2": desk.VolumesTwice, strings.Repeat("x", 101): desk.VolumesWrong,
		many + "F": desk.VolumesMany,
	} {
		if _, err := o.PlanVolumes(ctx, scan, "wohngeld", list); wrongBy(err) != want {
			t.Errorf("%q: %v; want %s", list, err, want)
		}
	}
	if _, err := o.PlanVolumes(ctx, scan, "nowhere", "A"); wrongBy(err) != desk.DepartmentMissing {
		t.Errorf("planned for no department: %v", err)
	}
	n, err := o.PlanVolumes(ctx, scan, "wohngeld", "\ufeffWG-2023-004711; 2; Keller\r\n\r\nWG-2024-000815\r\n")
	if err != nil || n != 3 {
		t.Fatalf("planned %d, %v; want 3", n, err)
	}
	if _, err := o.PlanVolumes(ctx, scan, "wohngeld", "WG-2024-000815"); wrongBy(err) != desk.VolumesTwice {
		t.Errorf("planned once more: %v", err)
	}
	b, err := o.Backlog(ctx, scan, "", "")
	if err != nil || b.Total != 3 || b.Planned != 3 || len(b.Volumes) != 3 || b.Volumes[0].Words != "Keller" || len(b.Days) != 1 || b.Days[0].Remain != 3 || b.Until != "" {
		t.Fatalf("the backlog is %+v, %v", b, err)
	}
	first := b.Volumes[0]
	o.Clock.Time = o.Clock.Time.AddDate(0, 0, 2) // a Thursday
	o.Put(desktest.Stack{
		Name: "akte.tif", Received: "2026-11-24", Operator: "Sabine Scholz", Kind: scanstation.Backlog,
		Sheets: []desktest.Sheet{{Volume: first.ID}, {Lines: []string{"Bescheid"}}, {Lines: []string{"Antrag"}}},
		Decide: func(_ int, r []ocr.Reading) routing.Decision {
			return desktest.Sure(desktest.Case("WG-2023-004711"), r)
		},
	})
	b, err = o.Backlog(ctx, scan, "wohngeld", "")
	if err != nil || b.Done != 1 || b.Pages != 2 || b.Planned != 2 || len(b.Days) != 3 || b.Days[2].Done != 1 || b.Days[2].Remain != 2 || b.Days[1].Remain != 3 {
		t.Errorf("the backlog is %+v, %v", b, err)
	}
	if b.Pace < 0.33 || b.Pace > 0.34 || b.Until != "2026-12-04" { // two volumes at a third a day
		t.Errorf("the pace is %v until %s", b.Pace, b.Until)
	}
	if other, err := o.Backlog(ctx, scan, "soziales", ""); err != nil || other.Total != 0 || len(other.Volumes) != 0 {
		t.Errorf("another department has %+v, %v", other, err)
	}
	var pdf bytes.Buffer
	if err := o.PrintVolumes(ctx, scan, "wohngeld", "", "", &pdf); err != nil || !bytes.HasPrefix(pdf.Bytes(), []byte("%PDF-1.7")) {
		t.Errorf("printed %d bytes, %v", pdf.Len(), err)
	}
	if err := o.DropVolume(ctx, scan, first.ID, "Doppel"); wrongBy(err) != desk.VolumeScanned {
		t.Errorf("dropped what is done: %v", err)
	}
	if err := o.DropVolume(ctx, scan, b.Volumes[1].ID, " "); wrongBy(err) != desk.ReasonMissing {
		t.Errorf("dropped without a reason: %v", err)
	}
	if err := o.DropVolume(ctx, scan, b.Volumes[1].ID, "leer"); err != nil {
		t.Error(err)
	}
	if b, err = o.Backlog(ctx, scan, "", ""); err != nil || b.Total != 2 || b.Days[0].Planned != 2 || b.Days[2].Remain != 1 {
		t.Errorf("after one was dropped the backlog is %+v, %v", b, err)
	}
	// The volume stands in the inbox behind a letter that came later.
	o.Brief()
	l, err := o.Inbox(ctx, o.Who("head-wohngeld"), "wohngeld", "")
	if err != nil || len(l.Entries) != 2 || l.Entries[0].Kind != scanstation.Paper || l.Entries[1].Kind != scanstation.Backlog {
		t.Errorf("the inbox is %+v, %v; want the day's post first", l.Entries, err)
	}
}

func TestWhoMayPlanTheBacklog(t *testing.T) {
	o := desktest.Open(t)
	for login, want := range map[string][2]bool{"scan": {true, true}, "records": {true, true}, "auditor": {true, false}, "admin": {}, "head-wohngeld": {}} {
		_, see := o.Backlog(t.Context(), o.Who(login), "", "")
		_, plan := o.PlanVolumes(t.Context(), o.Who(login), "wohngeld", "A-"+login)
		drop := o.DropVolume(t.Context(), o.Who(login), "7F3K9Q2M", "")
		for what, got := range map[string]struct {
			err error
			may bool
		}{"see": {see, want[0]}, "plan": {plan, want[1]}, "drop": {drop, want[1]}} {
			if errors.Is(got.err, storage.ErrNotFound) == got.may {
				t.Errorf("%s: %s: %v; want allowed %v", login, what, got.err, got.may)
			}
		}
	}
}
