package desk_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/scanstation"
	"mailroom/storage"
)

// sheets makes a stack out of letters: p a page, b a blank side, s a separator,
// x an image that could not be read, m a page that looks like the first of
// another letter.
func sheets(kinds string) (out []desktest.Sheet) {
	for i, k := range kinds {
		sh := desktest.Sheet{Lines: []string{fmt.Sprintf("Blatt %d", i)}}
		switch k {
		case 'b':
			sh = desktest.Sheet{}
		case 's':
			sh = desktest.Sheet{Lines: []string{"T R E N N B L A T T"}, Separator: true}
		case 'x':
			sh = desktest.Sheet{Failed: scanstation.Crashed}
		case 'm':
			sh.Lines = []string{"Seite 1 von 2", "", "Sehr geehrte Damen und Herren,"}
		}
		out = append(out, sh)
	}
	return out
}

// stackOf puts a stack into the office that waits for a person.
func stackOf(o *desktest.Office, kinds string) scanstation.BatchID {
	return o.Put(desktest.Stack{
		Name: "stapel.tif", Received: "2026-11-24", Sheets: sheets(kinds),
		Decide: func(int, []ocr.Reading) routing.Decision {
			return routing.Decision{Sure: true, Department: "wohngeld"}
		},
	})
}

// looks draws a stack: its letters in order with the indexes of their pages, a
// turned one with a mark, and the fates of all other images.
func looks(t *testing.T, o *desktest.Office, id scanstation.BatchID) string {
	t.Helper()
	images, err := o.Archive.Images(context.Background(), storage.ImageFilter{Batch: id})
	if err != nil {
		t.Fatal(err)
	}
	p := storage.PlanOf(images)
	if err := p.Check(len(images)); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, pages := range p.Letters() {
		s := ""
		for _, l := range pages {
			s += fmt.Sprint(l.Image) + strings.Repeat("'", l.Rotation/90)
		}
		out = append(out, s)
	}
	for _, l := range p {
		if l.Fate != ocr.PageFate {
			out = append(out, fmt.Sprintf("%.1s%d", l.Fate, l.Image))
		}
		if l.Rescan.Code != "" {
			out = append(out, fmt.Sprintf("w%d", l.Image))
		}
	}
	return strings.Join(out, " ")
}

