package storagetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
)

// paperOf is the paper of the n-th letter.
func paperOf(n int, state storage.OriginalState, due scanstation.Date) storage.Original {
	d := newDocument(n, 1, storage.Inbox, "")
	return storage.Original{Document: d.ID, Batch: d.Batch, State: state, Class: "normal", DueOn: due, ScannedAt: moment}
}

func testPaperCounts(t *testing.T, l storage.Ledger) {
	save := func(o storage.Original, department string) {
		do(t, l, func(ctx context.Context, tx storage.Tx) error {
			d := newDocument(o.Document.Number(), 1, storage.Inbox, department)
			d.ID = o.Document
			if err := l.SaveDocument(ctx, tx, d); err != nil {
				return err
			}
			return l.SaveOriginal(ctx, tx, o)
		})
	}
	save(paperOf(1, storage.InBox, "2026-12-01"), "wohngeld")
	save(paperOf(2, storage.InBox, "2026-12-01"), "wohngeld")
	save(paperOf(3, storage.Held, "2026-11-30"), "soziales")
	boxed := paperOf(4, storage.Due, "2026-11-29")
	boxed.Box = "K2611250012"
	save(boxed, "wohngeld")
	save(paperOf(5, storage.Due, "2026-11-28"), "wohngeld")
	gone := paperOf(5, storage.Destroyed, "2026-11-28")
	save(gone, "wohngeld")
	save(paperOf(1, storage.InBox, "2026-12-01"), "soziales") // its department changed
	at := moment.Add(time.Hour)
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		return l.Judge(ctx, tx, paperOf(2, "", "").Document, []string{"a-code", "b-code"}, at)
	})
	view(t, l, func(ctx context.Context, tx storage.Tx) error {
		counts, err := l.CountPaper(ctx, tx, nil)
		if err != nil {
			return err
		}
		since := scanstation.DateOf(moment)
		want := []storage.PaperCount{
			{State: storage.Due, DueOn: "2026-11-29", Since: since, Class: "normal", Against: []string{}, N: 1},
			{State: storage.Held, DueOn: "2026-11-30", Since: since, Class: "normal", Against: []string{}, N: 1},
			{State: storage.InBox, DueOn: "2026-12-01", Since: since, Class: "normal", Against: []string{}, N: 1},
			{State: storage.InBox, DueOn: "2026-12-01", Since: since, Class: "normal", Against: []string{"a-code", "b-code"}, N: 1},
		}
		if asJSON(t, counts) != asJSON(t, want) {
			t.Errorf("counts are\n%s\nwant\n%s", asJSON(t, counts), asJSON(t, want))
		}
		own, err := l.CountPaper(ctx, tx, []string{"soziales"})
		if err == nil && (len(own) != 2 || own[0].State != storage.Held) {
			t.Errorf("of one department: %s", asJSON(t, own))
		}
		none, err2 := l.CountPaper(ctx, tx, []string{})
		if err2 == nil && len(none) != 0 {
			t.Errorf("of no department: %s", asJSON(t, none))
		}
		boxes, err3 := l.SumBoxes(ctx, tx, nil, 10)
		if err3 == nil && asJSON(t, boxes) != asJSON(t, []storage.BoxSum{{Box: "K2611250012", N: 1, Oldest: "2026-11-29", Newest: "2026-11-29"}, {N: 3, Blocked: 2, Oldest: "2026-11-30", Newest: "2026-12-01"}}) {
			t.Errorf("boxes are %s", asJSON(t, boxes))
		}
		states, err4 := l.CountStates(ctx, tx)
		if err4 == nil && (storage.In(states, storage.Destroyed) != 1 || storage.In(states, storage.InBox) != 2) {
			t.Errorf("states are %s", asJSON(t, states))
		}
		for _, err := range []error{err, err2, err3, err4} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	testPaperLines(t, l, at)
}

func testPaperLines(t *testing.T, l storage.Ledger, at time.Time) {
	yes, box := true, scanstation.BoxID("K2611250012")
	lines := func(f storage.PaperFilter) (out []int) {
		view(t, l, func(ctx context.Context, tx storage.Tx) error {
			list, err := l.PaperLines(ctx, tx, f)
			for _, one := range list {
				for n := 1; n <= 5; n++ {
					if one.Document == paperOf(n, "", "").Document {
						out = append(out, n)
					}
				}
			}
			return err
		})
		return out
	}
	first := storage.PaperLine{Document: paperOf(3, "", "").Document, DueOn: "2026-11-30"}
	for name, tt := range map[string]struct {
		f    storage.PaperFilter
		want []int
	}{
		"all":             {storage.PaperFilter{}, []int{4, 3, 1, 2}},
		"of a day":        {storage.PaperFilter{From: "2026-12-01", To: "2026-12-01"}, []int{1, 2}},
		"blocked":         {storage.PaperFilter{Blocked: &yes}, []int{2}},
		"by a reason":     {storage.PaperFilter{Against: "b-code"}, []int{2}},
		"part of a code":  {storage.PaperFilter{Against: "code"}, nil},
		"of a state":      {storage.PaperFilter{States: []storage.OriginalState{storage.Held, storage.Due}}, []int{4, 3}},
		"of a box":        {storage.PaperFilter{Box: &box}, []int{4}},
		"of a department": {storage.PaperFilter{Departments: []string{"soziales"}}, []int{3, 1}},
		"the next page":   {storage.PaperFilter{After: first, Limit: 1}, []int{1}},
	} {
		if got := lines(tt.f); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
	view(t, l, func(ctx context.Context, tx storage.Tx) error {
		ids, err := l.Unjudged(ctx, tx, at, "", 10)
		if err == nil && len(ids) != 3 {
			t.Errorf("to be judged: %v", ids)
		}
		due, err2 := l.Unjudged(ctx, tx, at.Add(time.Hour), "2026-11-30", 10)
		if err2 == nil && len(due) != 2 {
			t.Errorf("to be judged by their day: %v", due)
		}
		if err == nil {
			err = err2
		}
		return err
	})
}

func testBooks(t *testing.T, l storage.Ledger) {
	moves := []storage.PaperMove{
		{Day: "2026-11-20", Class: "normal", To: storage.InBox, N: 1}, {Day: "2026-11-20", Class: "normal", To: storage.InBox, N: 2},
		{Day: "2026-11-21", Class: "normal", From: storage.InBox, To: storage.Due, N: 1}, {Day: "2026-11-22", Class: "high", To: storage.InBox, N: 1},
	}
	books := []storage.Books{{Day: "2026-11-20", At: moment.UTC().Truncate(time.Microsecond)}, {Day: "2026-11-21"}, {Day: "2026-11-22", Overdue: 3}}
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		for _, m := range moves {
			if err := l.CountMove(ctx, tx, m); err != nil {
				return err
			}
		}
		for _, b := range books {
			if err := l.SaveBooks(ctx, tx, b); err != nil {
				return err
			}
		}
		return nil
	})
	view(t, l, func(ctx context.Context, tx storage.Tx) error {
		got, err := l.PaperMoves(ctx, tx, "2026-11-20", "2026-11-21")
		if err != nil {
			return err
		}
		if len(got) != 2 || got[0].N != 3 || got[1].From != storage.InBox {
			t.Errorf("moves are %s", asJSON(t, got))
		}
		last, err := l.Books(ctx, tx, storage.BooksFilter{Newest: true, Limit: 1})
		if err == nil && (len(last) != 1 || last[0].Overdue != 3) {
			t.Errorf("the last books are %s", asJSON(t, last))
		}
		some, err2 := l.Books(ctx, tx, storage.BooksFilter{From: "2026-11-20", To: "2026-11-21"})
		if err2 == nil && (len(some) != 2 || !some[0].At.Equal(books[0].At)) {
			t.Errorf("the first books are %s", asJSON(t, some))
		}
		if err == nil {
			err = err2
		}
		return err
	})
}

