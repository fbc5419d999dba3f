package desk_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/routing/sqlstore"
	"mailroom/scanstation"
	"mailroom/storage"
)

// logged returns the access log of a letter, oldest first, as "way role".
func logged(t *testing.T, o *desktest.Office, id storage.DocumentID) (out []string) {
	t.Helper()
	rows, err := o.Readings(t.Context(), o.Who("auditor"), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		out = append(out, string(r.Way)+" "+string(r.Role))
	}
	slices.Reverse(out)
	return out
}

func TestEveryLookIsLogged(t *testing.T) {
	o := desktest.Open(t)
	head := o.Who("head-wohngeld")
	id := o.Brief()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := logged(t, o, id); len(got) != 0 {
		t.Fatalf("before: %v", got)
	}
	_, err := o.Letter(ctx, head, id)
	must(err)
	for range 3 {
		_, err = o.PageImage(ctx, head, id, 1, desk.ThumbWidth)
		must(err)
	}
	_, err = o.Search(ctx, head, desk.Search{Text: "Zeichen"})
	must(err)
	for range 2 {
		_, err = o.Text(ctx, head, id)
		must(err)
	}
	r, err := o.PDF(ctx, head, id)
	must(err)
	r.Close()
	r, err = o.Note(ctx, head, id)
	must(err)
	r.Close()
	// Downloads stand in the log at once, looks behind them once they are written.
	want := []string{"text head", "text head", "pdf head", "note head", "page head", "picture head", "search head"}
	if got := logged(t, o, id); !slices.Equal(got, want) {
		t.Errorf("the log says %v; want %v", got, want)
	}
	o.Clock.Time = o.Clock.Time.Add(6 * time.Minute)
	_, err = o.PageImage(ctx, head, id, 1, desk.ThumbWidth)
	must(err)
	if got := logged(t, o, id); len(got) != len(want)+1 {
		t.Errorf("another look minutes later: %v", got[len(want):])
	}
	// Who sees facts only reads nothing.
	_, err = o.Letter(ctx, o.Who("admin"), id)
	must(err)
	if got := logged(t, o, id); len(got) != len(want)+1 {
		t.Errorf("facts are logged as reading: %v", got)
	}
	for _, who := range []string{"admin", "head-wohngeld", "records", "scan", "worker-wohngeld"} {
		if _, err := o.Readings(ctx, o.Who(who), id); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("%s sees who read it: %v", who, err)
		}
	}
}

