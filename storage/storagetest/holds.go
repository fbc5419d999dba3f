package storagetest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"mailroom/storage"
)

func testHolds(t *testing.T, l storage.Ledger) {
	at := moment.UTC().Truncate(time.Microsecond)
	one, two, other := storage.NewDocumentID(batchID(1), 1), storage.NewDocumentID(batchID(1), 2), storage.NewDocumentID(batchID(2), 1)
	holds := []storage.Hold{
		{ID: "H1", Kind: storage.HoldDocument, Reason: hard, EndsOn: "2026-12-24", By: "c-1", At: at, Letters: 1},
		{ID: "H2", Kind: storage.HoldCase, Number: "WG-2023/004711", Reason: "Klage", By: "c-1", At: at.Add(time.Hour)},
		{ID: "H3", Kind: storage.HoldSearch, Words: "Hochwasser", Reason: "Untersuchung", EndsOn: "2026-12-31", By: "c-2", At: at.Add(2 * time.Hour)},
		{ID: "H4", Kind: storage.HoldDocument, Reason: "past", EndsOn: "2026-12-01", By: "c-2", At: at, Released: &storage.Release{By: "c-3", At: at, Reason: "done"}},
	}
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		var err error
		for _, h := range holds {
			err = errors.Join(err, l.SaveHold(ctx, tx, h))
		}
		return errors.Join(err, l.HoldDocuments(ctx, tx, "H1", []storage.DocumentID{one}), l.HoldDocuments(ctx, tx, "H3", []storage.DocumentID{one, two}),
			l.HoldDocuments(ctx, tx, "H3", []storage.DocumentID{two}), l.HoldDocuments(ctx, tx, "H4", []storage.DocumentID{other}))
	})
	ids := func(list []storage.Hold) (out []storage.HoldID) {
		for _, h := range list {
			out = append(out, h.ID)
		}
		return out
	}
	view(t, l, func(ctx context.Context, tx storage.Tx) error {
		for name, tt := range map[string]struct {
			f    storage.HoldFilter
			want []storage.HoldID
		}{
			"open ones":        {storage.HoldFilter{}, []storage.HoldID{"H3", "H2", "H1"}},
			"the next page":    {storage.HoldFilter{Before: "H3", Limit: 1}, []storage.HoldID{"H2"}},
			"released ones":    {storage.HoldFilter{Closed: true}, []storage.HoldID{"H4"}},
			"one, though past": {storage.HoldFilter{ID: "H4"}, []storage.HoldID{"H4"}},
			"over by a day":    {storage.HoldFilter{EndedBefore: "2026-12-31"}, []storage.HoldID{"H1"}},
			"all that end":     {storage.HoldFilter{EndedBefore: "2027-01-01"}, []storage.HoldID{"H1", "H3"}},
		} {
			list, err := l.Holds(ctx, tx, tt.f)
			if err != nil || !slices.Equal(ids(list), tt.want) {
				t.Errorf("%s: %v, %v; want %v", name, ids(list), err, tt.want)
			}
		}
		for name, tt := range map[string]struct {
			id    storage.DocumentID
			cases []string
			want  []storage.HoldID
		}{
			"a letter":                    {one, nil, []storage.HoldID{"H1", "H3"}},
			"a letter and its case":       {two, []string{"wg 2023 004711", "SO-1"}, []storage.HoldID{"H2", "H3"}},
			"a letter of a released hold": {other, []string{"", "WG-2023-004712"}, nil},
		} {
			list, err := l.HoldsOn(ctx, tx, tt.id, tt.cases)
			if err != nil || !slices.Equal(ids(list), tt.want) {
				t.Errorf("%s: %v, %v; want %v", name, ids(list), err, tt.want)
			}
		}
		list, err := l.Holds(ctx, tx, storage.HoldFilter{ID: "H4"})
		if err != nil || asJSON(t, list) != asJSON(t, holds[3:]) {
			t.Errorf("got %s, %v; want %s", asJSON(t, list), err, asJSON(t, holds[3:]))
		}
		held, err := l.Held(ctx, tx, "H3", one, 10)
		if err != nil || !slices.Equal(held, []storage.DocumentID{two}) {
			t.Errorf("behind %s are held %v, %v; want %s", one, held, err, two)
		}
		return nil
	})
}

func testStandings(t *testing.T, l storage.Ledger) {
	type standing struct{ Words string }
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		return errors.Join(l.SaveStanding(ctx, tx, "a", standing{"first"}), l.SaveStanding(ctx, tx, "a", standing{hard}))
	})
	view(t, l, func(ctx context.Context, tx storage.Tx) error {
		var got standing
		if err := l.Standing(ctx, tx, "a", &got); err != nil || got.Words != hard {
			t.Errorf("standing = %q, %v; want %q", got.Words, err, hard)
		}
		if err := l.Standing(ctx, tx, "b", &got); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("a standing that was never saved: %v; want ErrNotFound", err)
		}
		return nil
	})
}
