package desk_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/scanstation"
	"mailroom/storage"
)

// handles are all that may be kept in mind about a letter, by name.
func handles(o *desktest.Office, id storage.DocumentID) map[string]func(who routing.Clerk) error {
	ctx := context.Background()
	return map[string]func(routing.Clerk) error{
		"deadline":  func(c routing.Clerk) error { return o.SetDeadline(ctx, c, id, "Anhörung", "2026-12-11") },
		"flag":      func(c routing.Clerk) error { return o.SetFlag(ctx, c, id, routing.FlagTalk, true) },
		"priority":  func(c routing.Clerk) error { return o.SetPriority(ctx, c, id, 1) },
		"follow-up": func(c routing.Clerk) error { return o.SetFollowUp(ctx, c, id, "2026-12-01", "Gutachten?") },
		"inform":    func(c routing.Clerk) error { return o.Inform(ctx, c, id, "records", "") },
		"comment":   func(c routing.Clerk) error { return o.Comment(ctx, c, id, "telefoniert") },
	}
}

func TestWhoMayHandle(t *testing.T) {
	o := desktest.Open(t)
	for _, who := range []string{"scan", "worker-wohngeld", "wohngeld-2", "head-wohngeld", "head-soziales", "records", "auditor", "admin"} {
		id := o.Brief()
		want := "missing"
		if strings.Contains(who, "wohngeld") || who == "records" {
			want = "ok"
		}
		for name, do := range handles(o, id) {
			if got := outcome(do(o.Who(who))); got != want {
				t.Errorf("%s by %s: %s; want %s", name, who, got, want)
			}
		}
	}
}

func TestHandlingStandsInListsAndLife(t *testing.T) {
	o := desktest.Open(t)
	ctx, head, id := t.Context(), o.Who("head-wohngeld"), o.Brief()
	for name, do := range handles(o, id) {
		if got := outcome(do(head)); got != "ok" {
			t.Fatalf("%s: %s", name, got)
		}
	}
	l, err := o.Inbox(ctx, head, "wohngeld", "")
	if err != nil || len(l.Entries) != 1 {
		t.Fatalf("inbox: %+v, %v", l, err)
	}
	e := l.Entries[0]
	if e.Deadline != "2026-12-11" || e.DeadlineName != "Anhörung" || e.FollowUp != "2026-12-01" || e.Priority != 1 || e.Comments != 1 ||
		!slices.Equal(e.Flags, []routing.Flag{routing.FlagTalk}) || e.TargetOn != "2026-11-23" || e.Alarm != routing.AlarmOverdue {
		t.Errorf("the letter stands as %+v", e.Standing)
	}
	one, err := o.Letter(ctx, o.Who("worker-wohngeld"), id)
	if err != nil || !one.Handle || !one.MayComment || len(one.Comments) != 1 || one.Comments[0].By != "Ulrike Brandt" || one.Comments[0].Words != "telefoniert" ||
		len(one.Informed) != 1 || one.Informed[0].Name != "Anna Vogt" || one.Owner != (routing.Owner{Role: routing.Head, Department: "wohngeld"}) {
		t.Errorf("the letter: %+v, %v", one.Affair, err)
	}
	for name, tt := range map[string]struct {
		do  func() error
		act desk.Act
	}{
		"the deadline":    {func() error { return o.DropDeadline(ctx, head, id, "Anhörung") }, desk.ActDeadlineDrop},
		"the flag":        {func() error { return o.SetFlag(ctx, head, id, routing.FlagTalk, false) }, desk.ActUnflag},
		"the follow-up":   {func() error { return o.DropFollowUp(ctx, head, id) }, desk.ActFollowUpDone},
		"the information": {func() error { return o.Uninform(ctx, head, id, o.Who("records").ID) }, desk.ActUninform},
	} {
		if got := outcome(tt.do()); got != "ok" {
			t.Errorf("take off %s: %s", name, got)
		}
		if got := outcome(tt.do()); got != desk.Overtaken {
			t.Errorf("take off %s twice: %s; want %s", name, got, desk.Overtaken)
		}
		one, err = o.Letter(ctx, head, id)
		if err != nil || !slices.ContainsFunc(one.Life, func(m desk.Moment) bool { return m.Act == tt.act }) {
			t.Errorf("%s does not stand in the life, %v", tt.act, err)
		}
	}
	if one.Deadline != "" || len(one.Flags) > 0 || one.FollowUp != "" || len(one.Informed) > 0 {
		t.Errorf("something is left: %+v", one.Standing)
	}
	if err := o.Archive.EraseBodies(ctx, string(id), storage.System, "Löschersuchen"); err != nil {
		t.Fatal(err)
	}
	if one, err = o.Letter(ctx, head, id); err != nil || len(one.Comments) != 0 {
		t.Errorf("erased comments: %+v, %v", one.Comments, err)
	}
}

