package storagetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
)

// asJSON compares nouns by everything that is kept of them.
func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func testNouns(t *testing.T, l storage.Ledger) {
	cut := moment.UTC().Truncate(time.Microsecond)
	b, d := newBatch(1, storage.BatchReview), newDocument(1, 1, storage.Archived, "wohngeld")
	i := storage.Image{Batch: b.ID, Page: scanstation.Page{Image: 7, Done: scanstation.Steps{{Code: scanstation.StepDecoded, Detail: hard}}, Bytes: 1 << 40}, Stream: "s", Skew: -0.1 - 0.2, Confidence: 1. / 3}
	o := storage.Original{Document: d.ID, Batch: b.ID, State: storage.InBox, First: 1, Last: 2, Box: hard, ScannedAt: moment, DueOn: "2026-12-22"}
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		for _, err := range []error{l.SaveBatch(ctx, tx, b), l.SaveImages(ctx, tx, []storage.Image{i}), l.SaveDocument(ctx, tx, d), l.SaveOriginal(ctx, tx, o)} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	if b.Files[0].Modified != moment {
		t.Error("saving changed the caller's batch")
	}
	b.ScannedAt, b.ClaimedAt, b.ChangedAt, b.Files[0].Modified = cut, cut, cut, cut
	d.KeptAt, d.ChangedAt, o.ScannedAt = cut, cut, cut
	view(t, l, func(ctx context.Context, tx storage.Tx) error {
		batches, err1 := l.Batches(ctx, tx, storage.BatchFilter{ID: b.ID})
		images, err2 := l.Images(ctx, tx, storage.ImageFilter{Batch: b.ID})
		documents, err3 := l.Documents(ctx, tx, storage.DocumentFilter{ID: d.ID, WithText: true})
		originals, err4 := l.Originals(ctx, tx, storage.OriginalFilter{Document: d.ID})
		for _, err := range []error{err1, err2, err3, err4} {
			if err != nil {
				return err
			}
		}
		got := asJSON(t, []any{batches, images, documents, originals})
		want := asJSON(t, []any{[]any{b}, []any{i}, []any{d}, []any{o}})
		if got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
		if documents[0].Text != d.Text {
			t.Errorf("text = %q, want %q", documents[0].Text, d.Text)
		}
		return nil
	})
}

func testRescanList(t *testing.T, l storage.Ledger) {
	at := moment.UTC().Truncate(time.Microsecond)
	newer := storage.Rescan{ID: "AAAAAAAA", Document: newDocument(1, 1, storage.Inbox, "").ID, State: storage.RescanOpen, Kind: storage.ReplacePages,
		Words: hard, Images: []storage.ImageRef{{Batch: newBatch(1, storage.BatchReleased).ID, Image: 3}}, Pages: []int{2}, Of: 4, At: at.Add(time.Hour)}
	older, other := newer, newer
	older.ID, older.At = "BBBBBBBB", at
	other.ID, other.Document, other.State = "CCCCCCCC", newDocument(2, 1, storage.Inbox, "").ID, storage.RescanDone
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		for _, r := range []storage.Rescan{newer, older, {ID: other.ID, At: at}, other} {
			if err := l.SaveRescan(ctx, tx, r); err != nil {
				return err
			}
		}
		return nil
	})
	tests := map[string]struct {
		f    storage.RescanFilter
		want []storage.Rescan
	}{
		"all":                {storage.RescanFilter{}, []storage.Rescan{older, newer, other}},
		"the open ones":      {storage.RescanFilter{State: storage.RescanOpen}, []storage.Rescan{older, newer}},
		"the first":          {storage.RescanFilter{State: storage.RescanOpen, Limit: 1}, []storage.Rescan{older}},
		"one by its id":      {storage.RescanFilter{ID: other.ID}, []storage.Rescan{other}},
		"those of a letter":  {storage.RescanFilter{Document: newer.Document}, []storage.Rescan{older, newer}},
		"none of that state": {storage.RescanFilter{Document: other.Document, State: storage.RescanOpen}, nil},
	}
	for name, tt := range tests {
		do(t, l, func(ctx context.Context, tx storage.Tx) error {
			tt.f.Lock = true
			got, err := l.Rescans(ctx, tx, tt.f)
			if err == nil && asJSON(t, got) != asJSON(t, tt.want) {
				t.Errorf("%s: got\n%s\nwant\n%s", name, asJSON(t, got), asJSON(t, tt.want))
			}
			return err
		})
	}
}

