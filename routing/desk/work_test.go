package desk_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/storage"
)

// outcome names how an act ended: "ok", "missing", or the code of an answer.
func outcome(err error) string {
	var wrong *desk.Invalid
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &wrong):
		return wrong.Code
	case errors.Is(err, storage.ErrNotFound):
		return "missing"
	}
	return err.Error()
}

// acts are all acts on a letter, by name.
func acts(o *desktest.Office, id storage.DocumentID) map[string]func(who routing.Clerk) error {
	ctx := context.Background()
	return map[string]func(routing.Clerk) error{
		"assign":   func(c routing.Clerk) error { return o.Assign(ctx, c, id, "wohngeld-2", "Eilt") },
		"unassign": func(c routing.Clerk) error { return o.Unassign(ctx, c, id) },
		"forward":  func(c routing.Clerk) error { return o.Forward(ctx, c, id, "soziales", "") },
		"refuse":   func(c routing.Clerk) error { return o.Refuse(ctx, c, id, routing.OtherAuthority, "nicht unsere Stadt") },
		"end": func(c routing.Clerk) error {
			return o.End(ctx, c, id, desk.Ending{State: storage.Finance, Reason: "Rechnung"})
		},
		"file":   func(c routing.Clerk) error { return o.File(ctx, c, id, "WG-2023-004711") },
		"begin":  func(c routing.Clerk) error { return o.Begin(ctx, c, id) },
		"close":  func(c routing.Clerk) error { return o.Close(ctx, c, id) },
		"reopen": func(c routing.Clerk) error { return o.Reopen(ctx, c, id) },
	}
}

// TestActs takes a letter to each state and tries every act on it, by the one
// who may in the right state; what is not named under ok is overtaken.
func TestActs(t *testing.T) {
	head := []string{"assign", "unassign", "forward", "refuse", "end"}
	tests := map[string]struct {
		before []string // acts that lead there
		ok     map[string]storage.DocumentState
		other  map[string]string // neither done nor overtaken
	}{
		"in the inbox": {nil, map[string]storage.DocumentState{
			"assign": storage.Assigned, "forward": storage.Inbox, "refuse": storage.Review, "end": storage.Finance,
		}, nil},
		"assigned": {[]string{"assign"}, map[string]storage.DocumentState{
			"unassign": storage.Inbox, "end": storage.Finance, "file": storage.Filed,
		}, map[string]string{"begin": desk.NotInFile}},
		"in the e-file": {[]string{"assign", "file"}, map[string]storage.DocumentState{"begin": storage.InWork}, nil},
		"in work":       {[]string{"assign", "file", "begin"}, map[string]storage.DocumentState{"close": storage.Closed}, nil},
		"closed":        {[]string{"assign", "file", "begin", "close"}, map[string]storage.DocumentState{"reopen": storage.InWork}, nil},
		"refused": {[]string{"refuse"}, nil, map[string]string{ // it is nobody's now
			"assign": "missing", "unassign": "missing", "forward": "missing", "refuse": "missing", "end": "missing",
			"file": "missing", "begin": "missing", "close": "missing", "reopen": "missing",
		}},
		"ended":      {[]string{"end"}, nil, nil},
		"taken back": {[]string{"assign", "unassign"}, map[string]storage.DocumentState{"assign": storage.Assigned}, map[string]string{"forward": "skip", "refuse": "skip", "end": "skip"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			o := desktest.Open(t)
			for _, act := range []string{"assign", "unassign", "forward", "refuse", "end", "file", "begin", "close", "reopen"} {
				if tt.other[act] == "skip" {
					continue
				}
				id := o.Brief()
				by := func(act string) routing.Clerk {
					if slices.Contains(head, act) {
						return o.Who("head-wohngeld")
					}
					return o.Who("wohngeld-2")
				}
				for _, b := range tt.before {
					if got := outcome(acts(o, id)[b](by(b))); got != "ok" {
						t.Fatalf("before: %s: %s", b, got)
					}
				}
				want := desk.Overtaken
				if tt.other[act] != "" {
					want = tt.other[act]
				}
				state, allowed := tt.ok[act]
				if allowed {
					want = "ok"
				}
				if got := outcome(acts(o, id)[act](by(act))); got != want {
					t.Errorf("%s: %s; want %s", act, got, want)
				}
				if doc, err := o.Archive.Document(t.Context(), id); allowed && (err != nil || doc.State != state || doc.ReceivedOn != "2026-11-20") {
					t.Errorf("%s leads to %s of %s, %v; want %s", act, doc.State, doc.ReceivedOn, err, state)
				}
			}
		})
	}
}