func TestWhatCannotBeKeptInMind(t *testing.T) {
	o := desktest.Open(t)
	ctx, head, id := t.Context(), o.Who("head-wohngeld"), o.Brief()
	long := strings.Repeat("ä", 501)
	for name, tt := range map[string]struct {
		err  error
		want string
	}{
		"a deadline without a name":         {o.SetDeadline(ctx, head, id, " ", "2026-12-11"), desk.DeadlineNameless},
		"a deadline without a day":          {o.SetDeadline(ctx, head, id, "A", ""), desk.DayWrong},
		"a deadline on no day":              {o.SetDeadline(ctx, head, id, "A", "2026-02-30"), desk.DayWrong},
		"a deadline before the receipt":     {o.SetDeadline(ctx, head, id, "A", "2026-11-19"), desk.DayWrong},
		"a deadline beyond ten years":       {o.SetDeadline(ctx, head, id, "A", "2036-11-25"), desk.DayWrong},
		"a deadline that is not there":      {o.DropDeadline(ctx, head, id, "A"), desk.Overtaken},
		"a flag that there is none of":      {o.SetFlag(ctx, head, id, "gold", true), desk.FlagUnknown},
		"a priority that there is none of":  {o.SetPriority(ctx, head, id, 2), desk.Overtaken},
		"a follow-up yesterday":             {o.SetFollowUp(ctx, head, id, "2026-11-23", ""), desk.DayWrong},
		"a follow-up with a novel":          {o.SetFollowUp(ctx, head, id, "2026-12-01", long), desk.TextLong},
		"an empty comment":                  {o.Comment(ctx, head, id, " \n"), desk.ReasonMissing},
		"a comment that is too long":        {o.Comment(ctx, head, id, long), desk.TextLong},
		"inform nobody":                     {o.Inform(ctx, head, id, "", ""), desk.InformedUnfit},
		"inform a stranger":                 {o.Inform(ctx, head, id, "mallory", ""), desk.InformedUnfit},
		"inform who keeps the accounts":     {o.Inform(ctx, head, id, "admin", ""), desk.InformedUnfit},
		"inform the scan room":              {o.Inform(ctx, head, id, "scan", ""), desk.InformedUnfit},
		"take note of what was not given":   {o.TakeNote(ctx, head, id), desk.Overtaken},
		"a letter that is not there":        {o.Comment(ctx, head, "20261122-7F3K9Q2M-001", "x"), "missing"},
		"a comment on a foreign letter":     {o.Comment(ctx, o.Who("head-soziales"), id, "x"), "missing"},
		"take note of a foreign letter":     {o.TakeNote(ctx, o.Who("head-soziales"), id), "missing"},
		"a follow-up today is still a plan": {o.SetFollowUp(ctx, head, id, "2026-11-24", ""), "ok"},
	} {
		if got := outcome(tt.err); got != tt.want {
			t.Errorf("%s: %s; want %s", name, got, tt.want)
		}
	}
	for i := range 10 {
		if err := o.SetDeadline(ctx, head, id, strings.Repeat("x", i+1), "2026-12-11"); err != nil {
			t.Fatal(err)
		}
	}
	if got := outcome(o.SetDeadline(ctx, head, id, "one more", "2026-12-11")); got != desk.TooMany {
		t.Errorf("an eleventh deadline: %s", got)
	}
}