func TestLogThatCannotBeWrittenStopsTheDownload(t *testing.T) {
	o := desktest.Open(t)
	id := o.Brief()
	err := o.Archive.Do(t.Context(), func(tx storage.Tx) error {
		_, err := tx.Exec(t.Context(), `ALTER TABLE access_log RENAME TO elsewhere`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.PDF(t.Context(), o.Who("head-wohngeld"), id); err == nil {
		t.Error("the PDF went out without a row in the log")
	}
}

func TestManyLooksNeedNoMemory(t *testing.T) {
	o := desktest.Open(t)
	id := o.Brief()
	who := o.Who("head-wohngeld")
	for n := range 1200 {
		who.ID = routing.ClerkID(fmt.Sprintf("c-%04d", n))
		if _, err := o.Letter(t.Context(), who, id); err != nil {
			t.Fatal(err)
		}
	}
	var kept []routing.Access
	err := o.Archive.View(t.Context(), func(tx storage.Tx) (err error) {
		kept, err = (sqlstore.Store{}).ListAccess(t.Context(), tx, routing.AccessFilter{Document: id, Limit: 5000})
		return err
	})
	if err != nil || len(kept) < 1000 {
		t.Errorf("%d rows written before anybody asked, %v; want most of 1200", len(kept), err)
	}
}

func TestAccessDays(t *testing.T) {
	o := desktest.Open(t)
	head := o.Who("head-wohngeld")
	id := o.Brief()
	ctx := t.Context()
	if _, err := o.Text(ctx, head, id); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Letter(ctx, head, id); err != nil {
		t.Fatal(err)
	}
	first := o.Clock.Time
	days := func() (out []routing.AccessDay) {
		events, err := o.Archive.Events(ctx, storage.EventFilter{Object: "access-log"})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			var d routing.AccessDay
			if err := json.Unmarshal(e.Body, &d); err != nil {
				t.Fatal(err)
			}
			out = append(out, d)
		}
		return out
	}
	turn := func(after time.Duration) {
		t.Helper()
		o.Clock.Time = first.Add(after)
		for range 2 {
			if err := o.FlushAccess(ctx); err != nil {
				t.Fatal(err)
			}
			if err := o.CloseAccessDays(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	turn(time.Hour)
	if d := days(); len(d) != 0 {
		t.Fatalf("today is closed: %+v", d)
	}
	turn(24 * time.Hour)
	sum := sha256.New()
	for _, way := range []routing.Way{routing.WayText, routing.WayPage} {
		fmt.Fprintf(sum, "%d %s %s %s head\n", first.UnixMicro(), head.ID, id, way)
	}
	want := routing.AccessDay{Day: "2026-11-24", Rows: 2, Digest: scanstation.Digest(hex.EncodeToString(sum.Sum(nil)))}
	if d := days(); len(d) != 1 || d[0] != want {
		t.Fatalf("the chain says %+v; want %+v once", d, want)
	}
	turn(180 * 24 * time.Hour)
	if got := logged(t, o, id); len(got) != 2 {
		t.Errorf("on its last day %d rows are left", len(got))
	}
	turn(182 * 24 * time.Hour)
	if got := logged(t, o, id); len(got) != 0 {
		t.Errorf("after its time %d rows are left", len(got))
	}
	if d := days(); len(d) != 1 {
		t.Errorf("the chain says %+v after the rows went", d)
	}
}

func TestInquiries(t *testing.T) {
	o := desktest.Open(t)
	auditor, records, head := o.Who("auditor"), o.Who("records"), o.Who("head-wohngeld")
	id := o.Brief()
	ctx := t.Context()
	if err := o.Assign(ctx, head, id, "wohngeld-2", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Text(ctx, head, id); err != nil {
		t.Fatal(err)
	}
	l, err := o.Letter(ctx, auditor, id)
	if err != nil {
		t.Fatal(err)
	}
	last := l.Life[len(l.Life)-1]
	if last.Actor == string(head.ID) || last.Actor == "" {
		t.Errorf("the life says %q; want a mark that is not the id", last.Actor)
	}
	for name, tt := range map[string]struct {
		who                   routing.Clerk
		kind                  routing.InquiryKind
		subject, reason, want string
	}{
		"by a head":            {head, routing.WhatWasRead, "wohngeld-2", "Neugier", "missing"},
		"without a reason":     {auditor, routing.WhatWasRead, "head-wohngeld", " ", desk.ReasonMissing},
		"about nobody":         {auditor, routing.WhatWasRead, "niemand", "Beschwerde", desk.SubjectUnknown},
		"about no event":       {auditor, routing.WhoWasIt, string(id) + "#99999", "Beschwerde", desk.SubjectUnknown},
		"of another letter":    {auditor, routing.WhoWasIt, string(id) + "#1", "Beschwerde", desk.SubjectUnknown},
		"of a kind that isn't": {auditor, "birthday", "head-wohngeld", "Beschwerde", desk.SubjectUnknown},
	} {
		if err := o.Ask(ctx, tt.who, tt.kind, tt.subject, tt.reason); outcome(err) != tt.want {
			t.Errorf("%s: %v; want %s", name, err, tt.want)
		}
	}
	if err := o.Ask(ctx, auditor, routing.WhoWasIt, fmt.Sprintf("%s#%d", id, last.Seq), "Beschwerde 12/26"); err != nil {
		t.Fatal(err)
	}
	if err := o.Ask(ctx, auditor, routing.WhatWasRead, "head-wohngeld", "Beschwerde 12/26"); err != nil {
		t.Fatal(err)
	}
	mine, err := o.Questions(ctx, auditor)
	if err != nil || len(mine) != 2 || mine[0].Answer || mine[0].Read {
		t.Fatalf("the one who asked sees %+v, %v", mine, err)
	}
	for _, q := range mine {
		if _, err := o.Disclose(ctx, auditor, q.ID); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("an answer before anybody agreed: %v", err)
		}
		if err := o.Reply(ctx, auditor, q.ID, true); outcome(err) != desk.SecondPerson {
			t.Errorf("agree with oneself: %v", err)
		}
		if err := o.Reply(ctx, head, q.ID, true); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("a head agrees: %v", err)
		}
		if err := o.Reply(ctx, records, q.ID, true); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Disclose(ctx, records, q.ID); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("the answer to somebody else's question: %v", err)
		}
		d, err := o.Disclose(ctx, auditor, q.ID)
		if err != nil || d.Name != "Ulrike Brandt" {
			t.Errorf("the answer is %q, %v; want Ulrike Brandt", d.Name, err)
		}
		if q.Kind == routing.WhatWasRead && (len(d.Reads) == 0 || d.Reads[0].Document != id) {
			t.Errorf("what was read: %+v", d.Reads)
		}
	}
	events, _ := o.Archive.Events(ctx, storage.EventFilter{Object: mine[0].ID})
	if len(events) != 2 || events[0].Kind != desk.EventAsked || !strings.Contains(string(events[0].Body), "12/26") || events[1].Kind != desk.EventGranted || events[1].Actor != string(records.ID) {
		t.Errorf("the chain says %+v", events)
	}
	o.Clock.Time = o.Clock.Time.Add(8 * 24 * time.Hour)
	if _, err := o.Disclose(ctx, auditor, mine[0].ID); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("the answer a week later: %v", err)
	}
}

func TestChain(t *testing.T) {
	o := desktest.Open(t)
	o.Fill()
	c, err := o.Chain(t.Context(), o.Who("auditor"))
	if err != nil || !c.Sound || c.Events < 30 {
		t.Errorf("%+v, %v; want a sound chain", c, err)
	}
	if _, err := o.Chain(t.Context(), o.Who("records")); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("records see it: %v", err)
	}
}
