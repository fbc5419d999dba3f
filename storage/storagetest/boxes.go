package storagetest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"mailroom/scanstation"
	"mailroom/storage"
)

// boxOf names the n-th box of a day.
func boxOf(t *testing.T, day scanstation.Date, n int) scanstation.BoxID {
	t.Helper()
	id, err := scanstation.NewBoxID(day, n)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func testBoxList(t *testing.T, l storage.Ledger) {
	box := func(day scanstation.Date, n int) scanstation.BoxID { return boxOf(t, day, n) }
	kept := []storage.Box{
		{ID: box("2026-11-24", 1), Kind: storage.DailyBox, State: storage.BoxClosed, Day: "2026-11-24", Station: "scan-1", MadeAt: moment, ChangedAt: moment},
		{ID: box("2026-11-25", 1), Kind: storage.DailyBox, State: storage.BoxOpen, Day: "2026-11-25", Station: "scan-1", Location: hard, MadeAt: moment, ChangedAt: moment},
		{ID: box("2026-11-25", 2), Kind: storage.HoldBox, State: storage.BoxOpen, Day: "2026-11-25", MadeAt: moment, ChangedAt: moment},
		{ID: box("2026-11-25", 3), Kind: storage.DailyBox, State: storage.BoxReady, Day: "2026-11-25", MadeAt: moment, ChangedAt: moment},
	}
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		for _, b := range kept {
			if err := l.AddBox(ctx, tx, b); err != nil {
				return err
			}
		}
		kept[1].Layers = 7
		return l.SaveBox(ctx, tx, kept[1])
	})
	if err := l.Do(t.Context(), func(tx storage.Tx) error { return l.AddBox(t.Context(), tx, kept[2]) }); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("a box that is there is added: %v; want ErrConflict", err)
	}
	tests := map[string]struct {
		filter storage.BoxFilter
		want   []int
	}{
		"all":                {storage.BoxFilter{}, []int{3, 2, 1, 0}},
		"by id":              {storage.BoxFilter{ID: kept[1].ID, Lock: true}, []int{1}},
		"open ones":          {storage.BoxFilter{States: []storage.BoxState{storage.BoxOpen}}, []int{2, 1}},
		"in two states":      {storage.BoxFilter{States: []storage.BoxState{storage.BoxOpen, storage.BoxClosed}}, []int{2, 1, 0}},
		"the station's":      {storage.BoxFilter{Station: "scan-1", States: []storage.BoxState{storage.BoxOpen}, Lock: true}, []int{1}},
		"the last of a day":  {storage.BoxFilter{Day: "2026-11-25", Limit: 1}, []int{3}},
		"the next page":      {storage.BoxFilter{Before: kept[2].ID, Limit: 1}, []int{1}},
		"the next of a day":  {storage.BoxFilter{Day: "2026-11-25", Before: kept[2].ID}, []int{1}},
		"the next in states": {storage.BoxFilter{States: []storage.BoxState{storage.BoxOpen, storage.BoxClosed}, Before: kept[2].ID}, []int{1, 0}},
	}
	for name, tt := range tests {
		do(t, l, func(ctx context.Context, tx storage.Tx) error {
			list, err := l.Boxes(ctx, tx, tt.filter)
			got := []int{}
			for _, b := range list {
				got = append(got, slices.IndexFunc(kept, func(k storage.Box) bool { return k.ID == b.ID }))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%s: got %v, want %v", name, got, tt.want)
			}
			if tt.filter.ID != "" && (list[0].Location != hard || list[0].Layers != 7) {
				t.Errorf("%s: got %+v", name, list)
			}
			return err
		})
	}
}