func TestWhoMayAct(t *testing.T) {
	o := desktest.Open(t)
	inbox, assigned := o.Brief(), o.Brief()
	if got := outcome(acts(o, assigned)["assign"](o.Who("head-wohngeld"))); got != "ok" {
		t.Fatal(got)
	}
	for _, who := range []string{"scan", "worker-wohngeld", "wohngeld-2", "head-wohngeld", "head-soziales", "records", "auditor", "admin"} {
		for act, do := range acts(o, inbox) {
			heads := slices.Contains([]string{"assign", "unassign", "forward", "refuse", "end"}, act)
			if heads && (who == "head-wohngeld" || who == "records") || !heads && strings.Contains(who, "wohngeld") {
				continue // allowed, see TestActs, or out of turn
			}
			if got := outcome(do(o.Who(who))); got != "missing" {
				t.Errorf("%s by %s: %s; want missing", act, who, got)
			}
		}
		if who == "wohngeld-2" {
			continue
		}
		if got := outcome(o.File(t.Context(), o.Who(who), assigned, "WG-1")); got != "missing" {
			t.Errorf("%s files the letter of another: %s; want missing", who, got)
		}
	}
}

func TestAnswersToBeGivenDifferently(t *testing.T) {
	o := desktest.Open(t)
	ctx, head, id, mine := t.Context(), o.Who("head-wohngeld"), o.Brief(), o.Brief()
	if err := o.Assign(ctx, head, mine, "wohngeld-2", ""); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("ä", 501)
	for name, tt := range map[string]struct {
		err  error
		want string
	}{
		"nobody to assign to":                    {o.Assign(ctx, head, id, "  ", ""), desk.WorkerMissing},
		"a name with a line break":               {o.Assign(ctx, head, id, "a\nb", ""), desk.WorkerMissing},
		"an account without a role there":        {o.Assign(ctx, head, id, "auditor", ""), desk.WorkerUnfit},
		"the head of another department":         {o.Assign(ctx, head, id, "head-soziales", ""), desk.WorkerUnfit},
		"a remark that is too long":              {o.Assign(ctx, head, id, "wohngeld-2", long), desk.TextLong},
		"forward to where it is":                 {o.Forward(ctx, head, id, "wohngeld", ""), desk.DepartmentMissing},
		"forward to nowhere":                     {o.Forward(ctx, head, id, "garten", ""), desk.DepartmentMissing},
		"refuse without a reason":                {o.Refuse(ctx, head, id, "", "weil"), desk.RefusalUnknown},
		"refuse for another reason, unsaid":      {o.Refuse(ctx, head, id, routing.OtherRefusal, " "), desk.ReasonMissing},
		"refuse in a novel":                      {o.Refuse(ctx, head, id, routing.WrongCut, long), desk.TextLong},
		"end without a reason":                   {end(o, id, desk.Ending{State: storage.Finance}), desk.ReasonMissing},
		"end in a state that is no end":          {end(o, id, desk.Ending{State: storage.Closed, Reason: "x"}), desk.EndUnknown},
		"hand over to nobody":                    {end(o, id, desk.Ending{State: storage.HandedOver, Reason: "x", Authority: " "}), desk.AuthorityMissing},
		"a duplicate of nothing":                 {end(o, id, desk.Ending{State: storage.Duplicate, Reason: "x"}), desk.DuplicateUnknown},
		"a duplicate of itself":                  {end(o, id, desk.Ending{State: storage.Duplicate, Reason: "x", Duplicate: id}), desk.DuplicateUnknown},
		"take back an end that was none":         {o.Unend(ctx, head, id), desk.Overtaken},
		"file under no number":                   {o.File(ctx, o.Who("wohngeld-2"), mine, " "), desk.FileMissing},
		"undo the act of another":                {undo(o, "records"), desk.NothingToUndo},
		"a letter that does not exist":           {o.Refuse(ctx, head, "20261122-7F3K9Q2M-001", routing.WrongCut, "x"), "missing"},
		"sure proposals of a foreign department": {sure(o, "head-soziales"), "missing"},
		"undo in a foreign department":           {undo(o, "head-soziales"), "missing"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := outcome(tt.err); got != tt.want {
				t.Errorf("%s; want %s", got, tt.want)
			}
		})
	}
}

func end(o *desktest.Office, id storage.DocumentID, e desk.Ending) error {
	return o.End(context.Background(), o.Who("head-wohngeld"), id, e)
}

func undo(o *desktest.Office, who string) error {
	_, err := o.Undo(context.Background(), o.Who(who), "wohngeld")
	return err
}

func sure(o *desktest.Office, who string) error {
	_, err := o.AssignSure(context.Background(), o.Who(who), "wohngeld", nil)
	return err
}

