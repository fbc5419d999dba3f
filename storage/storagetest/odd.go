package storagetest

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
)

func testPlaceholderList(t *testing.T, l storage.Ledger) {
	states := []storage.PlaceholderState{storage.PlaceholderKept, storage.PlaceholderPending, storage.PlaceholderHandedOut}
	letter := storage.NewDocumentID(batchID(1), 1)
	var kept []storage.Placeholder
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		kept = nil
		for n := range 9 {
			p := storage.Placeholder{
				ID: scanstation.PlaceholderID(fmt.Sprintf("7F3K9Q2%d", n)), State: states[n%3], Kind: storage.Cash, Words: hard, Cents: 1 << 40, Currency: "EUR", Place: "Tresor 1",
				First: storage.Signature{By: "c-1", Name: hard, At: moment.UTC().Truncate(time.Microsecond).Add(time.Duration(9-n) * time.Hour)}, Version: n,
			}
			if n >= 6 {
				p.Document, p.Image = letter, &storage.ImageRef{Batch: batchID(2), Image: n}
			}
			if n == 0 {
				p.Document = storage.NewDocumentID(batchID(3), 4)
			}
			kept = append(kept, p)
			if err := l.SavePlaceholder(ctx, tx, p); err != nil {
				return err
			}
		}
		return l.SavePlaceholder(ctx, tx, kept[4])
	})
	tests := map[string]struct {
		filter storage.PlaceholderFilter
		want   []int
	}{
		"the oldest":             {storage.PlaceholderFilter{Limit: 2}, []int{8, 7}},
		"the newest":             {storage.PlaceholderFilter{Limit: 2, Newest: true}, []int{0, 1}},
		"in two states":          {storage.PlaceholderFilter{States: states[:2], Lock: true}, []int{7, 6, 4, 3, 1, 0}},
		"of a letter":            {storage.PlaceholderFilter{Document: letter}, []int{8, 7, 6}},
		"of a letter, one state": {storage.PlaceholderFilter{Document: letter, States: states[:1]}, []int{6}},
		"of the stack of its sheet, not of its letter": {storage.PlaceholderFilter{Stack: batchID(2)}, []int{8, 7, 6}},
		"of the stack of its letter, without a sheet":  {storage.PlaceholderFilter{Stack: batchID(3)}, []int{0}},
		"by id": {storage.PlaceholderFilter{ID: "7F3K9Q23", Lock: true}, []int{3}},
	}
	for name, tt := range tests {
		do(t, l, func(ctx context.Context, tx storage.Tx) error {
			list, err := l.Placeholders(ctx, tx, tt.filter)
			var want []storage.Placeholder
			for _, n := range tt.want {
				want = append(want, kept[n])
			}
			if !reflect.DeepEqual(list, want) {
				t.Errorf("%s: got %+v\nwant %+v", name, list, want)
			}
			return err
		})
	}
}

func testVolumeList(t *testing.T, l storage.Ledger) {
	states := []storage.VolumeState{storage.VolumePlanned, storage.VolumeDone, storage.VolumeDropped}
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		for n := range 12 {
			v := storage.FileVolume{
				ID: scanstation.VolumeID(fmt.Sprintf("7F3K9QA%X", n)), State: states[n%3], Department: []string{"bau", "wohngeld"}[n%2], Number: fmt.Sprintf("BA-%d", n/4),
				Volume: 12 - n, Of: 12, Words: hard, PlannedOn: scanstation.Date(fmt.Sprintf("2026-11-%02d", 20+n%2)), ChangedAt: moment,
			}
			if v.State == storage.VolumeDone {
				v.DoneOn, v.Pages, v.Stack = "2026-11-25", 100, batchID(n)
			}
			if err := l.SaveVolume(ctx, tx, v); err != nil {
				return err
			}
		}
		return nil
	})
	tests := map[string]struct {
		filter storage.VolumeFilter
		want   []int // by how much its volume lies under 12
	}{
		"in order":        {storage.VolumeFilter{Limit: 5}, []int{3, 2, 1, 0, 7}},
		"the next page":   {storage.VolumeFilter{Limit: 2, After: "BA-0 0012 7F3K9QA0"}, []int{7, 6}},
		"of a department": {storage.VolumeFilter{Department: "bau", Limit: 3}, []int{2, 0, 6}},
		"of a file":       {storage.VolumeFilter{Number: "BA-2"}, []int{11, 10, 9, 8}},
		"in a state":      {storage.VolumeFilter{State: storage.VolumePlanned, Lock: true}, []int{3, 0, 6, 9}},
		"of a stack":      {storage.VolumeFilter{Stack: batchID(4)}, []int{4}},
		"by id":           {storage.VolumeFilter{ID: "7F3K9QA9"}, []int{9}},
	}
	for name, tt := range tests {
		do(t, l, func(ctx context.Context, tx storage.Tx) error {
			list, err := l.Volumes(ctx, tx, tt.filter)
			var got []int
			for _, v := range list {
				got = append(got, 12-v.Volume)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%s: got %v, want %v", name, got, tt.want)
			}
			return err
		})
	}
	view(t, l, func(ctx context.Context, tx storage.Tx) error {
		for department, want := range map[string]storage.VolumeCounts{
			"": {
				States:  map[storage.VolumeState]int{storage.VolumePlanned: 4, storage.VolumeDone: 4, storage.VolumeDropped: 4},
				Planned: map[scanstation.Date]int{"2026-11-20": 4, "2026-11-21": 4},
				Done:    map[scanstation.Date]int{"2026-11-25": 4}, Pages: map[scanstation.Date]int{"2026-11-25": 400},
			},
			"bau": {
				States:  map[storage.VolumeState]int{storage.VolumePlanned: 2, storage.VolumeDone: 2, storage.VolumeDropped: 2},
				Planned: map[scanstation.Date]int{"2026-11-20": 4},
				Done:    map[scanstation.Date]int{"2026-11-25": 2}, Pages: map[scanstation.Date]int{"2026-11-25": 200},
			},
		} {
			got, err := l.CountVolumes(ctx, tx, department)
			if err != nil {
				return err
			}
			if !maps.Equal(got.States, want.States) || !maps.Equal(got.Planned, want.Planned) || !maps.Equal(got.Done, want.Done) || !maps.Equal(got.Pages, want.Pages) {
				t.Errorf("%q: counted %+v, want %+v", department, got, want)
			}
		}
		return nil
	})
}