func testReplace(t *testing.T, l storage.Ledger) {
	for _, state := range []storage.BatchState{storage.BatchReceived, storage.BatchReleased} {
		do(t, l, func(ctx context.Context, tx storage.Tx) error { return l.SaveBatch(ctx, tx, newBatch(1, state)) })
	}
	view(t, l, func(ctx context.Context, tx storage.Tx) error {
		list, err := l.Batches(ctx, tx, storage.BatchFilter{States: []storage.BatchState{storage.BatchReceived, storage.BatchReleased}})
		if err == nil && (len(list) != 1 || list[0].State != storage.BatchReleased) {
			t.Errorf("got %v", list)
		}
		return err
	})
}

func testText(t *testing.T, l storage.Ledger) {
	d := newDocument(1, 1, storage.Archived, "")
	do(t, l, func(ctx context.Context, tx storage.Tx) error { return l.SaveDocument(ctx, tx, d) })
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		list, err := l.Documents(ctx, tx, storage.DocumentFilter{ID: d.ID, Lock: true})
		if err != nil || len(list) != 1 || list[0].Text != "" {
			return fmt.Errorf("got %v, %w; want one document without its text", list, err)
		}
		list[0].State = storage.Inbox
		return l.SaveDocument(ctx, tx, list[0])
	})
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		list, err := l.Documents(ctx, tx, storage.DocumentFilter{ID: d.ID, WithText: true, Lock: true})
		if err == nil && (len(list) != 1 || list[0].Text != d.Text || list[0].State != storage.Inbox) {
			t.Errorf("got %v", list)
		}
		list[0].State = storage.Superseded
		return errors.Join(err, l.SaveDocument(ctx, tx, list[0]))
	})
	view(t, l, func(ctx context.Context, tx storage.Tx) error {
		list, err := l.Documents(ctx, tx, storage.DocumentFilter{ID: d.ID, WithText: true})
		if err == nil && (len(list) != 1 || list[0].Text != "") {
			t.Errorf("superseded it is %v; want it without its text", list)
		}
		return err
	})
}

func testBatchList(t *testing.T, l storage.Ledger) {
	states := []storage.BatchState{storage.BatchReceived, storage.BatchReview, storage.BatchParked}
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		for n := range 120 {
			if err := l.SaveBatch(ctx, tx, newBatch(n, states[n%3])); err != nil {
				return err
			}
		}
		return nil
	})
	tests := map[string]struct {
		filter storage.BatchFilter
		want   []int
	}{
		"the newest":              {storage.BatchFilter{Limit: 3}, []int{119, 118, 117}},
		"the next page":           {storage.BatchFilter{Limit: 2, Before: batchID(117)}, []int{116, 115}},
		"one state":               {storage.BatchFilter{Limit: 2, States: states[1:2]}, []int{118, 115}},
		"two states":              {storage.BatchFilter{Limit: 4, States: states[1:]}, []int{119, 118, 116, 115}},
		"two states, next, lock":  {storage.BatchFilter{Limit: 3, States: states[:2], Before: batchID(10), Lock: true}, []int{9, 7, 6}},
		"by digest":               {storage.BatchFilter{Digest: scanstation.DigestOf([]byte{42})}, []int{42}},
		"by name":                 {storage.BatchFilter{IDs: []scanstation.BatchID{batchID(3), batchID(7), "none"}}, []int{7, 3}},
		"none by name":            {storage.BatchFilter{IDs: []scanstation.BatchID{}}, nil},
		"the last of a station":   {storage.BatchFilter{Station: newBatch(1, "").Station, Limit: 2}, []int{119, 118}},
		"of an unknown station":   {storage.BatchFilter{Station: "none"}, nil},
		"digest in another state": {storage.BatchFilter{Digest: scanstation.DigestOf([]byte{42}), States: states[1:]}, nil},
	}
	for name, tt := range tests {
		do(t, l, func(ctx context.Context, tx storage.Tx) error {
			list, err := l.Batches(ctx, tx, tt.filter)
			var got, want []scanstation.BatchID
			for _, b := range list {
				got = append(got, b.ID)
			}
			for _, n := range tt.want {
				want = append(want, batchID(n))
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: got %v, want %v", name, got, want)
			}
			return err
		})
	}
	view(t, l, func(ctx context.Context, tx storage.Tx) error {
		for since, want := range map[time.Time]storage.BatchCount{moment: {Batches: 120, Images: 360, Latest: moment.UTC().Truncate(time.Microsecond)}, moment.Add(time.Microsecond): {}} {
			counts, err := l.CountBatches(ctx, tx, since)
			if err != nil || counts["scan-1"] != want || len(counts) > 1 {
				t.Errorf("counted %v since %v, %v; want %v", counts, since, err, want)
			}
		}
		list, err := l.Batches(ctx, tx, storage.BatchFilter{})
		if len(list) != 100 {
			t.Errorf("%d batches without a limit, want 100", len(list))
		}
		return err
	})
}