func testSamples(t *testing.T, l storage.Ledger) {
	sample := storage.Sample{ID: "S1", At: moment.UTC().Truncate(time.Microsecond), Title: hard, Letters: []storage.SampleLetter{{Document: "d", Words: hard}}}
	high := paperOf(3, storage.InBox, "2026-12-01")
	high.Class = "high"
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		for _, id := range []string{"S0", "S1"} {
			one := sample
			one.ID = id
			if err := l.SaveSample(ctx, tx, one); err != nil {
				return err
			}
		}
		for _, o := range []storage.Original{paperOf(1, storage.InBox, "2026-12-01"), paperOf(2, storage.Recut, "2026-12-01"), high, paperOf(4, storage.Destroyed, "2026-12-01")} {
			if err := l.SaveOriginal(ctx, tx, o); err != nil {
				return err
			}
		}
		return nil
	})
	day := paperOf(1, "", "").Document.Batch().Day()
	view(t, l, func(ctx context.Context, tx storage.Tx) error {
		got, err := l.Samples(ctx, tx, storage.SampleFilter{})
		if err == nil && (len(got) != 2 || asJSON(t, got[0]) != asJSON(t, sample)) {
			t.Errorf("samples are %s", asJSON(t, got))
		}
		older, err2 := l.Samples(ctx, tx, storage.SampleFilter{Before: "S1"})
		if err2 == nil && (len(older) != 1 || older[0].ID != "S0") {
			t.Errorf("before: %s", asJSON(t, older))
		}
		on := scanstation.Date(fmt.Sprintf("%s-%s-%s", day[:4], day[5:7], day[8:]))
		for name, tt := range map[string]struct {
			f    storage.PopulationFilter
			want int
		}{
			"all":                  {storage.PopulationFilter{}, 3},
			"of a class":           {storage.PopulationFilter{Class: "high"}, 1},
			"of a state":           {storage.PopulationFilter{State: storage.Destroyed}, 1},
			"of an earlier period": {storage.PopulationFilter{From: "2000-01-01", To: "2000-12-31"}, 0},
		} {
			if tt.f.From == "" {
				tt.f.From, tt.f.To = on, on
			}
			tt.f.Limit = 100
			ids, err := l.Population(ctx, tx, tt.f)
			if err != nil {
				return err
			}
			if len(ids) != tt.want {
				t.Errorf("%s: %v, want %d", name, ids, tt.want)
			}
		}
		if err == nil {
			err = err2
		}
		return err
	})
}

