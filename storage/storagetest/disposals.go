package storagetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
)

func testDisposals(t *testing.T, l storage.Ledger) {
	at := moment.UTC().Truncate(time.Microsecond)
	signed := storage.Signed{By: "c-1", For: "c-2", At: at}
	list := func(id storage.DisposalID, box scanstation.BoxID, state storage.DisposalState) storage.Disposal {
		return storage.Disposal{
			ID: id, Box: box, State: state, Version: 3, Letters: 2, Level: "P-5", Proposed: signed, Approvals: []storage.Signed{signed}, ChangedAt: at,
			Sealing: &storage.Sealing{Container: hard, First: signed, Second: signed}, Certificate: storage.CertificateID("Z-" + id[2:]),
		}
	}
	first, second, third := list("V-20261122-2222", "K1", storage.ListProposed), list("V-20261123-2222", "K2", storage.ListApproved), list("V-20261124-2222", "K1", storage.ListCertified)
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		return errors.Join(l.SaveDisposal(ctx, tx, first), l.SaveDisposal(ctx, tx, second), l.SaveDisposal(ctx, tx, third), l.SaveDisposal(ctx, tx, first))
	})
	err := l.Do(t.Context(), func(tx storage.Tx) error {
		return l.SaveDisposal(t.Context(), tx, list("V-20261125-2222", "K2", storage.ListProposed))
	})
	if !errors.Is(err, storage.ErrConflict) {
		t.Errorf("a second living list of a box gives %v; want ErrConflict", err)
	}
	tests := map[string]struct {
		f    storage.DisposalFilter
		want []storage.Disposal
	}{
		"all":             {storage.DisposalFilter{}, []storage.Disposal{third, second, first}},
		"the next page":   {storage.DisposalFilter{Before: third.ID, Limit: 1}, []storage.Disposal{second}},
		"two states":      {storage.DisposalFilter{States: []storage.DisposalState{storage.ListProposed, storage.ListApproved}, Lock: true}, []storage.Disposal{second, first}},
		"one by id":       {storage.DisposalFilter{ID: first.ID, Lock: true}, []storage.Disposal{first}},
		"two by id":       {storage.DisposalFilter{IDs: []storage.DisposalID{first.ID, third.ID}, Lock: true}, []storage.Disposal{third, first}},
		"of a box":        {storage.DisposalFilter{Box: "K1"}, []storage.Disposal{third, first}},
		"of a certificat": {storage.DisposalFilter{Certificate: second.Certificate}, []storage.Disposal{second}},
	}
	for name, tt := range tests {
		do(t, l, func(ctx context.Context, tx storage.Tx) error {
			got, err := l.Disposals(ctx, tx, tt.f)
			if err == nil && asJSON(t, got) != asJSON(t, tt.want) {
				t.Errorf("%s: got\n%s\nwant\n%s", name, asJSON(t, got), asJSON(t, tt.want))
			}
			return err
		})
	}
}

func testItems(t *testing.T, l storage.Ledger) {
	item := func(list storage.DisposalID, n, place int) storage.Item {
		return storage.Item{Disposal: list, Document: newDocument(n, 1, storage.Filed, "").ID, Place: place, Class: hard, Pulled: n == 2, Reasons: []scanstation.Reason{{Code: "held", Detail: hard}}}
	}
	a, b, c := item("V-20261122-2222", 1, 2), item("V-20261122-2222", 2, 1), item("V-20261123-2222", 1, 7)
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		return l.SaveItems(ctx, tx, []storage.Item{a, b, c, a})
	})
	for name, tt := range map[string]struct {
		f    storage.ItemFilter
		want []storage.Item
	}{
		"those of a list, by place": {storage.ItemFilter{Disposal: a.Disposal}, []storage.Item{b, a}},
		"the lists of a letter":     {storage.ItemFilter{Document: a.Document}, []storage.Item{a, c}},
	} {
		view(t, l, func(ctx context.Context, tx storage.Tx) error {
			got, err := l.Items(ctx, tx, tt.f)
			if err == nil && asJSON(t, got) != asJSON(t, tt.want) {
				t.Errorf("%s: got\n%s\nwant\n%s", name, asJSON(t, got), asJSON(t, tt.want))
			}
			return err
		})
	}
}

