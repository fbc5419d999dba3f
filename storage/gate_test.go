package storage_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
)

// against returns the codes of what is against the destruction of a paper.
func against(t *testing.T, a *storage.Archive, id storage.DocumentID) (codes []string) {
	t.Helper()
	err := a.View(t.Context(), func(tx storage.Tx) error {
		o, err := a.Paper(t.Context(), tx, id, false)
		if err != nil {
			return err
		}
		reasons, err := a.MayDestroy(t.Context(), tx, o)
		codes = nil
		for _, r := range reasons {
			codes = append(codes, r.Code)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

func TestWhatIsAgainstDestruction(t *testing.T) {
	filed := noon.AddDate(0, 0, 3)
	tests := map[string]struct {
		class    string
		days     int // since the scan
		to       []storage.DocumentState
		receipts storage.Receipts
		unknown  bool // nobody knows the receipts
		want     []string
	}{
		"a letter on the day it was filed": {
			days: 3, to: []storage.DocumentState{storage.Inbox, storage.Assigned, storage.Filing, storage.Filed}, receipts: storage.Receipts{Last: filed},
			want: []string{storage.AgainstFilingDays, storage.AgainstDay},
		},
		"a letter nobody worked on": {days: 30, to: []storage.DocumentState{storage.Inbox}, want: []string{storage.AgainstDocument}},
		"a letter of a stack in doubt": {
			days: 30, to: []storage.DocumentState{storage.Review}, want: []string{storage.AgainstDocument, storage.AgainstStack},
		},
		"a filing without receipt": {
			days: 30, to: []storage.DocumentState{storage.Inbox, storage.Assigned, storage.Filing, storage.Filed},
			receipts: storage.Receipts{Last: filed, Lacking: []string{"WG-2"}}, want: []string{storage.AgainstReceipt},
		},
		"a letter filed without any receipt": {
			days: 30, to: []storage.DocumentState{storage.Inbox, storage.Assigned, storage.Filing, storage.Filed}, want: []string{storage.AgainstReceipt},
		},
		"receipts that nobody knows": {
			days: 30, to: []storage.DocumentState{storage.Inbox, storage.Assigned, storage.Filing, storage.Filed}, unknown: true,
			want: []string{storage.AgainstReceipt, storage.AgainstReceiptsGone},
		},
		"a certificate": {
			class: "certificate", days: 30, to: []storage.DocumentState{storage.Inbox, storage.Assigned, storage.Filing, storage.Filed},
			receipts: storage.Receipts{Last: filed}, want: []string{storage.AgainstKeep},
		},
		"identity papers": {
			class: "identity-papers", days: 30, to: []storage.DocumentState{storage.Inbox, storage.Assigned, storage.Filing, storage.Filed},
			receipts: storage.Receipts{Last: filed}, want: []string{storage.AgainstReturn},
		},
		"a class that is no longer there": {
			class: "gone", days: 30, to: []storage.DocumentState{storage.Inbox, storage.Assigned, storage.Filing, storage.Filed},
			receipts: storage.Receipts{Last: filed}, want: []string{storage.AgainstClass},
		},
		"a letter whose day has come": {
			days: 30, to: []storage.DocumentState{storage.Inbox, storage.Assigned, storage.Filing, storage.Filed}, receipts: storage.Receipts{Last: filed},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := open(t)
			a.Classes = storage.BuiltInClasses(30, 14)
			a.Receipts = func(context.Context, storage.Tx, storage.DocumentID) (storage.Receipts, error) { return tt.receipts, nil }
			if tt.unknown {
				a.Receipts = nil
			}
			receive(t, a, batchID, func(b *scanstation.Batch) { b.Class = tt.class })
			read(t, a, batchID, page("one"))
			id := keep(t, a, batchID, 1)
			for _, to := range tt.to {
				if err := move(t, a, id, to); err != nil {
					t.Fatal(err)
				}
			}
			a.Now = func() time.Time { return noon.AddDate(0, 0, tt.days) }
			slices.Sort(tt.want)
			if got := against(t, a, id); !slices.Equal(got, tt.want) {
				t.Errorf("against the destruction are %v; want %v", got, tt.want)
			}
		})
	}
}
