package storagetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"mailroom/scanstation"
	"mailroom/storage"
)

// fillWaiting saves 60 documents of three states in three departments, one of
// which is none, received on six days against the order of their ids.
func fillWaiting(t *testing.T, l storage.Ledger) (all []storage.Document) {
	states, departments := []storage.DocumentState{storage.Inbox, storage.Review, storage.Closed}, []string{"wohngeld", "bau", "", "wohngeld"}
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		all = nil
		for n := range 60 {
			d := newDocument(n/10, n%10+1, states[n%3], departments[n%4])
			d.ReceivedOn = scanstation.Date(fmt.Sprintf("2026-11-%02d", 20-n/10))
			if err := l.SaveDocument(ctx, tx, d); err != nil {
				return err
			}
			all = append(all, d)
		}
		return nil
	})
	return all
}

func testWaiting(t *testing.T, l storage.Ledger) {
	all := fillWaiting(t, l)
	tests := map[string]storage.DocumentFilter{
		"one department":                {Departments: []string{"wohngeld"}, States: []storage.DocumentState{storage.Inbox}},
		"two states":                    {Departments: []string{"bau"}, States: []storage.DocumentState{storage.Inbox, storage.Review}},
		"a department and none":         {Departments: []string{"bau", ""}, States: []storage.DocumentState{storage.Review}},
		"whatever department":           {States: []storage.DocumentState{storage.Review}},
		"no department at all":          {Departments: []string{}, States: []storage.DocumentState{storage.Review}},
		"a state that nothing is in":    {States: []storage.DocumentState{storage.Filed}},
		"a department that there isn't": {Departments: []string{"'"}, States: []storage.DocumentState{storage.Inbox}},
	}
	for name, f := range tests {
		t.Run(name, func(t *testing.T) {
			var want []storage.DocumentID
			counts := map[string]int{}
			for _, d := range f.Departments {
				counts[d] = 0
			}
			if f.Departments == nil {
				counts[""] = 0
			}
			for _, d := range all {
				if (f.Departments == nil || slices.Contains(f.Departments, d.Department)) && slices.Contains(f.States, d.State) {
					want = append(want, d.ID)
					if f.Departments == nil {
						counts[""]++
					} else {
						counts[d.Department]++
					}
				}
			}
			slices.SortFunc(want, func(a, b storage.DocumentID) int { return compareTurns(all, a, b) })
			if got := pagesOfWaiting(t, l, f, 4); !slices.Equal(got, want) {
				t.Errorf("got %v; want %v", got, want)
			}
			for _, limit := range []int{1000, 3} {
				f.Limit = limit
				view(t, l, func(ctx context.Context, tx storage.Tx) error {
					got, err := l.CountDocuments(ctx, tx, f)
					capped := maps.Clone(counts)
					for d, n := range capped {
						capped[d] = min(n, limit)
					}
					if !maps.Equal(got, capped) {
						t.Errorf("counted %v up to %d; want %v", got, limit, capped)
					}
					return err
				})
			}
		})
	}
	view(t, l, func(ctx context.Context, tx storage.Tx) error {
		if _, err := l.Documents(ctx, tx, storage.DocumentFilter{Waiting: true}); err == nil {
			t.Error("a list of what waits in no state is none")
		}
		list, err := l.Documents(ctx, tx, storage.DocumentFilter{Waiting: true, States: []storage.DocumentState{storage.Inbox}, After: "~'\";--"})
		if len(list) != 20 {
			t.Errorf("behind no place at all: %d; want 20", len(list))
		}
		return err
	})
	view(t, l, func(ctx context.Context, tx storage.Tx) error {
		ids := []storage.DocumentID{all[7].ID, "none", all[3].ID}
		list, err := l.Documents(ctx, tx, storage.DocumentFilter{IDs: ids, WithText: true})
		if len(list) != 2 || list[0].ID != all[7].ID || list[1].ID != all[3].ID || list[0].Text != all[7].Text {
			t.Errorf("by their names: %v", list)
		}
		list, err2 := l.Documents(ctx, tx, storage.DocumentFilter{IDs: []storage.DocumentID{}})
		if len(list) != 0 {
			t.Errorf("by no name: %d", len(list))
		}
		return errors.Join(err, err2)
	})
}

// pagesOfWaiting lists f page by page, with the longest text of each.
func pagesOfWaiting(t *testing.T, l storage.Ledger, f storage.DocumentFilter, size int) (got []storage.DocumentID) {
	f.Waiting, f.Limit, f.WithText = true, size, true
	for more := true; more; {
		do(t, l, func(ctx context.Context, tx storage.Tx) error {
			f.Lock = !f.Lock
			list, err := l.Documents(ctx, tx, f)
			for _, d := range list {
				got, f.After = append(got, d.ID), d.Place()
				if d.Text == "" {
					t.Errorf("%s came without its text", d.ID)
				}
			}
			more = len(list) > 0
			return err
		})
	}
	return got
}

func compareTurns(all []storage.Document, a, b storage.DocumentID) int {
	place := func(id storage.DocumentID) string {
		i := slices.IndexFunc(all, func(d storage.Document) bool { return d.ID == id })
		return all[i].Turn() + string(id)
	}
	if place(a) < place(b) {
		return -1
	}
	return 1
}