func testImageList(t *testing.T, l storage.Ledger) {
	doc := storage.NewDocumentID(batchID(1), 1)
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		var images []storage.Image
		for n := range 20 {
			m := storage.Image{Batch: batchID(n % 2), Page: scanstation.Page{Image: 19 - n}}
			if n%2 == 1 && n < 10 {
				m.Document, m.Reading, m.Number = doc, "r", n/2+1 // the order turned round
			}
			images = append(images, m)
		}
		return l.SaveImages(ctx, tx, images)
	})
	six := 6
	tests := map[string]struct {
		filter storage.ImageFilter
		want   []int
	}{
		"of a batch":    {storage.ImageFilter{Batch: batchID(1)}, []int{0, 2, 4, 6, 8, 10, 12, 14, 16, 18}},
		"of a document": {storage.ImageFilter{Document: doc}, []int{18, 16, 14, 12, 10}},
		"unread":        {storage.ImageFilter{Batch: batchID(1), Unread: true}, []int{0, 2, 4, 6, 8}},
		"only one":      {storage.ImageFilter{Batch: batchID(1), Image: &six}, []int{6}},
		"bounded":       {storage.ImageFilter{Batch: batchID(0), Limit: 2}, []int{1, 3}},
	}
	for name, tt := range tests {
		view(t, l, func(ctx context.Context, tx storage.Tx) error {
			list, err := l.Images(ctx, tx, tt.filter)
			var got []int
			for _, m := range list {
				got = append(got, m.Image)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%s: got %v, want %v", name, got, tt.want)
			}
			return err
		})
	}
}

func testManyImages(t *testing.T, l storage.Ledger) {
	images := make([]storage.Image, 5000)
	for i := range images {
		images[i] = storage.Image{Batch: batchID(1), Page: scanstation.Page{Image: i}}
	}
	for range 2 {
		do(t, l, func(ctx context.Context, tx storage.Tx) error { return l.SaveImages(ctx, tx, images) })
	}
	view(t, l, func(ctx context.Context, tx storage.Tx) error {
		list, err := l.Images(ctx, tx, storage.ImageFilter{Batch: batchID(1)})
		if err == nil && (len(list) != 5000 || list[4999].Image != 4999) {
			t.Errorf("%d images came back, want 5,000 in order", len(list))
		}
		return l.SaveImages(ctx, tx, nil)
	})
}

func testDocumentList(t *testing.T, l storage.Ledger) {
	states := []storage.DocumentState{storage.Inbox, storage.Review, storage.Closed}
	departments := []string{"wohngeld", "bau"}
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		for n := range 60 {
			if err := l.SaveDocument(ctx, tx, newDocument(n/10, n%10+1, states[n%3], departments[n%2])); err != nil {
				return err
			}
		}
		return l.SaveDocument(ctx, tx, newDocument(3, 1000, storage.Inbox, "bau"))
	})
	id := func(n int) storage.DocumentID { return storage.NewDocumentID(batchID(n/10), n%10+1) }
	last := storage.NewDocumentID(batchID(3), 1000)
	tests := map[string]struct {
		filter storage.DocumentFilter
		want   []storage.DocumentID
	}{
		"the newest":                 {storage.DocumentFilter{Limit: 2}, []storage.DocumentID{id(59), id(58)}},
		"the next page":              {storage.DocumentFilter{Limit: 2, Before: id(58)}, []storage.DocumentID{id(57), id(56)}},
		"of a department":            {storage.DocumentFilter{Limit: 2, Department: "wohngeld"}, []storage.DocumentID{id(58), id(56)}},
		"in a state":                 {storage.DocumentFilter{Limit: 2, States: states[:1]}, []storage.DocumentID{id(57), id(54)}},
		"of a department, two state": {storage.DocumentFilter{Limit: 3, Department: "bau", States: states[:2], Before: id(58)}, []storage.DocumentID{id(57), id(55), id(51)}},
		"of a batch, in order":       {storage.DocumentFilter{Batch: batchID(3), States: states[:1]}, []storage.DocumentID{id(30), id(33), id(36), id(39), last}},
		"of a batch, two states":     {storage.DocumentFilter{Batch: batchID(3), States: states[:2], Limit: 4, Lock: true}, []storage.DocumentID{id(30), id(31), id(33), id(34)}},
		"by id":                      {storage.DocumentFilter{ID: id(7), Lock: true}, []storage.DocumentID{id(7)}},
	}
	for name, tt := range tests {
		do(t, l, func(ctx context.Context, tx storage.Tx) error {
			list, err := l.Documents(ctx, tx, tt.filter)
			var got []storage.DocumentID
			for _, d := range list {
				got = append(got, d.ID)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%s: got %v, want %v", name, got, tt.want)
			}
			return err
		})
	}
}