func planned(t *testing.T, o *desktest.Office, id scanstation.BatchID) storage.Batch {
	t.Helper()
	b, err := o.Archive.Batch(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	if !b.AddsUp() {
		t.Fatalf("stack %s does not add up: %+v", id, b)
	}
	return b
}

type step struct {
	act    desk.Mend
	image  int
	reason string
}

func TestMendingAStack(t *testing.T) {
	o := desktest.Open(t)
	scan, ctx := o.Who("scan"), context.Background()
	for name, tt := range map[string]struct {
		kinds string
		steps []step
		want  string
	}{
		"a cut":                                {"ppp", []step{{desk.CutHere, 1, ""}}, "0 12"},
		"two cuts":                             {"ppp", []step{{desk.CutHere, 1, ""}, {desk.CutHere, 2, ""}}, "0 1 2"},
		"a letter is joined to the one before": {"ppsp", []step{{desk.JoinBefore, 3, ""}}, "013 s2"},
		"a cut is taken together again":        {"ppp", []step{{desk.CutHere, 1, ""}, {desk.JoinBefore, 2, ""}}, "012"},
		"a quarter turn, four times":           {"pp", []step{{desk.TurnPage, 1, ""}, {desk.TurnPage, 1, ""}, {desk.TurnPage, 1, ""}, {desk.TurnPage, 1, ""}, {desk.TurnPage, 0, ""}}, "0'1"},
		"a page is blank":                      {"ppp", []step{{desk.BlankOrNot, 1, ""}}, "02 b1"},
		"the only page is blank":               {"psp", []step{{desk.BlankOrNot, 2, ""}}, "0 s1 b2"},
		"a blank is a page where it lies":      {"pbp", []step{{desk.BlankOrNot, 1, ""}}, "012"},
		"a blank before the first page":        {"bpp", []step{{desk.BlankOrNot, 0, ""}}, "012"},
		"a blank alone between separators":     {"psbsp", []step{{desk.BlankOrNot, 2, ""}}, "0 2 4 s1 s3"},
		"a separator is a page":                {"psp", []step{{desk.BlankOrNot, 1, ""}}, "01 2"},
		"an unread image is a page":            {"pxp", []step{{desk.BlankOrNot, 1, ""}}, "012"},
		"a page is rejected":                   {"ppp", []step{{desk.RejectPage, 0, storage.Twice}}, "12 r0"},
		"pages change places":                  {"ppp", []step{{desk.MoveAfter, 0, ""}, {desk.MoveBefore, 2, ""}}, "120"},
		"an image is wanted again, and not":    {"pp", []step{{desk.WantAgain, 1, storage.Torn}, {desk.WantAgain, 0, storage.Unclear}, {desk.WantAgain, 0, ""}}, "01 w1"},
	} {
		t.Run(name, func(t *testing.T) {
			id := stackOf(o, tt.kinds)
			first := looks(t, o, id)
			for i, s := range tt.steps {
				if err := o.Mend(ctx, scan, id, i, s.image, s.act, s.reason); err != nil {
					t.Fatalf("%s of image %d: %v", s.act, s.image, err)
				}
				planned(t, o, id)
			}
			if got := looks(t, o, id); got != tt.want {
				t.Errorf("the stack is %q; want %q", got, tt.want)
			}
			for i := range tt.steps {
				if err := o.Unmend(ctx, scan, id, len(tt.steps)+i); err != nil {
					t.Fatal(err)
				}
			}
			if got := looks(t, o, id); got != first {
				t.Errorf("taken back the stack is %q; want %q", got, first)
			}
		})
	}
}

func wantInvalid(t *testing.T, what string, err error, code string) {
	t.Helper()
	var wrong *desk.Invalid
	if !errors.As(err, &wrong) || wrong.Code != code {
		t.Errorf("%s is %v; want %s", what, err, code)
	}
}

func TestWhatCannotBeMended(t *testing.T) {
	o := desktest.Open(t)
	scan, ctx := o.Who("scan"), context.Background()
	id := stackOf(o, "ppsp")
	for name, s := range map[string]step{
		"a cut before the first page":       {desk.CutHere, 0, ""},
		"a cut at a separator":              {desk.CutHere, 2, ""},
		"nothing to join with":              {desk.JoinBefore, 0, ""},
		"a separator is joined":             {desk.JoinBefore, 2, ""},
		"rejected for no known reason":      {desk.RejectPage, 0, "because"},
		"wanted again for no known one":     {desk.WantAgain, 0, "because"},
		"no longer wanted, as it never was": {desk.WantAgain, 0, ""},
		"moved before the first":            {desk.MoveBefore, 0, ""},
		"moved behind the last":             {desk.MoveAfter, 1, ""},
	} {
		wantInvalid(t, name, o.Mend(ctx, scan, id, 0, s.image, s.act, s.reason), desk.MendUnfit)
	}
	wantInvalid(t, "taking back nothing", o.Unmend(ctx, scan, id, 0), desk.NothingMended)
	for _, s := range []step{{desk.CutHere, -1, ""}, {desk.CutHere, 4, ""}, {"fly", 1, ""}} {
		if err := o.Mend(ctx, scan, id, 0, s.image, s.act, ""); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("%s of image %d is %v; want ErrNotFound", s.act, s.image, err)
		}
	}
	for _, who := range []string{"head-wohngeld", "worker-wohngeld", "records", "auditor", "admin"} {
		if err := o.Mend(ctx, o.Who(who), id, 0, 1, desk.CutHere, ""); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("%s mends: %v; want ErrNotFound", who, err)
		}
	}
	if err := o.Mend(ctx, scan, id, 0, 1, desk.CutHere, ""); err != nil {
		t.Fatal(err)
	}
	wantInvalid(t, "the same page once more", o.Mend(ctx, scan, id, 0, 1, desk.CutHere, ""), desk.StackOvertaken)
	if got := looks(t, o, id); got != "0 1 3 s2" {
		t.Errorf("the stack is %q", got)
	}
	wantInvalid(t, "a release while letters are kept", o.Release(ctx, scan, id, 1), desk.StackHeld)
}

