package desk_test

import (
	"bytes"
	"errors"
	"fmt"
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
		if task.ID == f.Review && (task.Image == nil || task.Image.Image != 1 || !task.Again) {
			t.Errorf("shown is %+v, again %v; want the unread image behind the first letter's page", task.Image, task.Again)
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

func TestTheSimpleViewAnswersWhatIsAsked(t *testing.T) {
	o := desktest.Open(t)
	ctx, scan := t.Context(), o.Who("scan")
	id := stackOf(o, "pxpmpsp")
	next := func(want string) desk.Task {
		t.Helper()
		task, err := o.NextTask(ctx, scan, "")
		got := "nothing"
		switch {
		case err != nil:
			t.Fatal(err)
		case task.Asks != nil:
			got = fmt.Sprintf("%s %d", task.Asks.Code, task.Asks.Image)
		case task.ID != "":
			got = fmt.Sprintf("confirm %v, release %v", task.Confirm, task.Release)
		}
		if got != want {
			t.Fatalf("asked is %s; want %s", got, want)
		}
		return task
	}
	answer := func(task desk.Task, a desk.Answer) {
		t.Helper()
		a.Seen, a.Image = task.Plan, task.Asks.Image
		if err := o.AnswerTask(ctx, scan, id, a); err != nil {
			t.Fatal(err)
		}
		o.Carry(id)
	}
	unread := next("rejected-images 1")
	if err := o.AnswerTask(ctx, o.Who("records"), id, desk.Answer{Do: desk.LeaveIt, Image: 1, Why: storage.RejectedImages}); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("somebody else leaves it: %v; want ErrNotFound", err)
	}
	wantInvalid(t, "a question that is not asked", o.AnswerTask(ctx, scan, id, desk.Answer{Do: desk.LeaveIt, Image: 0, Why: storage.RejectedImages}), desk.StackOvertaken)
	answer(unread, desk.Answer{Do: desk.LeaveIt, Why: storage.RejectedImages, Words: "Ist das der Kassenbon?"})
	answer(next("missing-separator 3"), desk.Answer{Do: desk.CutHere})
	next("confirm true, release false") // nothing is asked about it any more
	s, err := o.Stack(ctx, scan, id)
	if err != nil || len(s.Questions) != 1 || s.Questions[0].Unclear == nil || s.Questions[0].Unclear.Words != "Ist das der Kassenbon?" {
		t.Fatalf("questions are %+v, %v; want the one that was left, with its words", s.Questions, err)
	}
	if err := o.Mend(ctx, scan, id, s.Plan, 1, desk.WantAgain, storage.Unclear); err != nil {
		t.Fatal(err)
	}
	o.Carry(id)
	task := next("rescan-wanted 1")
	open, err := o.Rescans(ctx, scan)
	if err != nil || len(open) != 1 || open[0].ID != task.Asks.Asked || open[0].Document.Batch() != id {
		t.Errorf("requests are %+v, %v; want the one that the task prints", open, err)
	}
	var sheet bytes.Buffer
	if err := o.PrintRescans(ctx, scan, "", id, &sheet); err != nil || !bytes.HasPrefix(sheet.Bytes(), []byte("%PDF")) {
		t.Errorf("printing the sheets of the stack: %v", err)
	}
	if err := o.PrintRescans(ctx, scan, "", "20261124-00000009", &sheet); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("printing those of another one is %v; want ErrNotFound", err)
	}
	if err := o.AnswerRescan(ctx, scan, open[0].ID, "doch lesbar"); err != nil {
		t.Fatal(err)
	}
	if s, err = o.Stack(ctx, scan, id); err != nil {
		t.Fatal(err)
	}
	if err := o.Mend(ctx, scan, id, s.Plan, 1, desk.RejectPage, storage.Unusable); err != nil {
		t.Fatal(err)
	}
	o.Carry(id)
	task = next("confirm true, release true")
	if err := o.AnswerTask(ctx, scan, id, desk.Answer{Do: desk.ReleaseIt, Seen: task.Plan}); err != nil {
		t.Fatal(err)
	}
	if b := planned(t, o, id); b.State != storage.BatchReleased {
		t.Errorf("the stack is %s because of %v; want it released", b.State, b.Reasons)
	}
}