func TestInformationOpensOneLetterOnly(t *testing.T) {
	o := desktest.Open(t)
	ctx, head, other := t.Context(), o.Who("head-wohngeld"), o.Who("head-soziales")
	id, second := o.Brief(), o.Brief()
	if err := o.Inform(ctx, head, id, "head-soziales", "Ihr Fall auch?"); err != nil {
		t.Fatal(err)
	}
	l, err := o.Letter(ctx, other, id)
	if err != nil || !l.Readable || l.Handle || l.Assign || !l.MayComment || !l.Note || l.Text == "" {
		t.Errorf("what was given for information: readable %v, handle %v, assign %v, comment %v, %v", l.Readable, l.Handle, l.Assign, l.MayComment, err)
	}
	if pdf, err := o.PDF(ctx, other, id); err != nil {
		t.Error(err)
	} else {
		pdf.Close()
	}
	for name, do := range handles(o, id) {
		want := "missing"
		if name == "comment" {
			want = "ok"
		}
		if got := outcome(do(other)); got != want {
			t.Errorf("%s by who was informed: %s; want %s", name, got, want)
		}
	}
	if got := outcome(o.Assign(ctx, other, id, "wohngeld-2", "")); got != "missing" {
		t.Errorf("assign by who was informed: %s", got)
	}
	if _, err := o.Letter(ctx, other, second); outcome(err) != "missing" {
		t.Errorf("another letter: %v", err)
	}
	notices, err := o.Notices(ctx, other)
	if c, _ := o.Counts(ctx, other); err != nil || len(notices) != 1 || notices[0].By != "Ulrike Brandt" || notices[0].Seen || c.Notices != 1 {
		t.Errorf("notices: %+v, counted %d, %v", notices, c.Notices, err)
	}
	if err := o.TakeNote(ctx, other, id); err != nil {
		t.Fatal(err)
	}
	if c, _ := o.Counts(ctx, other); c.Notices != 0 {
		t.Errorf("%d notices counted after taking note", c.Notices)
	}
	if err := o.Uninform(ctx, o.Who("worker-wohngeld"), id, other.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Letter(ctx, other, id); outcome(err) != "missing" {
		t.Errorf("after it was taken back: %v", err)
	}
	if notices, err = o.Notices(ctx, other); err != nil || len(notices) != 0 {
		t.Errorf("notices after it was taken back: %+v, %v", notices, err)
	}
}

// round lets departments send a letter astray, as often as they may.
func TestTheThirdWrongTurnGoesToTheRecords(t *testing.T) {
	o := desktest.Open(t)
	ctx, wohngeld, soziales, records, id := t.Context(), o.Who("head-wohngeld"), o.Who("head-soziales"), o.Who("records"), o.Brief()
	for _, err := range []error{
		o.Refuse(ctx, wohngeld, id, routing.OtherDepartment, ""), o.Resolve(ctx, records, id, "soziales", ""),
		o.Forward(ctx, soziales, id, "wohngeld", "doch Ihres"), o.Forward(ctx, wohngeld, id, "soziales", "nein"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	l, err := o.Letter(ctx, records, id)
	if err != nil || l.State != storage.Review || l.Turns != 3 || l.Alarm != routing.AlarmWanderer || l.Owner.Role != routing.Records || l.ReceivedOn != "2026-11-20" ||
		len(l.Reasons) != 1 || l.Reasons[0] != (scanstation.Reason{Code: routing.Wanderer, Detail: "wohngeld → soziales"}) || !l.Clear {
		t.Errorf("after three turns: %s %d %q %+v %v, %v", l.State, l.Turns, l.Alarm, l.Owner, l.Reasons, err)
	}
	var history []string
	for _, m := range l.Life {
		if m.Act == desk.ActRefuse || m.Act == desk.ActForward {
			history = append(history, string(m.Act)+" "+m.From+" "+m.Code+m.Words)
		}
	}
	if want := []string{"refuse wohngeld other-department", "forward soziales doch Ihres", "forward wohngeld nein"}; !slices.Equal(history, want) {
		t.Errorf("its history: %q; want %q", history, want)
	}
	for _, who := range []string{"scan", "head-wohngeld", "head-soziales"} {
		if got := outcome(o.Resolve(ctx, o.Who(who), id, "wohngeld", "")); got != "missing" {
			t.Errorf("%s clears it: %s", who, got)
		}
	}
	late, err := o.Late(ctx, records, 0)
	if err != nil || len(late.Entries) == 0 || late.Entries[0].ID != id {
		t.Errorf("late letters of the records: %+v, %v; want the wanderer first", late, err)
	}
	if err := o.Resolve(ctx, records, id, "wohngeld", "WG-2023-004711"); err != nil {
		t.Fatal(err)
	}
	if err := o.Refuse(ctx, wohngeld, id, routing.OtherRefusal, "immer noch nicht"); err != nil {
		t.Fatal(err)
	}
	if l, err = o.Letter(ctx, records, id); err != nil || l.Turns != 4 || l.Alarm != routing.AlarmWanderer {
		t.Errorf("the fourth turn: %d %q, %v", l.Turns, l.Alarm, err)
	}
}

// TestEndsAndTheirPaper ends letters in each way and takes the ends back.
func TestEndsAndTheirPaper(t *testing.T) {
	tests := map[string]struct {
		end   desk.Ending
		paper storage.OriginalState
		due   scanstation.Date
	}{
		"of no relevance: a short clock":   {desk.Ending{State: storage.NoRelevance}, storage.InBox, "2026-12-08"},
		"a bill: the usual clock":          {desk.Ending{State: storage.Finance}, storage.InBox, "2026-12-24"},
		"handed over: the paper goes, too": {desk.Ending{State: storage.HandedOver, Authority: "Jobcenter"}, storage.ToReturn, "2026-12-24"},
		"returned: the paper goes back":    {desk.Ending{State: storage.Returned}, storage.ToReturn, "2026-12-24"},
		"a duplicate: the usual clock":     {desk.Ending{State: storage.Duplicate}, storage.InBox, "2026-12-24"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			o := desktest.Open(t)
			ctx, head, id := t.Context(), o.Who("head-wohngeld"), o.Brief()
			if tt.end.Reason = "weil"; tt.end.State == storage.Duplicate {
				tt.end.Duplicate = o.Brief()
			}
			if err := o.End(ctx, head, id, tt.end); err != nil {
				t.Fatal(err)
			}
			l, err := o.Letter(ctx, head, id)
			if err != nil || l.State != tt.end.State || l.End == nil || l.End.Authority != tt.end.Authority || l.End.Duplicate != tt.end.Duplicate || !l.Unend || l.Alarm != "" {
				t.Errorf("ended: %s %+v unend %v alarm %q, %v", l.State, l.End, l.Unend, l.Alarm, err)
			}
			if l.Original.State != tt.paper || l.Original.DueOn != tt.due {
				t.Errorf("its paper: %s until %s; want %s until %s", l.Original.State, l.Original.DueOn, tt.paper, tt.due)
			}
			changed := tt.paper != storage.InBox || tt.due != "2026-12-24"
			if has := slices.ContainsFunc(l.Life, func(m desk.Moment) bool { return m.Paper != "" }); has != changed {
				t.Errorf("an event of the paper: %v; want %v", has, changed)
			}
			o.Clock.Time = o.Clock.Time.Add(50 * time.Hour)
			if err := o.Unend(ctx, head, id); err != nil {
				t.Fatal(err)
			}
			if l, err = o.Letter(ctx, head, id); err != nil || l.State != storage.Inbox || l.End != nil || l.Original.State != storage.InBox || l.Original.DueOn != "2026-12-24" {
				t.Errorf("taken back: %s %+v %+v, %v", l.State, l.End, l.Original, err)
			}
		})
	}
}

func TestAnEndStaysOnceThePaperMoved(t *testing.T) {
	o := desktest.Open(t)
	ctx, head, id, first := t.Context(), o.Who("head-wohngeld"), o.Brief(), o.Brief()
	if err := o.End(ctx, head, id, desk.Ending{State: storage.Returned, Reason: "falsche Stadt"}); err != nil {
		t.Fatal(err)
	}
	paper, err := o.Archive.Original(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	paper.State = storage.SentBack
	if err := o.Archive.Do(ctx, func(tx storage.Tx) error { return o.Archive.Ledger.SaveOriginal(ctx, tx, paper) }); err != nil {
		t.Fatal(err)
	}
	if got := outcome(o.Unend(ctx, head, id)); got != desk.PaperGone {
		t.Errorf("take back the end of what was sent back: %s; want %s", got, desk.PaperGone)
	}
	if err := o.End(ctx, head, first, desk.Ending{State: storage.Duplicate, Reason: "zweimal", Duplicate: id}); err != nil {
		t.Fatal(err)
	}
	third := o.Brief()
	if got := outcome(o.End(ctx, head, third, desk.Ending{State: storage.Duplicate, Reason: "dreimal", Duplicate: first})); got != desk.DuplicateUnknown {
		t.Errorf("a duplicate of a duplicate: %s; want %s", got, desk.DuplicateUnknown)
	}
	if err := o.Archive.Do(ctx, func(tx storage.Tx) error {
		_, err := o.Archive.Move(ctx, tx, third, storage.Returned, "x", storage.Change{})
		return err
	}); err == nil {
		t.Error("a letter ends by a mere move, without a rule for its paper")
	}
}

func TestLateLetters(t *testing.T) {
	o := desktest.Open(t)
	ctx, old, young := t.Context(), o.Brief(), o.Brief()
	if err := o.Assign(ctx, o.Who("head-wohngeld"), young, "wohngeld-2", ""); err != nil { // until the third working day
		t.Fatal(err)
	}
	for who, want := range map[string]int{"head-wohngeld": 1, "records": 1, "head-soziales": 0} {
		l, err := o.Late(ctx, o.Who(who), 0)
		c, _ := o.Counts(ctx, o.Who(who))
		if err != nil || len(l.Entries) != want || l.More || c.Late != want {
			t.Errorf("late for %s: %+v, counted %d, %v; want %d", who, l, c.Late, err, want)
		}
		if want == 1 && (l.Entries[0].ID != old || l.Entries[0].Alarm != routing.AlarmOverdue || l.Entries[0].Owner.Role != routing.Head) {
			t.Errorf("late for %s: %+v", who, l.Entries[0])
		}
	}
	o.Clock.Time = o.Clock.Time.Add(30 * 24 * time.Hour)
	l, err := o.Late(ctx, o.Who("head-wohngeld"), 0)
	if err != nil || len(l.Entries) != 2 || l.Entries[1].Owner.Worker != "wohngeld-2" || l.Entries[1].Alarm != routing.AlarmLong {
		t.Errorf("a month later: %+v, %v", l, err)
	}
	for _, who := range []string{"wohngeld-2", "scan", "auditor", "admin"} {
		if _, err := o.Late(ctx, o.Who(who), 0); outcome(err) != "missing" {
			t.Errorf("late letters for %s: %v", who, err)
		}
	}
}

func TestTheInboxTakesWhatIsUrgentFirst(t *testing.T) {
	o := desktest.Open(t)
	ctx, head := t.Context(), o.Who("head-wohngeld")
	names := map[storage.DocumentID]string{}
	for _, name := range []string{"low", "plain", "deadline", "urgent", "top", "back"} {
		id := o.Brief()
		names[id] = name
		var err error
		switch name {
		case "low":
			err = o.SetPriority(ctx, head, id, -1)
		case "deadline":
			err = o.SetDeadline(ctx, head, id, "Anhörung", "2027-01-11")
		case "urgent":
			err = o.SetFlag(ctx, head, id, routing.FlagUrgent, true)
		case "top":
			if err = o.SetFlag(ctx, head, id, routing.FlagUrgent, true); err == nil {
				err = o.SetPriority(ctx, head, id, 1)
			}
		case "back":
			err = o.SetFollowUp(ctx, head, id, "2026-11-25", "")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	order := func() string {
		t.Helper()
		l, err := o.Inbox(ctx, head, "wohngeld", "")
		if err != nil || l.Total != 6 {
			t.Fatal(l.Total, err)
		}
		var out []string
		for _, e := range l.Entries {
			if name := names[e.ID]; name != "plain" && (name != "back" || len(out) == 0) { // both have the ordinary turn
				out = append(out, name)
			}
		}
		return strings.Join(out, " ")
	}
	if got, want := order(), "top urgent deadline low"; got != want {
		t.Errorf("the inbox: %s; want %s", got, want)
	}
	o.Clock.Time = o.Clock.Time.Add(24 * time.Hour)
	if got, want := order(), "back top urgent deadline low"; got != want {
		t.Errorf("a day later: %s; want %s", got, want)
	}
	for id := range names {
		if err := o.Assign(ctx, head, id, "wohngeld-2", ""); err != nil {
			t.Fatal(err)
		}
	}
	own, err := o.Own(ctx, o.Who("wohngeld-2"))
	if err != nil || len(own.ToFile) != 6 || names[own.ToFile[0].ID] != "back" || names[own.ToFile[1].ID] != "top" || names[own.ToFile[5].ID] != "low" {
		t.Errorf("own letters: %+v, %v", own.ToFile, err)
	}
}