func TestAssignSureAndUndo(t *testing.T) {
	o := desktest.Open(t)
	f := o.Fill() // of wohngeld: two sure letters, one without a number
	ctx, head := t.Context(), o.Who("head-wohngeld")
	first := storage.NewDocumentID(f.Released, 1)
	taken, err := o.AssignSure(ctx, head, "wohngeld", nil)
	if err != nil || len(taken) != 2 || taken[0].ID != first {
		t.Fatalf("took %d, %v; want 2, the first letter first", len(taken), err)
	}
	if all, err := o.Colleagues(ctx, head, "wohngeld"); err != nil || len(all) != 3 ||
		all[0] != (desk.Colleague{Worker: "wohngeld-1", Open: 1}) || all[1] != (desk.Colleague{Worker: "wohngeld-2", Name: "Eva Sommer", Open: 1}) {
		t.Errorf("colleagues: %+v, %v", all, err)
	}
	if err := o.File(ctx, o.Who("wohngeld-2"), first, "WG-2023-004711"); err != nil {
		t.Fatal(err)
	}
	undone, err := o.Undo(ctx, head, "wohngeld")
	if err != nil || len(undone) != 1 || undone[0] == first {
		t.Errorf("undid %v, %v; want the one that was not filed", undone, err)
	}
	if only, err := o.AssignSure(ctx, head, "wohngeld", []storage.DocumentID{first}); err != nil || len(only) != 0 {
		t.Errorf("took %d that were not listed, %v", len(only), err)
	}
	if err := o.Assign(ctx, head, undone[0], "wohngeld-1", ""); err != nil {
		t.Fatal(err)
	}
	o.Clock.Time = o.Clock.Time.Add(61 * time.Minute)
	if got := outcome(undo(o, "head-wohngeld")); got != desk.NothingToUndo {
		t.Errorf("undo after an hour: %s; want %s", got, desk.NothingToUndo)
	}
}

func TestOwnLettersAndTheirLife(t *testing.T) {
	o := desktest.Open(t)
	ctx, head, worker := t.Context(), o.Who("head-wohngeld"), o.Who("wohngeld-2")
	old, young := o.Brief(), o.Brief()
	for _, id := range []storage.DocumentID{young, old} {
		if err := o.Assign(ctx, head, id, "wohngeld-2", "Eilt"); err != nil {
			t.Fatal(err)
		}
	}
	own, err := o.Own(ctx, worker)
	if err != nil || own.Open != 2 || own.ToFile[0].ID != min(old, young) || own.ToFile[0].Remark != "Eilt" || own.ToFile[0].Person == "" {
		t.Fatalf("own letters: %+v, %v", own, err)
	}
	for _, act := range []string{"file", "begin", "close", "reopen", "close"} {
		if got := outcome(acts(o, old)[act](worker)); got != "ok" {
			t.Fatalf("%s: %s", act, got)
		}
	}
	if own, err = o.Own(ctx, worker); err != nil || own.Open != 1 || len(own.Closed) != 1 || own.Closed[0].ID != old {
		t.Errorf("own letters at the end: %+v, %v", own, err)
	}
	if c, err := o.Counts(ctx, worker); err != nil || c.Own != 1 {
		t.Errorf("%d letters counted, %v; want 1", c.Own, err)
	}
	l, err := o.Letter(ctx, head, old)
	var got []string
	for _, m := range l.Life {
		if m.Act != "" {
			got = append(got, string(m.Act)+" "+m.Worker+" "+m.Words+" "+m.Receipt)
		}
	}
	want := []string{
		"assign wohngeld-2 Eilt ", "file wohngeld-2  WG-2023-004711", "file wohngeld-2  WG-2023-004711",
		"begin wohngeld-2  ", "close wohngeld-2  ", "reopen wohngeld-2  ", "close wohngeld-2  ",
	}
	if err != nil || !slices.Equal(got, want) || l.Assignment == nil || l.Assignment.Worker != "wohngeld-2" {
		t.Errorf("life: %q, %v; want %q", got, err, want)
	}
	if l, err = o.Letter(ctx, o.Who("admin"), old); err != nil || l.Assignment == nil || l.Assignment.Remark != "" {
		t.Errorf("an admin reads the remark: %+v, %v", l.Assignment, err)
	}
}

func TestForwardAndRefuse(t *testing.T) {
	o := desktest.Open(t)
	ctx, head := t.Context(), o.Who("head-wohngeld")
	away, back := o.Brief(), o.Brief()
	if err := o.Forward(ctx, head, away, "soziales", "Grundsicherung"); err != nil {
		t.Fatal(err)
	}
	l, err := o.Letter(ctx, o.Who("head-soziales"), away)
	if err != nil || l.Department != "soziales" || l.ReceivedOn != "2026-11-20" || l.Decision.Worker != "" || !l.Assign {
		t.Errorf("forwarded: %s %s %+v, %v", l.Department, l.ReceivedOn, l.Decision, err)
	}
	if got := outcome(o.Forward(ctx, head, away, "soziales", "")); got != "missing" {
		t.Errorf("forward what is gone: %s; want missing", got)
	}
	if err := o.Refuse(ctx, head, back, routing.OtherAuthority, "andere Stadt"); err != nil {
		t.Fatal(err)
	}
	l, err = o.Letter(ctx, o.Who("records"), back)
	if err != nil || !l.Clear || len(l.Reasons) != 1 || l.Reasons[0].Code != routing.Refused || l.Reasons[0].Detail != "other-authority: andere Stadt" || l.Department != "" {
		t.Errorf("refused: %v %v, %v", l.Clear, l.Reasons, err)
	}
	if err := o.Resolve(ctx, o.Who("records"), back, "soziales", ""); err != nil {
		t.Error(err)
	}
}
