package storage_test

import (
	"context"
	"errors"
	"io"
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

// lasting is an archive whose classes and clock a test sets, with the receipts
// that it hands out.
type lasting struct {
	*storage.Archive
	now      time.Time
	receipts map[storage.DocumentID]storage.Receipts
}

func openLasting(t *testing.T, a *storage.Archive) *lasting {
	l := &lasting{Archive: a, now: noon, receipts: map[storage.DocumentID]storage.Receipts{}}
	a.Classes = storage.BuiltInClasses(30, 14)
	a.Now = func() time.Time { l.now = l.now.Add(time.Millisecond); return l.now }
	a.Receipts = func(_ context.Context, _ storage.Tx, id storage.DocumentID) (storage.Receipts, error) {
		return l.receipts[id], nil
	}
	a.Inspect = func(r io.ReadSeeker, size int64) error {
		if n, err := io.Copy(io.Discard, r); err != nil || n != size {
			return errors.Join(storage.ErrBroken, err)
		}
		return nil
	}
	return l
}

// letter keeps a letter of one page in a stack of its own.
func (l *lasting) letter(t *testing.T, id scanstation.BatchID, class string) storage.DocumentID {
	t.Helper()
	receive(t, l.Archive, id, func(b *scanstation.Batch) { b.Class, b.ScannedAt = class, l.now })
	read(t, l.Archive, id, page("one"))
	return keep(t, l.Archive, id, 1)
}

// check re-reads the copy and walks the chain.
func (l *lasting) check(t *testing.T, id storage.DocumentID) {
	t.Helper()
	if _, err := l.WatchChain(t.Context(), 100); err != nil {
		t.Fatal(err)
	}
	if err := l.CheckCopy(t.Context(), id); err != nil {
		t.Fatal(err)
	}
}

var toFile = []storage.DocumentState{storage.Inbox, storage.Assigned, storage.Filing, storage.Filed}

func TestWhatIsAgainstDestruction(t *testing.T) {
	received := storage.Receipts{Last: noon.AddDate(0, 0, 3)}
	tests := map[string]struct {
		class    string
		days     int // since the scan
		to       []storage.DocumentState
		receipts storage.Receipts
		also     func(t *testing.T, l *lasting, id storage.DocumentID)
		late     func(t *testing.T, l *lasting, id storage.DocumentID) // after the copy was checked
		want     []string
	}{
		"a letter on the day it was filed": {
			days: 3, to: toFile, receipts: received, want: []string{storage.AgainstFilingDays, storage.AgainstDay},
		},
		"a letter that was filed late": {
			days: 33, to: toFile, receipts: storage.Receipts{Last: noon.AddDate(0, 0, 25)}, want: []string{storage.AgainstFilingDays, storage.AgainstDay},
		},
		"a letter nobody worked on":    {days: 30, to: toFile[:1], want: []string{storage.AgainstDocument}},
		"a letter of a stack in doubt": {days: 30, to: []storage.DocumentState{storage.Review}, want: []string{storage.AgainstDocument, storage.AgainstStack}},
		"a filing without receipt": {
			days: 30, to: toFile, receipts: storage.Receipts{Last: received.Last, Lacking: []string{"WG-2"}}, want: []string{storage.AgainstReceipt},
		},
		"a letter filed without any receipt": {days: 30, to: toFile, want: []string{storage.AgainstReceipt}},
		"receipts that nobody knows": {
			days: 30, to: toFile, also: func(_ *testing.T, l *lasting, _ storage.DocumentID) { l.Receipts = nil },
			want: []string{storage.AgainstReceipt, storage.AgainstReceiptsGone},
		},
		"a certificate":   {class: "certificate", days: 30, to: toFile, receipts: received, want: []string{storage.AgainstKeep, storage.AgainstState}},
		"identity papers": {class: "identity-papers", days: 30, to: toFile, receipts: received, want: []string{storage.AgainstReturn, storage.AgainstState}},
		"a class that is no longer there": {
			class: "gone", days: 30, to: toFile, receipts: received, want: []string{storage.AgainstClass},
		},
		"a letter that is held": {
			days: 30, to: toFile, receipts: received,
			also: func(t *testing.T, l *lasting, id storage.DocumentID) { l.hold(t, storage.HoldDocument, "", id) },
			want: []string{storage.AgainstHold, storage.AgainstState},
		},
		"a case that is held, of which the letter is a further filing": {
			days: 30, to: toFile, receipts: storage.Receipts{Last: received.Last, Cases: []string{"WG 2023/4711"}},
			also: func(t *testing.T, l *lasting, _ storage.DocumentID) { l.hold(t, storage.HoldCase, "WG-2023-4711") },
			want: []string{storage.AgainstHold},
		},
		"a page that is to be scanned again": {
			days: 30, to: toFile, receipts: received,
			also: func(t *testing.T, l *lasting, id storage.DocumentID) {
				err := l.Do(t.Context(), func(tx storage.Tx) error {
					_, err := l.AskRescan(t.Context(), tx, storage.Rescan{ID: "R7", Document: id, Kind: storage.ReplacePages, Complaint: storage.Unreadable}, []int{1}, "c-1")
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			},
			want: []string{storage.AgainstRescan},
		},
		"a copy that was never re-read": {
			days: 30, to: toFile, receipts: received,
			late: func(t *testing.T, l *lasting, id storage.DocumentID) {
				l.change(t, id, func(o *storage.Original) { o.Copy = storage.CopyCheck{} })
			},
			want: []string{storage.AgainstUnread},
		},
		"a copy that was re-read too long ago": {
			days: 30, to: toFile, receipts: received,
			late: func(t *testing.T, l *lasting, _ storage.DocumentID) {
				l.now = l.now.AddDate(0, 0, 20)
				if _, err := l.WatchChain(t.Context(), 10); err != nil {
					t.Fatal(err)
				}
			},
			want: []string{storage.AgainstOldCopy},
		},
		"a copy that is not what was kept": {
			days: 30, to: toFile, receipts: received,
			late: func(t *testing.T, l *lasting, id storage.DocumentID) {
				d, err := l.Document(t.Context(), id)
				if err != nil {
					t.Fatal(err)
				}
				if err := l.Blobs.Erase(t.Context(), d.Object); err != nil {
					t.Fatal(err)
				}
				l.check(t, id)
			},
			want: []string{storage.AgainstFailed},
		},
		"a row that names another copy than the events": {
			days: 30, to: toFile, receipts: received,
			late: func(t *testing.T, l *lasting, id storage.DocumentID) {
				err := l.Do(t.Context(), func(tx storage.Tx) error {
					found, err := l.Ledger.Documents(t.Context(), tx, storage.DocumentFilter{ID: id, WithText: true})
					if err != nil {
						return err
					}
					found[0].Digest = scanstation.DigestOf([]byte("another"))
					return l.Ledger.SaveDocument(t.Context(), tx, found[0])
				})
				if err != nil {
					t.Fatal(err)
				}
				l.change(t, id, func(o *storage.Original) { o.Copy.Digest = scanstation.DigestOf([]byte("another")) })
			},
			want: []string{storage.AgainstDigest},
		},
		"a chain nobody walked": {
			days: 30, to: toFile, receipts: received,
			late: func(t *testing.T, l *lasting, id storage.DocumentID) {
				l.now = l.now.AddDate(0, 0, 20)
				if err := l.CheckCopy(t.Context(), id); err != nil {
					t.Fatal(err)
				}
			},
			want: []string{storage.AgainstOldChain},
		},
		"an event that was changed": {
			days: 30, to: toFile, receipts: received,
			late: func(t *testing.T, l *lasting, id storage.DocumentID) {
				err := l.Do(t.Context(), func(tx storage.Tx) error {
					if _, err := tx.Exec(t.Context(), `DROP TRIGGER events_are_final`); err != nil {
						return err
					}
					_, err := tx.Exec(t.Context(), `UPDATE events SET actor = 'nobody' WHERE object = $1 AND kind = $2`, id, storage.Filed)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			},
			want: []string{storage.AgainstChain},
		},
		"a letter of no relevance whose short period is over": {
			days: 14, to: toFile[:1],
			also: func(t *testing.T, l *lasting, id storage.DocumentID) {
				l.ShortDays = 14
				err := l.Do(t.Context(), func(tx storage.Tx) error {
					_, err := l.End(t.Context(), tx, id, storage.NoRelevance, storage.Ending{}, "c-1", storage.Change{})
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			},
		},
		"a letter whose day has come": {days: 30, to: toFile, receipts: received},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			l := openLasting(t, open(t))
			id := l.letter(t, batchID, tt.class)
			l.receipts[id] = tt.receipts
			for _, to := range tt.to {
				if err := move(t, l.Archive, id, to); err != nil {
					t.Fatal(err)
				}
			}
			if tt.also != nil {
				tt.also(t, l, id)
			}
			l.now = noon.AddDate(0, 0, tt.days)
			l.check(t, id)
			if tt.late != nil {
				tt.late(t, l, id)
			}
			slices.Sort(tt.want)
			if got := against(t, l.Archive, id); !slices.Equal(got, tt.want) {
				t.Errorf("against the destruction are %v; want %v", got, tt.want)
			}
			o, err := l.Original(t.Context(), id)
			if err != nil || (o.State == storage.Due) != (len(tt.want) == 0) && tt.late == nil {
				t.Errorf("the paper is %s, %v, with %v against its destruction", o.State, err, tt.want)
			}
		})
	}
}

// hold sets a hold.
func (l *lasting) hold(t *testing.T, kind storage.HoldKind, number string, letters ...storage.DocumentID) {
	t.Helper()
	err := l.Do(t.Context(), func(tx storage.Tx) error {
		_, err := l.SetHold(t.Context(), tx, storage.Hold{ID: "H1", Kind: kind, Number: number, Reason: "Klage", By: "c-1"}, letters)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// change changes a paper behind the archive's back.
func (l *lasting) change(t *testing.T, id storage.DocumentID, f func(*storage.Original)) {
	t.Helper()
	err := l.Do(t.Context(), func(tx storage.Tx) error {
		o, err := l.Paper(t.Context(), tx, id, true)
		if err != nil {
			return err
		}
		f(&o)
		return l.Ledger.SaveOriginal(t.Context(), tx, o)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAHoldIsLetGoOnRecord(t *testing.T) {
	l := openLasting(t, open(t))
	id := l.letter(t, batchID, "normal")
	l.receipts[id] = storage.Receipts{Last: noon}
	for _, to := range toFile {
		if err := move(t, l.Archive, id, to); err != nil {
			t.Fatal(err)
		}
	}
	l.hold(t, storage.HoldDocument, "", id)
	state := func(want storage.OriginalState) {
		t.Helper()
		if o, err := l.Original(t.Context(), id); err != nil || o.State != want {
			t.Errorf("the paper is %s, %v; want %s", o.State, err, want)
		}
	}
	state(storage.Held)
	if err := l.EraseBodies(t.Context(), string(id), "c-1", "Löschverlangen"); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("erasing what is held: %v; want ErrConflict", err)
	}
	end := func(f func(tx storage.Tx) (storage.Hold, error)) (h storage.Hold, err error) {
		return h, l.Do(t.Context(), func(tx storage.Tx) error { h, err = f(tx); return err })
	}
	release := func(tx storage.Tx) (storage.Hold, error) {
		return l.ReleaseHold(t.Context(), tx, "H1", "c-2", "Klage erledigt")
	}
	if _, err := end(func(tx storage.Tx) (storage.Hold, error) { return l.LapseHold(t.Context(), tx, "H1") }); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("a hold without a last day lapses: %v", err)
	}
	if h, err := end(release); err != nil || h.Released == nil || h.Released.By != "c-2" {
		t.Errorf("released = %+v, %v", h.Released, err)
	}
	state(storage.InBox)
	if _, err := end(release); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("released twice: %v; want ErrConflict", err)
	}
	if err := l.EraseBodies(t.Context(), string(id), "c-1", "Löschverlangen"); err != nil {
		t.Errorf("erasing what is held no more: %v", err)
	}
	checkChain(t, l.Archive)
}
