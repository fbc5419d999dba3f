package sqlstore_test

import (
	"errors"
	"testing"
	"time"

	"mailroom/routing"
	"mailroom/routing/sqlstore"
	"mailroom/storage"
	ledger "mailroom/storage/sqlstore"
)

func TestVisits(t *testing.T) { onBoth(t, visits) }

var at = time.Date(2026, 11, 24, 9, 30, 0, 123456000, time.UTC)

func visits(t *testing.T, l *ledger.Store, _ bool) {
	ctx := t.Context()
	do := func(what func(tx storage.Tx, s sqlstore.Store) error) {
		t.Helper()
		if err := l.Do(ctx, func(tx storage.Tx) error { return what(tx, sqlstore.Store{}) }); err != nil {
			t.Fatal(err)
		}
	}
	do(func(tx storage.Tx, s sqlstore.Store) error { return rowsOfVisits(t, tx, s) })
	do(func(tx storage.Tx, s sqlstore.Store) error { return rowsOfClerks(t, tx, s) })
	do(func(tx storage.Tx, s sqlstore.Store) error { return rowsOfDevices(t, tx, s) })
}

func rowsOfVisits(t *testing.T, tx storage.Tx, s sqlstore.Store) error {
	ctx := t.Context()
	one := func(id string, clerk routing.ClerkID, source routing.Source, later time.Duration) routing.Visit {
		return routing.Visit{
			ID: routing.VisitID(id), Clerk: clerk, Source: source, Proof: routing.Proof{Sealed: "x" + id, Session: "sid-" + id}, Device: "Firefox Linux",
			Begun: at.Add(later), Seen: at.Add(later), Asked: at.Add(later), Sure: at.Add(later),
		}
	}
	for _, v := range []routing.Visit{one("1", "a", "", 0), one("2", "a", routing.FromProvider, 1e9), one("3", "b", routing.FromProvider, 2e9), one("4", "b", routing.FromDirectory, 3e9), one("5", "c", "", 4e9)} {
		if err := s.SaveVisit(ctx, tx, v); err != nil {
			return err
		}
	}
	if got, err := s.Visit(ctx, tx, "2"); err != nil || got != one("2", "a", routing.FromProvider, 1e9) {
		t.Errorf("visit 2 = %+v, %v", got, err)
	}
	// A click changes when it was seen, and nothing that the source has said.
	seen := one("2", "a", routing.FromProvider, 1e9)
	seen.Seen, seen.Proof.Sealed, seen.Sure = at.Add(time.Hour), "alt", time.Time{}
	if err := s.SaveVisit(ctx, tx, seen); err != nil {
		return err
	}
	if got, _ := s.Visit(ctx, tx, "2"); got.Proof.Sealed != "x2" || !got.Seen.Equal(at.Add(time.Hour)) || got.Sure.IsZero() {
		t.Errorf("after a click: %+v", got)
	}
	if of, err := s.VisitsOf(ctx, tx, "a", 10); err != nil || len(of) != 2 || of[0].ID != "2" {
		t.Errorf("visits of a: %v, %v; want the latest first", of, err)
	}
	now := at.Add(2 * time.Minute)
	claimed, err := s.ClaimVisits(ctx, tx, routing.FromProvider, at.Add(1500*time.Millisecond), now, 10)
	if err != nil || len(claimed) != 1 || claimed[0].ID != "2" {
		t.Errorf("claimed %v, %v; want 2 alone", claimed, err)
	}
	if again, err := s.ClaimVisits(ctx, tx, routing.FromProvider, at.Add(1500*time.Millisecond), now, 10); err != nil || len(again) != 0 {
		t.Errorf("claimed twice: %v, %v", again, err)
	}
	settled := claimed[0]
	settled.Sure, settled.Proof = now, routing.Proof{Sealed: "neu", Session: "sid-neu"}
	if err := s.SettleVisit(ctx, tx, settled); err != nil {
		return err
	}
	if got, _ := s.Visit(ctx, tx, "2"); got.Proof != settled.Proof || !got.Sure.Equal(now) || !got.Asked.Equal(now) {
		t.Errorf("settled: %+v", got)
	}
	for _, tt := range []struct {
		name  string
		which routing.VisitChoice
		want  int
	}{
		{"nothing chosen", routing.VisitChoice{}, 0},
		{"all but one's own", routing.VisitChoice{Clerk: "a", Except: "2"}, 1},
		{"by session", routing.VisitChoice{Session: "sid-neu"}, 1},
		{"by age", routing.VisitChoice{SeenBefore: at.Add(2500 * time.Millisecond), BegunBefore: at}, 1},
		{"by id", routing.VisitChoice{ID: "4"}, 1},
		{"what is not there", routing.VisitChoice{ID: "99", Clerk: "z"}, 0},
	} {
		if got, err := s.EndVisits(ctx, tx, tt.which); err != nil || got != tt.want {
			t.Errorf("%s: %d ended, %v; want %d", tt.name, got, err, tt.want)
		}
	}
	if _, err := s.Visit(ctx, tx, "5"); err != nil {
		t.Errorf("a visit that nobody chose has ended: %v", err)
	}
	return nil
}

