package sqlstore_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"mailroom/routing"
	"mailroom/routing/sqlstore"
	"mailroom/scanstation"
	"mailroom/storage"
	ledger "mailroom/storage/sqlstore"
)

// handled are letters of two departments: the plain one first.
func handled() []routing.Handling {
	in := func(id string, dep string, state storage.DocumentState, received scanstation.Date) routing.Handling {
		return routing.Handling{Document: storage.DocumentID(id), Department: dep, State: state, ReceivedOn: received, TargetOn: "2026-11-27", ChangedAt: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
	}
	plain, late, wanderer := in("d-plain", "wohngeld", storage.Inbox, "2026-11-20"), in("d-late", "wohngeld", storage.Inbox, "2026-11-18"), in("d-wanderer", "", storage.Review, "2026-11-23")
	late.TargetOn = "2026-11-19"
	wanderer.Turns = 3
	due, later, ended := in("d-due", "wohngeld", storage.Inbox, "2026-11-23"), in("d-later", "wohngeld", storage.Assigned, "2026-11-22"), in("d-ended", "wohngeld", storage.Returned, "2026-11-01")
	due.Deadlines = []routing.Deadline{{Name: "spät", On: "2027-02-01"}, {Name: "Widerspruch", On: "2026-11-23", Words: "Widerspruch", Page: 2, From: "received", Since: "2026-08-21"}}
	later.Deadlines = []routing.Deadline{{Name: "Antrag", On: "2027-05-20", By: "c-1"}}
	ended.Deadlines, ended.TargetOn = due.Deadlines, ""
	urgent, back, low := in("d-urgent", "wohngeld", storage.Inbox, "2026-11-24"), in("d-back", "wohngeld", storage.Inbox, "2026-11-24"), in("d-low", "wohngeld", storage.Inbox, "2026-11-02")
	urgent.Flags = []routing.Flag{routing.FlagTalk, routing.FlagUrgent}
	back.FollowUp = &routing.FollowUp{On: "2026-11-24", Words: "Antwort da?", By: "c-1"}
	low.Priority = -1
	return []routing.Handling{plain, late, wanderer, due, later, ended, urgent, back, low, in("d-other", "soziales", storage.Inbox, "2026-11-01")}
}

func TestHandlings(t *testing.T) {
	onBoth(t, func(t *testing.T, l *ledger.Store, _ bool) {
		var s sqlstore.Store
		ctx := t.Context()
		err := l.Do(ctx, func(tx storage.Tx) error {
			for _, h := range handled() {
				if err := s.SaveHandling(ctx, tx, h); err != nil {
					return err
				}
				if err := s.SaveHandling(ctx, tx, h); err != nil { // again, over it
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		inbox, wohngeld := []storage.DocumentState{storage.Inbox}, []string{"wohngeld"}
		for name, tt := range map[string]struct {
			f    routing.HandlingFilter
			want string
		}{
			"by receipt":                     {routing.HandlingFilter{Departments: wohngeld, States: inbox}, "low late plain due back urgent"},
			"what is urgent first":           {routing.HandlingFilter{Departments: wohngeld, States: inbox, Today: "2026-11-24"}, "back urgent due late plain low"},
			"a day before its follow-up":     {routing.HandlingFilter{Departments: wohngeld, States: inbox, Today: "2026-11-23"}, "urgent due late plain back low"},
			"a part of it":                   {routing.HandlingFilter{Departments: wohngeld, States: inbox, Today: "2026-11-24", Offset: 2, Limit: 2}, "due late"},
			"with a flag":                    {routing.HandlingFilter{Flag: routing.FlagUrgent}, "urgent"},
			"with a deadline, not the ended": {routing.HandlingFilter{DueBy: "2027-05-20"}, "later due"},
			"with a deadline soon":           {routing.HandlingFilter{DueBy: "2026-12-01", Departments: wohngeld}, "due"},
			"that come back":                 {routing.HandlingFilter{FollowUpBy: "2026-11-24"}, "back"},
			"late ones, the lost first":      {routing.HandlingFilter{LateOn: "2026-11-24"}, "wanderer late due"},
			"what comes before others":       {routing.HandlingFilter{Departments: wohngeld, States: inbox, Urgent: true, Today: "2026-11-24"}, "back urgent due"},
			"before others a day earlier":    {routing.HandlingFilter{Departments: wohngeld, States: inbox, Urgent: true, Today: "2026-11-23"}, "urgent due"},
			"late ones of nobody":            {routing.HandlingFilter{LateOn: "2026-11-24", Departments: []string{""}}, "wanderer"},
			"of no department at all":        {routing.HandlingFilter{Departments: []string{}}, ""},
		} {
			var got []string
			err := l.View(ctx, func(tx storage.Tx) error {
				list, err := s.ListHandlings(ctx, tx, tt.f)
				for _, h := range list {
					got = append(got, strings.TrimPrefix(string(h.Document), "d-"))
				}
				if n, err := s.CountHandlings(ctx, tx, tt.f); err != nil || tt.f.Offset == 0 && n != len(list) {
					t.Errorf("%s: counted %d of %d, %v", name, n, len(list), err)
				}
				tt.f.Limit, tt.f.Offset = 1, 0
				if n, err := s.CountHandlings(ctx, tx, tt.f); err != nil || n != min(len(list), 1) {
					t.Errorf("%s: counted %d up to one, %v", name, n, err)
				}
				return err
			})
			if err != nil || strings.Join(got, " ") != tt.want {
				t.Errorf("%s: %v, %v; want %s", name, got, err, tt.want)
			}
		}
		err = l.View(ctx, func(tx storage.Tx) error {
			for _, want := range handled() {
				if got, err := s.Handling(ctx, tx, want.Document); err != nil || !reflect.DeepEqual(got, want) {
					t.Errorf("read back %+v, %v; want %+v", got, err, want)
				}
			}
			if _, err := s.Handling(ctx, tx, "d-none"); !errors.Is(err, storage.ErrNotFound) {
				t.Errorf("a handling that is not there: %v", err)
			}
			some, err := s.HandlingsOf(ctx, tx, []storage.DocumentID{"d-due", "d-none", "d-back"})
			if len(some) != 2 || some["d-back"].FollowUp == nil {
				t.Errorf("of three documents: %+v", some)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestInformed(t *testing.T) {
	onBoth(t, func(t *testing.T, l *ledger.Store, _ bool) {
		var s sqlstore.Store
		ctx, at := t.Context(), time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
		one := func(doc storage.DocumentID, clerk routing.ClerkID, later time.Duration, seen bool) routing.Information {
			return routing.Information{Document: doc, Clerk: clerk, By: "c-9", At: at.Add(later), Words: "siehe Seite 2", Seen: seen}
		}
		err := l.Do(ctx, func(tx storage.Tx) error {
			for _, i := range []routing.Information{one("d-1", "c-1", 0, false), one("d-2", "c-1", time.Hour, false), one("d-3", "c-1", 2*time.Hour, true), one("d-1", "c-2", 0, false), one("d-4", "c-1", 0, false)} {
				if err := s.SaveInformation(ctx, tx, i); err != nil {
					return err
				}
			}
			return s.DropInformation(ctx, tx, "d-4", "c-1")
		})
		if err != nil {
			t.Fatal(err)
		}
		err = l.View(ctx, func(tx storage.Tx) error {
			mine, err := s.InformedTo(ctx, tx, "c-1", "", 0)
			want := []routing.Information{one("d-2", "c-1", time.Hour, false), one("d-1", "c-1", 0, false), one("d-3", "c-1", 2*time.Hour, true)}
			if err != nil || !reflect.DeepEqual(mine, want) {
				t.Errorf("given to c-1: %+v, %v; want the unseen first, the last of them first", mine, err)
			}
			for doc, want := range map[storage.DocumentID]int{"d-1": 1, "d-4": 0, "d-9": 0} {
				if got, err := s.InformedTo(ctx, tx, "c-1", doc, 0); err != nil || len(got) != want {
					t.Errorf("of %s: %+v, %v; want %d", doc, got, err, want)
				}
			}
			both, err := s.InformedOf(ctx, tx, "d-1")
			if len(both) != 2 || both[0].Clerk != "c-1" {
				t.Errorf("who knows of d-1: %+v", both)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
