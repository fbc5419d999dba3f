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

// id returns the id of a clerk by log-in.
func id(o *desktest.Office, login string) routing.ClerkID { return o.Who(login).ID }

// away enters an absence of a clerk, from today (24 November) for some days.
func away(o *desktest.Office, by, login, deputy string, from, to scanstation.Date) error {
	a := routing.Absence{Clerk: id(o, login), From: from, To: to}
	if deputy != "" {
		a.Deputy = id(o, deputy)
	}
	return o.EnterAbsence(context.Background(), o.Who(by), a)
}

func TestWhoMayEnterAbsences(t *testing.T) {
	tests := map[string]struct {
		by, who, deputy string
		from, to        scanstation.Date
		want            string
	}{
		"one's own":                          {"wohngeld-2", "wohngeld-2", "worker-wohngeld", "2026-11-24", "2026-12-03", "ok"},
		"without a deputy":                   {"wohngeld-2", "wohngeld-2", "", "2026-11-24", "2026-11-24", "ok"},
		"a head for a worker":                {"head-wohngeld", "wohngeld-2", "worker-wohngeld", "2026-11-24", "2026-12-03", "ok"},
		"the head as deputy":                 {"head-wohngeld", "wohngeld-2", "head-wohngeld", "2026-11-24", "2026-12-03", "ok"},
		"records for a head":                 {"records", "head-wohngeld", "head-soziales", "2026-11-24", "2026-12-03", "ok"},
		"a head names a head of another one": {"head-wohngeld", "head-wohngeld", "head-soziales", "2026-11-24", "2026-12-03", "ok"},
		"a worker for a colleague":           {"wohngeld-2", "worker-wohngeld", "wohngeld-2", "2026-11-24", "2026-12-03", "missing"},
		"a head for another department's":    {"head-soziales", "wohngeld-2", "", "2026-11-24", "2026-12-03", "missing"},
		"the scan room":                      {"scan", "scan", "", "2026-11-24", "2026-12-03", "missing"},
		"the auditor":                        {"auditor", "wohngeld-2", "", "2026-11-24", "2026-12-03", "missing"},
		"a deputy of another department":     {"wohngeld-2", "wohngeld-2", "head-soziales", "2026-11-24", "2026-12-03", desk.DeputyUnfit},
		"an auditor as a head's deputy":      {"head-wohngeld", "head-wohngeld", "auditor", "2026-11-24", "2026-12-03", desk.DeputyUnfit},
		"oneself as deputy":                  {"wohngeld-2", "wohngeld-2", "wohngeld-2", "2026-11-24", "2026-12-03", desk.DeputyUnfit},
		"the last day before the first":      {"wohngeld-2", "wohngeld-2", "", "2026-12-03", "2026-12-02", desk.DateWrong},
		"over already":                       {"wohngeld-2", "wohngeld-2", "", "2026-11-01", "2026-11-23", desk.DateWrong},
		"far too long":                       {"wohngeld-2", "wohngeld-2", "", "2026-11-24", "2028-11-24", desk.DateWrong},
		"no date":                            {"wohngeld-2", "wohngeld-2", "", "2026-11-24", "morgen", desk.DateWrong},
	}
	o := desktest.Open(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := outcome(away(o, tt.by, tt.who, tt.deputy, tt.from, tt.to)); got != tt.want {
				t.Errorf("%s; want %s", got, tt.want)
			}
			p, err := o.Plan(t.Context(), o.Who("records"))
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range p.Leaves {
				if err := o.EndAbsence(t.Context(), o.Who(tt.by), l.ID); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestAbsencesThatDoNotFit(t *testing.T) {
	o := desktest.Open(t)
	if err := away(o, "head-wohngeld", "wohngeld-2", "worker-wohngeld", "2026-11-24", "2026-12-03"); err != nil {
		t.Fatal(err)
	}
	if got := outcome(away(o, "wohngeld-2", "wohngeld-2", "", "2026-12-03", "2026-12-05")); got != desk.AbsenceTwice {
		t.Errorf("two on one day: %s", got)
	}
	if got := outcome(away(o, "worker-wohngeld", "worker-wohngeld", "wohngeld-2", "2026-12-01", "2026-12-05")); got != desk.DeputyCircle {
		t.Errorf("deputies of each other: %s", got)
	}
	p, err := o.Plan(t.Context(), o.Who("worker-wohngeld"))
	if err != nil || len(p.Leaves) != 1 {
		t.Fatalf("the deputy is told of %d absences, %v; want 1", len(p.Leaves), err)
	}
	if got := outcome(o.EndAbsence(t.Context(), o.Who("worker-wohngeld"), p.Leaves[0].ID)); got != "missing" {
		t.Errorf("the deputy ends the absence: %s", got)
	}
}

func TestDeputyOfAWorker(t *testing.T) {
	o := desktest.Open(t)
	letter, ctx := o.Brief(), t.Context()
	if err := o.Assign(ctx, o.Who("head-wohngeld"), letter, "wohngeld-2", ""); err != nil {
		t.Fatal(err)
	}
	deputy := o.Who("worker-wohngeld")
	if _, err := o.InStead(ctx, deputy, id(o, "wohngeld-2")); !isMissing(err) {
		t.Errorf("stands in for somebody who is there: %v", err)
	}
	if err := away(o, "wohngeld-2", "wohngeld-2", "worker-wohngeld", "2026-11-24", "2026-12-03"); err != nil {
		t.Fatal(err)
	}
	next := o.Brief()
	l, err := o.Letter(ctx, o.Who("head-wohngeld"), next)
	want := routing.Proposal{Worker: "worker-wohngeld", Name: "Jens Krüger", Code: routing.ByCase, Sure: true, For: "wohngeld-2", ForName: "Eva Sommer", Until: "2026-12-03"}
	if err != nil || l.Proposal != want {
		t.Errorf("proposed %+v, %v; want %+v", l.Proposal, err, want)
	}
	if part, err := o.InboxOf(ctx, o.Who("head-wohngeld"), "wohngeld", desk.OnlyDeputy, ""); err != nil || part.Total != 1 || part.Entries[0].ID != next {
		t.Errorf("the part of deputies has %d letters, %v", part.Total, err)
	}

	if got := outcome(o.File(ctx, deputy, letter, "WG-2023-004711")); got != "missing" {
		t.Errorf("files a colleague's letter in their own name: %s", got)
	}
	for_, err := o.Represented(ctx, deputy)
	if err != nil || len(for_) != 1 || len(for_[0].Open) != 1 || for_[0].Open[0].ID != letter {
		t.Fatalf("shown to the deputy: %+v, %v", for_, err)
	}
	acting, err := o.InStead(ctx, deputy, id(o, "wohngeld-2"))
	if err != nil {
		t.Fatal(err)
	}
	if own, err := o.Own(ctx, acting); err != nil || len(own.ToFile) != 1 {
		t.Errorf("own letters in the mode: %+v, %v", own, err)
	}
	if err := o.File(ctx, acting, letter, "WG-2023-004711"); err != nil {
		t.Fatal(err)
	}
	events, err := o.Archive.Events(ctx, storage.EventFilter{Object: string(letter)})
	last := events[len(events)-1]
	if err != nil || last.Actor != string(deputy.ID) || !strings.Contains(string(last.Body), `"for":"`+string(id(o, "wohngeld-2"))+`"`) {
		t.Errorf("the event says %s %s, %v", last.Actor, last.Body, err)
	}
	if got := outcome(o.EnterAbsence(ctx, acting, routing.Absence{Clerk: id(o, "wohngeld-2"), From: "2026-12-04", To: "2026-12-24"})); got != "missing" {
		t.Errorf("prolongs the absence in their stead: %s", got)
	}

	o.Clock.Time = o.Clock.Time.Add(10 * 24 * time.Hour) // 4 December
	if _, err := o.InStead(ctx, deputy, id(o, "wohngeld-2")); !isMissing(err) {
		t.Errorf("stands in after the last day: %v", err)
	}
}

func TestDeputyOfAHead(t *testing.T) {
	o := desktest.Open(t)
	letter, ctx := o.Brief(), t.Context()
	sees := func(who routing.Clerk) bool {
		_, err := o.Inbox(ctx, who, "wohngeld", "")
		return err == nil
	}
	deputy := o.Who("head-soziales")
	if sees(deputy) {
		t.Fatal("a head sees another department's inbox")
	}
	if err := away(o, "head-wohngeld", "head-wohngeld", "head-soziales", "2026-11-24", "2026-11-25"); err != nil {
		t.Fatal(err)
	}
	acting, err := o.InStead(ctx, deputy, id(o, "head-wohngeld"))
	if err != nil || !sees(acting) || sees(deputy) {
		t.Fatalf("sees the inbox in their stead %v, in their own name %v; %v", sees(acting), sees(deputy), err)
	}
	if _, err := o.Inbox(ctx, acting, "soziales", ""); !isMissing(err) {
		t.Errorf("sees their own inbox in another's stead: %v", err)
	}
	if _, err := o.Clerks(ctx, acting); !isMissing(err) {
		t.Errorf("keeps accounts: %v", err)
	}
	if err := o.Assign(ctx, acting, letter, "wohngeld-2", ""); err != nil {
		t.Error(err)
	}
	l, err := o.Letter(ctx, acting, letter)
	if i := slices.IndexFunc(l.Life, func(m desk.Moment) bool { return m.Act == desk.ActAssign }); err != nil || i < 0 || l.Life[i].For == "" || l.Life[i].For == string(id(o, "head-wohngeld")) {
		t.Errorf("the letter's life does not say, by an id of this letter's, in whose stead it was given out: %+v, %v", l.Life, err)
	}
}

func TestHeadWithoutADeputy(t *testing.T) {
	o := desktest.Open(t)
	ctx := t.Context()
	if err := away(o, "head-wohngeld", "head-wohngeld", "", "2026-11-24", "2026-11-25"); err != nil {
		t.Fatal(err)
	}
	all, err := o.Steads(ctx, o.Who("records"))
	if err != nil || len(all) != 1 || all[0].Login != "head-wohngeld" || all[0].Until != "2026-11-25" {
		t.Errorf("records stand in for %+v, %v", all, err)
	}
	for _, who := range []string{"auditor", "head-soziales", "admin", "wohngeld-2"} {
		if all, err := o.Steads(ctx, o.Who(who)); err != nil || len(all) > 0 {
			t.Errorf("%s stands in for %+v, %v", who, all, err)
		}
	}
}

func TestSeveralLettersAtOnce(t *testing.T) {
	o := desktest.Open(t)
	ctx, head := t.Context(), o.Who("head-wohngeld")
	ids := []storage.DocumentID{o.Brief(), o.Brief(), o.Brief()}
	if _, err := o.AssignMany(ctx, head, "wohngeld", nil, desk.Typed{Name: "wohngeld-2"}, ""); outcome(err) != desk.NothingMarked {
		t.Errorf("none: %v", err)
	}
	done, err := o.AssignMany(ctx, head, "wohngeld", ids[:2], desk.Typed{Name: "somm"}, "Eilt") // Eva Sommer
	if err != nil || len(done) != 2 {
		t.Fatalf("gave %v, %v", done, err)
	}
	done, err = o.TakeProposals(ctx, head, "wohngeld", ids) // two of them are gone already
	if err != nil || len(done) != 1 || done[0] != ids[2] {
		t.Errorf("took %v, %v; want the last", done, err)
	}
	o.Clock.Time = o.Clock.Time.Add(time.Minute)
	if done, err = o.Reassign(ctx, head, "wohngeld", ids, desk.Typed{Name: "worker-wohngeld"}, ""); err != nil || len(done) != 3 {
		t.Fatalf("reassigned %v, %v", done, err)
	}
	workers := func() (out string) {
		l, err := o.Assigned(ctx, head, "wohngeld", false, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range l.Letters {
			out += g.Worker + " "
		}
		return out
	}
	if got := workers(); got != "worker-wohngeld worker-wohngeld worker-wohngeld " {
		t.Errorf("after the reassignment: %s", got)
	}
	if undone, err := o.Undo(ctx, head, "wohngeld"); err != nil || len(undone) != 3 || workers() != "wohngeld-2 wohngeld-2 wohngeld-2 " {
		t.Errorf("undone %v, %v: %s", undone, err, workers())
	}
	for name, who := range map[string]routing.Clerk{"a worker": o.Who("wohngeld-2"), "another head": o.Who("head-soziales"), "an auditor": o.Who("auditor")} {
		_, err1 := o.Reassign(ctx, who, "wohngeld", ids, desk.Typed{Name: "wohngeld-2"}, "")
		_, err2 := o.Assigned(ctx, who, "wohngeld", false, "")
		if !isMissing(err1) || !isMissing(err2) {
			t.Errorf("%s: %v, %v", name, err1, err2)
		}
	}
}

func isMissing(err error) bool { return outcome(err) == "missing" }
