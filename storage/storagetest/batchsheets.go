package storagetest

import (
	"context"
	"errors"
	"testing"

	"mailroom/scanstation"
	"mailroom/storage"
)

func testBatchSheets(t *testing.T, l storage.Ledger) {
	sheet := func(n int) storage.BatchSheet {
		return storage.BatchSheet{Number: n, Says: scanstation.Divider{Level: scanstation.StackLevel, Number: n, Department: hard}, PrintedOn: "2026-11-25", By: "c-1"}
	}
	kept := []storage.BatchSheet{sheet(1), sheet(9), sheet(10)}
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		for _, s := range kept {
			if err := l.AddBatchSheet(ctx, tx, s); err != nil {
				return err
			}
		}
		kept[1].Stack = "20261125-7F3K9Q2M"
		return l.SaveBatchSheet(ctx, tx, kept[1])
	})
	if err := l.Do(t.Context(), func(tx storage.Tx) error { return l.AddBatchSheet(t.Context(), tx, kept[2]) }); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("a number that is there is given again: %v; want ErrConflict", err)
	}
	for f, want := range map[storage.BatchSheetFilter][]storage.BatchSheet{
		{}:                      {kept[2], kept[1], kept[0]},
		{Limit: 1}:              {kept[2]},
		{Number: 9, Lock: true}: {kept[1]},
		{Number: 11}:            nil,
	} {
		do(t, l, func(ctx context.Context, tx storage.Tx) error {
			got, err := l.BatchSheets(ctx, tx, f)
			if err == nil && asJSON(t, got) != asJSON(t, want) && len(got)+len(want) > 0 {
				t.Errorf("%+v lists %s; want %s", f, asJSON(t, got), asJSON(t, want))
			}
			return err
		})
	}
}