func testOriginalList(t *testing.T, l storage.Ledger) {
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		for n := range 12 {
			o := storage.Original{
				Document: storage.NewDocumentID(batchID(n%2), n+1), Batch: batchID(n % 2), State: storage.InBox,
				DueOn: scanstation.Date(fmt.Sprintf("2026-12-%02d", 20-n/2)),
			}
			if n%3 == 0 {
				o.State = storage.Held
			}
			if o.Alarm = n % 5; n == 2 {
				o.Alarm = storage.AlarmOverdue
			}
			department := []string{"wohngeld", "soziales"}[n%2]
			if err := l.SaveDocument(ctx, tx, storage.Document{ID: o.Document, Batch: o.Batch, State: storage.Filed, Department: department}); err != nil {
				return err
			}
			if err := l.SaveOriginal(ctx, tx, o); err != nil {
				return err
			}
		}
		return nil
	})
	tests := map[string]struct {
		filter storage.OriginalFilter
		want   []int
	}{
		"the first due":   {storage.OriginalFilter{Limit: 3}, []int{11, 12, 9}},
		"in a state":      {storage.OriginalFilter{States: []storage.OriginalState{storage.Held}}, []int{10, 7, 4, 1}},
		"in two states":   {storage.OriginalFilter{States: []storage.OriginalState{storage.Held, storage.InBox}, Limit: 4}, []int{11, 12, 9, 10}},
		"of a batch":      {storage.OriginalFilter{Batch: batchID(0), Limit: 2}, []int{11, 9}},
		"of a document":   {storage.OriginalFilter{Document: storage.NewDocumentID(batchID(0), 3)}, []int{3}},
		"from a day":      {storage.OriginalFilter{States: []storage.OriginalState{storage.InBox}, From: "2026-12-18"}, []int{5, 6, 3, 2}},
		"up to a day":     {storage.OriginalFilter{States: []storage.OriginalState{storage.InBox, storage.Held}, DueBy: "2026-12-16"}, []int{11, 12, 9, 10}},
		"from day to day": {storage.OriginalFilter{States: []storage.OriginalState{storage.InBox}, From: "2026-12-17", DueBy: "2026-12-18"}, []int{8, 5, 6}},
		"behind one of them": {
			storage.OriginalFilter{States: []storage.OriginalState{storage.InBox}, Behind: &storage.Original{DueOn: "2026-12-18", Document: storage.NewDocumentID(batchID(0), 5)}, Limit: 2},
			[]int{6, 3},
		},
		"behind one before the first day": {
			storage.OriginalFilter{States: []storage.OriginalState{storage.InBox}, Behind: &storage.Original{DueOn: "2026-12-01"}, From: "2026-12-19"}, []int{3, 2},
		},
		"of which people are told": {storage.OriginalFilter{Alarmed: true}, []int{3, 5, 9, 8, 12, 2}},
		"told in a department":     {storage.OriginalFilter{Alarmed: true, Departments: []string{"soziales", "nowhere"}}, []int{8, 12, 2}},
	}
	for name, tt := range tests {
		view(t, l, func(ctx context.Context, tx storage.Tx) error {
			list, err := l.Originals(ctx, tx, tt.filter)
			var got []int
			for _, o := range list {
				var n int
				fmt.Sscanf(string(o.Document[len(o.Batch):]), "-%d", &n)
				got = append(got, n)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%s: got %v, want %v", name, got, tt.want)
			}
			return err
		})
	}
}