func testTiles(t *testing.T, l storage.Ledger) {
	appended(t, l, "x", 3)
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		if err := l.SaveTiles(ctx, tx, 8, 0, []scanstation.Digest{"a", "b"}); err != nil {
			return err
		}
		return l.SaveTiles(ctx, tx, 8, 1, []scanstation.Digest{"other", "c"})
	})
	view(t, l, func(ctx context.Context, tx storage.Tx) error {
		tiles, err := l.TileHashes(ctx, tx, 8, 1, 5)
		if err == nil && !slices.Equal(tiles, []scanstation.Digest{"b", "c"}) {
			t.Errorf("nodes are %v", tiles)
		}
		n, err2 := l.Tiles(ctx, tx, 8)
		none, err3 := l.Tiles(ctx, tx, 16)
		hashes, err4 := l.EventHashes(ctx, tx, 1, 10)
		if n != 3 || none != 0 || len(hashes) != 2 {
			t.Errorf("%d and %d nodes, %d hashes", n, none, len(hashes))
		}
		for _, err := range []error{err, err2, err3, err4} {
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func testAnchors(t *testing.T, l storage.Ledger) {
	anchor := func(size int64, stamped bool) storage.Anchor {
		at := storage.Anchor{Checkpoint: storage.Checkpoint{Size: size, At: moment.UTC().Truncate(time.Microsecond)}, Key: hard}
		if stamped {
			at.Stamp = &storage.Stamp{Key: hard, At: moment.UTC().Truncate(time.Microsecond)}
		}
		return at
	}
	save := func(at storage.Anchor) {
		do(t, l, func(ctx context.Context, tx storage.Tx) error { return l.SaveAnchor(ctx, tx, at) })
	}
	for size := range int64(4) {
		save(anchor(10*(size+1), size == 1))
	}
	save(anchor(30, true)) // later
	with, without := true, false
	for name, tt := range map[string]struct {
		f    storage.AnchorFilter
		want []int64
	}{
		"all in order":          {storage.AnchorFilter{}, []int64{10, 20, 30, 40}},
		"the last first":        {storage.AnchorFilter{Newest: true, Limit: 2}, []int64{40, 30}},
		"of at least so many":   {storage.AnchorFilter{From: 11, Stamped: &with, Limit: 1}, []int64{20}},
		"without a time stamp":  {storage.AnchorFilter{Stamped: &without}, []int64{10, 40}},
		"the last with a stamp": {storage.AnchorFilter{Stamped: &with, Newest: true, Limit: 1}, []int64{30}},
		"of just so many":       {storage.AnchorFilter{Size: 30}, []int64{30}},
	} {
		view(t, l, func(ctx context.Context, tx storage.Tx) error {
			list, err := l.Anchors(ctx, tx, tt.f)
			var got []int64
			for _, at := range list {
				got = append(got, at.Size)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%s: %v, want %v", name, got, tt.want)
			}
			if tt.f.Size == 30 && len(list) == 1 && asJSON(t, list[0]) != asJSON(t, anchor(30, true)) {
				t.Errorf("it comes back as %s", asJSON(t, list[0]))
			}
			return err
		})
	}
}