func TestAStackIsClearedAndReleased(t *testing.T) {
	o := desktest.Open(t)
	scan, ctx := o.Who("scan"), context.Background()
	id := stackOf(o, "pxpmpsp")
	codes := func() (out []string) {
		s, err := o.Stack(ctx, scan, id)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range s.Questions {
			out = append(out, fmt.Sprintf("%s %d", q.Code, q.Image))
		}
		return out
	}
	want := func(questions ...string) {
		t.Helper()
		if got := codes(); !slices.Equal(got, questions) {
			t.Errorf("open are %q; want %q", got, questions)
		}
	}
	want("rejected-images 1", "missing-separator 3")
	wantInvalid(t, "a release with open questions", o.Release(ctx, scan, id, 0), desk.StackHeld)
	if err := o.Mend(ctx, scan, id, 0, 3, desk.CutHere, ""); err != nil {
		t.Fatal(err)
	}
	want("rejected-images 1")
	if err := o.Mend(ctx, scan, id, 1, 1, desk.RejectPage, storage.Unusable); err != nil {
		t.Fatal(err)
	}
	want()
	o.Carry(id)
	if err := o.Release(ctx, scan, id, 2); err != nil {
		t.Fatal(err)
	}
	if b := planned(t, o, id); b.State != storage.BatchReleased || b.Operator != "Sabine Scholz" || b.Documents != 3 {
		t.Errorf("stack is %s of %q with %d letters, because of %v; want released, of whoever released it, with 3", b.State, b.Operator, b.Documents, b.Reasons)
	}
	if err := o.Mend(ctx, scan, id, 2, 1, desk.TurnPage, ""); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("mending it now is %v; want ErrNotFound", err)
	}
}

func TestAnyActsKeepEveryImage(t *testing.T) {
	o := desktest.Open(t)
	scan, ctx := o.Who("scan"), context.Background()
	acts := []desk.Mend{
		desk.CutHere, desk.JoinBefore, desk.TurnPage, desk.BlankOrNot, desk.RejectPage, desk.MoveBefore, desk.MoveAfter, desk.WantAgain, desk.SureOf,
	}
	for seed := range uint64(4) {
		rnd := rand.New(rand.NewPCG(seed, 11))
		kinds := "px"
		for range 3 + rnd.IntN(9) {
			kinds += string("ppppmbsx"[rnd.IntN(8)])
		}
		id := stackOf(o, kinds)
		were := []string{looks(t, o, id)}
		plan := 0
		for range 40 {
			act := acts[rnd.IntN(len(acts))]
			reason := map[desk.Mend]string{desk.RejectPage: storage.Stray, desk.WantAgain: storage.Absent}[act]
			err := o.Mend(ctx, scan, id, plan, rnd.IntN(len(kinds)), act, reason)
			var wrong *desk.Invalid
			switch b := planned(t, o, id); {
			case err == nil && b.Plan > plan:
				were = append(were, looks(t, o, id))
			case err != nil && (!errors.As(err, &wrong) || wrong.Code != desk.MendUnfit):
				t.Fatalf("%s: %v", act, err)
			}
			plan = planned(t, o, id).Plan
			if rnd.IntN(6) == 0 {
				o.Carry(id, "wieder gelesen")
			}
		}
		for len(were) > 1 {
			were = were[:len(were)-1]
			if err := o.Unmend(ctx, scan, id, planned(t, o, id).Plan); err != nil {
				t.Fatal(err)
			}
			if got := looks(t, o, id); got != were[len(were)-1] {
				t.Fatalf("%s taken back is %q; want %q", kinds, got, were[len(were)-1])
			}
		}
	}
}
