package desk_test

import (
	"errors"
	"testing"

	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/scanstation"
	"mailroom/storage"
)

func TestOneTaskAtATime(t *testing.T) {
	o := desktest.Open(t)
	f := o.Fill()
	ctx, scan := t.Context(), o.Who("scan")
	if _, err := o.NextTask(ctx, o.Who("records"), ""); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("somebody else is given tasks: %v", err)
	}
	if err := o.GoOn(ctx, o.Who("records"), f.Review); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("somebody else goes on: %v", err)
	}
	seen := map[scanstation.BatchID]bool{}
	first, err := o.NextTask(ctx, scan, "")
	if err != nil || first.Left != 1 {
		t.Fatalf("first task is %s with %d behind it, %v", first.ID, first.Left, err)
	}
	seen[first.ID] = true
	second, err := o.NextTask(ctx, scan, first.ID)
	if err != nil || second.Left != 0 {
		t.Fatalf("second task is %s with %d behind it, %v", second.ID, second.Left, err)
	}
	seen[second.ID] = true
	if !seen[f.Review] || !seen[f.Parked] {
		t.Errorf("tasks are %v; want the stacks in review and parked", seen)
	}
	if none, err := o.NextTask(ctx, scan, second.ID); err != nil || none.ID != "" {
		t.Errorf("a third task is %s, %v", none.ID, err)
	}
	for _, task := range []desk.Task{first, second} {
		if task.ID == f.Review && (task.Image == nil || task.Image.Image != 1 || task.Letter != storage.NewDocumentID(f.Review, 1)) {
			t.Errorf("shown is %+v of %s; want the unread image behind the first letter's page", task.Image, task.Letter)
		}
	}
	if err := o.GoOn(ctx, scan, f.Review); err != nil {
		t.Fatal(err)
	}
	b, err := o.Archive.Batch(ctx, f.Review)
	if err != nil || b.Operator != scan.Name {
		t.Errorf("the stack was scanned by %q, %v; want %q", b.Operator, err, scan.Name)
	}
}