func testBoxedOriginals(t *testing.T, l storage.Ledger) {
	first, second, empty := boxOf(t, "2026-11-25", 1), boxOf(t, "2026-11-25", 2), boxOf(t, "2026-11-25", 3)
	id := func(n int) storage.DocumentID { return storage.NewDocumentID(batchID(1), n) }
	states := []storage.OriginalState{storage.InBox, storage.Destroyed, storage.Held, storage.Due, storage.InBox}
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		for i, s := range states {
			o := storage.Original{Document: id(i + 1), Batch: batchID(1), State: s, Box: first, Place: 100 - 10*i, DueOn: scanstation.Date("2026-12-2" + string(rune('0'+i)))}
			if i == 4 {
				o.Box = second
			}
			if err := l.SaveOriginal(ctx, tx, o); err != nil {
				return err
			}
		}
		moved := storage.Original{Document: id(5), Batch: batchID(1), State: storage.InBox, Box: second, Place: 3, DueOn: "2026-12-24"}
		return l.SaveOriginal(ctx, tx, moved)
	})
	tests := map[string]struct {
		filter storage.OriginalFilter
		want   []int
	}{
		"as they lie":       {storage.OriginalFilter{Box: first}, []int{4, 3, 2, 1}},
		"those still there": {storage.OriginalFilter{Box: first, States: storage.PresentStates()}, []int{4, 3, 1}},
		"behind a place":    {storage.OriginalFilter{Box: first, After: 80, Limit: 1}, []int{2}},
		"before a place":    {storage.OriginalFilter{Box: first, Upto: 100, States: storage.PresentStates(), Limit: 1}, []int{3}},
		"after a move":      {storage.OriginalFilter{Box: second}, []int{5}},
	}
	for name, tt := range tests {
		view(t, l, func(ctx context.Context, tx storage.Tx) error {
			list, err := l.Originals(ctx, tx, tt.filter)
			var got []int
			for _, o := range list {
				got = append(got, o.Document.Number())
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%s: got %v, want %v", name, got, tt.want)
			}
			return err
		})
	}
	view(t, l, func(ctx context.Context, tx storage.Tx) error {
		counts, err := l.CountBoxes(ctx, tx, []scanstation.BoxID{first, second, empty})
		c := counts[first]
		if c.Present() != 3 || c.Letters[storage.Destroyed] != 1 || c.First != "2026-12-20" || c.Last != "2026-12-23" || counts[second].Present() != 1 || counts[empty].Present() != 0 {
			t.Errorf("counted %+v", counts)
		}
		return err
	})
}

func testRecallList(t *testing.T, l storage.Ledger) {
	kept := []storage.Recall{
		{ID: "7F3K9Q2M", Document: storage.NewDocumentID(batchID(1), 1), State: storage.RecallAsked, Words: hard, By: "c-1", At: moment, Steps: []storage.Step{{State: storage.RecallAsked, By: "c-1", At: moment}}},
		{ID: "7F3K9Q2N", Document: storage.NewDocumentID(batchID(1), 2), State: storage.RecallOut, To: "Eva Sommer", At: moment.AddDate(0, 0, -1)},
		{ID: "7F3K9Q2P", Document: storage.NewDocumentID(batchID(1), 1), State: storage.RecallBack, At: moment.AddDate(0, 0, -2)},
	}
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		for _, r := range kept {
			if err := l.SaveRecall(ctx, tx, r); err != nil {
				return err
			}
		}
		return nil
	})
	tests := map[string]struct {
		filter storage.RecallFilter
		want   []storage.RecallID
	}{
		"all, oldest first": {storage.RecallFilter{}, []storage.RecallID{"7F3K9Q2P", "7F3K9Q2N", "7F3K9Q2M"}},
		"open ones":         {storage.RecallFilter{States: storage.OpenRecalls()}, []storage.RecallID{"7F3K9Q2N", "7F3K9Q2M"}},
		"of a letter":       {storage.RecallFilter{Document: kept[0].Document}, []storage.RecallID{"7F3K9Q2P", "7F3K9Q2M"}},
		"open of a letter":  {storage.RecallFilter{Document: kept[0].Document, States: storage.OpenRecalls(), Lock: true}, []storage.RecallID{"7F3K9Q2M"}},
		"by id":             {storage.RecallFilter{ID: "7F3K9Q2N"}, []storage.RecallID{"7F3K9Q2N"}},
	}
	for name, tt := range tests {
		do(t, l, func(ctx context.Context, tx storage.Tx) error {
			list, err := l.Recalls(ctx, tx, tt.filter)
			var got []storage.RecallID
			for _, r := range list {
				got = append(got, r.ID)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%s: got %v, want %v", name, got, tt.want)
			}
			return err
		})
	}
}
