package storagetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"mailroom/storage"
)

func newDraw(n int, state storage.DrawState, waiting int) storage.Draw {
	d := storage.Draw{
		Batch: batchID(n), Station: "scan-1", Class: "normal", At: moment.UTC().Truncate(time.Microsecond).Add(time.Duration(n) * time.Hour), State: state,
		Operator: "Jürgen O'Hara", Seed: hard, Shares: []storage.Share{{Class: "normal", Base: 0.1 + 0.2, Rate: 1. / 3}}, Letters: []storage.Lot{}, Checks: []storage.Check{},
	}
	for i := range waiting {
		id := newDocument(n, i+1, storage.Inbox, "").ID
		d.Letters = append(d.Letters, storage.Lot{Document: id, Class: "normal", Flags: []string{hard}, Drawn: true})
		d.Checks = append(d.Checks, storage.Check{Document: id, State: storage.CheckOpen, Verdicts: []storage.Verdict{{Words: hard, At: d.At}}})
	}
	return d
}

func testDraws(t *testing.T, l storage.Ledger) {
	open, stopped, passed, mine := newDraw(2, storage.DrawOpen, 3), newDraw(1, storage.DrawFailed, 2), newDraw(3, storage.DrawPassed, 0), newDraw(4, storage.DrawOpen, 1)
	mine.Operator, mine.Station = "Sabine Scholz", "scan-2"
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		for _, d := range []storage.Draw{open, stopped, passed, {Batch: mine.Batch}, mine} {
			if err := l.SaveDraw(ctx, tx, d); err != nil {
				return err
			}
		}
		return nil
	})
	tests := map[string]struct {
		f     storage.DrawFilter
		want  []storage.Draw
		count int
	}{
		"all, the oldest first": {storage.DrawFilter{}, []storage.Draw{stopped, open, passed, mine}, 6},
		"of a stack, locked":    {storage.DrawFilter{Batch: open.Batch, Lock: true}, []storage.Draw{open}, 3},
		"in some states":        {storage.DrawFilter{States: []storage.DrawState{storage.DrawFailed, storage.DrawPassed}}, []storage.Draw{stopped, passed}, 2},
		"what waits":            {storage.DrawFilter{Waiting: true}, []storage.Draw{stopped, open, mine}, 6},
		"what waits of others":  {storage.DrawFilter{Waiting: true, Except: mine.Operator}, []storage.Draw{stopped, open}, 5},
		"the first":             {storage.DrawFilter{Waiting: true, Limit: 1}, []storage.Draw{stopped}, 2},
		"none":                  {storage.DrawFilter{Batch: batchID(9)}, nil, 0},
	}
	for name, tt := range tests {
		do(t, l, func(ctx context.Context, tx storage.Tx) error {
			got, err := l.Draws(ctx, tx, tt.f)
			if err != nil {
				return err
			}
			if asJSON(t, got) != asJSON(t, tt.want) {
				t.Errorf("%s: got\n%s\nwant\n%s", name, asJSON(t, got), asJSON(t, tt.want))
			}
			n, err := l.CountDraws(ctx, tx, tt.f)
			if n != tt.count {
				t.Errorf("%s: %d letters wait; want %d", name, n, tt.count)
			}
			return err
		})
	}
	view(t, l, func(ctx context.Context, tx storage.Tx) error {
		sums, err := l.SumDraws(ctx, tx, open.At)
		want := []storage.DrawSum{{Station: "scan-1", Class: "normal", Stacks: 2, Letters: 3, Drawn: 3}, {Station: "scan-2", Class: "normal", Stacks: 1, Letters: 1, Drawn: 1}}
		if fmt.Sprint(sums) != fmt.Sprint(want) {
			t.Errorf("sums are %v; want %v", sums, want)
		}
		return err
	})
}

// testQualities lets many count in the same row, which is not there before.
func testQualities(t *testing.T, l storage.Ledger) {
	const each = 10
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range each {
				do(t, l, func(ctx context.Context, tx storage.Tx) error {
					found, err := l.Qualities(ctx, tx, storage.QualityFilter{Station: hard, Class: "normal", Lock: true})
					if err != nil || len(found) != 1 {
						return fmt.Errorf("%d rows: %w", len(found), err)
					}
					found[0].Clean++
					return l.SaveQuality(ctx, tx, found[0])
				})
			}
		})
	}
	all.Wait()
	other := storage.Quality{Station: "scan-1", Class: "high", Level: 2, Months: []storage.QualityMonth{{Month: "2026-11", Checked: 1, Defects: map[string]int{hard: 1}}}}
	do(t, l, func(ctx context.Context, tx storage.Tx) error { return l.SaveQuality(ctx, tx, other) })
	view(t, l, func(ctx context.Context, tx storage.Tx) error {
		got, err := l.Qualities(ctx, tx, storage.QualityFilter{})
		want := []storage.Quality{other, {Station: hard, Class: "normal", Clean: 4 * each}}
		if asJSON(t, got) != asJSON(t, want) {
			t.Errorf("got\n%s\nwant\n%s", asJSON(t, got), asJSON(t, want))
		}
		return err
	})
}
