package sqlstore_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"mailroom/routing"
	"mailroom/routing/sqlstore"
	"mailroom/scanstation"
	"mailroom/storage"
	ledger "mailroom/storage/sqlstore"
)

func TestFilings(t *testing.T) { onBoth(t, filings) }

func filings(t *testing.T, l *ledger.Store, _ bool) {
	ctx := t.Context()
	var s sqlstore.Store
	at := time.Date(2026, 11, 24, 9, 30, 0, 123456000, time.UTC)
	one := func(id string, n int, worker string, state routing.FilingState, received scanstation.Date) routing.Record {
		return routing.Record{
			Filing:   routing.Filing{CaseNumber: "A-1", Department: "wohngeld", Worker: worker},
			Document: storage.DocumentID(id), Number: n, State: state, System: "dms", ReceivedOn: received, Attempt: 2, Tries: 1,
			Receipt: "4711", Code: "0605001", Words: "unbekannt", By: "c-1", DueAt: at, HandedAt: at.Add(1), ArrivedAt: at.Add(2), EndedAt: at.Add(3e9), ChangedAt: at,
		}
	}
	later := one("d-3", 1, "anna", routing.FilingHanding, "2026-11-19")
	later.DueAt = at.Add(time.Hour)
	do := func(f func(tx storage.Tx) error) {
		t.Helper()
		if err := l.Do(ctx, f); err != nil {
			t.Fatal(err)
		}
	}
	do(func(tx storage.Tx) error {
		for _, r := range []routing.Record{
			one("d-1", 1, "anna", routing.FilingFiled, "2026-11-21"), one("d-1", 2, "bert", routing.FilingOpen, "2026-11-21"),
			one("d-2", 1, "anna", routing.FilingHanding, "2026-11-20"), later, one("d-4", 1, "anna", routing.FilingFailed, "2026-11-20"),
		} {
			if err := s.SaveFiling(ctx, tx, r); err != nil {
				return err
			}
		}
		again := one("d-2", 1, "carla", routing.FilingHanding, "2026-11-20")
		if err := s.SaveFiling(ctx, tx, again); err != nil {
			return err
		}
		return nil
	})
	if err := l.View(ctx, func(tx storage.Tx) error {
		for department, want := range map[string]int{"wohngeld": 1, "soziales": 0} {
			if ids, err := s.FiledInto(ctx, tx, []string{department, "bau"}, 10); err != nil || len(ids) != want || want == 1 && ids[0] != "d-1" {
				t.Errorf("filed into %s are %v, %v", department, ids, err)
			}
		}
		ids, err := s.FiledInto(ctx, tx, nil, 10)
		if len(ids) != 0 {
			t.Errorf("filed into nothing are %v", ids)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		f    routing.FilingFilter
		want string
	}{
		"all by receipt":              {routing.FilingFilter{}, "d-3/1 d-2/1 d-4/1 d-1/1 d-1/2 "},
		"further ones of a worker":    {routing.FilingFilter{Worker: "bert", Further: true}, "d-1/2 "},
		"a replaced worker is gone":   {routing.FilingFilter{Worker: "anna", Department: "wohngeld"}, "d-3/1 d-4/1 d-1/1 "},
		"what is due":                 {routing.FilingFilter{States: []routing.FilingState{routing.FilingHanding}, Due: at}, "d-2/1 "},
		"by state, by document after": {routing.FilingFilter{States: []routing.FilingState{routing.FilingHanding, routing.FilingFailed}, After: "d-2"}, "d-3/1 d-4/1 "},
		"of no such system":           {routing.FilingFilter{System: "none"}, ""},
		"no more than asked for":      {routing.FilingFilter{Limit: 2}, "d-3/1 d-2/1 "},
	} {
		got := ""
		do(func(tx storage.Tx) error {
			list, err := s.ListFilings(ctx, tx, tt.f)
			for _, r := range list {
				got += fmt.Sprintf("%s/%d ", r.Document, r.Number)
			}
			return err
		})
		if got != tt.want {
			t.Errorf("%s: %q; want %q", name, got, tt.want)
		}
	}
	do(func(tx storage.Tx) error {
		all, err := s.FilingsOf(ctx, tx, []storage.DocumentID{"d-1", "d-9"})
		if want := one("d-1", 2, "bert", routing.FilingOpen, "2026-11-21"); len(all) != 1 || len(all["d-1"]) != 2 || !reflect.DeepEqual(all["d-1"][1], want) {
			t.Errorf("read back %+v; want %+v", all, want)
		}
		return err
	})
	status := routing.EFileStatus{System: "dms", Node: "n1", CheckedAt: at, Trouble: scanstation.Reason{Code: scanstation.FolderAway, Detail: "away"}, Since: at.Add(-time.Hour)}
	do(func(tx storage.Tx) error {
		if err := s.SaveEFileStatus(ctx, tx, routing.EFileStatus{System: "dms", Node: "n1"}); err != nil {
			return err
		}
		return s.SaveEFileStatus(ctx, tx, status)
	})
	do(func(tx storage.Tx) error {
		list, counts, err := s.EFileStatuses(ctx, tx)
		status.LastReceipt = at.Add(3 * time.Second)
		if len(list) != 1 || list[0] != status {
			t.Errorf("status %+v; want %+v", list, status)
		}
		if want := []routing.FilingCount{{System: "dms", State: routing.FilingFailed, Count: 1}, {System: "dms", State: routing.FilingHanding, Count: 2}}; !reflect.DeepEqual(counts, want) {
			t.Errorf("counts %+v; want %+v", counts, want)
		}
		return err
	})
}