func testCertificates(t *testing.T, l storage.Ledger) {
	at := moment.UTC().Truncate(time.Microsecond)
	c := storage.Certificate{ID: "Z-20261122-2222", Firm: hard, Number: "1", Lists: []storage.DisposalID{"V-20261122-2222"}, Entered: storage.Signed{By: "c-1", At: at}, Attached: &storage.Object{Key: "k"}}
	later := c
	later.ID, later.Number = "Z-20261123-2222", "2"
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		return errors.Join(l.SaveCertificate(ctx, tx, c), l.SaveCertificate(ctx, tx, later))
	})
	err := l.Do(t.Context(), func(tx storage.Tx) error {
		twice := c
		twice.ID = "Z-20261124-2222"
		return l.SaveCertificate(t.Context(), tx, twice)
	})
	if !errors.Is(err, storage.ErrConflict) {
		t.Errorf("a number that the firm gave before gives %v; want ErrConflict", err)
	}
	view(t, l, func(ctx context.Context, tx storage.Tx) error {
		all, err := l.Certificates(ctx, tx, storage.CertificateFilter{})
		one, err2 := l.Certificates(ctx, tx, storage.CertificateFilter{ID: c.ID})
		if asJSON(t, all) != asJSON(t, []storage.Certificate{later, c}) || asJSON(t, one) != asJSON(t, []storage.Certificate{c}) {
			t.Errorf("got %s and %s", asJSON(t, all), asJSON(t, one))
		}
		return errors.Join(err, err2)
	})
}

func testLeavings(t *testing.T, l storage.Ledger) {
	at := moment.UTC().Truncate(time.Microsecond)
	r := storage.Return{Document: newDocument(1, 1, storage.Returned, "").ID, To: []string{hard}, Sent: storage.Signed{By: "c-1", At: at}, Tracking: hard}
	find := storage.Incident{ID: "P-20261122-2222", Kind: storage.HappenedUnscanned, Box: "K1", Words: hard, Open: true, Noted: storage.Signed{By: "c-1", At: at}}
	lost := storage.Incident{ID: "P-20261123-2222", Kind: storage.HappenedLost, Document: r.Document, Box: "K1", Words: hard}
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		return errors.Join(l.SaveReturn(ctx, tx, storage.Return{Document: r.Document}), l.SaveReturn(ctx, tx, r), l.SaveIncident(ctx, tx, find), l.SaveIncident(ctx, tx, lost))
	})
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		returns, err := l.Returns(ctx, tx, []storage.DocumentID{r.Document, "none"})
		if len(returns) != 1 || asJSON(t, returns[r.Document]) != asJSON(t, r) {
			t.Errorf("returns are %s", asJSON(t, returns))
		}
		if err != nil {
			return err
		}
		for name, tt := range map[string]struct {
			f    storage.IncidentFilter
			want []storage.Incident
		}{
			"all":         {storage.IncidentFilter{}, []storage.Incident{lost, find}},
			"open in box": {storage.IncidentFilter{Box: "K1", Open: true, Lock: true}, []storage.Incident{find}},
			"of a letter": {storage.IncidentFilter{Document: r.Document}, []storage.Incident{lost}},
		} {
			got, err := l.Incidents(ctx, tx, tt.f)
			if err != nil {
				return err
			}
			if asJSON(t, got) != asJSON(t, tt.want) {
				t.Errorf("%s: got\n%s\nwant\n%s", name, asJSON(t, got), asJSON(t, tt.want))
			}
		}
		return nil
	})
}
