package sqlstore_test

import (
	"errors"
	"maps"
	"testing"
	"time"

	"mailroom/routing"
	"mailroom/routing/sqlstore"
	"mailroom/scanstation"
	"mailroom/storage"
	ledger "mailroom/storage/sqlstore"
)

func TestAssignments(t *testing.T) { onBoth(t, assignments) }

func assignments(t *testing.T, l *ledger.Store, _ bool) {
	ctx := t.Context()
	var s sqlstore.Store
	at := time.Date(2026, 11, 24, 9, 30, 0, 123456000, time.UTC)
	one := func(id, worker string, state storage.DocumentState, received scanstation.Date, later time.Duration) routing.Assignment {
		return routing.Assignment{
			Document: storage.DocumentID(id), Worker: worker, Department: "wohngeld", By: "c-1", At: at, Remark: "Eilt",
			State: state, ReceivedOn: received, ChangedAt: at.Add(later),
		}
	}
	err := l.Do(ctx, func(tx storage.Tx) error {
		for _, a := range []routing.Assignment{
			one("d-1", "anna", storage.Assigned, "2026-11-21", 1e9), one("d-2", "anna", storage.Filed, "2026-11-20", 3e9),
			one("d-3", "anna", storage.Closed, "2026-11-19", 2e9), one("d-4", "bert", storage.Assigned, "2026-11-20", 0),
			one("d-0", "anna", storage.Assigned, "2026-11-21", 0), one("d-9", "gone", storage.Assigned, "2026-11-21", 0),
		} {
			if err := s.SaveAssignment(ctx, tx, a); err != nil {
				return err
			}
		}
		cases := []routing.Case{
			{Number: "A-1", Department: "wohngeld", Worker: "bert"}, {Number: "A-2", Department: "wohngeld", Worker: "carla"},
			{Number: "A-3", Department: "wohngeld", Worker: "bert"}, {Number: "A-4", Department: "wohngeld"}, {Number: "A-5", Department: "soziales", Worker: "dora"},
		}
		if err := s.LoadCases(ctx, tx, "", "1", cases); err != nil {
			return err
		}
		return s.DropAssignment(ctx, tx, "d-9")
	})
	if err != nil {
		t.Fatal(err)
	}
	view := func(f func(tx storage.Tx) error) {
		t.Helper()
		if err := l.View(ctx, f); err != nil {
			t.Fatal(err)
		}
	}
	open := []storage.DocumentState{storage.Assigned, storage.Filed}
	for name, tt := range map[string]struct {
		f    routing.AssignmentFilter
		want string
	}{
		"open ones of a worker by receipt, then id": {routing.AssignmentFilter{Worker: "anna", States: open}, "d-2 d-0 d-1 "},
		"no more than asked for":                    {routing.AssignmentFilter{Worker: "anna", Limit: 2}, "d-3 d-2 "},
		"the last changed first":                    {routing.AssignmentFilter{By: "c-1", Department: "wohngeld", Newest: true, Limit: 3}, "d-2 d-3 d-1 "},
		"none of a stranger":                        {routing.AssignmentFilter{Worker: "dora"}, ""},
	} {
		got := ""
		view(func(tx storage.Tx) error {
			list, err := s.ListAssignments(ctx, tx, tt.f)
			got = ""
			for _, a := range list {
				got += string(a.Document) + " "
			}
			return err
		})
		if got != tt.want {
			t.Errorf("%s: %q; want %q", name, got, tt.want)
		}
	}
	view(func(tx storage.Tx) error {
		if _, err := s.Assignment(ctx, tx, "d-9"); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("a dropped assignment: %v; want ErrNotFound", err)
		}
		a, err := s.Assignment(ctx, tx, "d-2")
		if want := one("d-2", "anna", storage.Filed, "2026-11-20", 3e9); a != want {
			t.Errorf("read back %+v; want %+v", a, want)
		}
		return err
	})
	view(func(tx storage.Tx) error {
		got, err := s.OpenByWorker(ctx, tx, "wohngeld")
		if want := map[string]int{"anna": 3, "bert": 1, "carla": 0}; !maps.Equal(got, want) {
			t.Errorf("open letters: %v; want %v", got, want)
		}
		return err
	})
}