func rowsOfClerks(t *testing.T, tx storage.Tx, s sqlstore.Store) error {
	ctx := t.Context()
	for _, c := range []routing.Clerk{
		{ID: "c-1", Login: "anna", Source: routing.FromDirectory, Subject: "s-1"},
		{ID: "c-2", Login: "bert", Source: routing.FromProvider, Subject: "s-1"},
		{ID: "c-3", Login: "cleo", Source: routing.FromDirectory, Subject: "s-3", Absent: true},
		{ID: "c-4", Login: "doro", Source: routing.FromDirectory},
		{ID: "c-5", Login: "emil"},
	} {
		if err := s.SaveClerk(ctx, tx, c); err != nil {
			return err
		}
	}
	if c, err := s.Known(ctx, tx, routing.FromProvider, "s-1"); err != nil || c.ID != "c-2" || c.Source != routing.FromProvider {
		t.Errorf("known by the provider: %+v, %v", c, err)
	}
	if c, err := s.Known(ctx, tx, routing.FromDirectory, ""); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("without a subject: %+v, %v; want ErrNotFound", c, err)
	}
	got, err := s.ClaimClerks(ctx, tx, routing.FromDirectory, at, at, 10)
	if err != nil || len(got) != 1 || got[0].ID != "c-1" {
		t.Errorf("claimed %v, %v; want c-1 alone", got, err)
	}
	// Saving an account does not make it due again.
	if err := s.SaveClerk(ctx, tx, got[0]); err != nil {
		return err
	}
	if got, err := s.ClaimClerks(ctx, tx, routing.FromDirectory, at.Add(-time.Second), at, 10); err != nil || len(got) != 0 {
		t.Errorf("claimed twice: %v, %v", got, err)
	}
	if c, err := s.Clerk(ctx, tx, "c-3", ""); err != nil || !c.Absent || c.Served() {
		t.Errorf("absent clerk %+v, %v", c, err)
	}
	return nil
}

func rowsOfDevices(t *testing.T, tx storage.Tx, s sqlstore.Store) error {
	ctx := t.Context()
	for i := range 25 {
		d := routing.Device{Digest: string(rune('a' + i)), Clerk: "c-1", Failed: i, LockedUntil: at, Expiry: at.Add(time.Duration(i+1) * time.Hour)}
		if err := s.SaveDevice(ctx, tx, d); err != nil {
			return err
		}
	}
	if d, err := s.Device(ctx, tx, "c-1", "y", at); err != nil || d.Failed != 24 || !d.LockedUntil.Equal(at) {
		t.Errorf("latest browser %+v, %v", d, err)
	}
	if _, err := s.Device(ctx, tx, "c-1", "e", at); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("the twenty-first browser is kept: %v", err)
	}
	if _, err := s.Device(ctx, tx, "c-2", "y", at); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("somebody else's browser: %v; want ErrNotFound", err)
	}
	if _, err := s.Device(ctx, tx, "c-1", "f", at.Add(6*time.Hour)); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("an expired browser: %v; want ErrNotFound", err)
	}
	if err := s.ForgetDevices(ctx, tx, "c-1", at); err != nil {
		return err
	}
	_, err := s.Device(ctx, tx, "c-1", "y", at)
	if !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("after forgetting: %v", err)
	}
	return nil
}
